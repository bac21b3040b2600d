/* Blocks lie one behind the other; the trees over them come last, and the header when all is known. */
#include "pstmake_ndb.h"

#include <stdlib.h>
#include <zlib.h>

#include "extract/pst.h"

#include "base/poison.h"

static void
must(bool fine)
{
	if (!fine)
		abort();
}

void
ndb_put(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* MS-PST 5.3: CRC-32 that begins with 0 and is not inverted. */
uint32_t
ndb_crc(const uint8_t *p, size_t n)
{
	static uint32_t table[256];
	uint32_t c = 0;

	if (!table[1]) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t v = i;

			for (int k = 0; k < 8; k++)
				v = v & 1 ? v >> 1 ^ 0xEDB88320u : v >> 1;
			table[i] = v;
		}
	}
	for (size_t i = 0; i < n; i++)
		c = c >> 8 ^ table[(c ^ p[i]) & 0xFF];
	return c;
}

/* MS-PST 5.5 */
static uint16_t
signature(uint64_t at, uint64_t bid)
{
	uint32_t v = (uint32_t)at ^ (uint32_t)bid;

	return (uint16_t)(v >> 16 ^ v);
}

void
ndb_write(struct ndb *d, uint64_t at, const void *p, size_t n)
{
	must(fseeko(d->f, (off_t)at, SEEK_SET) == 0 && fwrite(p, 1, n, d->f) == n);
}

void
ndb_write_page(struct ndb *d, uint8_t *page, uint8_t type, uint64_t bid, uint64_t at)
{
	uint8_t *t = page + d->y.page - d->y.page_end;
	bool wide = d->y.w == 8;

	t[0] = t[1] = type;
	ndb_put(t + 2, type == NDB_AMAP ? 0 : signature(at, bid), 2);
	ndb_put(t + (wide ? 4 : 8), ndb_crc(page, d->y.page - d->y.page_end), 4);
	ndb_put(t + (wide ? 8 : 4), bid, d->y.w);
	ndb_write(d, at, page, d->y.page);
}

/* The next allocation map is written on the way: all is taken. */
uint64_t
ndb_room(struct ndb *d, size_t n, unsigned align)
{
	uint64_t at = (d->at + align - 1) / align * align, first = d->y.first_map;
	uint64_t span = at < first ? 0 : (at - first) / d->y.map_span;
	uint64_t map = first + span * d->y.map_span;
	uint8_t page[4096];

	if (at >= first + d->y.page && at + n > map + d->y.map_span)
		map += d->y.map_span;
	if (at + n > map && at < map + d->y.page) {
		memset(page, 0xFF, sizeof page);
		ndb_write_page(d, page, NDB_AMAP, map, map);
		at = map + d->y.page;
	} else if (at < map && at + n > map) {
		at = map + d->y.page;
	}
	d->at = at + n;
	return at;
}

uint64_t
ndb_bid(struct ndb *d, bool internal)
{
	uint64_t bid = d->next_bid;

	d->next_bid += 4;
	return bid | (internal ? 2u : 0);
}

/* Content as it is stored: encoded, deflated. Its bytes. */
static size_t
encode(const struct ndb *d, struct span s, uint64_t bid, uint8_t *b)
{
	static uint8_t to[256];
	uint8_t plain[NDB_CONTENT];
	uLongf n = NDB_CONTENT;

	for (unsigned i = 0; !to[pst_meaning[0]] && i < 256; i++)
		to[pst_meaning[i]] = (uint8_t)i;
	memcpy(plain, s.p, s.n);
	if (!(bid & 2) && d->o.cyclic)
		pst_decode(2, bid, plain, s.n); /* its own inverse */
	for (size_t i = 0; i < s.n && !(bid & 2) && !d->o.cyclic && !d->o.plain; i++)
		plain[i] = to[plain[i]];
	if (d->o.deflated && compress2(b, &n, plain, s.n, 6) == Z_OK && n < s.n)
		return (size_t)n;
	memcpy(b, plain, s.n);
	return s.n;
}

static uint64_t
write_block(struct ndb *d, struct span s, bool internal)
{
	static uint8_t b[65536];
	bool wide = d->y.w == 8;
	uint64_t at, bid = ndb_bid(d, internal);
	size_t n, size;
	uint8_t *t;

	must(s.n <= d->y.content);
	memset(b, 0, sizeof b);
	n = encode(d, s, bid, b);
	size = (n + d->y.block_end + d->y.slot - 1) / d->y.slot * d->y.slot;
	memset(b + n, 0, sizeof b - n);
	at = ndb_room(d, size, d->y.slot);
	t = b + size - d->y.block_end;
	ndb_put(t, n, 2);
	ndb_put(t + 2, signature(at, bid), 2);
	ndb_put(t + (wide ? 4 : 8), ndb_crc(b, n), 4);
	ndb_put(t + (wide ? 8 : 4), bid, d->y.w);
	if (d->o.big)
		ndb_put(t + 18, s.n, 2);
	ndb_write(d, at, b, size);
	if ((d->n_blocks & (d->n_blocks - 1)) == 0) {
		d->blocks = reallocarray(d->blocks, d->n_blocks * 2 + 1, sizeof *d->blocks);
		must(d->blocks);
	}
	d->blocks[d->n_blocks++] = (struct ndb_block){bid, at, (uint16_t)s.n, (uint16_t)n};
	return bid;
}

