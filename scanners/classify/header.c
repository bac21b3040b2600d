/*
 * A header is a row of labels above columns that hold something else. What stands below decides:
 * where columns hold dates, money or numbers, a row without any of these in those columns is the
 * header; where all columns are words, only words that rules know make a row one. Titles and blank
 * rows above are passed over because they do not span the table.
 */
#include "classify/header.h"

#include <errno.h>

#include "classify/value.h"
#include "limits.h"

#include "base/poison.h"

#define BELOW	    12u /* rows below a candidate that are looked at */
#define KNOWN_ROWS  8u /* rows that may be a header by their words alone */
#define HEADER_ROWS 3u /* rows a wrapped header may have */

static size_t
width(const struct held_row *r)
{
	return r->n < LIMIT_HEADER_CELLS ? r->n : LIMIT_HEADER_CELLS;
}

static const struct cell *
cell_at(const struct held_row *r, uint32_t col)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (r->cells[mid].col < col)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->n && r->cells[lo].col == col ? &r->cells[lo] : NULL;
}

static bool
is_filled(const struct cell *c)
{
	return c && value_trim(c->text).n > 0;
}

static bool
holds_type(const struct cell *c)
{
	return is_filled(c) && (c->number || value_typed(c->text));
}

bool
header_year(struct span t)
{
	t = value_trim(t);
	return t.n == 4 && (span_has(t, 0, "19", 2) || span_has(t, 0, "20", 2)) && t.p[2] >= '0' &&
		t.p[2] <= '9' && t.p[3] >= '0' && t.p[3] <= '9';
}

static int
keep_span(struct arena *a, struct span *s)
{
	const char *p = s->n ? arena_strdup(a, *s) : "";

	if (!p)
		return -ENOMEM;
	s->p = (const uint8_t *)p;
	return 0;
}

int
header_keep(struct arena *a, const struct held_row *r, struct held_row *ret_r)
{
	struct cell *copy = arena_calloc(a, r->n ? r->n : 1, sizeof *copy);
	int q = copy ? 0 : -ENOMEM;

	for (size_t i = 0; q == 0 && i < r->n; i++) {
		copy[i] = r->cells[i];
		q = keep_span(a, &copy[i].text);
		if (q == 0)
			q = keep_span(a, &copy[i].alt);
	}
	if (q == 0)
		*ret_r = (struct held_row){.row = r->row, .cells = copy, .n = r->n};
	return q;
}

struct look {
	size_t labels, years, filled;
};

static struct look
row_look(const struct held_row *r)
{
	struct look s = {0};

	for (size_t i = 0; i < width(r); i++) {
		if (!is_filled(&r->cells[i]))
			continue;
		s.filled++;
		s.labels += value_label(r->cells[i].text);
		s.years += header_year(r->cells[i].text);
	}
	return s;
}

/* Two words that rules know are enough; asking costs, so only the first rows are asked. */
static bool
knows_two(const struct held_row *rows, size_t at, header_known *known, void *user)
{
	const struct held_row *r = &rows[at];
	size_t found = 0;

	for (size_t i = 0; at < KNOWN_ROWS && i < width(r) && found < 2; i++) {
		const struct cell *c = &r->cells[i];

		found += is_filled(c) && value_label(c->text) && known(user, value_trim(c->text));
	}
	return found >= 2;
}

/* Of the rows below: how many filled cells the widest has, and whether col mostly holds a type. */
static size_t
widest_below(const struct held_row *rows, size_t n, size_t at)
{
	size_t most = 0;

	for (size_t i = at + 1; i < n && i <= at + BELOW; i++) {
		size_t filled = 0;

		for (size_t k = 0; k < width(&rows[i]); k++)
			filled += is_filled(&rows[i].cells[k]);
		most = filled > most ? filled : most;
	}
	return most;
}

static bool
typed_below(const struct held_row *rows, size_t n, size_t at, uint32_t col)
{
	size_t filled = 0, typed = 0;

	for (size_t i = at + 1; i < n && i <= at + BELOW; i++) {
		const struct cell *c = cell_at(&rows[i], col);

		filled += is_filled(c);
		typed += holds_type(c);
	}
	return typed > 0 && typed * 2 >= filled;
}

/* Labels over columns of a type; a typed cell over such a column makes the row one of data. */
static bool
stands_above(const struct held_row *rows, size_t n, size_t at, size_t *ret_over)
{
	const struct held_row *r = &rows[at];
	size_t over = 0;

	for (size_t i = 0; i < width(r); i++) {
		const struct cell *c = &r->cells[i];

		if (!is_filled(c) || !typed_below(rows, n, at, c->col))
			continue;
		if (value_typed(c->text))
			return false;
		over += value_label(c->text) || header_year(c->text);
	}
	*ret_over = over;
	return true;
}

static bool
is_header(const struct held_row *rows, size_t n, size_t at, header_known *known, void *user)
{
	struct look s = row_look(&rows[at]);
	size_t over = 0, wide = widest_below(rows, n, at);

	if (s.labels == 0 || s.filled * 2 < wide || wide == 0)
		return false;
	if ((s.labels + s.years) * 10 < s.filled * 7 || (s.labels + s.years == 1 && wide > 1))
		return false;
	if (!stands_above(rows, n, at, &over))
		return false;
	return over > 0 || knows_two(rows, at, known, user);
}

