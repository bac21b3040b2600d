/* Text and cells are the same bytes: a cell is a range of the text that is held back. */
#include "extract/records.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define AGAIN 4u /* times a table may begin anew with more columns */
#define FLUSH (64 * KIB) /* text in front of a first record that need not wait for it */

void
records_init(struct records *q, struct lined *out)
{
	memset(q, 0, sizeof *q);
	q->out = out;
	rows_init(&q->rows, out->s);
}

void
records_free(struct records *q)
{
	rows_free(&q->rows);
	buf_free(&q->keys);
	free(q->cells);
}

static void
forget(struct records *q)
{
	q->n_held = q->n_cells = 0;
	q->n_keys = q->n_named = q->headed = q->next = q->again = 0;
	buf_clear(&q->keys);
	q->inside = q->table = q->bare = false;
	q->out->hold = q->out->lost = false;
}

int
records_stop(struct records *q)
{
	int r = q->table ? rows_end(&q->rows) : 0;

	forget(q);
	return r;
}

int
records_begin(struct records *q, struct span name, size_t at)
{
	struct lined *l = q->out;
	int r = 0;

	if (l->lost || q->inside)
		r = records_stop(q);
	if (q->n_held == 0 && !q->table) {
		if (r == 0 && at >= FLUSH) {
			r = lined_flush_to(l, at);
			at = 0;
		}
		rows_begin(&q->rows, name);
		q->group_at = at;
	}
	l->hold = true;
	q->inside = true;
	q->next = 0;
	q->first[q->n_held] = q->n_cells;
	return r;
}

static struct span
key_of(const struct records *q, unsigned col)
{
	return span_sub(buf_span(&q->keys), q->key_at[col], q->key_at[col + 1] - q->key_at[col]);
}

int
records_name(struct records *q, struct span name)
{
	if (q->n_named == LIMIT_RECORD_KEYS)
		return 0;
	q->key_at[q->n_named] = (uint32_t)q->keys.n;
	buf_put(&q->keys, name.p, name.n);
	q->key_at[++q->n_named] = (uint32_t)q->keys.n;
	return q->keys.failed ? -ENOMEM : 0;
}

/* The column of key, a new one if need be; LIMIT_RECORD_KEYS when there are too many. */
static unsigned
column_of(struct records *q, struct span key)
{
	if (q->next < q->n_keys && span_eq(key_of(q, q->next), key))
		return q->next;
	for (unsigned i = 0; i < q->n_keys; i++) {
		if (span_eq(key_of(q, i), key))
			return i;
	}
	if (q->n_keys == LIMIT_RECORD_KEYS)
		return LIMIT_RECORD_KEYS;
	q->key_at[q->n_keys] = (uint32_t)q->keys.n;
	buf_put(&q->keys, key.p, key.n);
	q->key_at[q->n_keys + 1] = (uint32_t)q->keys.n;
	return q->n_keys++;
}

static bool
taken(const struct records *q, unsigned col)
{
	for (uint32_t i = q->first[q->n_held]; i < q->n_cells; i++) {
		if (q->cells[i].col == col)
			return true;
	}
	return false;
}

/* A free column for key: its own, or that of "key 2", "key 3" ... */
static unsigned
free_column(struct records *q, struct span key)
{
	uint8_t name[LIMIT_RECORD_KEY + 8];
	unsigned col, n = 1;

	key = span_sub(key, 0, LIMIT_RECORD_KEY);
	col = column_of(q, key);
	/* columns in order cannot have been taken */
	if (col == q->next)
		return col;
	while (col < LIMIT_RECORD_KEYS && taken(q, col) && ++n < LIMIT_RECORD_SAME) {
		int k = snprintf(
			(char *)name, sizeof name, "%.*s %u", (int)key.n, (const char *)key.p, n);

		col = column_of(
			q, span_of(name, (size_t)k < sizeof name ? (size_t)k : sizeof name - 1));
	}
	return n < LIMIT_RECORD_SAME ? col : LIMIT_RECORD_KEYS;
}

