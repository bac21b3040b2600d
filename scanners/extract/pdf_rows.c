/*
 * PDF knows no rows: a payroll run may draw all names, then all numbers. Words are sorted by where
 * they stand, so that what is printed side by side comes out side by side. Words written in another
 * direction (a scan turned by a quarter, a stamp in the margin) are turned and read by themselves.
 */
#include "extract/pdf_rows.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "extract/pdf_break.h"
#include "extract/pdf_head.h"
#include "extract/pdf_narrow.h"
#include "extract/pdf_table.h"
#include "limits.h"

#include "base/poison.h"

#define DESCENT	  0.25f /* of a box's height below the line its letters stand on */
#define SAME_ROW  0.4f /* of the height: baselines that make one row */
#define TOUCHING  0.05f /* of the height: one word drawn in two pieces */
#define LEADING	  2.5f /* of the height: from one line of a paragraph to the next, at most */
#define LINE_SEND (64 * KIB)
#define FAR_OUT	  1e6f

void
pdf_rows_init(struct pdf_rows *p, struct sink *s)
{
	*p = (struct pdf_rows){.s = s};
	grid_init(&p->grid, s);
}

void
pdf_rows_free(struct pdf_rows *p)
{
	grid_free(&p->grid);
	buf_free(&p->line);
	if (p->head)
		pdf_head_free(p->head);
	free(p->head);
	free(p->rows);
}

/* --- words to rows --------------------------------------------------------------- */

static float
sane(float v)
{
	return !isfinite(v) ? 0 : v > FAR_OUT ? FAR_OUT : v < -FAR_OUT ? -FAR_OUT : v;
}

/* Turns a word so that it reads from left to right. */
static void
turn(struct pdf_word *w)
{
	float x0 = sane(w->x0), x1 = sane(w->x1), y0 = sane(w->y0), y1 = sane(w->y1);
	struct pdf_word t = *w;

	switch (w->dir) {
	case PDF_DOWN:
		t.x0 = y0, t.x1 = y1, t.y0 = -x1, t.y1 = -x0;
		break;
	case PDF_LEFT:
		t.x0 = -x1, t.x1 = -x0, t.y0 = -y1, t.y1 = -y0;
		break;
	case PDF_UP:
		t.x0 = -y1, t.x1 = -y0, t.y0 = x0, t.y1 = x1;
		break;
	default:
		t.x0 = x0, t.x1 = x1, t.y0 = y0, t.y1 = y1;
	}
	w->x0 = fminf(t.x0, t.x1);
	w->x1 = fmaxf(t.x0, t.x1);
	w->y0 = fminf(t.y0, t.y1);
	w->y1 = fmaxf(t.y0, t.y1);
}

static float
height(const struct pdf_word *w)
{
	float h = w->y1 - w->y0;

	return h > 0.5f ? h : 0.5f;
}

static float
base(const struct pdf_word *w)
{
	return w->y1 - DESCENT * height(w);
}

static int
by_row(const void *a, const void *b)
{
	const struct pdf_word *v = a, *w = b;
	float x = base(v), y = base(w);

	if (v->dir != w->dir)
		return v->dir < w->dir ? -1 : 1;
	if (x < y || x > y)
		return x < y ? -1 : 1;
	return v->seq < w->seq ? -1 : v->seq > w->seq;
}

static int
by_column(const void *a, const void *b)
{
	const struct pdf_word *v = a, *w = b;

	if (v->x0 < w->x0 || v->x0 > w->x0)
		return v->x0 < w->x0 ? -1 : 1;
	return v->seq < w->seq ? -1 : v->seq > w->seq;
}

bool
pdf_gap_wide(const struct pdf_word *left_end, float right, const struct pdf_word *next)
{
	return next->x0 - right > PDF_GAP_WIDE * fminf(height(left_end), height(next));
}

static uint32_t
count_gaps(const struct pdf_word *w, size_t n)
{
	const struct pdf_word *end = w;
	uint32_t gaps = 0;

	for (size_t i = 1; i < n; i++) {
		gaps += pdf_gap_wide(end, end->x1, &w[i]);
		if (w[i].x1 > end->x1)
			end = &w[i];
	}
	return gaps;
}

