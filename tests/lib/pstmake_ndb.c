/* Blocks lie one behind the other; the trees over them come last, and the header when all is known. */
#include "pstmake_ndb.h"

#include <stdlib.h>

#include "base/poison.h"

#define PAGE	   512u
#define FIRST_AMAP 0x4400u /* an allocation map page, */
#define AMAP_SPAN  0x3E000u /* and another one each so many bytes */
#define SLOT	   64u

enum { TYPE_BBT = 0x80, TYPE_NBT = 0x81, TYPE_AMAP = 0x84 };

/* MS-PST 5.1, mpbbI: what a permuted byte stands for. */
/* clang-format off */
static const uint8_t meaning[256] = {
	0x47, 0xF1, 0xB4, 0xE6, 0x0B, 0x6A, 0x72, 0x48, 0x85, 0x4E, 0x9E, 0xEB, 0xE2, 0xF8, 0x94, 0x53,
	0xE0, 0xBB, 0xA0, 0x02, 0xE8, 0x5A, 0x09, 0xAB, 0xDB, 0xE3, 0xBA, 0xC6, 0x7C, 0xC3, 0x10, 0xDD,
	0x39, 0x05, 0x96, 0x30, 0xF5, 0x37, 0x60, 0x82, 0x8C, 0xC9, 0x13, 0x4A, 0x6B, 0x1D, 0xF3, 0xFB,
	0x8F, 0x26, 0x97, 0xCA, 0x91, 0x17, 0x01, 0xC4, 0x32, 0x2D, 0x6E, 0x31, 0x95, 0xFF, 0xD9, 0x23,
	0xD1, 0x00, 0x5E, 0x79, 0xDC, 0x44, 0x3B, 0x1A, 0x28, 0xC5, 0x61, 0x57, 0x20, 0x90, 0x3D, 0x83,
	0xB9, 0x43, 0xBE, 0x67, 0xD2, 0x46, 0x42, 0x76, 0xC0, 0x6D, 0x5B, 0x7E, 0xB2, 0x0F, 0x16, 0x29,
	0x3C, 0xA9, 0x03, 0x54, 0x0D, 0xDA, 0x5D, 0xDF, 0xF6, 0xB7, 0xC7, 0x62, 0xCD, 0x8D, 0x06, 0xD3,
	0x69, 0x5C, 0x86, 0xD6, 0x14, 0xF7, 0xA5, 0x66, 0x75, 0xAC, 0xB1, 0xE9, 0x45, 0x21, 0x70, 0x0C,
	0x87, 0x9F, 0x74, 0xA4, 0x22, 0x4C, 0x6F, 0xBF, 0x1F, 0x56, 0xAA, 0x2E, 0xB3, 0x78, 0x33, 0x50,
	0xB0, 0xA3, 0x92, 0xBC, 0xCF, 0x19, 0x1C, 0xA7, 0x63, 0xCB, 0x1E, 0x4D, 0x3E, 0x4B, 0x1B, 0x9B,
	0x4F, 0xE7, 0xF0, 0xEE, 0xAD, 0x3A, 0xB5, 0x59, 0x04, 0xEA, 0x40, 0x55, 0x25, 0x51, 0xE5, 0x7A,
	0x89, 0x38, 0x68, 0x52, 0x7B, 0xFC, 0x27, 0xAE, 0xD7, 0xBD, 0xFA, 0x07, 0xF4, 0xCC, 0x8E, 0x5F,
	0xEF, 0x35, 0x9C, 0x84, 0x2B, 0x15, 0xD5, 0x77, 0x34, 0x49, 0xB6, 0x12, 0x0A, 0x7F, 0x71, 0x88,
	0xFD, 0x9D, 0x18, 0x41, 0x7D, 0x93, 0xD8, 0x58, 0x2C, 0xCE, 0xFE, 0x24, 0xAF, 0xDE, 0xB8, 0x36,
	0xC8, 0xA1, 0x80, 0xA6, 0x99, 0x98, 0xA8, 0x2F, 0x0E, 0x81, 0x65, 0x73, 0xE4, 0xC2, 0xA2, 0x8A,
	0xD4, 0xE1, 0x11, 0xD0, 0x08, 0x8B, 0x2A, 0xF2, 0xED, 0x9A, 0x64, 0x3F, 0xC1, 0x6C, 0xF9, 0xEC,
};
/* clang-format on */

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

/* MS-PST 5.3: CRC-32 that begins with 0 and is not inverted. */
static uint32_t
crc(const uint8_t *p, size_t n)
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

static void
write_at(struct ndb *d, uint64_t at, const void *p, size_t n)
{
	must(fseeko(d->f, (off_t)at, SEEK_SET) == 0 && fwrite(p, 1, n, d->f) == n);
}

static void
write_page(struct ndb *d, uint8_t page[PAGE], uint8_t type, uint64_t bid, uint64_t at)
{
	uint8_t *t = page + PAGE - 16;

	t[0] = t[1] = type;
	put(t + 2, type == TYPE_AMAP ? 0 : signature(at, bid), 2);
	put(t + 4, crc(page, PAGE - 16), 4);
	put(t + 8, bid, 8);
	write_at(d, at, page, PAGE);
}

