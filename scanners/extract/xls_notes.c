/*
 * What stands beside the cells. A comment's text belongs to a drawing object and its place comes long
 * after, at the end of the sheet: both are kept and brought together there. Text of objects that are
 * no comments is a text box.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "extract/xls.h"
#include "limits.h"

#include "base/poison.h"

enum {
	HEADER = 0x14,
	FOOTER = 0x15,
	NOTE = 0x1C,
	OBJ = 0x5D,
	TXO = 0x1B6,
	HLINK = 0x1B8,
	DV = 0x1BE,
	CHART_NUMBER = 0x203,
	CHART_LABEL = 0x204,
	HEADER_FOOTER = 0x89C,
	SERIES_TEXT = 0x100D
};

static int
header(struct xls *x, unsigned id, struct span rec)
{
	struct buf t = {0};
	int r = grid_end(&x->book.grid);

	xls_string(x, &t, rec, x->biff >= 8 ? 2 : 1);
	if (r == 0 && t.n)
		r = book_header(&x->book, id == HEADER ? PART_HEADER : PART_FOOTER, buf_span(&t));
	buf_free(&t);
	return r;
}

/* Headers of even and first pages, which Excel 2007 adds. */
static int
more_headers(struct xls *x, struct span rec)
{
	size_t at = 38, i = 0;
	struct buf t = {0};
	int r = grid_end(&x->book.grid);

	for (; i < 4 && rec.n >= 38 && r == 0; i++) {
		size_t n = le16(rec.p + 30 + 2 * i);

		buf_clear(&t);
		if (n)
			at += xls_chars(&t, span_sub(rec, at, rec.n), n);
		if (t.n)
			r = book_header(&x->book, i & 1 ? PART_FOOTER : PART_HEADER, buf_span(&t));
	}
	buf_free(&t);
	return r;
}

/* The text of an object: its length here, its characters in the CONTINUE records that follow. */
static int
text_object(struct xls *x, struct span rec)
{
	size_t left = rec.n >= 12 ? le16(rec.p + 10) : 0;
	struct xls_text t = {.id = x->object, .off = (uint32_t)x->texts.n};
	unsigned id;
	struct span part;

	while (left && xls_peek(&x->in) == XLS_CONTINUE && xls_next(&x->in, &id, &part)) {
		size_t n = part.n < 2 ? 0 : part.p[0] & 1 ? (part.n - 1) / 2 : part.n - 1;

		if (n == 0)
			break;
		(void)xls_chars(&x->texts, span_of(part.p, part.n), left);
		left -= n < left ? n : left;
	}
	t.n = (uint32_t)(x->texts.n - t.off);
	if (t.n)
		buf_put(&x->objects, &t, sizeof t);
	return x->in.err;
}

/* Before BIFF8 the text stands in the record, and in further ones when it is long. */
static void
old_note(struct xls *x, struct span rec)
{
	struct xls_note n = {.row = le16(rec.p), .col = le16(rec.p + 2)};
	struct buf *b = &x->notes;
	size_t len = le16(rec.p + 4);
	struct span s = span_sub(rec, 6, rec.n);
	struct xls_note *last;

	if (n.row == 0xFFFF && x->note_left && b->n >= sizeof n) {
		/* goes on behind the last one: nothing else has been added to texts since */
		s = span_sub(s, 0, x->note_left);
		put_codepage(&x->texts, x->codepage, s);
		last = (struct xls_note *)(void *)(b->p + b->n - sizeof n);
		last->n = (uint32_t)x->texts.n - last->off;
		x->note_left -= (uint32_t)s.n;
		return;
	}
	n.id = UINT32_MAX;
	n.off = (uint32_t)x->texts.n;
	put_codepage(&x->texts, x->codepage, span_sub(s, 0, len));
	n.n = (uint32_t)x->texts.n - n.off;
	x->note_left = len > s.n ? (uint32_t)(len - s.n) : 0;
	buf_put(b, &n, sizeof n);
}

static void
note(struct xls *x, struct span rec)
{
	struct xls_note n;

	if (rec.n < 6)
		return;
	if (x->biff < 8) {
		old_note(x, rec);
		return;
	}
	if (rec.n < 8)
		return;
	n = (struct xls_note){.row = le16(rec.p),
		.col = le16(rec.p + 2),
		.id = le16(rec.p + 6),
		.off = (uint32_t)x->texts.n};
	xls_string(x, &x->texts, span_sub(rec, 8, rec.n), 2);
	n.n = (uint32_t)x->texts.n - n.off;
	buf_put(&x->notes, &n, sizeof n);
}

/* Strings in UTF-16 within a record, whatever lies around them: links have many layouts. */
static void
wide_words(struct buf *out, struct span s)
{
	size_t i = 0;

	while (i + 2 <= s.n) {
		size_t from = i;

		while (i + 2 <= s.n && s.p[i] >= ' ' && s.p[i] < 127 && s.p[i + 1] == 0)
			i += 2;
		if (i - from >= 8) {
			put_utf16(out, span_of(s.p + from, i - from));
			buf_putc(out, '\n');
		}
		i += i == from ? 1 : 0;
	}
}

/* Short paths of local files are single bytes with a length before them. */
static void
link_words(struct buf *out, struct span s)
{
	const uint8_t *p = s.n > 32 ? memmem(s.p, s.n, "\xC0\0\0\0\0\0\0\x46", 8) : NULL;
	struct span rest = {0};

	wide_words(out, s);
	while (p) {
		rest = span_of(p + 8, s.n - (size_t)(p + 8 - s.p));
		if (rest.n > 6 && le32(rest.p + 2) <= rest.n - 6 && rest.p[6] >= ' ' &&
			rest.p[7 < rest.n ? 7 : 6] >= ' ') {
			put_codepage(out, 1252, span_sub(rest, 6, le32(rest.p + 2) - 1u));
			buf_putc(out, '\n');
			return;
		}
		p = rest.n ? memmem(rest.p, rest.n, "\xC0\0\0\0\0\0\0\x46", 8) : NULL;
	}
}

