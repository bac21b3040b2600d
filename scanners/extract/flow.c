/*
 * Body text goes out in pieces as it comes. The text of a cell is written straight into the grid's
 * row; where it is longer than a cell may be (a whole letter laid out in one cell of a table) it
 * becomes ordinary text behind the table, so that nothing is lost.
 */
#include "extract/flow.h"

#include <errno.h>
#include <stdio.h>

#include "limits.h"

#include "base/poison.h"

#define PIECE (64 * KIB)

static const enum part side_part[FLOW_CHANNELS] = {
	[FLOW_DELETED] = PART_DELETED,
	[FLOW_COMMENT] = PART_COMMENT,
	[FLOW_NOTE] = PART_NOTE,
};

void
flow_begin(struct flow *f, struct sink *s, enum part part, const char *name, uint32_t page)
{
	*f = (struct flow){.s = s, .at = {.part = part, .name = name, .page = page}};
	grid_init(&f->grid, s);
}

static int
body_flush(struct flow *f)
{
	int r = 0;

	if (f->body.n == 0)
		return 0;
	if (!f->open)
		r = f->s->ops->text_begin(f->s, &f->at);
	f->open = true;
	if (r == 0)
		r = f->s->ops->text(f->s, buf_span(&f->body));
	buf_clear(&f->body);
	return r;
}

static int
body_close(struct flow *f)
{
	int r = body_flush(f);

	if (r < 0 || !f->open)
		return r;
	f->open = false;
	return f->s->ops->text_end(f->s);
}

static int
side_emit(struct flow *f, enum flow_channel ch)
{
	struct text_at at = f->at;
	struct buf *b = &f->side[ch];
	int r = 0;

	if (b->failed)
		return -ENOMEM;
	if (b->n == 0)
		return 0;
	if (ch != FLOW_OVER)
		at.part = side_part[ch];
	r = f->s->ops->text_begin(f->s, &at);
	for (size_t i = 0; i < b->n && r == 0;) {
		size_t n = b->n - i < PIECE ? b->n - i : PIECE;

		while (i + n < b->n && (b->p[i + n] & 0xC0) == 0x80)
			n--;
		r = f->s->ops->text(f->s, span_of(b->p + i, n));
		i += n;
	}
	buf_clear(b);
	return r < 0 ? r : f->s->ops->text_end(f->s);
}

/* So much was set aside that it goes out now, in the midst of what is open. */
static int
side_spill(struct flow *f, enum flow_channel ch)
{
	int r;

	if (f->side[ch].n < LIMIT_ASIDE)
		return 0;
	r = body_close(f);
	if (r == 0)
		r = grid_pause(&f->grid);
	return r == 0 ? side_emit(f, ch) : r;
}

/* What the present cell holds is more than a cell's text. */
static int
cell_over(struct flow *f)
{
	struct buf *b = &f->grid.text;

	f->over = true;
	buf_put(&f->side[FLOW_OVER], b->p + f->cell_from, b->n - f->cell_from);
	b->n = f->cell_from;
	return side_spill(f, FLOW_OVER);
}

static struct buf *
target(struct flow *f)
{
	if (f->channel != FLOW_BODY)
		return &f->side[f->channel];
	return f->tables ? &f->grid.text : &f->body;
}

int
flow_put(struct flow *f, const char *s, size_t n)
{
	int r = 0;

	if (f->tables && !f->in_cell && f->channel == FLOW_BODY)
		r = flow_cell(f, 0);
	if (r == 0)
		buf_put(target(f), s, n);
	if (r == 0 && f->body.n >= PIECE)
		r = body_flush(f);
	if (r == 0 && f->channel != FLOW_BODY)
		r = side_spill(f, f->channel);
	else if (r == 0 && f->in_cell && f->grid.text.n - f->cell_from > 2 * LIMIT_CELL)
		r = cell_over(f);
	return r;
}

