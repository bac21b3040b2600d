/*
 * Characters become paragraphs and rows. A paragraph waits for the mark at its end, for only that
 * tells whether it stood in a table. Codes of fields are no part of what a reader sees; they hold
 * links and sources of data, so those that do go out behind the text.
 */
#include <errno.h>

#include "extract/doc.h"
#include "limits.h"

#include "base/poison.h"

static const struct {
	enum part part;
	const char *name;
} stories[STORIES] = {
	[STORY_MAIN] = {PART_BODY, NULL},
	[STORY_FOOTNOTES] = {PART_NOTE, "footnotes"},
	[STORY_HEADERS] = {PART_HEADER, "headers and footers"},
	[STORY_MACROS] = {PART_BODY, "macros"},
	[STORY_COMMENTS] = {PART_COMMENT, "comments"},
	[STORY_ENDNOTES] = {PART_NOTE, "endnotes"},
	[STORY_BOXES] = {PART_BODY, "text boxes"},
	[STORY_HEADER_BOXES] = {PART_HEADER, "text boxes of headers"},
};

int
doc_text_begin(struct doc_text *t, enum doc_story story)
{
	int r = doc_text_end(t);

	flow_begin(&t->flow, t->s, stories[story].part, stories[story].name, 0);
	t->begun = true;
	t->row = t->cell = t->after_cell = false;
	t->fields = 0;
	t->depth = 0;
	return r;
}

static int
put(struct doc_text *t, struct buf *b)
{
	int r = b->failed ? -ENOMEM : 0;

	if (r == 0 && b->n)
		r = flow_put(&t->flow, (const char *)b->p, b->n);
	buf_clear(b);
	return r;
}

static bool
worth(struct span s)
{
	return s.n && (memchr(s.p, '"', s.n) || memchr(s.p, ':', s.n) || memchr(s.p, '@', s.n));
}

static int
put_codes(struct doc_text *t)
{
	int r = 0;

	if (worth(buf_span(&t->codes))) {
		t->flow.channel = FLOW_OVER;
		r = put(t, &t->codes);
		if (r == 0)
			r = flow_line(&t->flow);
		t->flow.channel = FLOW_BODY;
	}
	buf_clear(&t->codes);
	return r;
}

static int
table_end(struct doc_text *t)
{
	t->row = t->cell = false;
	return t->flow.tables ? flow_table_end(&t->flow) : 0;
}

/* Into the cell at hand, which begins if it must. */
static int
cell_text(struct doc_text *t)
{
	int r = t->flow.tables ? 0 : flow_table_begin(&t->flow, NULL, false);

	if (r == 0 && !t->row)
		r = flow_row(&t->flow, 0);
	t->row = true;
	if (r == 0 && !t->cell)
		r = flow_cell(&t->flow, 0);
	t->cell = true;
	return r < 0 ? r : put(t, &t->para);
}

static int
row_end(struct doc_text *t)
{
	int r = t->para.n ? cell_text(t) : 0;

	if (r == 0 && t->flow.tables)
		r = flow_row_end(&t->flow);
	t->row = t->cell = false;
	return r;
}

static int
cell_end(struct doc_text *t)
{
	int r = cell_text(t);

	t->cell = false;
	return r < 0 ? r : flow_cell_end(&t->flow, (struct span){0}, false);
}

/* The mark that ends a paragraph (or a cell or row: 7) stands at fc. */
static int
mark(struct doc_text *t, unsigned ch, uint32_t fc)
{
	struct doc_papx p;
	bool cell = ch == 7;
	int r;

	doc_papx_at(t->papxs, fc, &p);
	if (!p.known || p.elsewhere) {
		/* a mark right behind that of a cell ends the row */
		p.row_end |= cell && t->after_cell && t->para.n == 0 && t->row;
		p.in_table |= t->row;
	}
	t->after_cell = cell && !p.row_end;
	r = put_codes(t);
	if (r < 0)
		return r;
	if (cell)
		return p.row_end ? row_end(t) : cell_end(t);
	if (p.in_table) {
		buf_putc(&t->para, p.inner_cell && !p.inner_row_end ? '\t' : '\n');
		return cell_text(t);
	}
	r = table_end(t);
	if (r == 0)
		r = put(t, &t->para);
	return r < 0 ? r : flow_line(&t->flow);
}

