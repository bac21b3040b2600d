/*
 * Pages and blocks are found by their number and say themselves which they are, so that what was
 * overwritten or never written is not taken for content. A wrong checksum alone is counted as damage, and
 * the bytes are used: one bad bit in a page should not cost the mails it leads to.
 */
#include <stdlib.h>
#include <zlib.h>

#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define PAGE_BBT 0x80u

uint64_t
pst_number(const struct pst *p, const uint8_t *at)
{
	return p->wide ? le64(at) : le32(at);
}

/* MS-PST 5.3: CRC-32 that begins with 0 and is not inverted. 0 stands for none. */
static void
checksum(struct pst *p, const uint8_t *b, size_t n, uint32_t want)
{
	uint32_t c = ~(uint32_t)crc32_z(UINT32_MAX, b, n);

	p->wrong += want && c != want;
}

static bool
read_at(struct pst *p, uint64_t at, void *to, size_t n)
{
	return budget_tick(p->budget) == 0 && at < p->src->size && n <= p->src->size - at &&
		reader_pread(p->src, to, n, at) == (ssize_t)n;
}

/* --- pages ---------------------------------------------------------------------------------- */

/* Is it what it is looked up as? */
static bool
is_page(struct pst *p, const uint8_t *page, uint64_t bid, uint8_t type)
{
	const uint8_t *t = page + p->page - p->page_end;

	if (t[0] != type || t[1] != type || pst_number(p, t + (p->wide ? 8 : 4)) != bid)
		return false;
	checksum(p, page, p->page - p->page_end, le32(t + (p->wide ? 4 : 8)));
	return true;
}

const uint8_t *
pst_page(struct pst *p, struct pst_ref ref, uint8_t type)
{
	size_t slot = (size_t)(ref.at / p->page % LIMIT_PST_PAGES);
	uint8_t *page = p->pages + slot * p->page;
	const uint8_t *t = page + p->page - p->page_end;

	if (p->page_at[slot] == ref.at + 1)
		return t[0] == type ? page : NULL;
	p->page_at[slot] = 0;
	if (!read_at(p, ref.at, page, p->page) || !is_page(p, page, ref.bid, type))
		return NULL;
	p->page_at[slot] = ref.at + 1;
	return page;
}

/* MS-PST 2.2.2.7.7.1; with pages of 4 KiB there are more entries than a byte counts */
bool
pst_entries(const struct pst *p, const uint8_t *page, struct pst_entries *ret_e)
{
	unsigned room = p->big ? 4056 : p->wide ? 488 : 496, wide = p->big;

	ret_e->p = page;
	ret_e->n = p->big ? le16(page + room) : page[room];
	ret_e->size = page[room + 2 + 2 * wide];
	ret_e->level = page[room + 3 + 2 * wide];
	return ret_e->size >= (p->wide ? 24 : 12) && ret_e->n * ret_e->size <= room &&
		ret_e->level < LIMIT_PST_LEVELS;
}

/* The last entry whose key is at most `key`; NULL for none. */
static const uint8_t *
find_entry(const struct pst *p, const struct pst_entries *e, uint64_t key)
{
	unsigned lo = 0, hi = e->n;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (pst_number(p, e->p + mid * e->size) <= key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? e->p + (lo - 1) * e->size : NULL;
}

/* --- blocks --------------------------------------------------------------------------------- */

struct place {
	uint64_t at;
	size_t stored, n; /* its bytes in the store and when inflated */
};

static bool
find_block(struct pst *p, uint64_t bid, struct place *ret)
{
	unsigned w = p->wide ? 8 : 4, above = LIMIT_PST_LEVELS;
	struct pst_ref ref = p->blocks;

	for (;;) {
		const uint8_t *page = pst_page(p, ref, PAGE_BBT), *e;
		struct pst_entries es;

		if (!page || !pst_entries(p, page, &es) || es.level >= above)
			return false;
		e = find_entry(p, &es, bid | 1);
		if (!e)
			return false;
		if (es.level == 0) {
			const uint8_t *sizes = e + (size_t)2 * w;

			ret->at = pst_number(p, e + w);
			ret->stored = ret->n = le16(sizes);
			if (p->big && le16(sizes + 2))
				ret->n = le16(sizes + 2);
			return (pst_number(p, e) & ~(uint64_t)1) == bid && ret->stored &&
				ret->stored <= p->block - p->block_end;
		}
		above = es.level;
		ref = (struct pst_ref){pst_number(p, e + w), pst_number(p, e + (size_t)2 * w)};
	}
}

size_t
pst_block_size(struct pst *p, uint64_t bid)
{
	struct place at;

	return find_block(p, bid & ~(uint64_t)1, &at) ? at.n : 0;
}

/* Reads a block's bytes as they stand there; false when it is not the one that is looked for. */
static bool
read_block(struct pst *p, uint64_t bid, const struct place *at, uint8_t *to)
{
	size_t all = (at->stored + p->block_end + p->slot - 1) / p->slot * p->slot;
	const uint8_t *t = to + all - p->block_end;

	if (all > p->block || !read_at(p, at->at, to, all) || le16(t) != at->stored ||
		(pst_number(p, t + (p->wide ? 8 : 4)) & ~(uint64_t)1) != bid)
		return false;
	checksum(p, to, at->stored, le32(t + (p->wide ? 4 : 8)));
	return true;
}

static size_t
inflate_block(struct pst *p, const struct place *at, uint8_t *to)
{
	uLongf n = p->block;
	int q = uncompress(to, &n, p->packed, at->stored);

	p->lost += q != Z_OK || n != at->n;
	return q == Z_OK || q == Z_BUF_ERROR ? (size_t)n : 0;
}

size_t
pst_block(struct pst *p, uint64_t bid, uint8_t *to)
{
	struct place at;
	bool packed;
	size_t n;

	bid &= ~(uint64_t)1;
	if (!bid || !find_block(p, bid, &at))
		return p->lost++, 0;
	packed = at.n != at.stored;
	if (!read_block(p, bid, &at, packed ? p->packed : to))
		return p->lost++, 0;
	n = packed ? inflate_block(p, &at, to) : at.n;
	if (!(bid & 2))
		pst_decode(p->crypt, bid, to, n);
	return n;
}
