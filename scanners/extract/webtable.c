/*
 * A table counts as one of rows until another begins in it, or until a cell or row is longer than one
 * of those may be. Then the row at hand goes out as the text it was written as. The lines of the
 * source are counted once for a whole row, when it is dropped, or as it goes out.
 */
#include "extract/webtable.h"

#include <errno.h>
#include <stdio.h>

#include "limits.h"

#include "base/poison.h"

void
webtable_init(struct webtable *t, struct sink *s, enum part part)
{
	*t = (struct webtable){0};
	lined_init(&t->out, s, part);
	rows_init(&t->rows, s);
}

void
webtable_free(struct webtable *t)
{
	lined_free(&t->out);
	rows_free(&t->rows);
	buf_free(&t->aside);
}

/* What was set aside, behind the text at hand. */
static int
aside_flush(struct webtable *t)
{
	int r = t->aside.n ? lined_str(&t->out, " ") : 0;

	if (r == 0 && t->aside.n)
		r = lined_add(&t->out, buf_span(&t->aside));
	buf_clear(&t->aside);
	return r;
}

/* The text of a row that was not one, a tab behind each of its cells. */
static int
put_back(struct webtable *t)
{
	struct rows *q = &t->rows;
	size_t at = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i <= q->n; i++) {
		size_t to = i < q->n ? q->cells[i].to : q->text.n;

		r = lined_put(&t->out, span_sub(buf_span(&q->text), at, to - at));
		if (r == 0 && i < q->n)
			r = lined_str(&t->out, "\t");
		at = to;
	}
	if (r == 0 && q->alt.n) {
		r = lined_str(&t->out, " ");
		if (r == 0)
			r = lined_add(&t->out, buf_span(&q->alt));
	}
	return r;
}

/* No table of rows after all: what is at hand, and all further cells, are text. */
static int
demote(struct webtable *t)
{
	int r;

	t->data = false;
	if (t->rows.text.failed || t->rows.alt.failed || t->aside.failed)
		return -ENOMEM;
	if (t->rows.open) {
		r = lined_close(&t->out);
		if (r == 0)
			r = t->rows.s->ops->table_end(t->rows.s);
		t->rows.open = false;
		if (r < 0)
			return r;
	}
	r = put_back(t);
	rows_drop(&t->rows);
	return r == 0 ? aside_flush(t) : r;
}

static void
row_begin_at(struct webtable *t)
{
	rows_drop(&t->rows);
	t->col = 0;
	t->from = 0;
}

int
webtable_put(struct webtable *t, struct span s)
{
	const uint8_t *nl;
	int r = 0;

	if (!t->data && t->aside.n && (nl = memchr(s.p, '\n', s.n))) {
		size_t n = (size_t)(nl - s.p);

		r = lined_put(&t->out, span_sub(s, 0, n));
		if (r == 0)
			r = aside_flush(t);
		s = span_sub(s, n, s.n);
	}
	if (!t->data)
		return r == 0 ? lined_put(&t->out, s) : r;
	buf_put_short(&t->rows.text, s);
	return t->rows.text.n > LIMIT_HTML_ROW || t->rows.text.failed ? demote(t) : 0;
}

int
webtable_newlines(struct webtable *t, struct span source)
{
	int r = 0;

	if (!t->data) {
		r = t->aside.n && memchr(source.p, '\n', source.n) ? aside_flush(t) : 0;
		return r == 0 ? lined_newlines(&t->out, source) : r;
	}
	for (uint64_t n = count_newlines(source); r == 0 && n; n--)
		r = webtable_put(t, span_of("\n", 1));
	return r;
}

static void
aside_add(struct webtable *t, struct span s)
{
	size_t from = t->aside.n;

	buf_put(&t->aside, s.p, s.n);
	for (size_t i = from; i < t->aside.n; i++)
		t->aside.p[i] = t->aside.p[i] == '\n' ? '\r' : t->aside.p[i];
	buf_putc(&t->aside, ' ');
}

int
webtable_later(struct webtable *t, struct span s)
{
	aside_add(t, s);
	if (t->aside.failed)
		return -ENOMEM;
	if (t->aside.n <= LIMIT_HTML_ASIDE)
		return 0;
	return t->data ? demote(t) : aside_flush(t);
}

int
webtable_aside(struct webtable *t, struct span s)
{
	int r;

	if (!t->data)
		return lined_put(&t->out, s);
	aside_add(t, s);
	r = webtable_newlines(t, s);
	if (r < 0 || !t->data)
		return r;
	return t->aside.n > LIMIT_HTML_ASIDE || t->aside.failed ? demote(t) : 0;
}

