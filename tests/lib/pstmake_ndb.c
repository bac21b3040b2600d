/* Blocks lie one behind the other; the trees over them come last, and the header when all is known. */
#include "pstmake_ndb.h"

#include <stdlib.h>
#include <zlib.h>

#include "extract/pst.h"

#include "base/poison.h"

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

	for (unsigned i = 0; !to[meaning[0]] && i < 256; i++)
		to[meaning[i]] = (uint8_t)i;
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