/* --- data trees ---------------------------------------------------------------------------- */

#define LISTED 1020u /* entries of one: fits all layouts */

/* A list of blocks; `level` 2: of lists. */
static uint64_t
write_list(struct ndb *d, unsigned level, const uint64_t *bids, size_t n, uint64_t total)
{
	uint8_t b[8 + LISTED * 8] = {1, (uint8_t)level};

	ndb_put(b + 2, n, 2);
	ndb_put(b + 4, total, 4);
	for (size_t i = 0; i < n; i++)
		ndb_put(b + 8 + d->y.w * i, bids[i], d->y.w);
	return write_block(d, span_of(b, 8 + d->y.w * n), true);
}

uint64_t
ndb_chunks(struct ndb *d, const struct span *chunks, size_t n)
{
	uint64_t bids[LISTED], lists[LISTED], total = 0, all = 0;
	size_t n_lists = 0;

	if (n == 0)
		return 0;
	if (n == 1)
		return write_block(d, chunks[0], false);
	for (size_t i = 0; i < n;) {
		size_t k = 0;

		for (total = 0; k < LISTED && i < n; i++) {
			bids[k++] = write_block(d, chunks[i], false);
			total += chunks[i].n;
		}
		must(n_lists < LISTED);
		lists[n_lists++] = write_list(d, 1, bids, k, total);
		all += total;
	}
	return n_lists == 1 ? lists[0] : write_list(d, 2, lists, n_lists, all);
}

uint64_t
ndb_data(struct ndb *d, struct span s)
{
	size_t n = (s.n + d->y.content - 1) / d->y.content;
	struct span *chunks = calloc(n + 1, sizeof *chunks);
	uint64_t bid;

	must(chunks);
	for (size_t i = 0; i < n; i++)
		chunks[i] = span_sub(s, i * d->y.content, d->y.content);
	bid = ndb_chunks(d, chunks, n);
	free(chunks);
	return bid;
}

uint64_t
ndb_subnodes(struct ndb *d, const struct ndb_node *list, size_t n)
{
	enum { EACH = 340, TOP = 510 };
	unsigned w = d->y.w, head = w == 8 ? 8 : 4;
	uint8_t top[8 + TOP * 16] = {2, 1};
	uint64_t bid = 0;
	size_t lists = 0;

	for (size_t i = 0; i < n; lists++) {
		uint8_t b[8 + EACH * 24] = {2, 0}, *e = b + head, *t = top + head + 2 * w * lists;
		size_t k = n - i < EACH ? n - i : EACH;

		must(lists < TOP);
		ndb_put(b + 2, k, 2);
		ndb_put(t, list[i].nid, w);
		for (size_t j = 0; j < k; j++, i++, e += 3 * w) {
			ndb_put(e, list[i].nid, w);
			ndb_put(e + w, list[i].data, w);
			ndb_put(e + 2 * w, list[i].sub, w);
		}
		bid = write_block(d, span_of(b, (size_t)(e - b)), true);
		ndb_put(t + w, bid, w);
	}
	ndb_put(top + 2, lists, 2);
	return lists > 1 ? write_block(d, span_of(top, head + 2 * w * lists), true) : bid;
}

/* --- nodes ------------------------------------------------------------------------------------ */

void
ndb_node(struct ndb *d, uint32_t nid, uint32_t parent, uint64_t data, uint64_t sub)
{
	if ((d->n_nodes & (d->n_nodes - 1)) == 0) {
		d->nodes = reallocarray(d->nodes, d->n_nodes * 2 + 1, sizeof *d->nodes);
		must(d->nodes);
	}
	d->nodes[d->n_nodes++] = (struct ndb_node){nid, parent, data, sub};
}

uint32_t
ndb_nid(struct ndb *d, unsigned type)
{
	return d->next_nid++ << 5 | type;
}

void
ndb_begin(struct ndb *d, FILE *f, const struct pstmake_options *o)
{
	static const struct ndb_layout ansi = {4, 512, 12, 8180, 12, 64, 0x4400, 0x3E000};
	static const struct ndb_layout wide = {8, 512, 16, 8176, 16, 64, 0x4400, 0x3E000};
	static const struct ndb_layout big = {
		8, 4096, 24, NDB_CONTENT, 24, 512, 0x22000, (uint64_t)4072 * 8 * 512};

	*d = (struct ndb){.f = f, .next_bid = 4, .next_nid = 0x500};
	if (o)
		d->o = *o;
	d->y = d->o.ansi ? ansi : d->o.big ? big : wide;
	d->at = d->y.first_map;
}