int
flow_line(struct flow *f)
{
	struct buf *b = target(f);
	size_t from = b == &f->grid.text ? f->cell_from : 0;

	if (b == &f->body && f->open && b->n == 0)
		return flow_put(f, "\n", 1);
	if (b->n <= from || b->p[b->n - 1] == '\n')
		return 0;
	if (f->tables > 1 && b->p[b->n - 1] == '\t') /* a cell of an inner table begins */
		return 0;
	return flow_put(f, "\n", 1);
}

int
flow_table_begin(struct flow *f, const char *name, bool hidden)
{
	int r;

	if (f->tables++)
		return 0;
	r = body_close(f);
	f->table_no++;
	if (!name) {
		(void)snprintf(f->table_name, sizeof f->table_name, "table %u", f->table_no);
		name = f->table_name;
	}
	grid_begin(&f->grid, name, hidden);
	f->row = 0;
	f->col = 0;
	f->in_cell = false;
	return r;
}

int
flow_table_end(struct flow *f)
{
	int r;

	if (f->tables == 0 || --f->tables)
		return 0;
	f->tables = 1;
	r = flow_cell_end(f, (struct span){0}, false);
	f->tables = 0;
	return r < 0 ? r : grid_end(&f->grid);
}

int
flow_row(struct flow *f, uint64_t skip)
{
	int r;

	if (f->tables != 1)
		return 0;
	r = flow_cell_end(f, (struct span){0}, false);
	if (r < 0)
		return r;
	f->row += 1 + skip;
	f->col = 0;
	return grid_row(&f->grid, f->row);
}

/* Ends a cell or row of an inner table: the mark takes the place of a line's end. */
static int
separate(struct flow *f, char mark)
{
	struct buf *b = target(f);

	if (b->n > f->cell_from && (b->p[b->n - 1] == '\n' || b->p[b->n - 1] == '\t')) {
		b->p[b->n - 1] = (uint8_t)mark;
		return 0;
	}
	return flow_put(f, &mark, 1);
}

int
flow_row_end(struct flow *f)
{
	if (f->tables == 1)
		return flow_cell_end(f, (struct span){0}, false);
	if (f->tables == 0)
		return flow_line(f);
	return separate(f, '\n');
}

int
flow_cell(struct flow *f, uint32_t skip)
{
	int r;

	if (f->tables != 1)
		return 0;
	r = f->row ? flow_cell_end(f, (struct span){0}, false) : flow_row(f, 0);
	if (r < 0)
		return r;
	f->col += 1 + skip;
	f->in_cell = true;
	f->over = false;
	f->cell_from = f->grid.text.n;
	return 0;
}

int
flow_cell_end(struct flow *f, struct span alt, bool number)
{
	struct buf *b = &f->grid.text;
	struct span text;
	int r;

	if (f->tables > 1)
		return separate(f, '\t');
	if (!f->in_cell)
		return 0;
	f->in_cell = false;
	while (b->n > f->cell_from && memchr(" \t\n", b->p[b->n - 1], 3))
		b->n--;
	text = span_sub(buf_span(b), f->cell_from, b->n);
	if (text.n <= LIMIT_CELL && !f->over)
		return grid_cell(&f->grid, f->col, text, alt, number || cell_is_number(text));
	r = cell_over(f);
	buf_putc(&f->side[FLOW_OVER], '\n');
	return r;
}

int
flow_end(struct flow *f)
{
	int r = 0;

	f->channel = FLOW_BODY;
	if (f->tables) {
		f->tables = 1;
		r = flow_table_end(f);
	}
	if (r == 0)
		r = body_close(f);
	for (unsigned i = FLOW_BODY + 1; i < FLOW_CHANNELS && r == 0; i++)
		r = side_emit(f, i);
	return r;
}

void
flow_free(struct flow *f)
{
	grid_free(&f->grid);
	buf_free(&f->body);
	for (unsigned i = 0; i < FLOW_CHANNELS; i++)
		buf_free(&f->side[i]);
}
