/*
 * The first rows are held back until it is clear which of them is the header; then they and all
 * further ones are laid out as text, cells apart by tabs and rows by newlines, and go to the engine
 * in chunks that end where rows end. A cell never lies in two chunks, and what the header says of
 * its column goes along with every chunk, so no chunk needs another's context.
 */
#include "classify/classify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "classify/celltext.h"
#include "classify/turned.h"
#include "classify/value.h"
#include "classify/votes.h"
#include "limits.h"

#include "base/poison.h"

#define CELL_PIECE (64 * KIB) /* a longer cell is laid out in pieces of this size */

struct table_stage {
	struct table_out out;
	char name[64];
	/* rows held back */
	struct arena held;
	struct held_row rows[TABLE_STAGE_ROWS];
	size_t n_rows;
	bool decided;
	uint64_t last_row; /* the last one that is not blank */
	size_t late; /* cells since the header was to be found */
	struct votes votes;
	bool on_side; /* rows begin with labels: turned.h */
	struct turned turned;
	uint32_t label; /* of the row at hand, as a column of votes */
	/* the chunk */
	uint8_t *buf;
	size_t n;
	struct cell_at *cells;
	uint32_t *columns; /* of cells, where they stand in the sheet */
	size_t n_cells, room_cells;
	uint64_t *row_numbers;
	size_t n_numbers, room_numbers;
};

int
table_stage_new(const struct ruleset *rs, const struct table_out *out, struct table_stage **ret_t)
{
	struct table_stage *t = calloc(1, sizeof *t);
	int r = t ? columns_new(rs, &t->votes.columns) : -ENOMEM;

	if (r < 0) {
		free(t);
		return r;
	}
	t->votes.rs = rs;
	t->votes.headwords = out->headwords;
	t->out = *out;
	*ret_t = t;
	return 0;
}

void
table_stage_free(struct table_stage *t)
{
	if (!t)
		return;
	votes_forget(&t->votes);
	columns_free(t->votes.columns);
	arena_free(&t->held);
	turned_free(&t->turned);
	free(t->buf);
	free(t->cells);
	free(t->columns);
	free(t->row_numbers);
	free(t);
}

static void
start_over(struct table_stage *t)
{
	votes_forget(&t->votes);
	arena_reset(&t->held);
	columns_begin(t->votes.columns);
	t->n_rows = t->n = t->n_cells = t->n_numbers = 0;
	turned_forget(&t->turned);
	t->decided = t->on_side = false;
	t->last_row = 0;
	t->late = 0;
}

int
table_stage_begin(struct table_stage *t, const struct table_at *at)
{
	if (!t->buf)
		t->buf = malloc(CHUNK_SIZE + MATCH_PAD);
	if (!t->buf)
		return -ENOMEM;
	start_over(t);
	utf8_copy(t->name, sizeof t->name, span_str(at->name ? at->name : ""));
	return 0;
}

/* --- chunks -------------------------------------------------------------------- */

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

static int
flush(struct table_stage *t)
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
	r = flush(t);
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
static bool
is_simple(const struct table_stage *t, const struct cell *c)
{
	return c->text.n && c->text.n <= CELL_PIECE && !c->alt.n &&
		!(c->number && t->votes.pads_some);
}

static int
put_each(struct table_stage *t, const struct cell *cells, size_t n, uint64_t row, bool fits)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (fits && is_simple(t, &cells[i]))
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
	bool joined = n > 0 && !t->on_side;

	for (size_t i = 0; i < n && joined; i++) {
		joined = is_simple(t, &cells[i]) &&
			(i == 0 ||
				cells[i].text.p == cells[i - 1].text.p + cells[i - 1].text.n + 1);
	}
	return joined;
}

/* A row of joined cells is copied as a whole; then the bytes between become tabs. */
static void
put_joined(struct table_stage *t, const struct cell *cells, size_t n)
{
	const uint8_t *from = cells[0].text.p;
	size_t bytes = (size_t)(cells[n - 1].text.p - from) + cells[n - 1].text.n;
	struct cell_at *at = t->cells + t->n_cells;
	uint8_t *to = t->buf + t->n;

	memcpy(to, from, bytes);
	for (size_t i = 0; i < n; i++) {
		size_t start = (size_t)(cells[i].text.p - from), end = start + cells[i].text.n;

		at[i] = (struct cell_at){.start = (uint32_t)(t->n + start),
			.end = (uint32_t)(t->n + end),
			.row = (uint32_t)(t->n_numbers - 1),
			.col = cells[i].col};
		to[end] = ' ';
	}
	celltext_blank(to, bytes);
	for (size_t i = 0; i < n; i++)
		t->buf[at[i].end] = '\t';
	t->n_cells += n;
	t->n += bytes + 1;
}

static int
lay_out(struct table_stage *t, uint64_t row, const struct cell *cells, size_t n)
{
	size_t bytes = 0;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		bytes += cells[i].text.n + cells[i].alt.n + 16;
	if (t->n && bytes > CHUNK_SIZE - t->n)
		r = flush(t);
	if (r == 0)
		r = add_row_number(t, row);
	if (r == 0)
		r = cells_room(t, n);
	if (r != 0)
		return r;
	if (bytes <= CHUNK_SIZE - t->n && is_joined(t, cells, n))
		put_joined(t, cells, n);
	else
		r = put_each(t, cells, n, row, bytes <= CHUNK_SIZE - t->n);
	if (r == 0 && t->n)
		t->buf[t->n - 1] = '\n';
	return r;
}