static int
add_row(struct pdf_rows *p, size_t from, size_t n)
{
	struct pdf_word *w = p->words + from;
	float h = height(w), at = base(w);

	if (p->n_rows == p->room_rows) {
		size_t room = p->room_rows ? p->room_rows * 2 : 128;
		struct pdf_row *rows = reallocarray(p->rows, room, sizeof *rows);

		if (!rows)
			return -ENOMEM;
		p->rows = rows;
		p->room_rows = room;
	}
	qsort(w, n, sizeof *w, by_column);
	p->rows[p->n_rows++] = (struct pdf_row){
		.from = from, .n = n, .base = at, .h = h, .gaps = count_gaps(w, n)};
	return 0;
}

/* The rows of the words [from, to), which have one direction. */
static int
make_rows(struct pdf_rows *p, size_t from, size_t to)
{
	p->n_rows = 0;
	while (from < to) {
		float at = base(&p->words[from]), least = height(&p->words[from]);
		size_t i = from + 1;
		int r;

		for (; i < to; i++) {
			float h = height(&p->words[i]);

			least = h < least ? h : least;
			if (base(&p->words[i]) - at > SAME_ROW * least)
				break;
		}
		r = add_row(p, from, i - from);
		if (r < 0)
			return r;
		from = i;
	}
	return 0;
}

/* --- rows out ------------------------------------------------------------------------ */

static int
send_line(struct pdf_rows *p)
{
	int r = budget_bytes(p->s->budget, p->line.n);

	if (r == 0 && p->line.n)
		r = p->s->ops->text(p->s, buf_span(&p->line));
	if (r == 0 && p->line.failed)
		r = -ENOMEM;
	buf_clear(&p->line);
	return r;
}

static int
end_text(struct pdf_rows *p)
{
	int r;

	if (!p->open)
		return 0;
	p->open = false;
	r = send_line(p);
	return r < 0 ? r : p->s->ops->text_end(p->s);
}

/* What stands between two words of one row. */
static void
join(struct buf *b, const struct pdf_word *end, const struct pdf_word *w)
{
	float gap = w->x0 - end->x1;

	if (pdf_gap_wide(end, end->x1, w))
		buf_putc(b, '\t');
	else if (w->seq != end->seq + 1 && gap > -TOUCHING * height(w) &&
		gap < TOUCHING * height(w))
		return;
	else
		buf_putc(b, ' ');
}

/* The word in front of the line would not have had room in the one above, and both are running text. */
static bool
is_wrapped(const struct pdf_rows *p, const struct pdf_row *above, const struct pdf_row *row)
{
	const struct pdf_word *v = p->words + above->from, *w = p->words + row->from;

	return above->gaps == 0 && row->gaps == 0 && row->base - above->base < LEADING * row->h &&
		v[above->n - 1].x1 + (w->x1 - w->x0) + row->h > w[row->n - 1].x1;
}

/* The line at hand begins at `from`; the one above it is still there, and behind it this one's. */
static void
mend_break(struct pdf_rows *p, size_t from, const struct pdf_row *row)
{
	struct span all = buf_span(&p->line), above = span_sub(all, 0, from ? from - 1 : 0);
	const uint8_t *nl = above.n ? memrchr(above.p, '\n', above.n) : NULL;
	size_t n;

	if (!above.n || row == p->rows || p->line.failed || !is_wrapped(p, row - 1, row))
		return;
	if (nl)
		above = span_of(nl + 1, (size_t)(above.p + above.n - nl) - 1);
	n = pdf_broken(above, span_sub(all, from, all.n));
	if (n)
		pdf_mend(&p->line, from, n);
}

static int
put_line(struct pdf_rows *p, const struct pdf_row *row)
{
	const struct text_at at = {.part = PART_BODY, .page = p->page};
	const struct pdf_word *w = p->words + row->from, *end = w;
	size_t from = p->line.n;

	if (!p->open) {
		int r = p->s->ops->text_begin(p->s, &at);

		if (r < 0)
			return r;
		p->open = true;
	}
	for (size_t i = 0; i < row->n; i++) {
		if (i)
			join(&p->line, end, &w[i]);
		buf_put(&p->line, p->text.p + w[i].off, w[i].n);
		if (i == 0 || w[i].x1 > end->x1)
			end = &w[i];
	}
	mend_break(p, from, row);
	buf_putc(&p->line, '\n');
	return p->line.n >= LINE_SEND ? send_line(p) : 0;
}