/* The row below goes on with the header: labels, and none of its columns' types. */
static bool
continues(const struct held_row *rows, size_t n, size_t at)
{
	const struct held_row *r = &rows[at];
	size_t over = 0, labels = 0;

	for (size_t i = 0; i < width(r); i++) {
		if (!is_filled(&r->cells[i]))
			continue;
		if (!value_label(r->cells[i].text))
			return false;
		labels++;
	}
	return labels >= 2 && stands_above(rows, n, at, &over) && over > 0 && over * 2 >= labels;
}

/* Of the first columns: how many headers, joined over rows [first, last], rules know. */
static size_t
known_joined(
	const struct held_row *rows, size_t first, size_t last, header_known *known, void *user)
{
	size_t n = 0;

	for (uint32_t col = 1; col <= LIMIT_JOINED_COLUMNS; col++) {
		char buf[256];
		size_t len = header_text(rows, first, last, col, buf, sizeof buf);

		n += len && known(user, span_of(buf, len));
	}
	return n;
}

/* A value below a known word, which must not become a part of the header that is shown. */
static bool
value_below(const struct held_row *up, const struct held_row *low, header_known *known, void *user)
{
	for (size_t i = 0; i < width(low); i++) {
		const struct cell *c = cell_at(up, low->cells[i].col);

		if (is_filled(c) && is_filled(&low->cells[i]) && known(user, value_trim(c->text)) &&
			!known(user, value_trim(low->cells[i].text)))
			return true;
	}
	return false;
}

/*
 * The row below is the second half of words: with it rules know more of the header. A header that
 * is known by itself is not completed: what stands below it may be a password.
 */
static bool
completes(const struct held_row *rows, size_t first, size_t last, header_known *known, void *user)
{
	const struct held_row *r = &rows[last + 1];
	struct look s = row_look(r);

	if (first >= KNOWN_ROWS || s.labels < 2 || s.labels != s.filled ||
		r->row != rows[last].row + 1 || knows_two(rows, first, known, user) ||
		value_below(&rows[last], r, known, user))
		return false;
	return known_joined(rows, first, last + 1, known, user) >
		known_joined(rows, first, last, known, user);
}

/*
 * A row of group titles right above: labels in fewer cells, nothing else. A single one is the title
 * of the sheet where it stands at its left end, else the first half of a wrapped header.
 */
static bool
groups(const struct held_row *above, const struct held_row *r)
{
	uint32_t left = r->n ? r->cells[0].col : 0;
	size_t labels = 0, inside = 0;

	if (above->row + 1 != r->row || above->n >= r->n)
		return false;
	for (size_t i = 0; i < width(above); i++) {
		if (!is_filled(&above->cells[i]))
			continue;
		if (!value_label(above->cells[i].text))
			return false;
		labels++;
		inside += above->cells[i].col > left && cell_at(r, above->cells[i].col);
	}
	return labels >= 2 || inside == 1;
}

bool
header_blank(const struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_filled(&cells[i]))
			return false;
	}
	return true;
}

bool
header_again(const struct held_row *r, header_known *known, void *user)
{
	struct look s = row_look(r);

	return s.labels >= 2 && s.labels == s.filled && knows_two(r, 0, known, user);
}

int
header_find(const struct held_row *rows, size_t n, header_known *known, void *user,
	size_t *ret_first, size_t *ret_last)
{
	size_t at = 0, last;

	while (at + 1 < n && !is_header(rows, n, at, known, user))
		at++;
	if (at + 1 >= n)
		return -ENOENT;
	last = at;
	while (last + 2 < n && last - at + 1 < HEADER_ROWS &&
		(continues(rows, n, last + 1) || completes(rows, at, last, known, user)))
		last++;
	if (at > 0 && groups(&rows[at - 1], &rows[at]))
		at--;
	*ret_first = at;
	*ret_last = last;
	return 0;
}

/* In a row of groups the nearest label to the left speaks for an empty cell. */
static const struct cell *
spread(const struct held_row *r, uint32_t col)
{
	const struct cell *best = NULL;
	size_t filled = 0;

	for (size_t i = 0; i < r->n && (r->cells[i].col <= col || filled < 2); i++) {
		if (!is_filled(&r->cells[i]))
			continue;
		filled++;
		if (r->cells[i].col <= col)
			best = &r->cells[i];
	}
	return filled > 1 ? best : cell_at(r, col);
}

size_t
header_text(const struct held_row *rows, size_t first, size_t last, uint32_t col, char *buf,
	size_t size)
{
	size_t k = 0;

	for (size_t i = first; i <= last; i++) {
		bool group = i < last && rows[i].n < rows[last].n;
		const struct cell *c = group ? spread(&rows[i], col) : cell_at(&rows[i], col);
		struct span t = c ? value_trim(c->text) : (struct span){0};

		if (t.n == 0)
			continue;
		if (k && k < size)
			buf[k++] = ' ';
		t = span_sub(t, 0, size - k);
		memcpy(buf + k, t.p, t.n);
		k += t.n;
	}
	return k;
}