/* --- the header ----------------------------------------------------------------- */

/* A record of a table on its side. */
static void
on_record(void *user, uint64_t row, const struct cell *cells, size_t n)
{
	struct table_stage *t = user;

	columns_row(t->votes.columns, row, cells, n, &t->out.classify);
}

/* Columns of a table on its side are rows of the sheet. */
static int
judge_on_side(void *user, const struct judgement *j)
{
	const struct table_stage *t = user;
	struct judgement moved = *j;

	if (j->at.column >= 1 && j->at.column <= t->turned.n_labels)
		moved.at.row = t->turned.label_rows[j->at.column - 1];
	moved.at.column = t->turned.label_col;
	return t->out.classify.judge(t->out.classify.user, &moved);
}

static void
value_on_side(void *user, const struct rule *r, struct span normal)
{
	const struct table_stage *t = user;

	t->out.classify.value(t->out.classify.user, r, normal);
}

/* The judges' word on the table at hand. */
static int
judge_table(struct table_stage *t)
{
	struct place at = {
		.kind = PLACE_CELL, .row = t->votes.has_header ? t->votes.header_row : 0};

	if (columns_idle(t->votes.columns))
		return 0;
	memcpy(at.name, t->name, sizeof at.name);
	if (t->on_side) {
		const struct classify_out out = {
			.judge = judge_on_side, .value = value_on_side, .user = t};

		turned_flush(&t->turned, on_record, t);
		return columns_end(t->votes.columns, &at, &out);
	}
	return columns_end(t->votes.columns, &at, &t->out.classify);
}

/* Behind a blank row another table may begin, with a header of its own; behind notes the first. */
static int
next_table(struct table_stage *t, const struct held_row *r)
{
	bool gap = (t->last_row && r->row > t->last_row + 1) ||
		(!t->votes.has_header && t->late && t->late <= LIMIT_LATE_HEADER);
	int q;

	if (header_blank(r->cells, r->n))
		return 0;
	t->last_row = r->row;
	if (!gap || (t->votes.has_header && r->row <= t->votes.header_row) ||
		!header_again(r, votes_known, &t->votes))
		return 0;
	q = flush(t);
	if (q == 0)
		q = judge_table(t);
	if (q != 0)
		return q;
	votes_forget(&t->votes);
	columns_begin(t->votes.columns);
	t->rows[0] = *r;
	return votes_take(&t->votes, t->rows, 0, 0);
}

static int
stream_row(struct table_stage *t, uint64_t row, const struct cell *cells, size_t n)
{
	const struct held_row held = {.row = row, .cells = cells, .n = n};
	int r;

	if (t->on_side) {
		t->label = turned_label(&t->turned, cells, n);
		if (t->label == 0)
			t->label = t->votes.n_columns + 1;
		r = turned_row(&t->turned, &held, on_record, t);
		return r != 0 ? r : lay_out(t, row, cells, n);
	}
	r = next_table(t, &held);
	if (r != 0)
		return r;
	if (!columns_idle(t->votes.columns) && (!t->votes.has_header || row > t->votes.header_row))
		columns_row(t->votes.columns, row, cells, n, &t->out.classify);
	return lay_out(t, row, cells, n);
}

/* more: rows will follow, so the last one held may be a header, too. */
static int
decide(struct table_stage *t, bool more)
{
	size_t first, last;
	int r = header_find(t->rows, t->n_rows, votes_known, &t->votes, &first, &last);

	t->decided = true;
	if (r < 0)
		first = last = t->n_rows;
	t->on_side =
		turned_find(&t->turned, t->rows, t->n_rows, first, last, votes_known, &t->votes);
	if (t->on_side) {
		const struct held_row labels = {.cells = t->turned.labels, .n = t->turned.n_labels};

		r = votes_take(&t->votes, &labels, 0, 0);
	} else {
		r = r == 0 ? votes_take(&t->votes, t->rows, first, last) : 0;
	}
	for (size_t i = 0; r == 0 && i < t->n_rows; i++) {
		t->late = more && i + 1 == t->n_rows;
		r = stream_row(t, t->rows[i].row, t->rows[i].cells, t->rows[i].n);
	}
	t->n_rows = 0;
	arena_reset(&t->held);
	return r;
}

int
table_stage_row(struct table_stage *t, uint64_t row, const struct cell *cells, size_t n)
{
	int r;

	if (t->decided) {
		if (t->late <= LIMIT_LATE_HEADER)
			t->late += n;
		return stream_row(t, row, cells, n);
	}
	r = header_keep(&t->held, &(struct held_row){.row = row, .cells = cells, .n = n},
		&t->rows[t->n_rows]);
	t->n_rows += r == 0;
	if (r == 0 && (t->n_rows == TABLE_STAGE_ROWS || t->held.used > LIMIT_ROWS_HELD))
		r = decide(t, true);
	return r;
}

int
table_stage_end(struct table_stage *t)
{
	int r = t->decided || !t->buf ? 0 : decide(t, false);

	if (r == 0)
		r = flush(t);
	if (r == 0)
		r = judge_table(t);
	start_over(t);
	return r;
}
