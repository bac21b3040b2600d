/*
 * A workbook is a row of substreams, each between BOF and EOF: the globals, then one for each sheet,
 * with charts nested in them. All are read in the order they stand in, also those that the list of
 * sheets forgets. The version is the one of the first BOF: sheets of BIFF5 books may claim to be BIFF8.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "extract/ole.h"
#include "extract/slurp.h"
#include "extract/xls.h"
#include "extract/pictures.h"
#include "limits.h"

#include "base/poison.h"

enum { SHEETHDR = 0x8F };

static bool
is_bof(unsigned id)
{
	return id == 0x09 || id == 0x209 || id == 0x409 || id == 0x809;
}

bool
xls_is_raw(struct span head)
{
	unsigned id = head.n >= 8 ? le16(head.p) : 0, n = head.n >= 8 ? le16(head.p + 2) : 0, kind;

	if (!is_bof(id) || n < 4 || n > 16 || head.n < 4 + n)
		return false;
	kind = le16(head.p + 6);
	return kind == 5 || kind == 6 || kind == 0x10 || kind == 0x20 || kind == 0x40 ||
		kind == 0x100;
}

static unsigned
version_of(unsigned id, struct span rec)
{
	switch (id) {
	case 0x09:
		return 2;
	case 0x209:
		return 3;
	case 0x409:
		return 4;
	default:
		return rec.n >= 2 && le16(rec.p) == 0x600 ? 8 : 5;
	}
}

static int
locked(struct xls *x, struct span rec)
{
	const char *how = NULL;
	char detail[48];

	if (x->in.cipher.kind != XLS_PLAIN || xls_unlock(&x->in.cipher, rec, x->biff, &how))
		return 0;
	x->protected = true;
	(void)snprintf(detail, sizeof detail, "Excel %s", how);
	return sink_gap(x->book.s, GAP_ENCRYPTED, true, detail);
}

static int
record(struct xls *x, unsigned id, struct span rec, unsigned depth)
{
	int r = 0;

	if (id == XLS_FILEPASS)
		return locked(x, rec);
	if (id == XLS_DRAWINGS && x->drawings == 0)
		x->drawings = x->in.rec_off;
	if (depth == 1 && xls_cell(x, id, rec, &r))
		return r;
	if (xls_note(x, id, rec, &r))
		return r;
	return xls_global(x, id, rec);
}

/* The name of the sheet whose BOF comes next. */
static int
sheet_header(struct xls *x, struct span rec)
{
	if (rec.n <= 4)
		return 0;
	return xls_add_sheet(x, (uint32_t)(x->in.off + x->in.at), span_sub(rec, 4, rec.n), false);
}

/* One substream, whose BOF has been taken, with what is nested in it. */
static int
substream(struct xls *x)
{
	unsigned depth = 1, id;
	struct span rec;
	int r = 0;

	while (r == 0 && depth && !x->protected && xls_next(&x->in, &id, &rec)) {
		if (is_bof(id))
			depth += depth < LIMIT_XLS_DEPTH;
		else if (id == XLS_EOF)
			depth--;
		else if (id == SHEETHDR && x->biff == 4)
			return sheet_header(x, rec); /* a book of Excel 4 holds its sheets within */
		else
			r = record(x, id, rec, depth);
	}
	return r < 0 ? r : x->in.err;
}

static int
sheet(struct xls *x, uint64_t off)
{
	const struct xls_sheet *sh = xls_sheet_from(x, off);
	int r;

	if (sh && sh->off != off)
		sh = NULL;
	grid_begin(&x->book.grid, sh ? sh->name : NULL, sh && sh->hidden);
	x->fcol = 0;
	x->begun++;
	r = substream(x);
	x->listed = true;
	if (r == 0)
		r = grid_end(&x->book.grid);
	return r < 0 ? r : xls_notes_end(x);
}