static int
put_cells(struct pdf_rows *p, const struct pdf_table *t, const struct pdf_row *row)
{
	const struct pdf_word *w = p->words + row->from, *end = w;
	struct buf *b = &p->grid.text;

	for (size_t i = 0; i < row->n;) {
		uint32_t col = pdf_table_column(t, w[i].x0);
		size_t from = b->n;
		struct span cell;
		int r;

		end = &w[i];
		do {
			if (b->n > from)
				join(b, end, &w[i]);
			buf_put(b, p->text.p + w[i].off, w[i].n);
			end = w[i].x1 > end->x1 ? &w[i] : end;
		} while (++i < row->n && pdf_table_column(t, w[i].x0) == col);
		if (b->failed)
			return -ENOMEM;
		cell = span_of(b->p + from, b->n - from);
		r = grid_cell(&p->grid, col, cell, (struct span){0}, cell_is_number(cell));
		if (r < 0)
			return r;
	}
	return 0;
}

/* The names of the columns: the table's own are kept, those of the one before it go above it. */
static int
put_head(struct pdf_rows *p, const struct pdf_table *t, const struct pdf_row *rows)
{
	size_t n = pdf_head_rows(p->text, p->words, rows, t);
	int r;

	if (!p->head)
		p->head = calloc(1, sizeof *p->head);
	if (!p->head)
		return -ENOMEM;
	p->head_page = p->page;
	p->head->t = *t;
	if (n) {
		pdf_head_keep(p->head, p->text, p->words, rows, n, t);
		return 0;
	}
	if (!pdf_head_fits(p->head, t)) {
		pdf_head_clear(p->head);
		return 0;
	}
	r = grid_row(&p->grid, 0);
	return r < 0 ? r : pdf_head_put(p->head, t, &p->grid);
}

static int
put_table(struct pdf_rows *p, const struct pdf_table *t, const struct pdf_row *rows)
{
	int r = end_text(p);

	if (r < 0)
		return r;
	if (++p->tables == 1)
		(void)snprintf(p->name, sizeof p->name, "page %u", p->page);
	else
		(void)snprintf(p->name, sizeof p->name, "page %u table %u", p->page, p->tables);
	grid_begin(&p->grid, p->name, false);
	r = put_head(p, t, rows);
	for (size_t i = 0; i < t->rows && r == 0; i++) {
		r = grid_row(&p->grid, i + 1);
		if (r == 0)
			r = put_cells(p, t, &rows[i]);
	}
	return r < 0 ? r : grid_end(&p->grid);
}

static void
find_at(struct pdf_rows *p, size_t i, const struct pdf_table *before, struct pdf_table *ret_t)
{
	ret_t->rows = 0;
	if (i < p->n_rows)
		pdf_table_find(p->words, p->rows, p->n_rows, i, before, ret_t);
}

/* t begins at row i + 1; does row i belong to it, as its names? */
static bool
takes_names(const struct pdf_rows *p, size_t i, struct pdf_table *t)
{
	if (t->rows == 0 || !pdf_names_above(p->text, p->words, &p->rows[i], t))
		return false;
	t->rows++;
	return true;
}

static int
put_rows(struct pdf_rows *p)
{
	const struct pdf_table *before = p->tables == 0 && p->head ? &p->head->t : NULL;
	struct pdf_table here, next;
	int r = 0;

	find_at(p, 0, before, &here);
	for (size_t i = 0; i < p->n_rows && r == 0;) {
		if (here.rows == 0) {
			find_at(p, i + 1, before, &next);
			if (!takes_names(p, i, &next))
				r = put_line(p, &p->rows[i++]);
			here = next;
		}
		if (here.rows && r == 0) {
			pdf_part_columns(p->text, p->words, &p->rows[i], &here);
			r = put_table(p, &here, &p->rows[i]);
			i += here.rows;
			before = NULL;
			find_at(p, i, before, &here);
		}
	}
	return r < 0 ? r : end_text(p);
}

int
pdf_rows_page(struct pdf_rows *p, uint32_t page, struct span text, struct pdf_word *words, size_t n)
{
	int r = 0;

	if (p->head && p->head_page + 1 < page)
		pdf_head_clear(p->head), p->head->t.n_cut = 0;
	p->page = page;
	p->tables = 0;
	p->text = text;
	p->words = words;
	for (size_t i = 0; i < n; i++)
		turn(&words[i]);
	qsort(words, n, sizeof *words, by_row);
	for (size_t from = 0, to; from < n && r == 0; from = to) {
		for (to = from + 1; to < n && words[to].dir == words[from].dir; to++)
			;
		r = make_rows(p, from, to);
		if (r == 0)
			r = put_rows(p);
	}
	return r;
}
