/*
 * A table of a PDF is nothing but words that stand below one another. What makes it one to the eye
 * are the strips no word touches; they are followed from row to row and get narrower with each. One
 * row that runs across a strip (a long name, a subtotal) is borne when the next one does not.
 */
#include "extract/pdf_table.h"
#include "limits.h"

#include "base/poison.h"

#define FAR	   1e7f /* beyond any page */
#define STRIP_MIN  0.15f /* of a row's height: what stays of a strip at least */
#define ROWS_MIN   3u
#define STRIPS_MIN 2u
#define APART	   6.0f /* heights between two rows of one table at most */
#define ODD_MAX	   1u /* rows running across a strip, one after the other */
#define SINGLE_MAX 2u /* rows of a single cell, one after the other */

struct strips {
	struct pdf_strip v[LIMIT_PDF_COLUMNS + 2];
	size_t n;
};

struct finder {
	const struct pdf_word *words;
	struct strips now, next, ink;
	float left, right; /* the words of the rows so far */
	size_t lost; /* strips that the row at hand would close */
};

static bool
push_of(struct strips *s, float a, float b, size_t group)
{
	if (s->n == sizeof s->v / sizeof *s->v)
		return false;
	s->v[s->n++] = (struct pdf_strip){a, b, (uint32_t)group};
	return true;
}

static bool
push(struct strips *s, float a, float b)
{
	return push_of(s, a, b, s->n);
}

/* The row's words as stretches of ink; false when they are too many. */
static bool
row_ink(struct finder *f, const struct pdf_row *r)
{
	const struct pdf_word *w = f->words + r->from;

	f->ink.n = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct pdf_strip *last = f->ink.n ? &f->ink.v[f->ink.n - 1] : NULL;

		if (last && w[i].x0 - last->b < STRIP_MIN * r->h) {
			if (w[i].x1 > last->b)
				last->b = w[i].x1;
		} else if (!push(&f->ink, w[i].x0, w[i].x1)) {
			return false;
		}
	}
	return f->ink.n > 0;
}

/* What the first row leaves free: its wide gaps and all beside it. */
static bool
strips_first(struct finder *f, const struct pdf_row *r)
{
	const struct pdf_word *w = f->words + r->from, *end = w;
	float right;

	if (!row_ink(f, r))
		return false;
	f->left = f->ink.v[0].a;
	f->right = right = f->ink.v[0].b;
	f->now.n = 0;
	(void)push(&f->now, -FAR, f->left);
	right = w->x1;
	for (size_t i = 1; i < r->n; i++) {
		if (pdf_gap_wide(end, right, &w[i]) && !push(&f->now, right, w[i].x0))
			return false;
		if (w[i].x1 > right) {
			right = w[i].x1;
			end = &w[i];
		}
	}
	f->right = right;
	return push(&f->now, right, FAR);
}

static bool
inner(const struct pdf_strip *s, float left, float right)
{
	return s->a >= left && s->b <= right;
}

static size_t
inner_count(const struct strips *s, float left, float right)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += inner(&s->v[i], left, right);
	return n;
}

/*
 * What the ink leaves of one strip. A gap that parts cells may part the strip too; a narrow one is a
 * space between words, unless the word behind it begins where the column does, or the one before it
 * ends there: a long name that all but fills its column, a number set against its right edge.
 */
static bool
cut_strip(struct finder *f, const struct pdf_strip *s, size_t *i, float least, float wide)
{
	size_t had = f->next.n;
	struct pdf_strip narrow = {0};
	float lo = -FAR;

	while (*i < f->ink.n && f->ink.v[*i].b <= s->a)
		lo = f->ink.v[(*i)++].b;
	if (*i && *i <= f->ink.n)
		lo = f->ink.v[*i - 1].b;
	for (size_t j = *i; lo < s->b; j++) {
		float hi = j < f->ink.n ? f->ink.v[j].a : FAR;
		float a = lo > s->a ? lo : s->a, b = hi < s->b ? hi : s->b;

		if (b - a >= least && hi - lo >= wide) {
			if (!push_of(&f->next, a, b, s->group))
				return false;
		} else if (b - a >= least && (a <= s->a || b >= s->b)) {
			narrow = (struct pdf_strip){a, b, s->group};
		}
		if (j >= f->ink.n)
			break;
		lo = f->ink.v[j].b;
	}
	if (narrow.b <= narrow.a || (f->next.n > had && narrow.a < f->next.v[f->next.n - 1].b))
		return true;
	return push_of(&f->next, narrow.a, narrow.b, s->group);
}

/* What the row's ink leaves of the strips, in f->next; f->lost counts those it closes. */
static bool
strips_next(struct finder *f, const struct pdf_row *r)
{
	size_t i = 0, had = 0;
	bool was_inner = false;

	f->next.n = f->lost = 0;
	if (!row_ink(f, r))
		return false;
	for (size_t k = 0; k < f->now.n; k++) {
		const struct pdf_strip *s = &f->now.v[k];

		if (k == 0 || s[-1].group != s->group) {
			had = f->next.n;
			was_inner = false;
		}
		if (!cut_strip(f, s, &i, STRIP_MIN * r->h, PDF_GAP_WIDE * r->h))
			return false;
		was_inner = was_inner || inner(s, f->left, f->right);
		if (k + 1 == f->now.n || s[1].group != s->group)
			f->lost += f->next.n == had && was_inner;
	}
	return true;
}

