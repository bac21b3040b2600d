/*
 * Words count only near a value, and most text holds no value: words are looked for round the
 * anchors and shapes that were found, and nowhere else. Stretches are kept as one bit for each block
 * of the chunk, so that any number of overlapping ones in any order costs little; where values are
 * dense the stretches grow together and the chunk is scanned whole. Only words of rules that have a
 * value there matter.
 */
#include "match/engine.h"
#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

#define BLOCK 256u /* bytes: about what a call of libhs costs */

static int
zones_clear(struct zone_map *z, size_t blocks)
{
	size_t words = blocks / 64 + 1;

	if (words > z->cap) {
		uint64_t *v = reallocarray(z->v, words, sizeof *v);

		if (!v)
			return -ENOMEM;
		z->v = v;
		z->cap = words;
	}
	memset(z->v, 0, words * sizeof *z->v);
	return 0;
}

/* Marks the blocks of [lo, hi), which is not empty. */
static void
mark(struct matcher *m, size_t lo, size_t hi)
{
	uint64_t *v = m->zones.v;
	size_t a = lo / BLOCK, b = (hi - 1) / BLOCK;
	uint64_t first = ~0ull << a % 64, last = ~0ull >> (63 - b % 64);

	if (a / 64 == b / 64) {
		v[a / 64] |= first & last;
		return;
	}
	v[a / 64] |= first;
	for (size_t i = a / 64 + 1; i < b / 64; i++)
		v[i] = ~0ull;
	v[b / 64] |= last;
}

/* Round a value, or where one may be: as far as its rule's words may lie. */
static void
mark_round(struct matcher *m, size_t lo, size_t hi, size_t reach)
{
	lo = lo > reach ? lo - reach : 0;
	hi = m->text.n - hi > reach ? hi + reach : m->text.n;
	mark(m, lo, hi);
}

static void
ask_words(struct matcher *m, uint16_t rule)
{
	m->asked[rule / 64] |= 1ull << rule % 64;
}

static void
mark_shapes(struct matcher *m)
{
	uint32_t reach[SHAPES] = {0}, there = 0;

	for (size_t s = 0; s < SHAPES; s++) {
		for (size_t i = 0; i < m->n_users[s]; i++) {
			uint32_t r = m->reach[m->users[s][i].rule];

			reach[s] = r > reach[s] ? r : reach[s];
		}
	}
	for (size_t i = 0; i < m->shapes.n; i++) {
		struct shape_at s = m->shapes.v[i];

		there |= 1u << s.shape;
		if (reach[s.shape] > 0)
			mark_round(m, s.start, s.start + s.n, reach[s.shape]);
	}
	for (size_t s = 0; s < SHAPES; s++)
		for (size_t i = 0; there >> s & 1 && i < m->n_users[s]; i++)
			ask_words(m, m->users[s][i].rule);
}

static void
mark_anchor(struct matcher *m, struct lit_hit h)
{
	const struct literal *l = anchors_literal(m->anchors, h.lit);

	for (size_t i = 0; i < l->n_uses; i++) {
		const struct use *u = &l->uses[i];
		const struct rule *r = &m->rules->rules[u->rule];
		size_t start = h.end - l->n, hi = m->text.n;

		if (u->kind != USE_ANCHOR || m->reach[u->rule] == 0)
			continue;
		start -= start < r->patterns[u->pattern].before ? start
								: r->patterns[u->pattern].before;
		if (hi - h.end > r->patterns[u->pattern].after)
			hi = h.end + r->patterns[u->pattern].after;
		ask_words(m, u->rule);
		mark_round(m, start, hi, m->reach[u->rule]);
	}
}

/* The first block from `at` on whose bit is `set`, at most `blocks`. */
static size_t
next_block(const struct zone_map *z, size_t at, size_t blocks, bool set)
{
	while (at < blocks) {
		uint64_t w = (set ? z->v[at / 64] : ~z->v[at / 64]) >> at % 64;

		if (w) {
			at += (size_t)__builtin_ctzll(w);
			break;
		}
		at += 64 - at % 64;
	}
	return at < blocks ? at : blocks;
}

int
zones_words(struct matcher *m)
{
	size_t blocks = (m->text.n + BLOCK - 1) / BLOCK, at;

	m->words.n = 0;
	if (m->shapes.n + m->hits.n == 0)
		return 0;
	if (zones_clear(&m->zones, blocks) < 0)
		return -ENOMEM;
	memset(m->asked, 0, (m->rules->n / 64 + 1) * sizeof *m->asked);
	mark_shapes(m);
	for (size_t i = 0; i < m->hits.n; i++)
		mark_anchor(m, m->hits.v[i]);
	at = next_block(&m->zones, 0, blocks, true);
	while (at < blocks) {
		size_t end = next_block(&m->zones, at, blocks, false);
		size_t hi = end * BLOCK < m->text.n ? end * BLOCK : m->text.n;
		int r = anchors_words(m->anchors, m->asked, m->text, at * BLOCK, hi, &m->words);

		if (r < 0)
			return r;
		at = next_block(&m->zones, end, blocks, true);
	}
	return 0;
}
