/* The two trees over all nodes and blocks, and the header that leads to them (MS-PST 2.2.2.6, 2.2.2.7.7). */
#include <stdlib.h>

#include "pstmake_ndb.h"

#include "base/poison.h"

static void
must(bool fine)
{
	if (!fine)
		abort();
}

struct entry {
	uint64_t key;
	uint8_t bytes[32];
};

struct ref {
	uint64_t bid, at;
};

/* Where a page's entries end and its counts are. */
static unsigned
counts_at(const struct ndb *d)
{
	return d->o.big ? 4056 : d->o.ansi ? 496 : 488;
}

/* One page of a tree; its reference. */
static struct ref
write_leaf(
	struct ndb *d, uint8_t type, unsigned level, unsigned size, const struct entry *e, size_t n)
{
	uint8_t page[4096] = {0}, *c = page + counts_at(d);
	unsigned w = d->o.big ? 2 : 1;
	struct ref r;

	for (size_t i = 0; i < n; i++)
		memcpy(page + i * size, e[i].bytes, size);
	ndb_put(c, n, w);
	ndb_put(c + w, counts_at(d) / size, w);
	c[2 * w] = (uint8_t)size;
	c[2 * w + 1] = (uint8_t)level;
	r.at = ndb_room(d, d->y.page, d->y.page);
	r.bid = ndb_bid(d, true);
	ndb_write_page(d, page, type, r.bid, r.at);
	return r;
}

/* The tree over n sorted entries, which it uses up. */
static struct ref
write_tree(struct ndb *d, uint8_t type, unsigned size, struct entry *e, size_t n)
{
	unsigned w = d->y.w;
	struct ref r = {0};

	for (unsigned level = 0;; level++, size = 3 * w) {
		size_t each = counts_at(d) / size, pages = 0;

		for (size_t i = 0; i < n || (i == 0 && n == 0); i += each) {
			uint64_t key = n ? e[i].key : 0;

			r = write_leaf(d, type, level, size, e + i, n - i < each ? n - i : each);
			e[pages].key = key;
			ndb_put(e[pages].bytes, key, w);
			ndb_put(e[pages].bytes + w, r.bid, w);
			ndb_put(e[pages++].bytes + 2 * w, r.at, w);
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
	unsigned w = d->y.w;
	struct ref r;

	must(e);
	for (size_t i = 0; i < d->n_blocks; i++) {
		const struct ndb_block *k = &d->blocks[i];
		uint8_t *p = e[i].bytes;

		e[i].key = k->bid;
		ndb_put(p, k->bid, w);
		ndb_put(p + w, k->at, w);
		ndb_put(p + 2 * w, k->stored, 2);
		ndb_put(p + 2 * w + 2, d->o.big ? k->n : 2, 2);
		if (d->o.big)
			ndb_put(p + 2 * w + 4, 2, 2);
	}
	qsort(e, d->n_blocks, sizeof *e, by_key);
	r = write_tree(d, NDB_BBT, 3 * w, e, d->n_blocks);
	free(e);
	return r;
}

static struct ref
write_nodes(struct ndb *d)
{
	struct entry *e = calloc(d->n_nodes + 1, sizeof *e);
	unsigned w = d->y.w;
	struct ref r;

	must(e);
	for (size_t i = 0; i < d->n_nodes; i++) {
		e[i].key = d->nodes[i].nid;
		ndb_put(e[i].bytes, d->nodes[i].nid, w);
		ndb_put(e[i].bytes + w, d->nodes[i].data, w);
		ndb_put(e[i].bytes + 2 * w, d->nodes[i].sub, w);
		ndb_put(e[i].bytes + 3 * w, d->nodes[i].parent, 4);
	}
	qsort(e, d->n_nodes, sizeof *e, by_key);
	r = write_tree(d, NDB_NBT, 4 * w, e, d->n_nodes);
	free(e);
	return r;
}

static uint8_t
crypt_of(const struct ndb *d)
{
	return d->o.plain ? 0 : d->o.cyclic ? 2 : 1;
}

static void
wide_header(const struct ndb *d, uint8_t *h, struct ref nbt, struct ref bbt, uint64_t end,
	uint64_t last_map)
{
	ndb_put(h + 32, d->next_bid, 8);
	ndb_put(h + 40, 1, 4);
	for (size_t i = 0; i < 32; i++)
		ndb_put(h + 44 + 4 * i, d->next_nid, 4);
	ndb_put(h + 184, end, 8);
	ndb_put(h + 192, last_map, 8);
	ndb_put(h + 216, nbt.bid, 8);
	ndb_put(h + 224, nbt.at, 8);
	ndb_put(h + 232, bbt.bid, 8);
	ndb_put(h + 240, bbt.at, 8);
	h[248] = 2;
	memset(h + 256, 0xFF, 256);
	h[512] = 0x80;
	h[513] = crypt_of(d);
	ndb_put(h + 516, d->next_bid, 8);
	ndb_put(h + 4, ndb_crc(h + 8, 471), 4);
	ndb_put(h + 524, ndb_crc(h + 8, 516), 4);
}

static void
ansi_header(const struct ndb *d, uint8_t *h, struct ref nbt, struct ref bbt, uint64_t end,
	uint64_t last_map)
{
	ndb_put(h + 24, d->next_bid, 4);
	ndb_put(h + 28, d->next_bid, 4);
	ndb_put(h + 32, 1, 4);
	for (size_t i = 0; i < 32; i++)
		ndb_put(h + 36 + 4 * i, d->next_nid, 4);
	ndb_put(h + 168, end, 4);
	ndb_put(h + 172, last_map, 4);
	ndb_put(h + 184, nbt.bid, 4);
	ndb_put(h + 188, nbt.at, 4);
	ndb_put(h + 192, bbt.bid, 4);
	ndb_put(h + 196, bbt.at, 4);
	h[200] = 2;
	memset(h + 204, 0xFF, 256);
	h[460] = 0x80;
	h[461] = crypt_of(d);
	ndb_put(h + 4, ndb_crc(h + 8, 471), 4);
}

static void
write_header(struct ndb *d, struct ref nbt, struct ref bbt, uint64_t end, uint64_t last_map)
{
	uint8_t h[564] = {0};

	memcpy(h, "!BDNxxxxSM", 10);
	h[9] = d->o.ost ? 'O' : 'M';
	ndb_put(h + 10, d->o.ansi ? 15 : d->o.big ? 36 : 23, 2);
	ndb_put(h + 12, 19, 2);
	h[14] = h[15] = 1;
	if (d->o.ansi)
		ansi_header(d, h, nbt, bbt, end, last_map);
	else
		wide_header(d, h, nbt, bbt, end, last_map);
	ndb_write(d, 0, h, sizeof h);
}

uint64_t
ndb_end(struct ndb *d)
{
	struct ref nbt = write_nodes(d), bbt = write_blocks(d);
	uint64_t span = d->y.map_span, spans = (d->at - d->y.first_map + span - 1) / span;
	uint64_t end = d->y.first_map + spans * span, map = end - span;

	/* a large store's map is for 16 MiB */
	if (d->o.big)
		end = (d->at + d->y.page - 1) / d->y.page * d->y.page;
	write_header(d, nbt, bbt, end, map);
	ndb_write(d, end - 1, "", 1);
	free(d->blocks);
	free(d->nodes);
	d->blocks = NULL;
	d->nodes = NULL;
	return end;
}