static float
min_f(float a, float b)
{
	return a < b ? a : b;
}

static float
max_f(float a, float b)
{
	return a > b ? a : b;
}

/* The row's ink belongs to the table. */
static void
take(struct finder *f)
{
	f->now = f->next;
	f->left = min_f(f->left, f->ink.v[0].a);
	f->right = max_f(f->right, f->ink.v[f->ink.n - 1].b);
}

/* The second row shows what the first was: a header, or a title whose gaps mean nothing. */
static bool
second(const struct finder *f, const struct pdf_row *r)
{
	size_t n = inner_count(
		&f->next, min_f(f->left, f->ink.v[0].a), max_f(f->right, f->ink.v[f->ink.n - 1].b));

	return r->gaps > 0 && n >= STRIPS_MIN && n + 1 >= r->gaps && f->lost <= 1;
}

/* How many rows the table has beside the first one, *ret_good of them without a fault. */
static size_t
follow(struct finder *f, const struct pdf_row *rows, size_t n_rows, size_t at, size_t *ret_good)
{
	size_t good = 1, odd = 0, single = 0, last = at;

	for (size_t i = at + 1; i < n_rows; i++) {
		const struct pdf_row *r = &rows[i];

		if (r->base - rows[i - 1].base > APART * r->h || !strips_next(f, r))
			break;
		if (i == at + 1 ? !second(f, r) : f->lost && ++odd > ODD_MAX)
			break;
		if (i > at + 1 && f->lost)
			continue;
		if (r->gaps == 0 && ++single > SINGLE_MAX)
			break;
		take(f);
		odd = 0;
		if (r->gaps == 0)
			continue;
		single = 0;
		good++;
		last = i;
	}
	*ret_good = good;
	return last - at;
}

/* Is there a strip of the table before in each of the row's wide gaps? */
static bool
gaps_known(const struct finder *f, const struct pdf_row *r, const struct pdf_table *before)
{
	const struct pdf_word *w = f->words + r->from, *end = w;
	size_t k = 0;

	for (size_t i = 1; i < r->n; i++) {
		if (pdf_gap_wide(end, end->x1, &w[i])) {
			while (k < before->n_cut && before->cut[k].b <= end->x1)
				k++;
			if (k == before->n_cut || before->cut[k].a >= w[i].x0)
				return false;
		}
		end = w[i].x1 > end->x1 ? &w[i] : end;
	}
	return true;
}

/* The strips of the table before, where the row leaves all of them free. */
static bool
strips_again(struct finder *f, const struct pdf_row *r, const struct pdf_table *before)
{
	if (!before || before->n_cut < STRIPS_MIN || !gaps_known(f, r, before) || !row_ink(f, r))
		return false;
	f->now.n = 0;
	f->left = before->cut[0].a;
	f->right = before->cut[before->n_cut - 1].b;
	if (f->ink.v[0].a >= f->left || f->ink.v[f->ink.n - 1].b <= f->right)
		return false;
	(void)push(&f->now, -FAR, f->ink.v[0].a);
	for (size_t i = 0; i < before->n_cut; i++)
		(void)push(&f->now, before->cut[i].a, before->cut[i].b);
	if (!push(&f->now, f->ink.v[f->ink.n - 1].b, FAR) || !strips_next(f, r) || f->lost)
		return false;
	take(f);
	return true;
}

static void
find(const struct pdf_word *words, const struct pdf_row *rows, size_t n_rows, size_t at,
	const struct pdf_table *before, struct pdf_table *ret_t)
{
	struct finder f;
	size_t good, more;

	f.words = words;
	if (!strips_again(&f, &rows[at], before) && !strips_first(&f, &rows[at]))
		return;
	more = follow(&f, rows, n_rows, at, &good);
	if (good < ROWS_MIN)
		return;
	for (size_t i = 0; i < f.now.n && ret_t->n_cut < LIMIT_PDF_COLUMNS; i++) {
		if (inner(&f.now.v[i], f.left, f.right))
			ret_t->cut[ret_t->n_cut++] = f.now.v[i];
	}
	if (ret_t->n_cut >= STRIPS_MIN)
		ret_t->rows = more + 1;
}

void
pdf_table_find(const struct pdf_word *words, const struct pdf_row *rows, size_t n_rows, size_t at,
	const struct pdf_table *before, struct pdf_table *ret_t)
{
	ret_t->rows = ret_t->n_cut = 0;
	if (rows[at].gaps >= (before ? 1 : STRIPS_MIN))
		find(words, rows, n_rows, at, before, ret_t);
}

uint32_t
pdf_table_column(const struct pdf_table *t, float x)
{
	uint32_t lo = 0, hi = (uint32_t)t->n_cut;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (x >= (t->cut[mid].a + t->cut[mid].b) / 2)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo + 1;
}
