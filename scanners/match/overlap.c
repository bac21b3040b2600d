/*
 * Matches of one rule do not overlap. A candidate goes when any other of its rule overlaps it and
 * is better, whether that one stays or not: so a match depends on its neighbours only, and a text
 * cut elsewhere gives the same. The same holds
 * where a general rule yields to a special one. Sorting is done here because qsort() may allocate.
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

/* By start and rule; of one rule and start the longest first, then the surest. */
static bool
less(const struct cand *a, const struct cand *b)
{
	if (a->start != b->start)
		return a->start < b->start;
	if (a->rule != b->rule)
		return a->rule < b->rule;
	if (a->end != b->end)
		return a->end > b->end;
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence;
	return a->pattern < b->pattern;
}

/*
 * Candidates come nearly in order: each moves by few places. True when that was all; false after
 * too many moves, with the list a permutation of what it was.
 */
static bool
sort_nearly(struct cand_list *l)
{
	size_t moves = 0;

	for (size_t i = 1; i < l->n; i++) {
		struct cand x;
		size_t j = i;

		if (!less(&l->v[i], &l->v[i - 1]))
			continue;
		x = l->v[i];
		for (; j > 0 && less(&x, &l->v[j - 1]); j--)
			l->v[j] = l->v[j - 1];
		l->v[j] = x;
		moves += i - j;
		if (moves > 8 * l->n)
			return false;
	}
	return true;
}

static void
merge(const struct cand *a, size_t na, const struct cand *b, size_t nb, struct cand *out)
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
sort(struct cand_list *l, struct cand_list *spare)
{
	if (sort_nearly(l))
		return 0;
	if (spare_room(spare, l->n) < 0)
		return -ENOMEM;
	for (size_t w = 1; w < l->n; w *= 2) {
		struct cand *v = l->v;
		size_t cap = l->cap;

		for (size_t i = 0; i < l->n; i += 2 * w) {
			size_t na = l->n - i < w ? l->n - i : w;
			size_t nb = l->n - i - na < w ? l->n - i - na : w;

			merge(v + i, na, v + i + na, nb, spare->v + i);
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
is_beaten(const struct cand *v, uint32_t k)
{
	for (uint32_t t = v[k].before; t != NO_CAND && v[t].reach > v[k].start; t = v[t].before)
		if (v[t].end > v[k].start && is_better(&v[t], &v[k]))
			return true;
	for (uint32_t t = v[k].next; t != NO_CAND && v[t].start < v[k].end; t = v[t].next)
		if (is_better(&v[t], &v[k]))
			return true;
	return false;
}

static bool
yields_to(const struct rule *r, uint16_t rule)
{
	for (size_t i = 0; i < r->n_yields_to; i++)
		if (r->yields_to[i] == rule)
			return true;
	return false;
}

/* sure_end: by rule, the furthest end of its sure candidates before v[k]. */
static bool
is_told_better(const struct cand *v, size_t n, size_t k, const uint32_t *sure_end,
	const struct ruleset *rules)
{
	const struct rule *r = &rules->rules[v[k].rule];

	for (size_t i = 0; i < r->n_yields_to; i++)
		if (sure_end[r->yields_to[i]] > v[k].start)
			return true;
	for (size_t j = k + 1; r->n_yields_to && j < n && v[j].start < v[k].end; j++)
		if (v[j].confidence >= CONF_MEDIUM && yields_to(r, v[j].rule))
			return true;
	return false;
}

/* A rule yields to any sure match, also to one that goes itself: see the top. */
static void
drop_yielding(struct cand *v, size_t n, uint32_t *sure_end, const struct ruleset *rules)
{
	memset(sure_end, 0, rules->n * sizeof *sure_end);
	for (size_t i = 0; i < n; i++) {
		uint32_t *end = &sure_end[v[i].rule];

		v[i].dropped |= is_told_better(v, n, i, sure_end, rules);
		if (v[i].confidence >= CONF_MEDIUM && v[i].end > *end)
			*end = v[i].end;
	}
}

/* Makes a chain of each rule's candidates. */
static void
link_rules(struct cand *v, size_t n, uint32_t *last_of_rule, size_t n_rules)
{
	for (size_t i = 0; i < n_rules; i++)
		last_of_rule[i] = NO_CAND;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t last = last_of_rule[v[i].rule];

		v[i].before = last;
		v[i].next = NO_CAND;
		v[i].reach = v[i].end;
		if (last != NO_CAND) {
			v[last].next = i;
			if (v[last].reach > v[i].reach)
				v[i].reach = v[last].reach;
		}
		last_of_rule[v[i].rule] = i;
	}
}

int
overlap_resolve(struct cand_list *l, struct cand_list *spare, uint32_t *by_rule,
	const struct ruleset *rules)
{
	size_t kept = 0;

	if (sort(l, spare) < 0)
		return -ENOMEM;
	link_rules(l->v, l->n, by_rule, rules->n);
	for (uint32_t i = 0; i < l->n; i++)
		l->v[i].dropped = is_beaten(l->v, i);
	drop_yielding(l->v, l->n, by_rule, rules);
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].dropped)
			l->v[kept++] = l->v[i];
	l->n = kept;
	return 0;
}
