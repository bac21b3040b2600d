/* Cells are offsets until the row goes out, because the buffers move while they grow. */
#include "extract/rows.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

void
rows_init(struct rows *t, struct sink *s)
{
	*t = (struct rows){.s = s};
}

void
rows_free(struct rows *t)
{
	buf_free(&t->text);
	buf_free(&t->alt);
	free(t->cells);
	free(t->out);
}

void
rows_begin(struct rows *t, struct span name)
{
	size_t n = name.n < sizeof t->name ? name.n : sizeof t->name - 1;

	while (n && n < name.n && (name.p[n] & 0xC0) == 0x80)
		n--;
	if (n)
		memcpy(t->name, name.p, n);
	t->name[n] = 0;
	t->row = 0;
	rows_drop(t);
}

void
rows_drop(struct rows *t)
{
	buf_clear(&t->text);
	buf_clear(&t->alt);
	t->n = 0;
}

static int
grow(struct rows *t)
{
	size_t cap = t->cap ? t->cap * 2 : 32;
	struct rows_cell *cells = reallocarray(t->cells, cap, sizeof *cells);
	struct cell *out;

	if (!cells)
		return -ENOMEM;
	t->cells = cells;
	out = reallocarray(t->out, cap, sizeof *out);
	if (!out)
		return -ENOMEM;
	t->out = out;
	t->cap = cap;
	return 0;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What b holds from there on, without the blanks around it. */
static void
trim(const struct buf *b, size_t *from, size_t *ret_to)
{
	size_t to = b->n;

	while (*from < to && is_blank(b->p[*from]))
		++*from;
	while (*from < to && is_blank(b->p[to - 1]))
		--to;
	*ret_to = to;
}

int
rows_cell(struct rows *t, uint32_t col, size_t from, size_t alt_from, bool number)
{
	size_t to, alt_to = alt_from;
	struct rows_cell *c;
	int r;

	if (t->text.failed || t->alt.failed)
		return -ENOMEM;
	trim(&t->text, &from, &to);
	if (alt_from < t->alt.n)
		trim(&t->alt, &alt_from, &alt_to);
	if (to - from > LIMIT_CELL || alt_to - alt_from > LIMIT_CELL || t->n >= LIMIT_ROW_CELLS)
		return -EOVERFLOW;
	if (from == to && alt_from == alt_to)
		return 0;
	if (t->n == t->cap && (r = grow(t)) < 0)
		return r;
	c = &t->cells[t->n++];
	c->from = from;
	c->to = to;
	c->alt_from = alt_from;
	c->alt_to = alt_to;
	c->col = col;
	c->number = number;
	return 0;
}

/* A cell that has only the second rendering has that for its first. */
static void
resolve(const struct rows *t, const struct rows_cell *c, struct cell *x)
{
	struct span text = span_sub(buf_span(&t->text), c->from, c->to - c->from), alt = {0};

	if (c->alt_to > c->alt_from) {
		alt = span_of(t->alt.p + c->alt_from, c->alt_to - c->alt_from);
		if (!text.n || span_eq(text, alt)) {
			text = text.n ? text : alt;
			alt = (struct span){0};
		}
	}
	x->col = c->col;
	x->text = text;
	x->alt = alt;
	x->number = c->number || cell_is_number(text);
}

int
rows_give(struct rows *t)
{
	const struct table_at at = {.name = t->name[0] ? t->name : NULL};
	int r = t->n ? budget_bytes(t->s->budget, t->text.n + t->alt.n) : 0;

	t->row++;
	if (r == 0 && t->n && !t->open) {
		r = t->s->ops->table_begin(t->s, &at);
		t->open = r == 0;
	}
	for (size_t i = 0; i < t->n; i++)
		resolve(t, &t->cells[i], &t->out[i]);
	if (r == 0 && t->n)
		r = t->s->ops->row(t->s, t->row, t->out, t->n);
	rows_drop(t);
	return r;
}

int
rows_end(struct rows *t)
{
	rows_drop(t);
	if (!t->open)
		return 0;
	t->open = false;
	return t->s->ops->table_end(t->s);
}
