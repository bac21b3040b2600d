/*
 * The first rows are held back until it is clear which of them is the header; then they and all
 * further ones are laid out as text, cells apart by tabs and rows by newlines, and go to the engine
 * in chunks that end where rows end. A cell never lies in two chunks, and what the header says of
 * its column goes along with every chunk, so no chunk needs another's context.
 */
#include "classify/table_stage_in.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"

#include "base/poison.h"

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
	q = table_flush(t);
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
		return r != 0 ? r : table_lay_out(t, row, cells, n);
	}
	r = next_table(t, &held);
	if (r != 0)
		return r;
	if (!columns_idle(t->votes.columns) && (!t->votes.has_header || row > t->votes.header_row))
		columns_row(t->votes.columns, row, cells, n, &t->out.classify);
	return table_lay_out(t, row, cells, n);
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
		r = table_flush(t);
	if (r == 0)
		r = judge_table(t);
	start_over(t);
	return r;
}
