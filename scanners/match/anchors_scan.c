/*
 * The passes of libhs. Words that do not stand alone are dropped in the callback, where that costs
 * least; anchors are kept wherever they are, because their pattern decides.
 */
#include "match/anchors_db.h"
#include "match/shapes.h"
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
is_wordy(uint8_t c)
{
	return is_alnum(c) || c >= 0x80;
}

static bool
stands_alone(struct span t, size_t start, size_t end)
{
	if (start > 0 && is_wordy(t.p[start]) && is_wordy(t.p[start - 1]))
		return false;
	return !(end < t.n && is_wordy(t.p[end - 1]) && is_wordy(t.p[end]));
}

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

/* Does a literal in lower case stand there? */
static bool
stands_at(struct span t, size_t at, const struct literal *l)
{
	if (at > t.n || t.n - at < l->n)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (to_lower(t.p[at + i]) != (uint8_t)l->text[i])
			return false;
	return true;
}

static int
on_core(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *user)
{
	struct pass *p = user;
	const struct core *c = &p->a->cores.v[id];
	size_t at = (size_t)to - c->n;

	(void)from;
	(void)flags;
	for (size_t i = 0; i < c->n_uses; i++) {
		struct core_use u = c->uses[i];
		const struct literal *l = &p->a->lits[u.lit];

		if (at >= u.offset && stands_at(p->text, at - u.offset, l) &&
			hit_add(p, u.lit, at - u.offset + l->n) != 0)
			return 1;
	}
	return 0;
}

static int
on_word(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *user)
{
	struct pass *p = user;
	size_t end = p->base + (size_t)to;

	(void)from;
	(void)flags;
	return stands_alone(p->text, end - p->a->lits[id].n, end) ? hit_add(p, id, end) : 0;
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

int
anchors_scan(struct anchors *a, struct span text, struct lit_hits *hits)
{
	struct pass p = {a, text, 0, hits, false};

	hits->n = 0;
	return scan(a, a->anchors, text, on_core, &p);
}

int
anchors_words(struct anchors *a, const uint64_t *rules, struct span text, size_t lo, size_t hi,
	struct lit_hits *hits)
{
	struct pass p = {a, text, lo, hits, false};

	return scan(a, words_few_of(a, rules, hi - lo), span_sub(text, lo, hi - lo), on_word, &p);
}