/* Room for n bytes, not across the next allocation map, which is written on the way: all is taken. */
static uint64_t
room(struct ndb *d, size_t n, unsigned align)
{
	uint64_t at = (d->at + align - 1) / align * align;
	uint64_t span = at < FIRST_AMAP ? 0 : (at - FIRST_AMAP) / AMAP_SPAN;
	uint64_t map = FIRST_AMAP + span * AMAP_SPAN;
	uint8_t page[PAGE];

	if (at >= FIRST_AMAP + PAGE && at + n > map + AMAP_SPAN)
		map += AMAP_SPAN;
	if (at + n > map && at < map + PAGE) {
		memset(page, 0xFF, sizeof page);
		write_page(d, page, TYPE_AMAP, map, map);
		at = map + PAGE;
	} else if (at < map && at + n > map) {
		at = map + PAGE;
	}
	d->at = at + n;
	return at;
}

static uint64_t
new_bid(struct ndb *d, bool internal)
{
	uint64_t bid = d->next_bid;

	d->next_bid += 4;
	return bid | (internal ? 2u : 0);
}

static uint64_t
write_block(struct ndb *d, struct span s, bool internal)
{
	static uint8_t to[256];
	uint8_t b[NDB_BLOCK + 16] = {0};
	size_t size = (s.n + 16 + SLOT - 1) / SLOT * SLOT;
	uint64_t at = room(d, size, SLOT), bid = new_bid(d, internal);

	must(s.n <= NDB_BLOCK);
	if (!to[meaning[0]]) {
		for (unsigned i = 0; i < 256; i++)
			to[meaning[i]] = (uint8_t)i;
	}
	for (size_t i = 0; i < s.n; i++)
		b[i] = internal || d->o.plain ? s.p[i] : to[s.p[i]];
	put(b + size - 16, s.n, 2);
	put(b + size - 14, signature(at, bid), 2);
	put(b + size - 12, crc(b, s.n), 4);
	put(b + size - 8, bid, 8);
	write_at(d, at, b, size);
	if ((d->n_blocks & (d->n_blocks - 1)) == 0) {
		d->blocks = reallocarray(d->blocks, d->n_blocks * 2 + 1, sizeof *d->blocks);
		must(d->blocks);
	}
	d->blocks[d->n_blocks++] = (struct ndb_block){bid, at, (uint16_t)s.n};
	return bid;
}

/* --- data trees ---------------------------------------------------------------------------- */

/* A list of blocks; `level` 2: of lists. */
static uint64_t
write_list(struct ndb *d, unsigned level, const uint64_t *bids, size_t n, uint64_t total)
{
	uint8_t b[NDB_BLOCK] = {1, (uint8_t)level};

	put(b + 2, n, 2);
	put(b + 4, total, 4);
	for (size_t i = 0; i < n; i++)
		put(b + 8 + 8 * i, bids[i], 8);
	return write_block(d, span_of(b, 8 + 8 * n), true);
}

#define LISTED ((NDB_BLOCK - 8) / 8)

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
	size_t n = (s.n + NDB_BLOCK - 1) / NDB_BLOCK;
	struct span *chunks = calloc(n + 1, sizeof *chunks);
	uint64_t bid;

	must(chunks);
	for (size_t i = 0; i < n; i++)
		chunks[i] = span_sub(s, i * NDB_BLOCK, NDB_BLOCK);
	bid = ndb_chunks(d, chunks, n);
	free(chunks);
	return bid;
}

uint64_t
ndb_subnodes(struct ndb *d, const struct ndb_node *list, size_t n)
{
	enum { EACH = (NDB_BLOCK - 8) / 24, TOP = (NDB_BLOCK - 8) / 16 };
	uint8_t top[NDB_BLOCK] = {2, 1};
	uint64_t bid = 0;
	size_t lists = 0;

	for (size_t i = 0; i < n; lists++) {
		uint8_t b[NDB_BLOCK] = {2, 0};
		size_t k = n - i < EACH ? n - i : EACH;

		must(lists < TOP);
		put(b + 2, k, 2);
		put(top + 8 + 16 * lists, list[i].nid, 8);
		for (size_t j = 0; j < k; j++, i++) {
			put(b + 8 + 24 * j, list[i].nid, 8);
			put(b + 16 + 24 * j, list[i].data, 8);
			put(b + 24 + 24 * j, list[i].sub, 8);
		}
		bid = write_block(d, span_of(b, 8 + 24 * k), true);
		put(top + 16 + 16 * lists, bid, 8);
	}
	put(top + 2, lists, 2);
	return lists > 1 ? write_block(d, span_of(top, 8 + 16 * lists), true) : bid;
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
	*d = (struct ndb){.f = f, .at = FIRST_AMAP, .next_bid = 4, .next_nid = 0x500};
	if (o)
		d->o = *o;
}

