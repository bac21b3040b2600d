/*
 * A table on a slide is a group of shapes, one a cell, marked as a table (MS-ODRAW: tableProperties).
 * Where they stand says which row and column they are: what has the same top is a row, what has the
 * same left a column.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/flow.h"
#include "extract/ppt.h"
#include "limits.h"

#include "base/poison.h"

#define PROP_TABLE 0x039F
#define PROP_MASK  0x3FFF /* what is left is flags */

struct place {
	int32_t left, top;
	uint32_t from, n; /* of its text */
	uint32_t col;
};

bool
ppt_is_table(struct span properties, unsigned count)
{
	for (unsigned i = 0; i < count && properties.n >= 6; i++) {
		if ((le16(properties.p) & PROP_MASK) == PROP_TABLE)
			return le32(properties.p + 2) & 1;
		properties = span_sub(properties, 6, properties.n);
	}
	return false;
}

void
ppt_table_begin(struct ppt_table *t, unsigned depth, uint32_t page)
{
	t->depth = depth;
	t->page = page;
	t->from = 0;
	t->left = t->top = 0;
	buf_clear(&t->cells);
	buf_clear(&t->text);
}

void
ppt_table_anchor(struct ppt_table *t, struct span anchor)
{
	if (anchor.n < 8)
		return;
	t->left = (int32_t)le32(anchor.p);
	t->top = (int32_t)le32(anchor.p + 4);
}

/* --- sending --------------------------------------------------------------------------- */

static int
by_left(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->left > y->left) - (x->left < y->left);
}

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->top != y->top)
		return x->top > y->top ? 1 : -1;
	return by_left(a, b);
}

/* Columns are counted from the left; then the cells are put in the order of their rows. */
static void
arrange(struct place *c, size_t n)
{
	uint32_t col = 0;

	qsort(c, n, sizeof *c, by_left);
	for (size_t i = 0; i < n; i++) {
		col += i > 0 && c[i].left != c[i - 1].left;
		c[i].col = col;
	}
	qsort(c, n, sizeof *c, by_place);
}

static int
send_cell(struct flow *f, const struct place *c, uint32_t skip, struct span text)
{
	struct span s = span_sub(text, c->from, c->n);
	int r;

	while (s.n && s.p[s.n - 1] <= ' ')
		s.n--;
	r = flow_cell(f, skip);
	if (r == 0)
		r = flow_put(f, (const char *)s.p, s.n);
	return r < 0 ? r : flow_cell_end(f, (struct span){0}, cell_is_number(s));
}

static int
send_rows(struct flow *f, const struct place *c, size_t n, struct span text)
{
	uint32_t next = 0;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		bool begins = i == 0 || c[i].top != c[i - 1].top;

		if (begins && i)
			r = flow_row_end(f);
		if (begins && r == 0)
			r = flow_row(f, 0);
		if (begins)
			next = 0;
		if (r == 0)
			r = send_cell(f, &c[i], c[i].col > next ? c[i].col - next : 0, text);
		next = c[i].col + 1;
	}
	return r == 0 && n ? flow_row_end(f) : r;
}

static int
send(struct ppt_table *t, struct sink *s)
{
	struct place *c = (struct place *)(void *)t->cells.p;
	size_t n = t->cells.n / sizeof *c;
	struct flow f = {0};
	int r = t->cells.failed || t->text.failed ? -ENOMEM : 0;

	if (n == 0)
		return r;
	arrange(c, n);
	flow_begin(&f, s, PART_BODY, NULL, t->page);
	f.table_no = t->number++;
	if (r == 0)
		r = flow_table_begin(&f, NULL, false);
	if (r == 0)
		r = send_rows(&f, c, n, buf_span(&t->text));
	if (r == 0)
		r = flow_table_end(&f);
	if (r == 0)
		r = flow_end(&f);
	flow_free(&f);
	buf_clear(&t->cells);
	buf_clear(&t->text);
	t->from = 0;
	return r;
}

int
ppt_table_cell(struct ppt_table *t, struct sink *s)
{
	struct place c = {.left = t->left,
		.top = t->top,
		.from = t->from,
		.n = (uint32_t)t->text.n - t->from};

	if (c.n)
		buf_put(&t->cells, &c, sizeof c);
	t->from = (uint32_t)t->text.n;
	/* no table that a person made is as large: it goes out in pieces */
	return t->text.n > LIMIT_PPT_TABLE || t->cells.n > LIMIT_PPT_TABLE ? send(t, s) : 0;
}

int
ppt_table_end(struct ppt_table *t, struct sink *s)
{
	t->depth = 0;
	return send(t, s);
}

void
ppt_table_free(struct ppt_table *t)
{
	buf_free(&t->cells);
	buf_free(&t->text);
}