static void
field(struct doc_text *t, unsigned ch)
{
	if (ch == 0x13) {
		if (t->depth < LIMIT_DOC_FIELDS)
			t->fields |= UINT64_C(1) << t->depth;
		t->depth++;
		return;
	}
	if (t->depth == 0)
		return;
	if (t->depth <= LIMIT_DOC_FIELDS && t->fields >> (t->depth - 1) & 1) {
		t->fields &= ~(UINT64_C(1) << (t->depth - 1));
		buf_putc(&t->codes, '\n');
	}
	if (ch == 0x15)
		t->depth--;
}

static int
special(struct doc_text *t, unsigned ch, uint32_t fc)
{
	struct buf *b = t->fields ? &t->codes : &t->para;

	switch (ch) {
	case 0x07:
	case 0x0C:
	case 0x0D:
		return mark(t, ch, fc);
	case 0x09:
		buf_putc(b, '\t');
		break;
	case 0x0A:
	case 0x0B:
	case 0x0E:
		buf_putc(b, '\n');
		break;
	case 0x13:
	case 0x14:
	case 0x15:
		field(t, ch);
		break;
	case 0x1E:
		buf_putc(b, '-');
		break;
	default: /* places of pictures and notes, optional hyphens */
		break;
	}
	t->after_cell = false;
	return 0;
}

/* What is no mark, as many as there are. */
static size_t
plain_run(struct span s, bool wide)
{
	size_t n = 0;

	if (wide) {
		while (n + 2 <= s.n && (s.p[n] >= 0x20 || s.p[n + 1]))
			n += 2;
	} else {
		while (n < s.n && s.p[n] >= 0x20)
			n++;
	}
	return n;
}

/* A paragraph of any length goes on as text; within a table it waits, up to what flow keeps. */
static int
relieve(struct doc_text *t)
{
	if (t->codes.n > LIMIT_DOC_PARAGRAPH) {
		int r = put_codes(t);

		if (r < 0)
			return r;
	}
	if (t->para.n <= LIMIT_DOC_PARAGRAPH)
		return 0;
	return t->row ? cell_text(t) : put(t, &t->para);
}

int
doc_text_put(struct doc_text *t, struct span s, bool wide, unsigned codepage, uint32_t fc)
{
	size_t at = 0, unit = wide ? 2 : 1;
	int r = 0;

	while (s.n - at >= unit && r == 0) {
		struct span rest = span_sub(s, at, LIMIT_DOC_PARAGRAPH);
		size_t n = plain_run(rest, wide);

		if (n) {
			struct buf *b = t->fields ? &t->codes : &t->para;

			put_codepage(b, wide ? CODEPAGE_UTF16 : codepage, span_sub(rest, 0, n));
			t->after_cell = false;
			r = relieve(t);
		}
		at += n;
		if (r == 0 && n < rest.n && rest.n - n >= unit) {
			r = special(t, s.p[at], fc + (uint32_t)at);
			at += unit;
		}
	}
	return r;
}

int
doc_text_end(struct doc_text *t)
{
	int r = 0;

	if (!t->begun)
		return 0;
	t->begun = false;
	if (t->para.n)
		r = t->row ? cell_text(t) : put(t, &t->para);
	if (r == 0)
		r = put_codes(t);
	if (r == 0)
		r = table_end(t);
	if (r == 0)
		r = flow_end(&t->flow);
	flow_free(&t->flow);
	return r;
}

void
doc_text_free(struct doc_text *t)
{
	if (t->begun)
		flow_free(&t->flow);
	buf_free(&t->para);
	buf_free(&t->codes);
}
