/*
 * Records of the whole workbook: its sheets, formats, names, and what it remembers of its users and of
 * other files.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/ole.h"
#include "extract/xls.h"
#include "limits.h"

#include "base/poison.h"

enum {
	NAME = 0x18,
	FORMAT = 0x1E,
	DATE1904 = 0x22,
	CODEPAGE = 0x42,
	WRITEACCESS = 0x5C,
	SXSTRING = 0xCD,
	XF = 0xE0,
	SUPBOOK = 0x1AE,
	XF3 = 0x243,
	FORMAT4 = 0x41E,
	XF4 = 0x443
};

static void
meta_line(struct xls *x, struct span rec, unsigned bytes)
{
	size_t from = x->meta.n;

	if (from > LIMIT_XLS_NAMES)
		return;
	xls_string(x, &x->meta, rec, bytes);
	for (size_t i = from; i < x->meta.n; i++) { /* 3 parts the folders of a path */
		if (x->meta.p[i] < ' ')
			x->meta.p[i] = x->meta.p[i] == 3 ? '\\' : ' ';
	}
	while (x->meta.n > from && x->meta.p[x->meta.n - 1] <= ' ')
		x->meta.n--;
	if (x->meta.n > from)
		buf_putc(&x->meta, '\n');
}

int
xls_add_sheet(struct xls *x, uint32_t off, struct span name, bool hidden)
{
	struct buf t = {0};
	struct xls_sheet sh = {.off = off, .hidden = hidden};
	struct xls_sheet *p;

	if (x->n_sheets >= LIMIT_SHEETS)
		return 0;
	if ((x->n_sheets & (x->n_sheets - 1)) == 0) {
		p = reallocarray(x->sheets, x->n_sheets ? (size_t)x->n_sheets * 2 : 1, sizeof *p);
		if (!p)
			return -ENOMEM;
		x->sheets = p;
	}
	xls_string(x, &t, name, 1);
	sh.name = arena_strdup(x->book.s->arena, span_sub(buf_span(&t), 0, LIMIT_NAME));
	buf_puts(&x->book.names, buf_cstr(&t));
	buf_putc(&x->book.names, '\n');
	buf_free(&t);
	if (!sh.name)
		return -ENOMEM;
	x->unsorted |= x->n_sheets && x->sheets[x->n_sheets - 1].off > off;
	x->sheets[x->n_sheets++] = sh;
	return 0;
}

/*
 * Formats and styles come before the cells that use them: later ones would move those that are in
 * use. Sheets of Excel 4 may bring their own, which then take the place of all.
 */
static bool
takes_styles(struct xls *x)
{
	struct book *b = &x->book;

	if (!b->style)
		return true;
	if (x->biff >= 5 || x->styled == x->begun)
		return false;
	free(b->style);
	b->style = NULL;
	b->n_style = b->n_xf = b->n_formats = x->formats = 0;
	return true;
}

/* Before BIFF5 formats are known by their order. */
static int
add_format(struct xls *x, unsigned id, struct span rec)
{
	bool counted = x->biff < 5;
	size_t skip = id == FORMAT4 ? 2 : 0;
	struct buf t = {0};
	int r;

	if (rec.n <= skip || !takes_styles(x))
		return 0;
	xls_string(x, &t, span_sub(rec, skip, rec.n), x->biff >= 8 ? 2 : 1);
	r = book_add_format(&x->book, counted ? x->formats++ : le16(rec.p), buf_cstr(&t));
	buf_free(&t);
	return r;
}

static int
add_style(struct xls *x, unsigned id, struct span rec)
{
	if (rec.n < 4 || !takes_styles(x))
		return 0;
	return book_add_xf(&x->book, id == XF ? le16(rec.p + 2) : rec.p[1]);
}

/* A defined name: a header of 14 bytes, then its characters. */
static void
defined_name(struct xls *x, struct span rec)
{
	size_t n = rec.n > 3 ? rec.p[3] : 0;
	struct buf t = {0};

	if (x->biff < 5 || rec.n < 16 || (rec.p[0] & 0x20) || x->book.names.n > LIMIT_XLS_NAMES)
		return;
	if (x->biff >= 8)
		(void)xls_chars(&t, span_sub(rec, 14, rec.n), n);
	else
		put_codepage(&t, x->codepage, span_sub(rec, 14, n));
	if (t.n) {
		buf_put(&x->book.names, t.p, t.n);
		buf_putc(&x->book.names, '\n');
	}
	buf_free(&t);
}

int
xls_global(struct xls *x, unsigned id, struct span rec)
{
	switch (id) {
	case DATE1904:
		x->book.d1904 = rec.n >= 2 && le16(rec.p) == 1;
		return 0;
	case CODEPAGE:
		if (rec.n >= 2)
			x->codepage = le16(rec.p);
		return 0;
	case FORMAT:
	case FORMAT4:
		return add_format(x, id, rec);
	case XF:
	case XF3:
	case XF4:
		return add_style(x, id, rec);
	case NAME:
		defined_name(x, rec);
		return 0;
	case WRITEACCESS:
		meta_line(x, rec, x->biff >= 8 ? 2 : 1);
		return 0;
	case SXSTRING:
		meta_line(x, rec, 2);
		return 0;
	case SUPBOOK:
		if (rec.n > 4 && le16(rec.p + 2) > 1)
			meta_line(x, span_sub(rec, 2, rec.n), 2);
		return 0;
	case XLS_SST:
		return xls_sst(x, rec);
	case XLS_BOUNDSHEET:
		if (rec.n <= 6 || x->listed)
			return 0;
		return xls_add_sheet(x, le32(rec.p), span_sub(rec, 6, rec.n), rec.p[4] & 3);
	default:
		return 0;
	}
}

static int
by_off(const void *a, const void *b)
{
	uint32_t x = ((const struct xls_sheet *)a)->off, y = ((const struct xls_sheet *)b)->off;

	return (x > y) - (x < y);
}

const struct xls_sheet *
xls_sheet_from(struct xls *x, uint64_t off)
{
	uint32_t lo = 0, hi = x->n_sheets;

	if (x->unsorted)
		qsort(x->sheets, x->n_sheets, sizeof *x->sheets, by_off);
	x->unsorted = false;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (x->sheets[mid].off < off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < x->n_sheets ? &x->sheets[lo] : NULL;
}

int
xls_cache(struct cfb *c, uint32_t entry, struct sink *s)
{
	struct xls *x = calloc(1, sizeof *x);
	struct cfb_stream st;
	struct span rec;
	unsigned id;
	int r = x ? cfb_stream_open(&st, c, entry) : -ENOMEM;

	if (r < 0) {
		free(x);
		return r;
	}
	x->biff = 8;
	x->codepage = 1252;
	r = xls_stream_open(&x->in, &st.r, s);
	while (r == 0 && xls_next(&x->in, &id, &rec)) {
		if (id == SXSTRING)
			meta_line(x, rec, 2);
	}
	if (r == 0)
		r = x->in.err;
	if (r == 0 && x->meta.n)
		r = sink_text(s, PART_METADATA, "pivot cache", buf_span(&x->meta));
	xls_stream_close(&x->in);
	cfb_stream_close(&st);
	buf_free(&x->meta);
	free(x);
	return r;
}
