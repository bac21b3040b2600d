/*
 * A slot is found by a few bytes beside the anchor and believed only when all bytes that decide are
 * equal. Nothing is remembered from one chunk to the next: the former text is gone.
 */
#include "match/memo.h"
#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define SLOTS 512u /* a power of two */

/* How far from an anchor's start and end the bytes that decide lie. */
struct extent {
	uint32_t before, after;
};

struct memo {
	struct memo_entry slot[SLOTS];
	const struct anchors *anchors;
	struct extent *extents; /* by literal */
	struct span text;
	uint64_t number; /* of the chunk, from 1 */
};

static void
reach_add(struct extent *r, const struct pattern *p, uint32_t look_behind)
{
	uint32_t check = p->check ? check_reach(p->check) : 0;
	uint32_t before = p->before + look_behind + check, after = p->after + check;

	if (before > r->before)
		r->before = before;
	if (after > r->after)
		r->after = after;
}

int
memo_new(const struct ruleset *rules, const struct anchors *a, const struct confirm *c,
	struct memo **ret_m)
{
	struct memo *m = calloc(1, sizeof *m);

	if (!m)
		return -ENOMEM;
	m->anchors = a;
	m->extents = calloc(anchors_count(a) + 1, sizeof *m->extents);
	if (!m->extents) {
		memo_free(m);
		return -ENOMEM;
	}
	for (size_t i = 0; i < anchors_count(a); i++) {
		const struct literal *l = anchors_literal(a, (uint16_t)i);

		for (size_t k = 0; k < l->n_uses; k++) {
			const struct use *u = &l->uses[k];

			if (u->kind == USE_ANCHOR)
				reach_add(&m->extents[i],
					&rules->rules[u->rule].patterns[u->pattern],
					confirm_look_behind(c, u));
		}
	}
	*ret_m = m;
	return 0;
}

void
memo_begin(struct memo *m, struct span text)
{
	m->text = text;
	m->number++;
}

static size_t
slot_of(struct span t, size_t start, size_t end, uint16_t lit)
{
	uint64_t h = le64(t.p + start - 8) * 0x9E3779B97F4A7C15u;

	h = (h ^ h >> 29 ^ le64(t.p + end)) * 0xBF58476D1CE4E5B9u;
	h = (h ^ h >> 32 ^ le64(t.p + end + 8) ^ lit) * 0x94D049BB133111EBu;
	return h >> 32 & (SLOTS - 1);
}

struct memo_entry *
memo_at(struct memo *m, struct lit_hit h, bool *ret_known)
{
	const struct extent *r = &m->extents[h.lit];
	size_t n = anchors_literal(m->anchors, h.lit)->n, end = h.end, start = end - n;
	struct memo_entry *e;

	*ret_known = false;
	if (r->before > LIMIT_MEMO_REACH || r->after > LIMIT_MEMO_REACH || start < r->before ||
		start < 8 || m->text.n - end <= r->after || m->text.n - end < 16)
		return NULL;
	e = &m->slot[slot_of(m->text, start, end, h.lit)];
	*ret_known = e->text == m->number && e->lit == h.lit &&
		memcmp(m->text.p + start - r->before, m->text.p + e->end - n - r->before,
			r->before + n + r->after) == 0;
	if (!*ret_known)
		*e = (struct memo_entry){.end = h.end, .lit = h.lit};
	return e;
}

void
memo_keep(const struct memo *m, struct memo_entry *e)
{
	e->text = m->number;
}

void
memo_free(struct memo *m)
{
	if (!m)
		return;
	free(m->extents);
	free(m);
}
