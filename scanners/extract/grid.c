/*
 * Texts of a row lie in one buffer that may move while it grows, so a cell keeps offsets until its
 * row goes out. Shared strings are not copied at all.
 */
#include "extract/grid.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "limits.h"

#include "base/poison.h"

struct grid_cell {
	struct span text, alt; /* p is NULL: at text_off or alt_off in the row's buffer */
	size_t text_off, alt_off;
	uint32_t col;
	bool number;
};

void
grid_init(struct grid *g, struct sink *s)
{
	*g = (struct grid){.s = s};
}

void
grid_free(struct grid *g)
{
	buf_free(&g->text);
	free(g->cells);
	free(g->out);
}

void
grid_begin(struct grid *g, const char *name, bool hidden)
{
	g->at = (struct table_at){.name = name, .hidden = hidden};
	g->row = g->last = 0;
	g->n = g->col = 0;
	buf_clear(&g->text);
}

static struct span
resolve(const struct grid *g, struct span s, size_t off)
{
	return s.p ? s : span_sub(buf_span(&g->text), off, s.n);
}

static int
table_close(struct grid *g)
{
	if (!g->open)
		return 0;
	g->open = false;
	g->last = 0;
	return g->s->ops->table_end(g->s);
}

static int
table_open(struct grid *g)
{
	int r = 0;

	if (g->open && g->row <= g->last)
		r = table_close(g);
	if (r < 0 || g->open)
		return r;
	r = g->s->ops->table_begin(g->s, &g->at);
	g->open = r == 0;
	return r;
}

static int
flush(struct grid *g)
{
	uint32_t n = g->n;
	int r;

	g->n = g->col = 0;
	if (n == 0)
		return 0;
	r = table_open(g);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < n; i++) {
		const struct grid_cell *c = &g->cells[i];

		g->out[i] = (struct cell){.col = c->col,
			.number = c->number,
			.text = resolve(g, c->text, c->text_off),
			.alt = resolve(g, c->alt, c->alt_off)};
	}
	g->last = g->row;
	return g->s->ops->row(g->s, g->row, g->out, n);
}

int
grid_row(struct grid *g, uint64_t row)
{
	int r = flush(g);

	buf_clear(&g->text);
	g->row = row;
	return r;
}

static int
grow(struct grid *g)
{
	uint32_t cap = g->cap ? g->cap * 2 : 32;
	struct grid_cell *cells = reallocarray(g->cells, cap, sizeof *cells);
	struct cell *out;

	if (!cells)
		return -ENOMEM;
	g->cells = cells;
	out = reallocarray(g->out, cap, sizeof *out);
	if (!out)
		return -ENOMEM;
	g->out = out;
	g->cap = cap;
	return 0;
}

/* Makes s an offset when it lies in the row's buffer. */
static size_t
own(const struct grid *g, struct span *s)
{
	size_t off;

	if (!g->text.p || s->p < g->text.p || s->p > g->text.p + g->text.n)
		return 0;
	off = (size_t)(s->p - g->text.p);
	s->p = NULL;
	return off;
}

static struct span
cut(struct span s)
{
	return span_sub(s, 0, utf8_fit(s, LIMIT_CELL));
}

/* The only cell of a row: what its buffer holds of others has gone. */
static void
to_front(struct grid *g, struct grid_cell *c)
{
	size_t from = g->text.n;

	from = !c->text.p && c->text.n && c->text_off < from ? c->text_off : from;
	from = !c->alt.p && c->alt.n && c->alt_off < from ? c->alt_off : from;
	if (from == 0 || g->text.n <= LIMIT_ROW)
		return;
	memmove(g->text.p, g->text.p + from, g->text.n - from);
	g->text.n -= from;
	c->text_off -= c->text.p ? 0 : from;
	c->alt_off -= c->alt.p || !c->alt.n ? 0 : from;
}

int
grid_cell(struct grid *g, uint32_t col, struct span text, struct span alt, bool number)
{
	struct grid_cell c = {.col = col, .number = number};
	int r;

	if (text.n == 0)
		return 0;
	if (span_eq(text, alt))
		alt.n = 0;
	if (text.n > LIMIT_CELL) {
		text = cut(text);
		if (!g->cut) {
			g->cut = true;
			r = sink_gap(g->s, GAP_TOO_BIG, true, "text of a table cell");
			if (r < 0)
				return r;
		}
	}
	r = budget_bytes(g->s->budget, text.n + alt.n);
	if (r < 0)
		return r;
	c.text = text;
	c.alt = alt.n > LIMIT_CELL ? cut(alt) : alt;
	c.text_off = own(g, &c.text);
	c.alt_off = own(g, &c.alt);
	/* going back: what stands goes out, and this cell begins the table anew */
	if (g->n && (col <= g->col || g->n >= LIMIT_ROW_CELLS || g->text.n > LIMIT_ROW) &&
		(r = flush(g)) < 0)
		return r;
	if (g->n == 0)
		to_front(g, &c);
	if (g->n == g->cap && (r = grow(g)) < 0)
		return r;
	g->cells[g->n++] = c;
	g->col = col;
	return 0;
}

int
grid_pause(struct grid *g)
{
	return table_close(g);
}

int
grid_end(struct grid *g)
{
	int r = flush(g);

	buf_clear(&g->text);
	return r < 0 ? r : table_close(g);
}
