/*
 * A sheet is taken for turned only where rules know at least two words of its first column and at
 * most one of what could be a header: lists whose first column holds words that happen to be known
 * have a header that is known better. Records are put together from a bounded number of rows; one
 * whose labels do not repeat within LIMIT_TURNED goes out as it is.
 */
#include "classify/turned.h"

#include <errno.h>

#include "classify/value.h"
#include "limits.h"
#include "match/words.h"

#include "base/poison.h"

#define REPEAT_CELLS 16u /* cells of a row that are compared with one another */

/* The first filled cell, when it is a label. */
static const struct cell *
label_cell(const struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (value_trim(cells[i].text).n == 0)
			continue;
		return value_label(cells[i].text) && i + 1 < n ? &cells[i] : NULL;
	}
	return NULL;
}

static bool
same_words(struct span a, struct span b)
{
	struct folded x, y;

	words_fold(a, &x);
	words_fold(b, &y);
	return x.n == y.n && memcmp(x.text, y.text, x.n) == 0;
}

uint32_t
turned_label(const struct turned *t, const struct cell *cells, size_t n)
{
	const struct cell *c = label_cell(cells, n);

	if (!c || c->col != t->label_col)
		return 0;
	for (size_t i = 0; i < t->n_labels; i++) {
		if (same_words(t->labels[i].text, c->text))
			return (uint32_t)i + 1;
	}
	return 0;
}

/* Words known and years of the cells behind the first, which heads a row as well as a column. */
static size_t
known_in(const struct held_row *r, header_known *known, void *user)
{
	size_t n = 0;

	for (size_t i = 1; i < r->n && n < 3; i++)
		n += header_year(r->cells[i].text) ||
			(value_label(r->cells[i].text) &&
				known(user, value_trim(r->cells[i].text)));
	return n;
}

/* A header has no cell twice; the values of people or accounts side by side do. */
static bool
repeats(const struct held_row *r)
{
	for (size_t i = 1; i < r->n && i < REPEAT_CELLS; i++) {
		for (size_t k = i + 1; k < r->n && k < REPEAT_CELLS; k++) {
			if (value_trim(r->cells[i].text).n &&
				span_eq(value_trim(r->cells[i].text), value_trim(r->cells[k].text)))
				return true;
		}
	}
	return false;
}

static bool
add_label(struct turned *t, const struct cell *c, uint64_t row)
{
	const char *text;

	if (t->n_labels == TURNED_LABELS)
		return true;
	text = arena_strdup(&t->arena, value_trim(c->text));
	if (!text)
		return false;
	t->label_rows[t->n_labels] = row;
	t->labels[t->n_labels] =
		(struct cell){.col = (uint32_t)t->n_labels + 1, .text = span_str(text)};
	t->n_labels++;
	return true;
}

bool
turned_find(struct turned *t, const struct held_row *rows, size_t n, size_t header,
	size_t header_last, header_known *known, void *user)
{
	size_t found = 0, over = 0, corner = 0;

	turned_forget(t);
	for (size_t i = header; i < n && i <= header_last; i++)
		over += repeats(&rows[i]) ? 0 : known_in(&rows[i], known, user);
	for (size_t i = 0; over < 2 && i < n; i++) {
		const struct cell *c = label_cell(rows[i].cells, rows[i].n);

		if (!c || (t->n_labels && c->col != t->label_col))
			continue;
		t->label_col = c->col;
		if (turned_label(t, rows[i].cells, rows[i].n))
			continue;
		if (known(user, value_trim(c->text))) {
			found++;
			/* it heads its column as well as its row */
			corner += over > 0 && i == header;
		}
		if (!add_label(t, c, rows[i].row))
			break;
	}
	if (found >= 2 && found > over + corner && found * 2 >= t->n_labels)
		return true;
	turned_forget(t);
	return false;
}

void
turned_flush(struct turned *t, record_fn *fn, void *user)
{
	struct cell record[TURNED_LABELS];
	size_t next[TURNED_LABELS] = {0};
	uint64_t first = 0;

	for (size_t k = 0; k < LIMIT_RECORDS; k++) {
		uint32_t col = UINT32_MAX;
		size_t n = 0;

		for (size_t i = 0; i < t->n_labels; i++) {
			const struct held_row *r = &t->rows[i];

			while (next[i] < r->n && r->cells[next[i]].col <= t->label_col)
				next[i]++;
			if (next[i] < r->n && r->cells[next[i]].col < col)
				col = r->cells[next[i]].col;
		}
		for (size_t i = 0; i < t->n_labels && col != UINT32_MAX; i++) {
			const struct held_row *r = &t->rows[i];

			if (next[i] == r->n || r->cells[next[i]].col != col)
				continue;
			first = n ? first : r->row;
			record[n] = r->cells[next[i]++];
			record[n++].col = (uint32_t)i + 1;
		}
		if (n == 0)
			break;
		fn(user, first, record, n);
	}
	memset(t->rows, 0, sizeof t->rows);
	arena_reset(&t->held);
}

int
turned_row(struct turned *t, const struct held_row *r, record_fn *fn, void *user)
{
	uint32_t label = turned_label(t, r->cells, r->n);
	struct held_row *at = &t->rows[label ? label - 1 : 0];

	if (!label)
		return 0;
	if (at->n || t->held.used > LIMIT_TURNED)
		turned_flush(t, fn, user);
	return header_keep(&t->held, r, at);
}

void
turned_forget(struct turned *t)
{
	arena_reset(&t->arena);
	arena_reset(&t->held);
	memset(t->rows, 0, sizeof t->rows);
	t->n_labels = 0;
	t->label_col = 0;
}

void
turned_free(struct turned *t)
{
	arena_free(&t->arena);
	arena_free(&t->held);
}