static void
series_text(struct xls *x, struct span rec)
{
	size_t from = x->lines.n;

	if (rec.n > 3)
		xls_string(x, &x->lines, span_sub(rec, 2, rec.n), 1);
	if (x->lines.n > from)
		buf_putc(&x->lines, '\n');
}

/* What a chart remembers of the cells it shows, which may stand in another file. */
static void
chart_cell(struct xls *x, unsigned id, struct span rec)
{
	size_t from = x->lines.n;
	uint64_t bits;
	double v;

	if (id == CHART_LABEL && rec.n > 8) {
		xls_string(x, &x->lines, span_sub(rec, 6, rec.n), 2);
	} else if (id == CHART_NUMBER && rec.n >= 14) {
		bits = le64(rec.p + 6);
		memcpy(&v, &bits, sizeof v);
		numfmt_general(v, &x->lines);
	}
	if (x->lines.n > from)
		buf_putc(&x->lines, '\n');
}

bool
xls_note(struct xls *x, unsigned id, struct span rec, int *ret_r)
{
	bool room = x->texts.n < LIMIT_XLS_TEXTS && x->lines.n < LIMIT_XLS_TEXTS;

	*ret_r = 0;
	switch (id) {
	case HEADER:
	case FOOTER:
		*ret_r = header(x, id, rec);
		return true;
	case HEADER_FOOTER:
		*ret_r = more_headers(x, rec);
		return true;
	case NOTE:
		if (room)
			note(x, rec);
		return true;
	case OBJ: /* its first part holds kind and id */
		x->object = x->biff >= 8 && rec.n >= 8 ? le16(rec.p + 6) : 0;
		return true;
	case TXO:
		if (room && x->biff >= 8)
			*ret_r = text_object(x, rec);
		return true;
	case HLINK:
	case DV:
		if (room)
			id == DV ? wide_words(&x->lines, rec) : link_words(&x->lines, rec);
		return true;
	case CHART_NUMBER:
	case CHART_LABEL:
		if (room)
			chart_cell(x, id, rec);
		return true;
	case SERIES_TEXT:
		if (room)
			series_text(x, rec);
		return true;
	default:
		return false;
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct xls_text *x = a, *y = b;

	return x->id != y->id ? (x->id > y->id) - (x->id < y->id)
			      : (x->off > y->off) - (x->off < y->off);
}

static void
put_part(struct buf *out, struct span all, size_t off, size_t n)
{
	all = span_sub(all, off, n);
	buf_put(out, all.p, all.n);
}

static int
comment(struct xls *x, const struct xls_note *n, struct xls_text *texts, size_t n_texts)
{
	const struct span all = buf_span(&x->texts);
	struct xls_text key = {.id = n->id}, *t = NULL;
	struct buf out = {0};
	char name[320], letters[8];
	uint32_t col = n->col + 1;
	unsigned k = sizeof letters - 1;
	int r;

	/* the last object of that id: offsets only break ties */
	for (size_t lo = 0, hi = n_texts; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (texts[mid].id <= key.id) {
			t = &texts[mid];
			lo = mid + 1;
		} else {
			hi = mid;
		}
	}
	letters[k] = 0;
	for (; col && k; col = (col - 1) / 26)
		letters[--k] = (char)('A' + (col - 1) % 26);
	(void)snprintf(name, sizeof name, "%.200s!%s%u",
		x->book.grid.at.name ? x->book.grid.at.name : "", letters + k, n->row + 1);
	put_part(&out, all, n->off, n->n);
	if (t && t->id == n->id && !t->used) { /* once: a thousand places may claim one text */
		t->used = true;
		if (out.n)
			buf_puts(&out, ": ");
		put_part(&out, all, t->off, t->n);
	}
	r = out.n ? sink_text(x->book.s, PART_COMMENT, name, buf_span(&out)) : 0;
	buf_free(&out);
	return r;
}

static int
boxes(struct xls *x, const struct xls_text *texts, size_t n)
{
	struct buf out = {0};
	int r;

	for (size_t i = 0; i < n; i++) {
		if (texts[i].used)
			continue;
		put_part(&out, buf_span(&x->texts), texts[i].off, texts[i].n);
		buf_putc(&out, '\n');
	}
	buf_put(&out, x->lines.p, x->lines.n);
	r = out.n ? sink_text(x->book.s, PART_BODY, x->book.grid.at.name, buf_span(&out)) : 0;
	buf_free(&out);
	return r;
}

int
xls_notes_end(struct xls *x)
{
	struct xls_text *texts = (struct xls_text *)(void *)x->objects.p;
	const struct xls_note *notes = (const struct xls_note *)(const void *)x->notes.p;
	size_t n_texts = x->objects.n / sizeof *texts, n_notes = x->notes.n / sizeof *notes;
	int r = 0;

	if (x->texts.failed || x->objects.failed || x->notes.failed || x->lines.failed)
		return -ENOMEM;
	if (n_texts)
		qsort(texts, n_texts, sizeof *texts, by_id);
	for (size_t i = 0; i < n_notes && r == 0; i++)
		r = comment(x, &notes[i], texts, n_texts);
	if (r == 0)
		r = boxes(x, texts, n_texts);
	buf_clear(&x->texts);
	buf_clear(&x->objects);
	buf_clear(&x->notes);
	buf_clear(&x->lines);
	x->note_left = 0;
	x->object = 0;
	return r;
}