int
records_cell_at(struct records *q, unsigned col, size_t from, size_t to, bool number)
{
	if (!q->inside)
		return 0;
	if (q->out->lost || to > UINT32_MAX || to - from > LIMIT_CELL / 2 ||
		col >= LIMIT_RECORD_KEYS)
		return records_stop(q);
	if (q->n_cells == q->cap) {
		uint32_t cap = q->cap ? q->cap * 2 : 64;
		struct record_cell *c = reallocarray(q->cells, cap, sizeof *c);

		if (!c)
			return -ENOMEM;
		q->cells = c;
		q->cap = cap;
	}
	if (col >= q->n_keys)
		q->n_keys = (uint16_t)(col + 1);
	q->cells[q->n_cells++] = (struct record_cell){
		.col = (uint16_t)col, .number = number, .from = (uint32_t)from, .to = (uint32_t)to};
	q->next = (uint16_t)(col + 1);
	return 0;
}

int
records_cell(struct records *q, struct span key, size_t from, size_t to, bool number)
{
	unsigned col;

	if (!q->inside)
		return 0;
	if (q->out->lost)
		return records_stop(q);
	col = free_column(q, key);
	return q->keys.failed ? -ENOMEM : records_cell_at(q, col, from, to, number);
}

static int
row_header(struct records *q)
{
	unsigned n = q->bare ? q->n_named : q->n_keys;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < n; i++) {
		struct span key = key_of(q, i);
		size_t from = q->rows.text.n;

		buf_put(&q->rows.text, key.p, key.n);
		r = rows_cell(&q->rows, i + 1, from, 0, false);
	}
	q->headed = q->n_keys;
	return r == 0 ? rows_give(&q->rows) : r;
}

static int
row_cell(struct records *q, const struct record_cell *c)
{
	struct rows *t = &q->rows;
	size_t from = t->text.n;

	buf_put(&t->text, q->out->buf.p + c->from, c->to - c->from);
	return rows_cell(t, c->col + 1u, from, t->alt.n, c->number);
}

/* Cells [lo, hi) as a row; a key that the header lacks begins the table anew. */
static int
row_give(struct records *q, uint32_t lo, uint32_t hi)
{
	const struct record_cell *of[LIMIT_RECORD_KEYS] = {0};
	bool ordered = true;
	int r = 0;

	if (q->n_keys > q->headed && !q->bare) {
		r = rows_end(&q->rows);
		q->rows.row = 0;
		r = r == 0 ? row_header(q) : r;
	}
	for (uint32_t i = lo; i < hi && ordered; i++)
		ordered = i == lo || q->cells[i].col > q->cells[i - 1].col;
	for (uint32_t i = lo; r == 0 && i < hi; i++) {
		if (ordered)
			r = row_cell(q, &q->cells[i]);
		else
			of[q->cells[i].col] = &q->cells[i];
	}
	for (unsigned i = 0; !ordered && r == 0 && i < q->n_keys; i++)
		r = of[i] ? row_cell(q, of[i]) : 0;
	return r == 0 ? rows_give(&q->rows) : r;
}

/* The text in front of the first record goes out, and they all become rows. */
static int
become_table(struct records *q)
{
	int r = lined_flush_to(q->out, q->group_at);
	uint32_t by = (uint32_t)q->group_at;

	for (uint32_t i = 0; i < q->n_cells; i++) {
		q->cells[i].from -= by;
		q->cells[i].to -= by;
	}
	q->group_at = 0;
	q->table = true;
	/* what is in buf stays there until it has been given: the run ends in front of it */
	if (r == 0 && q->out->open) {
		q->out->open = false;
		r = q->out->s->ops->text_end(q->out->s);
	}
	if (r == 0 && q->bare && q->n_named >= 2 && q->n_keys <= q->n_named)
		r = row_header(q);
	for (unsigned i = 0; r == 0 && i < q->n_held; i++)
		r = row_give(q, q->first[i], q->first[i + 1]);
	q->n_held = 0;
	return r;
}

int
records_end(struct records *q)
{
	int r = 0;

	if (!q->inside)
		return 0;
	if (q->out->lost || q->n_cells == q->first[q->n_held])
		return records_stop(q);
	/* each has keys of its own: that is no table */
	if (q->table && q->n_keys > q->headed && !q->bare && ++q->again > AGAIN)
		return records_stop(q);
	q->inside = false;
	if (!q->table) {
		q->first[++q->n_held] = q->n_cells;
		if (q->n_held < RECORD_HOLD)
			return 0;
		r = become_table(q);
	} else {
		r = row_give(q, 0, q->n_cells);
	}
	q->n_cells = 0;
	buf_clear(&q->out->buf);
	q->out->last = 0;
	return r;
}
