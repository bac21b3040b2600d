/*
 * BIFF12: the same workbook as a stream of records (id and length in 7-bit groups, then the payload).
 * A record is taken whole, so no field can be read past its end; a sheet of any length passes through
 * one block.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/book.h"
#include "limits.h"

#include "base/poison.h"

#define BLOCK (64 * KIB)

enum {
	REC_ROW = 0,
	REC_CELL_RK = 2,
	REC_CELL_BOOL = 4,
	REC_CELL_REAL = 5,
	REC_CELL_ST = 6,
	REC_CELL_SHARED = 7,
	REC_FMLA_STRING = 8,
	REC_FMLA_NUM = 9,
	REC_FMLA_BOOL = 10,
	REC_SST_ITEM = 19,
	REC_FORMAT = 44,
	REC_XF = 47,
	REC_CELL_RSTRING = 62,
	REC_WORKBOOK_PR = 153,
	REC_SHEET = 156,
	REC_HEADER_FOOTER = 479,
	REC_CELL_XFS = 617,
	REC_CELL_XFS_END = 618,
	REC_COMMENT = 635,
	REC_COMMENT_TEXT = 637
};

struct biff {
	struct book *b;
	struct zippart *p;
	uint8_t *block;
	size_t at, n;
	struct buf rec, text;
	bool xfs;
	char ref[24];
	int err;
};

typedef int record_fn(struct biff *f, uint32_t id, struct span rec);

static bool
more(struct biff *f)
{
	ssize_t got;

	if (f->at < f->n)
		return true;
	got = zippart_read(f->p, f->block, BLOCK);
	f->at = 0;
	f->n = got > 0 ? (size_t)got : 0;
	if (got < 0)
		f->err = (int)got;
	return got > 0;
}

/* A number of at most max groups of 7 bits. */
static bool
take_number(struct biff *f, unsigned max, uint32_t *ret_v)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < max; i++) {
		uint8_t c;

		if (!more(f))
			return false;
		c = f->block[f->at++];
		v |= (uint32_t)(c & 0x7F) << (7 * i);
		if (!(c & 0x80))
			break;
	}
	*ret_v = v;
	return true;
}

/* The payload into f->rec, cut at LIMIT_XLSB_RECORD. False when it does not end. */
static bool
take_payload(struct biff *f, uint32_t len)
{
	buf_clear(&f->rec);
	while (len) {
		size_t n;

		if (!more(f))
			return false;
		n = f->n - f->at < len ? f->n - f->at : len;
		if (f->rec.n < LIMIT_XLSB_RECORD)
			buf_put(&f->rec, f->block + f->at, n);
		f->at += n;
		len -= (uint32_t)n;
	}
	return true;
}

static int
records(struct book *b, struct zippart *p, record_fn *fn, const char *what)
{
	struct biff f = {.b = b, .p = p, .block = malloc(BLOCK)};
	uint32_t id, len;
	int r = f.block ? 0 : -ENOMEM;

	while (r == 0 && take_number(&f, 2, &id)) {
		if (!take_number(&f, 4, &len) || !take_payload(&f, len)) {
			if (f.err == 0 && !p->broken)
				r = sink_gap(b->s, GAP_CORRUPT, true, what);
			break;
		}
		if (p->used > LIMIT_PART) {
			r = sink_gap(b->s, GAP_TOO_BIG, true, what);
			break;
		}
		r = f.rec.failed ? -ENOMEM : fn(&f, id, buf_span(&f.rec));
	}
	free(f.block);
	buf_free(&f.rec);
	buf_free(&f.text);
	return r < 0 ? r : f.err;
}

/* Appends the string (count, UTF-16LE) at off to out; returns the offset behind it. */
static size_t
put_wide(struct buf *out, struct span rec, size_t off)
{
	uint32_t n;

	if (off > rec.n || rec.n - off < 4)
		return rec.n;
	n = le32(rec.p + off);
	off += 4;
	if (n == UINT32_MAX)
		return off;
	if (n > (rec.n - off) / 2)
		n = (uint32_t)((rec.n - off) / 2);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t c = le16(rec.p + off + 2 * (size_t)i), d;

		if (c >= 0xD800 && c < 0xDC00 && i + 1 < n) {
			d = le16(rec.p + off + 2 * (size_t)i + 2);
			if (d >= 0xDC00 && d < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (d - 0xDC00);
				i++;
			}
		}
		if (c < 0x80)
			buf_putc(out, c ? (uint8_t)c : ' ');
		else
			buf_put_utf8(out, c);
	}
	return off + 2 * (size_t)n;
}

static int
on_string(struct biff *f, uint32_t id, struct span rec)
{
	if (id != REC_SST_ITEM)
		return 0;
	buf_clear(&f->text);
	(void)put_wide(&f->text, rec, 1);
	return book_add_string(f->b, buf_span(&f->text));
}

static int
on_style(struct biff *f, uint32_t id, struct span rec)
{
	if (id == REC_CELL_XFS)
		f->xfs = true;
	else if (id == REC_CELL_XFS_END)
		f->xfs = false;
	else if (id == REC_XF && f->xfs)
		return book_add_xf(f->b, rec.n >= 4 ? le16(rec.p + 2) : 0);
	else if (id == REC_FORMAT && rec.n > 6) {
		buf_clear(&f->text);
		(void)put_wide(&f->text, rec, 2);
		return book_add_format(f->b, le16(rec.p), buf_cstr(&f->text));
	}
	return 0;
}

