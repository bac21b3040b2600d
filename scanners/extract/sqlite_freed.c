/*
 * Deleting a row leaves its bytes where they were; a page that becomes empty is put on a list and keeps
 * all of them. The list is followed here, its pages are searched for words. Room between the rows of
 * pages in use is not looked at.
 */
#include <errno.h>

#include "extract/extract.h"
#include "extract/sqlite.h"
#include "limits.h"

#include "base/poison.h"

/* The freed pages, one behind the other, as a reader. */
struct freed {
	struct reader r; /* first: its ops find the rest by it */
	struct reader *src;
	struct budget *budget;
	uint32_t page_size, pages; /* of the file */
	uint32_t trunk, leaf, leaves; /* the page of the list, and where in it we are */
	uint32_t left; /* pages that may still come: the list may run in circles */
	uint32_t at; /* bytes of the present page that were read */
	uint64_t page; /* its offset; 0 for none */
};

static bool
be32_at(struct freed *f, uint64_t off, uint32_t *ret_v)
{
	uint8_t b[4];

	if (reader_pread(f->src, b, sizeof b, off) != (ssize_t)sizeof b)
		return false;
	*ret_v = be32(b);
	return true;
}

static uint64_t
page_offset(const struct freed *f, uint32_t page)
{
	return page < 2 || page > f->pages ? 0 : (uint64_t)(page - 1) * f->page_size;
}

static bool
next_trunk(struct freed *f)
{
	uint64_t off = page_offset(f, f->trunk);

	if (!off || !be32_at(f, off + 4, &f->leaves))
		return false;
	if (f->leaves > f->page_size / 4 - 2)
		f->leaves = 0;
	f->leaf = 0;
	return true;
}

/* Finds the next leaf of the list. False at its end. */
static bool
next_page(struct freed *f)
{
	uint32_t page;

	while (f->left && budget_tick(f->budget) == 0) {
		uint64_t off = page_offset(f, f->trunk);

		f->left--;
		if (f->leaf == f->leaves) {
			if (!off || !be32_at(f, off, &f->trunk) || !next_trunk(f))
				return false;
			continue;
		}
		if (!be32_at(f, off + 8 + 4 * (uint64_t)f->leaf++, &page))
			return false;
		f->page = page_offset(f, page);
		f->at = 0;
		if (f->page)
			return true;
	}
	return false;
}

static ssize_t
freed_read(struct reader *r, void *to, size_t n)
{
	struct freed *f = (struct freed *)r;
	ssize_t got;

	if ((!f->page || f->at >= f->page_size) && !next_page(f))
		return 0;
	n = n < f->page_size - f->at ? n : f->page_size - f->at;
	got = reader_pread(f->src, to, n, f->page + f->at);
	if (got > 0)
		f->at += (uint32_t)got;
	return got;
}

static const struct reader_ops freed_ops = {.read = freed_read};

int
sqlite_freed(struct reader *src, struct sink *s)
{
	struct freed f = {.src = src, .budget = s->budget};
	uint8_t head[40];
	uint64_t pages;
	int r;

	if (reader_pread(src, head, sizeof head, 0) != (ssize_t)sizeof head || be32(head + 32) == 0)
		return 0;
	f.page_size = be16(head + 16) == 1 ? 65536 : be16(head + 16);
	if (f.page_size < 512 || (f.page_size & (f.page_size - 1)))
		return 0;
	pages = src->size / f.page_size;
	f.pages = pages > UINT32_MAX ? UINT32_MAX : (uint32_t)pages;
	f.left = f.pages;
	f.trunk = be32(head + 32);
	reader_init(&f.r, &freed_ops, UINT64_MAX);
	r = next_trunk(&f) ? extract_strings(&f.r, s) : 0;
	reader_end(&f.r);
	return r;
}
