/*
 * Where a row of a table ends is a property of a paragraph and not of the text: the mark is the same
 * as that of a cell. Properties are kept in pages of 512 bytes, found by place in the file.
 */
#include <errno.h>

#include "extract/doc.h"
#include "limits.h"

#include "base/poison.h"

#define PAGE	 512u
#define BX	 13u /* bytes of an entry of a page */
#define BAD_PAGE UINT32_MAX

enum {
	SPRM_IN_TABLE = 0x2416,
	SPRM_ROW_END = 0x2417,
	SPRM_INNER_CELL = 0x244B,
	SPRM_INNER_ROW_END = 0x244C,
	SPRM_HUGE = 0x6646,
	SPRM_CHANGE_TABS = 0xC615,
	SPRM_TABLE = 0xD608
};

int
doc_papxs_open(struct doc_papxs *p, struct cfb_stream *main, struct cfb_stream *table, uint32_t fc,
	uint32_t lcb)
{
	uint8_t *to;
	ssize_t got = 0;

	*p = (struct doc_papxs){.main = main, .page = BAD_PAGE};
	if (!table || lcb < 12 || lcb > LIMIT_DOC_PAGES)
		return 0;
	if (lcb < table->r.size) {
		to = buf_room(&p->bte, lcb);
		got = to ? reader_pread(&table->r, to, lcb, fc) : -ENOMEM;
	}
	p->bte.n = got > 0 ? (size_t)got : 0;
	p->n = p->bte.n >= 12 ? (uint32_t)((p->bte.n - 4) / 8) : 0;
	return got == -ENOMEM ? -ENOMEM : main->c->budget->blown;
}

void
doc_papxs_close(struct doc_papxs *p)
{
	buf_free(&p->bte);
}

/* The last of n ascending numbers (of 4 bytes) that is not above v; n when there is none. */
static uint32_t
last_at(const uint8_t *list, uint32_t n, uint32_t v)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (le32(list + 4 * (size_t)mid) <= v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? lo - 1 : n;
}

static bool
load_page(struct doc_papxs *p, uint32_t page)
{
	if (page == p->page)
		return true;
	p->page = BAD_PAGE;
	if (reader_pread(&p->main->r, p->fkp, PAGE, (uint64_t)page * PAGE) < (ssize_t)PAGE)
		return false;
	p->page = page;
	return true;
}

/* Bytes of the operand at s. */
static size_t
operand(unsigned sprm, struct span s)
{
	static const uint8_t sizes[8] = {1, 1, 2, 4, 2, 2, 0, 3};
	unsigned n = s.n ? s.p[0] : 0;

	if (sizes[sprm >> 13])
		return sizes[sprm >> 13];
	if (sprm == SPRM_TABLE)
		return s.n >= 2 ? (size_t)le16(s.p) + 1 : s.n;
	if (sprm == SPRM_CHANGE_TABS && n == 255 && s.n >= 2) {
		size_t dels = s.p[1], at = 2 + 4 * dels;

		return at < s.n ? at + 1 + 3 * (size_t)s.p[at] : s.n;
	}
	return 1 + (size_t)n;
}

static void
take_sprms(struct span s, struct doc_papx *ret)
{
	while (s.n >= 3) {
		unsigned sprm = le16(s.p);
		bool on = s.p[2] != 0;

		if (sprm == SPRM_IN_TABLE)
			ret->in_table = on;
		else if (sprm == SPRM_ROW_END)
			ret->row_end = on;
		else if (sprm == SPRM_INNER_CELL)
			ret->inner_cell = on;
		else if (sprm == SPRM_INNER_ROW_END)
			ret->inner_row_end = on;
		else if (sprm == SPRM_HUGE)
			ret->elsewhere = true;
		s = span_sub(s, 2, s.n);
		s = span_sub(s, operand(sprm, s), s.n);
	}
}

void
doc_papx_at(struct doc_papxs *p, uint32_t fc, struct doc_papx *ret)
{
	struct span page = span_of(p->fkp, PAGE), papx;
	uint32_t i = p->n ? last_at(p->bte.p, p->n, fc) : p->n, n;
	size_t at;

	*ret = (struct doc_papx){0};
	if (i >= p->n || !load_page(p, le32(p->bte.p + 4 * ((size_t)p->n + 1 + i)) & 0x3FFFFF))
		return;
	n = page.p[PAGE - 1];
	if (n == 0 || 4 * (n + 1) + BX * n > PAGE - 1)
		return;
	i = last_at(page.p, n, fc);
	if (i >= n || fc >= le32(page.p + 4 * ((size_t)i + 1)))
		return;
	ret->known = true;
	at = 2 * (size_t)page.p[4 * (n + 1) + BX * i];
	if (at == 0)
		return;
	papx = span_sub(page, at, PAGE);
	if (papx.n && papx.p[0])
		papx = span_sub(papx, 1, 2 * (size_t)papx.p[0] - 1);
	else
		papx = span_sub(papx, 2, papx.n > 1 ? 2 * (size_t)papx.p[1] : 0);
	take_sprms(span_sub(papx, 2, papx.n), ret);
}
