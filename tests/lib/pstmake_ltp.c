/* Heaps of properties and tables (MS-PST 2.3). A value too large for a heap lies in a node of its own. */
#include <stdlib.h>

#include "base/utf8.h"
#include "pstmake_ndb.h"

#include "base/poison.h"

#define HEAP_MOST   3580u /* bytes of one allocation */
#define HEAP_ALLOCS 400u /* of one block: what the page map may take */
#define TYPE_PC	    0xBCu
#define TYPE_TC	    0x7Cu
#define TYPE_BTH    0xB5u
#define NID_LTP	    0x1Fu

enum { T_INT = 0x03, T_BOOL = 0x0B, T_OBJECT = 0x0D, T_UNICODE = 0x1F, T_TIME = 0x40 };

static void
must(bool fine)
{
	if (!fine)
		abort();
}

static void
put(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* --- heaps -------------------------------------------------------------------------------- */

struct heap_block {
	uint8_t p[NDB_HEAP];
	size_t n;
	unsigned allocs;
	uint16_t at[HEAP_ALLOCS + 1];
};

struct heap {
	struct heap_block *b;
	size_t n;
	unsigned bits; /* of a number: where that of its block begins */
};

static struct heap_block *
heap_block(struct heap *h)
{
	struct heap_block *b;

	h->b = reallocarray(h->b, h->n + 1, sizeof *h->b);
	must(h->b);
	b = &h->b[h->n];
	memset(b, 0, sizeof *b);
	b->n = h->n == 0 ? 12 : h->n % 128 == 8 ? 66 : 2;
	b->at[0] = (uint16_t)b->n;
	h->n++;
	return b;
}

static uint32_t
heap_add(struct heap *h, struct span s)
{
	struct heap_block *b = h->n ? &h->b[h->n - 1] : heap_block(h);

	must(s.n <= HEAP_MOST);
	if (!s.n)
		return 0;
	if (b->allocs == HEAP_ALLOCS || b->n + s.n + 8 + 2 * (b->allocs + 1) > NDB_HEAP)
		b = heap_block(h);
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->at[++b->allocs] = (uint16_t)b->n;
	return b->allocs << 5 | (uint32_t)(h->n - 1) << h->bits;
}

/* Bytes given out before, to be filled in. */
static uint8_t *
heap_at(struct heap *h, uint32_t hid)
{
	struct heap_block *b = &h->b[hid >> h->bits];

	return b->p + b->at[(hid >> 5 & ((1u << (h->bits - 5)) - 1)) - 1];
}

static uint64_t
heap_end(struct heap *h, struct ndb *d, uint8_t client, uint32_t root)
{
	struct span *chunks = calloc(h->n, sizeof *chunks);
	uint64_t bid;

	must(chunks);
	for (size_t i = 0; i < h->n; i++) {
		struct heap_block *b = &h->b[i];

		b->n += b->n & 1;
		put(b->p, b->n, 2);
		put(b->p + b->n, b->allocs, 2);
		for (unsigned k = 0; k <= b->allocs; k++)
			put(b->p + b->n + 4 + (size_t)2 * k, b->at[k], 2);
		chunks[i] = span_of(b->p, b->n + 4 + (size_t)2 * (b->allocs + 1));
	}
	h->b[0].p[2] = 0xEC;
	h->b[0].p[3] = client;
	put(h->b[0].p + 4, root, 4);
	bid = ndb_chunks(d, chunks, h->n);
	free(chunks);
	free(h->b);
	return bid;
}

/* --- trees in heaps ----------------------------------------------------------------------------- */

/* Records of `key` and `value` bytes; head: the allocation for the header. */
static void
tree(struct heap *h, uint32_t head, const struct buf *records, unsigned key, unsigned value)
{
	size_t each = HEAP_MOST / (key + value) * (key + value);
	uint8_t *p, index[HEAP_MOST];
	uint32_t root = 0;
	size_t n = 0;

	for (size_t i = 0; i < records->n; i += each) {
		root = heap_add(h, span_sub(buf_span(records), i, each));
		must(n + key + 4 <= sizeof index);
		memcpy(index + n, records->p + i, key);
		put(index + n + key, root, 4);
		n += key + 4;
	}
	if (n > key + 4)
		root = heap_add(h, span_of(index, n));
	p = heap_at(h, head);
	p[0] = TYPE_BTH;
	p[1] = (uint8_t)key;
	p[2] = (uint8_t)value;
	p[3] = n > key + 4;
	put(p + 4, root, 4);
}

/* The type a store has for one: ANSI stores have strings of bytes. */
static uint32_t
type_of(const struct ndb *d, uint32_t type)
{
	return type == T_UNICODE && d->o.ansi ? 0x1E : type;
}

/* --- values -------------------------------------------------------------------------------------- */

void
ltp_begin(struct ltp *l, struct ndb *d)
{
	*l = (struct ltp){.d = d};
}

void
ltp_sub(struct ltp *l, uint32_t nid, uint64_t data, uint64_t sub)
{
	l->subs = reallocarray(l->subs, l->n_subs + 1, sizeof *l->subs);
	must(l->subs);
	l->subs[l->n_subs++] = (struct ndb_node){nid, 0, data, sub};
}

static int
by_nid(const void *a, const void *b)
{
	const struct ndb_node *x = a, *y = b;

	return x->nid < y->nid ? -1 : x->nid > y->nid;
}

uint64_t
ltp_end(struct ltp *l)
{
	uint64_t bid;

	if (l->n_subs)
		qsort(l->subs, l->n_subs, sizeof *l->subs, by_nid);
	bid = ndb_subnodes(l->d, l->subs, l->n_subs);
	free(l->subs);
	ltp_begin(l, l->d);
	return bid;
}

static void
put_utf16(struct buf *b, struct span s)
{
	uint8_t w[4];
	uint32_t c;

	while (s.n) {
		size_t n = utf8_decode(s, &c);

		must(n > 0);
		if (c > 0xFFFF) {
			put(w, 0xD800 + ((c - 0x10000) >> 10), 2);
			put(w + 2, 0xDC00 + ((c - 0x10000) & 0x3FF), 2);
		} else {
			put(w, c, 2);
		}
		buf_put(b, w, c > 0xFFFF ? 4 : 2);
		s = span_sub(s, n, s.n);
	}
}

/* Where a value of no fixed size lies: in the heap, in a node, or nowhere. */
static uint32_t
store(struct ltp *l, struct heap *h, const struct ltp_value *v)
{
	struct buf wide = {0};
	struct span s = v->bytes;
	uint32_t id;

	if (v->type == T_UNICODE && !l->d->o.ansi) {
		put_utf16(&wide, s);
		s = buf_span(&wide);
	}
	if (s.n > HEAP_MOST) {
		id = ndb_nid(l->d, NID_LTP);
		ltp_sub(l, id, ndb_data(l->d, s), 0);
	} else {
		id = heap_add(h, s);
	}
	buf_free(&wide);
	return id;
}

static unsigned
width(uint32_t type)
{
	return type == T_BOOL ? 1 : type == T_TIME || type == 0x14 ? 8 : 4;
}

uint64_t
ltp_properties(struct ltp *l, const struct ltp_value *v, size_t n)
{
	struct heap h = {.bits = l->d->o.big ? 19 : 16};
	struct buf records = {0};
	uint8_t none[8] = {0}, r[8];
	uint32_t head = heap_add(&h, span_of(none, 8)), at;

	for (size_t i = 0; i < n; i++) {
		must(i == 0 || v[i].id > v[i - 1].id);
		if (v[i].type == T_INT || v[i].type == T_BOOL) {
			at = (uint32_t)v[i].number;
		} else if (v[i].type == T_TIME) {
			put(r, v[i].number, 8);
			at = heap_add(&h, span_of(r, 8));
		} else {
			at = store(l, &h, &v[i]);
		}
		put(r, v[i].id, 2);
		put(r + 2, type_of(l->d, v[i].type), 2);
		put(r + 4, at, 4);
		buf_put(&records, r, 8);
	}
	tree(&h, head, &records, 2, 6);
	buf_free(&records);
	return heap_end(&h, l->d, TYPE_PC, head);
}

/* --- tables ---------------------------------------------------------------------------------------- */

#define COLUMNS 16u

/* How a row is laid out: 8 and 4 bytes wide first, then single bytes, then a bit for each cell. */
struct layout {
	unsigned at[COLUMNS];
	unsigned wide, bytes, size;
};

static void
lay_out(struct layout *y, const struct ltp_value *columns, size_t n)
{
	unsigned at = 8;

	must(n + 2 <= COLUMNS);
	for (unsigned w = 8; w; w /= w == 8 ? 2 : 4) {
		for (size_t i = 0; i < n; i++) {
			if (width(columns[i].type) != w)
				continue;
			y->at[i] = at;
			at += w;
		}
		if (w == 4)
			y->wide = at;
	}
	y->bytes = at;
	y->size = at + (unsigned)(n + 2 + 7) / 8;
}

static void
put_column(uint8_t *p, uint32_t id, uint32_t type, unsigned at, size_t bit)
{
	put(p, type, 2);
	put(p + 2, id, 2);
	put(p + 4, at, 2);
	p[6] = (uint8_t)width(type);
	p[7] = (uint8_t)bit;
}

/* The header: its columns ascend by id, the row's own number and version (0x67F2, 0x67F3) last. */
static uint32_t
table_head(const struct ndb *d, struct heap *h, const struct layout *y,
	const struct ltp_value *columns, size_t n, uint32_t index, uint32_t rows)
{
	uint8_t p[22 + 8 * COLUMNS] = {TYPE_TC, (uint8_t)(n + 2)};

	put(p + 2, y->wide, 2);
	put(p + 4, y->wide, 2);
	put(p + 6, y->bytes, 2);
	put(p + 8, y->size, 2);
	put(p + 10, index, 4);
	put(p + 14, rows, 4);
	for (size_t i = 0; i < n; i++)
		put_column(p + 22 + 8 * i, columns[i].id, type_of(d, columns[i].type), y->at[i],
			i + 2);
	put_column(p + 22 + 8 * n, 0x67F2, T_INT, 0, 0);
	put_column(p + 30 + 8 * n, 0x67F3, T_INT, 4, 1);
	return heap_add(h, span_of(p, 22 + 8 * (n + 2)));
}

static void
put_row(struct ltp *l, struct heap *h, const struct layout *y, uint32_t id,
	const struct ltp_value *v, size_t n, struct buf *rows)
{
	uint8_t r[8 * COLUMNS + 8] = {0};

	put(r, id, 4);
	put(r + 4, 1, 4);
	r[y->bytes] = 0xC0;
	for (size_t i = 0; i < n; i++) {
		bool fixed = v[i].type == T_INT || v[i].type == T_BOOL || v[i].type == T_TIME;

		put(r + y->at[i], fixed ? v[i].number : store(l, h, &v[i]), width(v[i].type));
		r[y->bytes + (i + 2) / 8] |= (uint8_t)(0x80 >> (i + 2) % 8);
	}
	buf_put(rows, r, y->size);
}

/* Rows that do not fit the heap lie in a node, as many in each block as fit it whole. */
static uint32_t
place_rows(struct ltp *l, struct heap *h, const struct layout *y, const struct buf *rows)
{
	size_t each = l->d->y.content / y->size * y->size, n = 0;
	struct buf padded = {0};
	uint32_t nid;

	if (rows->n <= HEAP_MOST)
		return heap_add(h, buf_span(rows));
	for (size_t i = 0; i < rows->n; i += each) {
		struct span s = span_sub(buf_span(rows), i, each);

		buf_put(&padded, s.p, s.n);
		for (n = s.n; n < l->d->y.content && i + each < rows->n; n++)
			buf_putc(&padded, 0);
	}
	nid = ndb_nid(l->d, NID_LTP);
	ltp_sub(l, nid, ndb_data(l->d, buf_span(&padded)), 0);
	buf_free(&padded);
	return nid;
}

uint64_t
ltp_table(struct ltp *l, const struct ltp_value *columns, size_t n, const uint32_t *row_ids,
	const struct ltp_value *cells, size_t rows)
{
	struct layout y = {0};
	struct heap h = {.bits = l->d->o.big ? 19 : 16};
	struct buf data = {0}, records = {0};
	uint8_t r[8] = {0};
	uint32_t index = heap_add(&h, span_of(r, 8)), at, head;

	lay_out(&y, columns, n);
	for (size_t i = 0; i < rows; i++) {
		must(i == 0 || row_ids[i] > row_ids[i - 1]);
		put_row(l, &h, &y, row_ids[i], cells + i * n, n, &data);
		put(r, row_ids[i], 4);
		put(r + 4, i, 4);
		buf_put(&records, r, 8);
	}
	tree(&h, index, &records, 4, 4);
	at = place_rows(l, &h, &y, &data);
	head = table_head(l->d, &h, &y, columns, n, index, at);
	buf_free(&data);
	buf_free(&records);
	return heap_end(&h, l->d, TYPE_TC, head);
}