static int
substreams(struct xls *x)
{
	unsigned id;
	struct span rec;
	bool damaged = false;
	int r = 0;

	while (r == 0 && !x->protected && x->in.err == 0) {
		bool next = xls_next(&x->in, &id, &rec);
		uint64_t off = x->in.rec_off;
		const struct xls_sheet *to;

		if (next && is_bof(id)) {
			if (!x->biff)
				x->biff = version_of(id, rec);
			r = sheet(x, off);
			continue;
		}
		if (next && (id == 0 || (x->biff == 4 && id == XLS_EOF)))
			continue;
		if (next && x->biff == 4) {
			r = id == SHEETHDR ? sheet_header(x, rec) : record(x, id, rec, 1);
			continue;
		}
		damaged |= next || x->in.cut;
		to = xls_sheet_from(x, (next ? off : x->in.off + x->in.at) + 1);
		if (!to)
			break;
		x->in.cut = false;
		xls_seek(&x->in, to->off);
	}
	if (r == 0)
		r = x->in.err;
	if (r == 0 && damaged)
		r = sink_gap(x->book.s, GAP_CORRUPT, true, "damaged workbook");
	return r;
}

static int
pictures(struct xls *x)
{
	struct xls_drawings d;
	int r;

	xls_drawings(&d, &x->in, x->drawings);
	r = pictures_run(&d.r, x->book.s);
	reader_end(&d.r);
	return r;
}

int
xls_book(struct xls *x, struct reader *r, struct sink *s)
{
	int q = xls_stream_open(&x->in, r, s);

	x->codepage = 1252;
	x->book.s = s;
	x->book.strings.max = LIMIT_PART;
	grid_init(&x->book.grid, s);
	if (q == 0)
		q = substreams(x);
	if (q == 0 && x->book.names.n)
		q = sink_text(s, PART_METADATA, "sheet names", buf_span(&x->book.names));
	if (q == 0 && x->meta.n)
		q = sink_text(s, PART_METADATA, "workbook", buf_span(&x->meta));
	if (q == 0 && x->drawings)
		q = pictures(x);
	xls_stream_close(&x->in);
	grid_free(&x->book.grid);
	buf_free(&x->book.strings);
	buf_free(&x->book.offsets);
	buf_free(&x->book.names);
	free(x->book.formats);
	free(x->book.xf);
	free(x->book.style);
	free(x->sheets);
	buf_free(&x->texts);
	buf_free(&x->objects);
	buf_free(&x->notes);
	buf_free(&x->lines);
	buf_free(&x->meta);
	return q;
}

static int
read_book(struct reader *r, struct sink *s)
{
	struct xls *x = calloc(1, sizeof *x);
	int q;

	if (!x)
		return -ENOMEM;
	q = xls_book(x, r, s);
	free(x);
	return q;
}

static int
read_stream(struct cfb *c, uint32_t e, struct sink *s)
{
	struct cfb_stream st;
	int r = cfb_stream_open(&st, c, e);

	if (r < 0)
		return r;
	r = read_book(&st.r, s);
	cfb_stream_close(&st);
	return r;
}

/* Some books hold the same sheets twice, for Excel 95 and 97: the newer one is taken. */
int
xls_read(struct ole *o)
{
	struct cfb *c = o->c;
	uint32_t e = cfb_find(c, c->root, "Workbook", CFB_STREAM);
	uint32_t caches = cfb_find(c, c->root, "_SX_DB_CUR", CFB_STORAGE);
	int r;

	if (e == CFB_NONE)
		e = cfb_find(c, c->root, "Book", CFB_STREAM);
	r = read_stream(c, e, o->s);
	for (e = cfb_first(c, caches); e != CFB_NONE && r == 0; e = cfb_next(c, e)) {
		if (cfb_type(c, e) == CFB_STREAM)
			r = xls_cache(c, e, o->s);
	}
	return r;
}

int
xls_read_raw(struct item *it, struct sink *s)
{
	struct buf b = {0};
	struct reader mem;
	int r;

	it->mime = "application/vnd.ms-excel";
	if (reader_seekable(it->r))
		return read_book(it->r, s);
	r = reader_slurp(it->r, s->budget, LIMIT_SLURP, &b);
	if (r == -EOVERFLOW)
		r = sink_gap(s, GAP_TOO_BIG, true, "workbook within a container");
	reader_mem(&mem, buf_span(&b));
	if (r == 0)
		r = read_book(&mem, s);
	buf_free(&b);
	return r;
}

static int
bid(const struct item *it)
{
	return ole_bid(it, OLE_XLS);
}

const struct extractor extract_xls = {
	.name = "xls",
	.formats = "Excel workbooks 2.0 to 2003 (xls, xlt)",
	.bid = bid,
	.run = ole_run,
};
