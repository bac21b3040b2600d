/*
 * Rows as text with a cell map: what the engine searches of a table. A row whose cells stand one behind
 * the other in memory, as those of text files do, is copied as a whole.
 */
#include "classify/table_stage_in.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "classify/celltext.h"
#include "classify/value.h"

#include "base/poison.h"

#define CELL_PIECE (64 * KIB) /* a longer cell is laid out in pieces of this size */

static int
on_hit(void *user, const struct hit *h)
{
	struct table_stage *t = user;
	size_t row = h->cell ? h->cell->row : 0;
	struct cell_at cell;
	struct hit moved;

	if (row >= t->n_numbers)
		return 0;
	if (!t->on_side || !h->cell)
		return t->out.hit(t->out.user, h, t->row_numbers[row]);
	cell = *h->cell;
	cell.col = t->columns[h->cell - t->cells];
	moved = *h;
	moved.cell = &cell;
	return t->out.hit(t->out.user, &moved, t->row_numbers[row]);
}

int
table_flush(struct table_stage *t)
{
	const struct cell_map map = {.cells = t->cells,
		.n = t->n_cells,
		.votes = t->votes.votes,
		.columns = t->votes.n_columns,
		.headers = t->votes.headers};
	const struct chunk c = {.buf = t->buf,
		.n = t->n,
		.own_hi = t->n,
		.starts = true,
		.ends = true,
		.scope = SCOPE_CELLS,
		.cells = &map};
	int r = 0;

	if (t->n_cells) {
		memset(t->buf + t->n, 0, MATCH_PAD);
		r = matcher_scan(t->out.matcher, &c, on_hit, t);
	}
	t->n = t->n_cells = t->n_numbers = 0;
	return r;
}

static int
add_row_number(struct table_stage *t, uint64_t row)
{
	if (t->n_numbers == t->room_numbers) {
		size_t room = t->room_numbers ? t->room_numbers * 2 : 256;
		uint64_t *v = reallocarray(t->row_numbers, room, sizeof *v);

		if (!v)
			return -ENOMEM;
		t->row_numbers = v;
		t->room_numbers = room;
	}
	t->row_numbers[t->n_numbers++] = row;
	return 0;
}

/* Room for n more cells of the chunk. */
static int
cells_room(struct table_stage *t, size_t n)
{
	size_t room = t->room_cells ? t->room_cells : 1024;
	struct cell_at *v;
	uint32_t *columns;

	if (n <= t->room_cells - t->n_cells)
		return 0;
	while (n > room - t->n_cells)
		room *= 2;
	v = reallocarray(t->cells, room, sizeof *v);
	if (!v)
		return -ENOMEM;
	t->cells = v;
	columns = reallocarray(t->columns, room, sizeof *columns);
	if (!columns)
		return -ENOMEM;
	t->columns = columns;
	t->room_cells = room;
	return 0;
}

/* The row goes on in a fresh chunk when this one has no room for n more bytes. */
static int
make_room(struct table_stage *t, size_t n, uint64_t row)
{
	int r;

	if (n + 2 <= CHUNK_SIZE - t->n)
		return 0;
	r = table_flush(t);
	return r != 0 ? r : add_row_number(t, row);
}

/* There is room for it, and for its place. */
static inline void
put_cell(struct table_stage *t, uint32_t col, struct span s, bool alt)
{
	if (t->on_side) {
		t->columns[t->n_cells] = col;
		/* a label has no vote; a value has its label's */
		col = col > t->turned.label_col ? t->label : t->votes.n_columns + 1;
	}
	t->cells[t->n_cells++] = (struct cell_at){.start = (uint32_t)t->n,
		.end = (uint32_t)(t->n + s.n),
		.row = (uint32_t)(t->n_numbers - 1),
		.col = col,
		.alt = alt};
	celltext_copy(t->buf + t->n, s);
	t->n += s.n;
	t->buf[t->n++] = '\t';
}

static int
put_piece(struct table_stage *t, uint32_t col, struct span s, bool alt, uint64_t row)
{
	int r = make_room(t, s.n, row);

	if (r == 0)
		r = cells_room(t, 1);
	if (r == 0)
		put_cell(t, col, s, alt);
	return r;
}

static int
put_text(struct table_stage *t, uint32_t col, struct span s, bool alt, uint64_t row)
{
	int r = 0;

	if (s.n && s.n <= CELL_PIECE)
		return put_piece(t, col, s, alt, row);
	while (r == 0 && s.n) {
		size_t n = utf8_fit(s, CELL_PIECE);

		n = n ? n : CELL_PIECE; /* no UTF-8 at all */
		r = put_piece(t, col, span_sub(s, 0, n), alt, row);
		s = span_sub(s, n, s.n);
	}
	return r;
}