/* --- trees -------------------------------------------------------------------------------------- */

struct entry {
	uint64_t key;
	uint8_t bytes[32];
};

struct ref {
	uint64_t bid, at;
};

/* One page of a tree; its reference. */
static struct ref
write_leaf(
	struct ndb *d, uint8_t type, unsigned level, unsigned size, const struct entry *e, size_t n)
{
	uint8_t page[PAGE] = {0};
	struct ref r;

	for (size_t i = 0; i < n; i++)
		memcpy(page + i * size, e[i].bytes, size);
	page[488] = (uint8_t)n;
	page[489] = (uint8_t)(488 / size);
	page[490] = (uint8_t)size;
	page[491] = (uint8_t)level;
	r.at = room(d, PAGE, PAGE);
	r.bid = new_bid(d, true);
	write_page(d, page, type, r.bid, r.at);
	return r;
}

/* The tree over n sorted entries, which it uses up. */
static struct ref
write_tree(struct ndb *d, uint8_t type, unsigned size, struct entry *e, size_t n)
{
	struct ref r = {0};

	for (unsigned level = 0;; level++, size = 24) {
		size_t each = 488 / size, pages = 0;

		for (size_t i = 0; i < n || (i == 0 && n == 0); i += each) {
			uint64_t key = n ? e[i].key : 0;

			r = write_leaf(d, type, level, size, e + i, n - i < each ? n - i : each);
			e[pages].key = key;
			put(e[pages].bytes, key, 8);
			put(e[pages].bytes + 8, r.bid, 8);
			put(e[pages++].bytes + 16, r.at, 8);
		}
		if (pages <= 1)
			return r;
		n = pages;
	}
}

static int
by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static struct ref
write_blocks(struct ndb *d)
{
	struct entry *e = calloc(d->n_blocks + 1, sizeof *e);
	struct ref r;

	must(e);
	for (size_t i = 0; i < d->n_blocks; i++) {
		e[i].key = d->blocks[i].bid;
		put(e[i].bytes, d->blocks[i].bid, 8);
		put(e[i].bytes + 8, d->blocks[i].at, 8);
		put(e[i].bytes + 16, d->blocks[i].n, 2);
		put(e[i].bytes + 18, 2, 2);
	}
	qsort(e, d->n_blocks, sizeof *e, by_key);
	r = write_tree(d, TYPE_BBT, 24, e, d->n_blocks);
	free(e);
	return r;
}

static struct ref
write_nodes(struct ndb *d)
{
	struct entry *e = calloc(d->n_nodes + 1, sizeof *e);
	struct ref r;

	must(e);
	for (size_t i = 0; i < d->n_nodes; i++) {
		e[i].key = d->nodes[i].nid;
		put(e[i].bytes, d->nodes[i].nid, 8);
		put(e[i].bytes + 8, d->nodes[i].data, 8);
		put(e[i].bytes + 16, d->nodes[i].sub, 8);
		put(e[i].bytes + 24, d->nodes[i].parent, 4);
	}
	qsort(e, d->n_nodes, sizeof *e, by_key);
	r = write_tree(d, TYPE_NBT, 32, e, d->n_nodes);
	free(e);
	return r;
}

static void
write_header(struct ndb *d, struct ref nbt, struct ref bbt, uint64_t end, uint64_t last_map)
{
	uint8_t h[564] = {0};

	memcpy(h, "!BDNxxxxSM", 10);
	h[9] = d->o.ost ? 'O' : 'M';
	put(h + 10, 23, 2);
	put(h + 12, 19, 2);
	h[14] = h[15] = 1;
	put(h + 32, d->next_bid, 8);
	put(h + 40, 1, 4);
	for (size_t i = 0; i < 32; i++)
		put(h + 44 + 4 * i, d->next_nid, 4);
	put(h + 184, end, 8);
	put(h + 192, last_map, 8);
	put(h + 216, nbt.bid, 8);
	put(h + 224, nbt.at, 8);
	put(h + 232, bbt.bid, 8);
	put(h + 240, bbt.at, 8);
	h[248] = 2;
	memset(h + 256, 0xFF, 256);
	h[512] = 0x80;
	h[513] = d->o.plain ? 0 : 1;
	put(h + 516, d->next_bid, 8);
	put(h + 4, crc(h + 8, 471), 4);
	put(h + 524, crc(h + 8, 516), 4);
	write_at(d, 0, h, sizeof h);
}

uint64_t
ndb_end(struct ndb *d)
{
	struct ref nbt = write_nodes(d), bbt = write_blocks(d);
	uint64_t spans = (d->at - FIRST_AMAP + AMAP_SPAN - 1) / AMAP_SPAN;
	uint64_t end = FIRST_AMAP + spans * AMAP_SPAN;

	write_header(d, nbt, bbt, end, end - AMAP_SPAN);
	write_at(d, end - 1, "", 1);
	free(d->blocks);
	free(d->nodes);
	d->blocks = NULL;
	d->nodes = NULL;
	return end;
}