static int
on_workbook(struct biff *f, uint32_t id, struct span rec)
{
	struct buf rid = {0};
	size_t at;
	int r;

	if (id == REC_WORKBOOK_PR && rec.n >= 4)
		f->b->d1904 = le32(rec.p) & 1;
	if (id != REC_SHEET || rec.n < 12)
		return 0;
	at = put_wide(&rid, rec, 8);
	buf_clear(&f->text);
	(void)put_wide(&f->text, rec, at);
	r = book_add_sheet(f->b, buf_cstr(&f->text), buf_cstr(&rid), le32(rec.p) & 3);
	buf_free(&rid);
	return r;
}

/* "C7" from counted-from-0 row and column. */
static void
make_ref(char *to, size_t cap, uint32_t row, uint32_t col)
{
	struct buf b = {0};
	char letters[4];
	unsigned n = 0;

	for (col = col % LIMIT_ROW_CELLS + 1; col && n < 3; col = (col - 1) / 26)
		letters[n++] = (char)('A' + (col - 1) % 26);
	while (n)
		buf_putc(&b, (uint8_t)letters[--n]);
	buf_printf(&b, "%u", row + 1);
	strncpy(to, buf_cstr(&b), cap - 1);
	to[cap - 1] = 0;
	buf_free(&b);
}

static int
on_comment(struct biff *f, uint32_t id, struct span rec)
{
	if (id == REC_COMMENT && rec.n >= 20)
		make_ref(f->ref, sizeof f->ref, le32(rec.p + 4), le32(rec.p + 12));
	if (id != REC_COMMENT_TEXT || rec.n < 5)
		return 0;
	buf_clear(&f->text);
	(void)put_wide(&f->text, rec, 1);
	return book_comment(f->b, f->p->name, f->ref, buf_span(&f->text));
}

static int
wide_cell(struct biff *f, uint32_t col, struct span rec, size_t off)
{
	struct buf *t = &f->b->grid.text;
	size_t from = t->n;

	(void)put_wide(t, rec, off);
	return grid_cell(
		&f->b->grid, col, span_sub(buf_span(t), from, t->n), (struct span){0}, false);
}

static int
on_cell(struct biff *f, uint32_t id, struct span rec)
{
	uint32_t col = le32(rec.p) < LIMIT_ROW_CELLS ? le32(rec.p) + 1 : f->b->grid.col + 1;
	uint32_t style = le32(rec.p + 4) & 0xFFFFFF;
	uint64_t bits;
	double v;

	switch (id) {
	case REC_CELL_RK:
		return rec.n < 12 ? 0 : book_double(f->b, col, style, book_rk(le32(rec.p + 8)));
	case REC_CELL_REAL:
	case REC_FMLA_NUM:
		if (rec.n < 16)
			return 0;
		bits = le64(rec.p + 8);
		memcpy(&v, &bits, sizeof v);
		return book_double(f->b, col, style, v);
	case REC_CELL_BOOL:
	case REC_FMLA_BOOL:
		if (rec.n < 9)
			return 0;
		return grid_cell(&f->b->grid, col, span_str(rec.p[8] ? "TRUE" : "FALSE"),
			(struct span){0}, false);
	case REC_CELL_ST:
	case REC_FMLA_STRING:
		return wide_cell(f, col, rec, 8);
	case REC_CELL_RSTRING:
		return wide_cell(f, col, rec, 9);
	case REC_CELL_SHARED:
		return rec.n < 12 ? 0 : book_shared(f->b, col, le32(rec.p + 8));
	default:
		return 0;
	}
}

/* Six strings behind two bytes of flags: odd, even and first, header before footer. */
static int
headers(struct biff *f, struct span rec)
{
	size_t at = 2;
	int r = grid_end(&f->b->grid);

	for (unsigned i = 0; i < 6 && at + 4 <= rec.n && r == 0; i++) {
		buf_clear(&f->text);
		at = put_wide(&f->text, rec, at);
		r = book_header(f->b, i & 1 ? PART_FOOTER : PART_HEADER, buf_span(&f->text));
	}
	return r;
}

static int
on_sheet(struct biff *f, uint32_t id, struct span rec)
{
	if (id == REC_ROW && rec.n >= 4)
		return grid_row(&f->b->grid, (uint64_t)le32(rec.p) + 1);
	if (((id >= REC_CELL_RK && id <= REC_FMLA_BOOL) || id == REC_CELL_RSTRING) && rec.n >= 8)
		return on_cell(f, id, rec);
	return id == REC_HEADER_FOOTER ? headers(f, rec) : 0;
}

int
xlsb_strings(struct book *b, struct zippart *p)
{
	return records(b, p, on_string, "damaged shared strings");
}

int
xlsb_styles(struct book *b, struct zippart *p)
{
	return records(b, p, on_style, "damaged styles");
}

int
xlsb_workbook(struct book *b, struct zippart *p)
{
	return records(b, p, on_workbook, "damaged workbook");
}

int
xlsb_comments(struct book *b, struct zippart *p)
{
	return records(b, p, on_comment, "damaged comments");
}

int
xlsb_sheet(struct book *b, struct zippart *p)
{
	int r = records(b, p, on_sheet, "damaged worksheet");

	return r < 0 ? r : grid_end(&b->grid);
}

static int
bid(const struct item *it)
{
	return office_kind(it) == OFFICE_XLSB ? 100 : 0;
}

static int
run(struct item *it, struct sink *s)
{
	return book_run(it, s, OFFICE_XLSB);
}

const struct extractor extract_xlsb = {
	.name = "xlsb",
	.formats = "Excel binary workbooks (xlsb)",
	.bid = bid,
	.run = run,
};
