/*
 * The passes of libhs. Words that do not stand alone are dropped in the callback, where that costs
 * least; anchors are kept wherever they are, because their pattern decides.
 */
#include "match/anchors_db.h"
#include "match/whole.h"
#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

struct pass {
	const struct anchors *a;
	struct span text;
	size_t base; /* where the stretch at hand begins */
	struct lit_hits *hits;
	bool disordered;
};

static bool
hit_room(struct lit_hits *h)
{
	size_t cap = h->cap ? h->cap * 2 : 4096;
	struct lit_hit *v;

	if (h->n < h->cap)
		return true;
	v = reallocarray(h->v, cap, sizeof *v);
	if (!v)
		return false;
	h->v = v;
	h->cap = cap;
	return true;
}

static bool
hit_less(struct lit_hit a, struct lit_hit b)
{
	return a.end != b.end ? a.end < b.end : a.lit < b.lit;
}

/* Nonzero ends the scan: no memory. */
static int
hit_add(struct pass *p, unsigned id, size_t end)
{
	struct lit_hit h = {(uint32_t)end, (uint16_t)id};

	if (!hit_room(p->hits))
		return 1;
	if (p->hits->n > 0 && hit_less(h, p->hits->v[p->hits->n - 1]))
		p->disordered = true;
	p->hits->v[p->hits->n++] = h;
	return 0;
}

static int
core_at(void *user, unsigned id, size_t end)
{
	struct pass *p = user;
	const struct core *c = &p->a->cores.v[id];
	size_t at = end - c->n;

	for (size_t i = 0; i < c->n_uses; i++) {
		struct core_use u = c->uses[i];
		const struct literal *l = &p->a->lits[u.lit];

		if (at >= u.offset && literal_stands(p->text, at - u.offset, l->text, l->n) &&
			hit_add(p, u.lit, at - u.offset + l->n) != 0)
			return 1;
	}
	return 0;
}

static int
on_core(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *user)
{
	(void)from;
	(void)flags;
	return core_at(user, id, (size_t)to);
}

static int
word_at(void *user, unsigned id, size_t end)
{
	struct pass *p = user;

	return is_whole(p->text, end - p->a->lits[id].n, end) ? hit_add(p, id, end) : 0;
}

static int
on_word(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *user)
{
	struct pass *p = user;

	(void)from;
	(void)flags;
	return word_at(p, id, p->base + (size_t)to);
}

/* libhs reports in order of end, nearly: an insertion sort moves each by few places. */
static void
put_in_order(struct lit_hits *h, size_t from)
{
	for (size_t i = from + 1; i < h->n; i++) {
		struct lit_hit x = h->v[i];
		size_t j = i;

		for (; j > from && hit_less(x, h->v[j - 1]); j--)
			h->v[j] = h->v[j - 1];
		h->v[j] = x;
	}
}

static int
scan(struct anchors *a, const hs_database_t *db, struct span s, match_event_handler fn,
	struct pass *p)
{
	size_t from = p->hits->n;

	if (!db || s.n == 0)
		return 0;
	if (hs_scan(db, (const char *)s.p, (unsigned)s.n, 0, a->scratch, fn, p) != HS_SUCCESS)
		return -ENOMEM;
	if (p->disordered)
		put_in_order(p->hits, from);
	return 0;
}

/* The same without a database, in [lo, hi). */
static int
scan_plain(const struct plain_index *index, size_t lo, size_t hi, plain_fn *fn, struct pass *p)
{
	struct span text = span_sub(p->text, 0, hi);
	size_t from = p->hits->n;

	for (size_t at = lo; at < hi; at++)
		if (plain_index_at(index, text, at, fn, p) != 0)
			return -ENOMEM;
	if (p->disordered)
		put_in_order(p->hits, from);
	return 0;
}

int
anchors_scan(struct anchors *a, struct span text, struct lit_hits *hits)
{
	struct pass p = {a, text, 0, hits, false};
	struct rules_error e;

	hits->n = 0;
	if (plain_index_may(&a->plain_anchors, text.n))
		return scan_plain(&a->plain_anchors, 0, text.n, core_at, &p);
	if (!a->anchors && a->cores.n && cores_compile(a, &e) < 0)
		return -ENOMEM;
	return scan(a, a->anchors, text, on_core, &p);
}

int
anchors_words(struct anchors *a, const uint64_t *rules, struct span text, size_t lo, size_t hi,
	struct lit_hits *hits)
{
	struct pass p = {a, text, lo, hits, false};
	const hs_database_t *db = NULL;

	if (plain_index_may(&a->plain_words, hi - lo)) {
		words_few_ask(a, rules);
		return scan_plain(&a->plain_words, lo, hi, word_at, &p);
	}
	if (a->plain_words.n && words_few_of(a, rules, hi - lo, &db) < 0)
		return -ENOMEM;
	return scan(a, db, span_sub(text, lo, hi - lo), on_word, &p);
}
