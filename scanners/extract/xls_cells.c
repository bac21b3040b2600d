/*
 * Records that are cells. Their layout changed from BIFF2 (8-bit attributes) to BIFF3 (an index of a
 * style); the rest stayed for twenty years.
 */
#include <errno.h>

#include "extract/xls.h"
#include "limits.h"

#include "base/poison.h"

enum {
	INTEGER2 = 0x02,
	NUMBER2 = 0x03,
	LABEL2 = 0x04,
	BOOLERR2 = 0x05,
	FORMULA = 0x06,
	STRING2 = 0x07,
	RK = 0x7E,
	MULRK = 0xBD,
	RSTRING = 0xD6,
	LABELSST = 0xFD,
	NUMBER = 0x203,
	LABEL = 0x204,
	BOOLERR = 0x205,
	FORMULA3 = 0x206,
	STRING = 0x207,
	RK3 = 0x27E,
	FORMULA4 = 0x406
};

struct where {
	uint32_t col, style;
	size_t off; /* of the value */
};

size_t
xls_chars(struct buf *out, struct span s, size_t n)
{
	size_t off = 1, k;
	unsigned flags;

	if (s.n == 0)
		return 0;
	flags = s.p[0];
	off += (flags & 8 ? 2u : 0u) + (flags & 4 ? 4u : 0u);
	s = span_sub(s, off, s.n);
	k = flags & 1 ? s.n / 2 : s.n;
	k = k < n ? k : n;
	if (flags & 1)
		put_utf16(out, span_sub(s, 0, 2 * k));
	else
		put_latin1(out, span_sub(s, 0, k));
	return off + (flags & 1 ? 2 * k : k);
}

void
xls_string(const struct xls *x, struct buf *out, struct span rec, unsigned bytes)
{
	size_t n;

	if (rec.n < bytes)
		return;
	n = bytes == 1 ? rec.p[0] : le16(rec.p);
	rec = span_sub(rec, bytes, rec.n);
	if (x->biff >= 8)
		(void)xls_chars(out, rec, n);
	else
		put_codepage(out, x->codepage, span_sub(rec, 0, n));
}

static double
double_at(const uint8_t *p)
{
	uint64_t bits = le64(p);
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

static bool
is_biff2(const struct xls *x, unsigned id)
{
	return id < FORMULA || (x->biff == 2 && (id == FORMULA || id == STRING2));
}

/* Styles may be shown once the first cell comes: all of them stand before it. */
static int
settle(struct xls *x)
{
	if (x->book.style)
		return 0;
	x->styled = x->begun;
	for (unsigned i = x->biff == 2 ? 0 : 64; i < 64; i++) { /* BIFF2: cells name formats */
		if (book_add_xf(&x->book, i) < 0)
			return -ENOMEM;
	}
	return book_settle_styles(&x->book);
}

/* Goes to the record's row and says where its value stands. */
static int
locate(struct xls *x, unsigned id, struct span rec, struct where *ret_w)
{
	uint64_t row = (uint64_t)le16(rec.p) + 1;
	int r;

	ret_w->col = (uint32_t)le16(rec.p + 2) + 1;
	ret_w->off = is_biff2(x, id) ? 7 : 6;
	ret_w->style = is_biff2(x, id) ? rec.p[5] & 63 : le16(rec.p + 4);
	x->fcol = 0;
	r = settle(x);
	return r < 0 || row == x->book.grid.row ? r : grid_row(&x->book.grid, row);
}

static int
text_cell(struct xls *x, uint32_t col, struct span rec, unsigned bytes)
{
	struct buf *t = &x->book.grid.text;
	size_t from = t->n;

	xls_string(x, t, rec, bytes);
	return grid_cell(
		&x->book.grid, col, span_sub(buf_span(t), from, t->n), (struct span){0}, false);
}

static int
bool_cell(struct xls *x, uint32_t col, const uint8_t *value)
{
	if (value[1]) /* an error */
		return 0;
	return grid_cell(
		&x->book.grid, col, span_str(value[0] ? "TRUE" : "FALSE"), (struct span){0}, false);
}

/* The last result: a number, or 0xFFFF and what else it is; a string comes in a record of its own. */
static int
formula(struct xls *x, const struct where *w, struct span value)
{
	if (value.n < 8)
		return 0;
	if (value.p[6] != 0xFF || value.p[7] != 0xFF)
		return book_double(&x->book, w->col, w->style, double_at(value.p));
	if (value.p[0] == 0)
		x->fcol = w->col;
	if (value.p[0] == 1)
		return grid_cell(&x->book.grid, w->col, span_str(value.p[2] ? "TRUE" : "FALSE"),
			(struct span){0}, false);
	return 0;
}

static int
many(struct xls *x, struct span rec)
{
	uint32_t col = (uint32_t)le16(rec.p + 2) + 1;
	int r = 0;

	for (size_t i = 4; i + 6 <= rec.n - 2 && r == 0; i += 6)
		r = book_double(&x->book, col++, le16(rec.p + i), book_rk(le32(rec.p + i + 2)));
	return r;
}

static int
value_cell(struct xls *x, unsigned id, const struct where *w, struct span rec)
{
	struct span v = span_sub(rec, w->off, rec.n);

	switch (id) {
	case INTEGER2:
		return v.n < 2 ? 0 : book_double(&x->book, w->col, w->style, le16(v.p));
	case NUMBER2:
	case NUMBER:
		return v.n < 8 ? 0 : book_double(&x->book, w->col, w->style, double_at(v.p));
	case RK:
	case RK3:
		return v.n < 4 ? 0 : book_double(&x->book, w->col, w->style, book_rk(le32(v.p)));
	case LABELSST:
		return v.n < 4 ? 0 : book_shared(&x->book, w->col, le32(v.p));
	case LABEL2:
		return text_cell(x, w->col, v, 1);
	case LABEL:
	case RSTRING:
		return text_cell(x, w->col, v, 2);
	case BOOLERR2:
	case BOOLERR:
		return v.n < 2 ? 0 : bool_cell(x, w->col, v.p);
	case MULRK:
		return many(x, rec);
	default:
		return formula(x, w, v);
	}
}

bool
xls_cell(struct xls *x, unsigned id, struct span rec, int *ret_r)
{
	struct where w;
	uint32_t col = x->fcol;

	switch (id) {
	case STRING2:
	case STRING:
		x->fcol = 0;
		*ret_r = col ? text_cell(x, col, rec, x->biff == 2 ? 1 : 2) : 0;
		return true;
	case INTEGER2:
	case NUMBER2:
	case LABEL2:
	case BOOLERR2:
	case FORMULA:
	case RK:
	case MULRK:
	case RSTRING:
	case LABELSST:
	case NUMBER:
	case LABEL:
	case BOOLERR:
	case FORMULA3:
	case RK3:
	case FORMULA4:
		break;
	default:
		return false;
	}
	if (rec.n < 7)
		return true;
	*ret_r = locate(x, id, rec, &w);
	if (*ret_r == 0)
		*ret_r = value_cell(x, id, &w, rec);
	return true;
}