/* 7 or 8 digits in a column of nine-digit numbers: a spreadsheet dropped the zeros in front. */
static int
put_padded(struct table_stage *t, const struct cell *c, uint64_t row)
{
	uint8_t nine[SSN_DIGITS];

	if (!c->number || !votes_pads(&t->votes, t->on_side ? t->label : c->col))
		return 0;
	if (!value_padded(c->text, nine) && !value_padded(c->alt, nine))
		return 0;
	return put_text(t, c->col, span_of(nine, sizeof nine), true, row);
}

/* A second rendering stands right behind the first, where the engine looks for it. */
static int
put_all(struct table_stage *t, const struct cell *c, uint64_t row)
{
	int r = put_text(t, c->col, c->text, false, row);

	if (r == 0 && c->alt.n)
		r = put_text(t, c->col, c->alt, true, row);
	return r == 0 ? put_padded(t, c, row) : r;
}

/* One short text and nothing else, as nearly all are. */
static inline bool
is_simple(const struct cell *c, bool pads)
{
	return c->text.n - 1 < CELL_PIECE && !c->alt.n && !(c->number && pads);
}

static int
put_each(struct table_stage *t, const struct cell *cells, size_t n, uint64_t row, bool fits)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (fits && is_simple(&cells[i], t->votes.pads_some))
			put_cell(t, cells[i].col, cells[i].text, false);
		else
			r = put_all(t, &cells[i], row);
		if (r == 0)
			r = cells_room(t, n - i);
	}
	return r;
}

/* Are all simple, one behind the other with a byte between, as rows of text files are? */
static bool
is_joined(const struct table_stage *t, const struct cell *cells, size_t n)
{
	const uint8_t *next = n > 0 ? cells[0].text.p : NULL;
	bool pads = t->votes.pads_some;

	if (n == 0 || t->on_side)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (cells[i].text.p != next || !is_simple(&cells[i], pads))
			return false;
		next += cells[i].text.n + 1;
	}
	return true;
}

/* A row of joined cells is copied as a whole; then the bytes between become tabs. */
static void
put_joined(struct table_stage *t, const struct cell *cells, size_t n)
{
	const uint8_t *from = cells[0].text.p;
	size_t bytes = (size_t)(cells[n - 1].text.p - from) + cells[n - 1].text.n, low;
	struct cell_at *at = t->cells + t->n_cells;
	uint32_t start = (uint32_t)t->n, row = (uint32_t)(t->n_numbers - 1);
	uint8_t *to = t->buf + t->n;

	low = celltext_row(to, span_of(from, bytes));
	for (size_t i = 0; i < n; i++) {
		uint32_t end = start + (uint32_t)cells[i].text.n;

		at[i] = (struct cell_at){
			.start = start, .end = end, .row = row, .col = cells[i].col};
		low -= i > 0 && cells[i].text.p[-1] < ' ';
		t->buf[end] = '\t';
		start = end + 1;
	}
	/* more control bytes than stand between the cells: some are in them */
	if (low) {
		celltext_blank(to, bytes);
		for (size_t i = 0; i < n; i++)
			t->buf[at[i].end] = '\t';
	}
	t->n_cells += n;
	t->n += bytes + 1;
}

/* Bytes that the cells may need. */
static size_t
room_of(const struct cell *cells, size_t n, bool joined)
{
	size_t bytes = 16 * n;

	if (joined) /* all but the bytes between */
		return bytes + (size_t)(cells[n - 1].text.p - cells[0].text.p) +
			cells[n - 1].text.n - (n - 1);
	for (size_t i = 0; i < n; i++)
		bytes += cells[i].text.n + cells[i].alt.n;
	return bytes;
}

int
table_lay_out(struct table_stage *t, uint64_t row, const struct cell *cells, size_t n)
{
	bool joined = is_joined(t, cells, n);
	size_t bytes = room_of(cells, n, joined);
	int r = 0;

	if (t->n && bytes > CHUNK_SIZE - t->n)
		r = table_flush(t);
	if (r == 0)
		r = add_row_number(t, row);
	if (r == 0)
		r = cells_room(t, n);
	if (r != 0)
		return r;
	if (joined && bytes <= CHUNK_SIZE - t->n)
		put_joined(t, cells, n);
	else
		r = put_each(t, cells, n, row, bytes <= CHUNK_SIZE - t->n);
	if (r == 0 && t->n)
		t->buf[t->n - 1] = '\n';
	return r;
}