int
webtable_break(struct webtable *t)
{
	struct buf *b = &t->rows.text;
	int r;

	if (!t->data) {
		r = aside_flush(t);
		return r == 0 ? lined_break(&t->out) : r;
	}
	if (b->n > t->from && b->p[b->n - 1] != '\r' && b->p[b->n - 1] != '\n')
		buf_putc(b, '\r');
	return 0;
}

int
webtable_begin(struct webtable *t)
{
	int r = t->data ? demote(t) : aside_flush(t);
	char name[32];
	int n;

	if (r == 0)
		r = lined_break(&t->out);
	t->depth++;
	n = snprintf(name, sizeof name, "table %u", ++t->count);
	rows_begin(&t->rows, span_of(name, (size_t)n));
	t->data = true;
	t->in_row = t->in_cell = false;
	row_begin_at(t);
	return r;
}

int
webtable_cell_end(struct webtable *t)
{
	struct rows *q = &t->rows;
	size_t alt = q->alt.n;
	int r;

	if (!t->data) {
		r = aside_flush(t);
		return r == 0 ? lined_str(&t->out, "\t") : r;
	}
	if (!t->in_cell)
		return 0;
	t->in_cell = false;
	if (t->aside.n) {
		buf_put(&q->alt, t->aside.p, t->aside.n);
		buf_clear(&t->aside);
	}
	r = rows_cell(q, t->col, t->from, alt, false);
	t->col += t->span - 1;
	t->from = q->text.n;
	if (r != -EOVERFLOW)
		return r;
	r = demote(t);
	return r == 0 ? lined_str(&t->out, "\t") : r;
}

/* Text between cells is no cell's: it goes where comments go, but for its ends of lines. */
static int
stray_text(struct webtable *t)
{
	struct buf *b = &t->rows.text;
	size_t at = t->from;
	uint64_t lines;

	while (at < b->n && (b->p[at] == ' ' || (b->p[at] >= '\t' && b->p[at] <= '\r')))
		at++;
	if (at == b->n)
		return 0;
	aside_add(t, span_of(b->p + at, b->n - at));
	lines = count_newlines(span_sub(buf_span(b), t->from, b->n));
	b->n = t->from;
	while (lines--)
		buf_putc(b, '\n');
	return t->aside.failed ? -ENOMEM : 0;
}

int
webtable_cell(struct webtable *t, uint32_t span)
{
	int r = 0;

	if (!t->data)
		return 0;
	if (t->in_cell)
		r = webtable_cell_end(t);
	if (r == 0 && t->data)
		r = stray_text(t);
	if (r < 0 || !t->data)
		return r;
	t->in_row = t->in_cell = true;
	t->span = span;
	t->col++;
	t->from = t->rows.text.n;
	return 0;
}

int
webtable_row_end(struct webtable *t)
{
	int r = 0;

	if (!t->data)
		return webtable_break(t);
	if (t->in_cell)
		r = webtable_cell_end(t);
	if (r < 0 || !t->data)
		return r;
	if (t->in_row) {
		r = stray_text(t);
		if (r == 0 && t->rows.n)
			r = lined_close(&t->out);
		t->out.line += count_newlines(buf_span(&t->rows.text));
		if (r == 0)
			r = rows_give(&t->rows);
		t->in_row = false;
		row_begin_at(t);
	}
	return r;
}

int
webtable_row(struct webtable *t)
{
	int r = t->in_row || !t->data ? webtable_row_end(t) : stray_text(t);

	t->in_row = t->data;
	return r;
}

int
webtable_end(struct webtable *t)
{
	int r;

	if (t->depth == 0)
		return 0;
	r = webtable_row_end(t);
	t->depth--;
	if (r == 0 && t->data) {
		r = stray_text(t);
		t->data = false;
		t->out.line += count_newlines(buf_span(&t->rows.text));
		if (r == 0)
			r = rows_end(&t->rows);
		if (r == 0)
			r = aside_flush(t);
	}
	t->in_row = t->in_cell = false;
	return r < 0 ? r : lined_break(&t->out);
}

int
webtable_finish(struct webtable *t)
{
	int r = 0;

	if (t->data) {
		t->depth = 1;
		r = webtable_end(t);
	}
	if (r == 0)
		r = aside_flush(t);
	return r < 0 ? r : lined_close(&t->out);
}
