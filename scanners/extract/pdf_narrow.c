/*
 * Programs that set a table no wider than its words leave a point or two between columns, as between
 * the words of a name. What tells them apart is that a column's edge runs through all rows, and
 * through the names above it.
 */
#include "extract/pdf_narrow.h"

#include "extract/pdf_head.h"
#include "limits.h"

#include "base/poison.h"

#define LEAST	0.15f /* of a row's height: what stays of a strip */
#define ABOVE	3.0f /* heights between the names and the first row, at most */
#define BOTH	6u /* rows with words on both sides, at least */
#define GROUP	6u /* digits of a group in a longer number */
#define LETTERS 4u /* letters and digits of one: IBAN */

struct edge {
	struct pdf_strip strip;
	uint32_t rows, grouped; /* with words on both sides; of these, groups of one number */
};

/* What a row's words, which are n, leave of the strip; false: less than `least`. */
static bool
leave(const struct pdf_word *w, size_t n, float least, struct pdf_strip *s)
{
	for (size_t i = 0; i < n; i++) {
		float left = w[i].x0 - s->a, right = s->b - w[i].x1;

		if (w[i].x1 <= s->a || w[i].x0 >= s->b)
			continue;
		if (left > right)
			s->b = w[i].x0;
		else
			s->a = w[i].x1;
		if (s->b - s->a < least)
			return false;
	}
	return s->b - s->a >= least;
}

static bool
is_group(struct span text, const struct pdf_word *w)
{
	size_t digits = 0, letters = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		uint8_t c = text.p[w->off + i];

		digits += c >= '0' && c <= '9';
		letters += c >= 'A' && c <= 'Z';
	}
	return digits + letters == w->n && w->n <= (letters ? LETTERS : GROUP);
}

/* The words of a row in column col, counted from 1. */
static size_t
in_column(const struct pdf_word *words, const struct pdf_row *row, const struct pdf_table *t,
	uint32_t col, const struct pdf_word **ret_w)
{
	const struct pdf_word *w = words + row->from;
	size_t i = 0, n = 0;

	while (i < row->n && pdf_table_column(t, w[i].x0) < col)
		i++;
	while (i + n < row->n && pdf_table_column(t, w[i + n].x0) == col)
		n++;
	*ret_w = w + i;
	return n;
}

static void
count_sides(struct span text, const struct pdf_word *w, size_t n, struct edge *e)
{
	const struct pdf_word *before = NULL, *behind = NULL;

	for (size_t i = 0; i < n && !behind; i++) {
		if (w[i].x1 <= e->strip.a)
			before = &w[i];
		else if (w[i].x0 >= e->strip.b)
			behind = &w[i];
	}
	if (!before || !behind)
		return;
	e->rows++;
	e->grouped += is_group(text, before) && is_group(text, behind);
}

/* The gaps of the first row's words in one column. */
static size_t
first_edges(const struct pdf_word *w, size_t n, float least, struct edge *ret_e, size_t room)
{
	float right = n ? w[0].x1 : 0;
	size_t found = 0;

	for (size_t i = 1; i < n && found < room; i++) {
		if (w[i].x0 - right >= least)
			ret_e[found++] = (struct edge){.strip = {right, w[i].x0, 0}};
		right = w[i].x1 > right ? w[i].x1 : right;
	}
	return found;
}

/* Those of one column that all rows leave, at the front; their number. */
static size_t
column_edges(struct span text, const struct pdf_word *words, const struct pdf_row *rows,
	const struct pdf_table *t, uint32_t col, struct edge *e, size_t room)
{
	const struct pdf_word *w;
	size_t n = in_column(words, &rows[0], t, col, &w), used = 0, kept = 0;
	size_t edges = first_edges(w, n, LEAST * rows[0].h, e, room);

	for (size_t r = 1; r < t->rows && edges; r++) {
		size_t left = 0;

		n = in_column(words, &rows[r], t, col, &w);
		used += n > 0;
		for (size_t i = 0; i < edges; i++) {
			if (!leave(w, n, LEAST * rows[r].h, &e[i].strip))
				continue;
			count_sides(text, w, n, &e[i]);
			e[left++] = e[i];
		}
		edges = left;
	}
	for (size_t i = 0; i < edges; i++) {
		if (e[i].rows >= BOTH && e[i].rows >= used - used / 4 &&
			e[i].grouped < e[i].rows / 4 + 1)
			e[kept++] = e[i];
	}
	return kept;
}

void
pdf_part_columns(struct span text, const struct pdf_word *words, const struct pdf_row *rows,
	struct pdf_table *t)
{
	struct edge e[LIMIT_PDF_COLUMNS];
	struct pdf_strip cut[LIMIT_PDF_COLUMNS];
	size_t n = 0;

	if (t->rows <= BOTH)
		return;
	for (uint32_t col = 1; col <= t->n_cut + 1; col++) {
		size_t rest = t->n_cut + 1 - col, room = LIMIT_PDF_COLUMNS - n - rest;
		size_t more = column_edges(text, words, rows, t, col, e, room);

		for (size_t i = 0; i < more; i++)
			cut[n++] = e[i].strip;
		if (rest)
			cut[n++] = t->cut[col - 1];
	}
	memcpy(t->cut, cut, n * sizeof *cut);
	t->n_cut = n;
}

bool
pdf_names_above(struct span text, const struct pdf_word *words, const struct pdf_row *rows,
	const struct pdf_table *t)
{
	const struct pdf_row *name = &rows[0], *first = &rows[1];
	const struct pdf_word *w = words + name->from;
	uint32_t columns = 0, last = 0;

	if (first->base - name->base > ABOVE * first->h)
		return false;
	for (size_t i = 0; i < t->n_cut; i++) {
		struct pdf_strip s = t->cut[i];

		if (!leave(w, name->n, LEAST * name->h, &s))
			return false;
	}
	for (size_t i = 0; i < name->n; i++) {
		uint32_t col = pdf_table_column(t, w[i].x0);

		columns += col != last;
		last = col;
	}
	return columns >= 2 && columns > t->n_cut / 2 && !pdf_row_has_value(text, words, name, t) &&
		pdf_row_has_value(text, words, first, t);
}
