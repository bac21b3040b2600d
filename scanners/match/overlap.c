/*
 * Matches of one rule do not overlap. A candidate goes when any other of its rule overlaps it and
 * is better, whether that one stays or not: so a match depends on its neighbours only, and a text
 * cut elsewhere gives the same. Sorting is done here because qsort() may allocate.
 */
#include "match/engine.h"
#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

struct cand *
cand_put(struct cand_list *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 512;
		struct cand *v = reallocarray(l->v, cap, sizeof *v);

		if (!v)
			return NULL;
		l->v = v;
		l->cap = cap;
	}
	return &l->v[l->n++];
}

typedef bool less_fn(const struct cand *a, const struct cand *b);

static bool
less_by_rule(const struct cand *a, const struct cand *b)
{
	if (a->rule != b->rule)
		return a->rule < b->rule;
	if (a->start != b->start)
		return a->start < b->start;
	if (a->end != b->end)
		return a->end > b->end;
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence;
	return a->pattern < b->pattern;
}

static bool
less_by_start(const struct cand *a, const struct cand *b)
{
	return a->start != b->start ? a->start < b->start : a->rule < b->rule;
}

static void
merge(const struct cand *a, size_t na, const struct cand *b, size_t nb, struct cand *out,
	less_fn *less)
{
	while (na > 0 && nb > 0) {
		if (less(b, a)) {
			*out++ = *b++;
			nb--;
		} else {
			*out++ = *a++;
			na--;
		}
	}
	memcpy(out, a, na * sizeof *a);
	memcpy(out + na, b, nb * sizeof *b);
}

static bool
is_sorted(const struct cand_list *l, less_fn *less)
{
	for (size_t i = 1; i < l->n; i++)
		if (less(&l->v[i], &l->v[i - 1]))
			return false;
	return true;
}

static int
spare_room(struct cand_list *spare, size_t n)
{
	struct cand *v;

	if (n <= spare->cap)
		return 0;
	v = reallocarray(spare->v, n, sizeof *v);
	if (!v)
		return -ENOMEM;
	spare->v = v;
	spare->cap = n;
	return 0;
}

/* Merges runs of 1, 2, 4 ... between the two lists; the result ends in l. */
static int
sort(struct cand_list *l, struct cand_list *spare, less_fn *less)
{
	if (is_sorted(l, less))
		return 0;
	if (spare_room(spare, l->n) < 0)
		return -ENOMEM;
	for (size_t w = 1; w < l->n; w *= 2) {
		struct cand *v = l->v;
		size_t cap = l->cap;

		for (size_t i = 0; i < l->n; i += 2 * w) {
			size_t na = l->n - i < w ? l->n - i : w;
			size_t nb = l->n - i - na < w ? l->n - i - na : w;

			merge(v + i, na, v + i + na, nb, spare->v + i, less);
		}
		l->v = spare->v;
		l->cap = spare->cap;
		spare->v = v;
		spare->cap = cap;
	}
	return 0;
}

/* Longer, then earlier; of two on the same bytes the surer, then the rule's first. */
static bool
is_better(const struct cand *a, const struct cand *b)
{
	uint32_t na = a->end - a->start, nb = b->end - b->start;

	if (na != nb)
		return na > nb;
	if (a->start != b->start)
		return a->start < b->start;
	return a < b;
}

static bool
is_beaten(const struct cand *v, size_t lo, size_t hi, size_t k)
{
	for (size_t t = k; t-- > lo && v[t].reach > v[k].start;)
		if (v[t].end > v[k].start && is_better(&v[t], &v[k]))
			return true;
	for (size_t t = k + 1; t < hi && v[t].start < v[k].end; t++)
		if (is_better(&v[t], &v[k]))
			return true;
	return false;
}

static void
resolve_rule(struct cand *v, size_t lo, size_t hi)
{
	uint32_t reach = 0;

	for (size_t i = lo; i < hi; i++) {
		reach = v[i].end > reach ? v[i].end : reach;
		v[i].reach = reach;
	}
	for (size_t i = lo; i < hi; i++)
		v[i].dropped = is_beaten(v, lo, hi, i);
}

int
overlap_resolve(struct cand_list *l, struct cand_list *spare)
{
	size_t kept = 0;

	if (sort(l, spare, less_by_rule) < 0)
		return -ENOMEM;
	for (size_t lo = 0, hi; lo < l->n; lo = hi) {
		for (hi = lo + 1; hi < l->n && l->v[hi].rule == l->v[lo].rule;)
			hi++;
		resolve_rule(l->v, lo, hi);
	}
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].dropped)
			l->v[kept++] = l->v[i];
	l->n = kept;
	return sort(l, spare, less_by_start);
}
