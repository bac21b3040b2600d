/*
 * The line: anchors (libhs), shapes (bitscan), the words round both (libhs), windows (PCRE2),
 * judgement, overlaps, out. Words come before judgement because they tell what can be reported at
 * all: in text without a word about birth no date is judged. Everything is decided within CHUNK_CONTEXT of a value, so
 * that context on both sides of a cut is enough for equal results.
 */
#include "match/match.h"
#include "match/engine.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

static int
fail(struct rules_error *e, const struct rule *r, const char *what)
{
	*e = (struct rules_error){.line = r->line};
	(void)snprintf(e->file, sizeof e->file, "%s", r->file ? r->file : "");
	(void)snprintf(e->message, sizeof e->message, "rule '%s': %s", r->id, what);
	return -EINVAL;
}

static int
rules_fit(const struct ruleset *rules, struct rules_error *e)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->rules[i];

		if (r->near.within > 2000 || r->not_near.within > 2000)
			return fail(e, r, "a word can be at most 2000 bytes away");
		if (r->index != i || r->n_patterns > UINT16_MAX)
			return fail(e, r, "out of order, or too many patterns");
	}
	return 0;
}

static int
users_add(struct matcher *m, enum shape shape, struct shape_user u)
{
	size_t n = m->n_users[shape];
	struct shape_user *v = reallocarray(m->users[shape], n + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	m->users[shape] = v;
	v[n] = u;
	m->n_users[shape] = n + 1;
	v = reallocarray(m->active[shape], n + 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	m->active[shape] = v;
	return 0;
}

static int
users_gather(struct matcher *m)
{
	for (uint16_t i = 0; i < m->rules->n; i++) {
		const struct rule *r = &m->rules->rules[i];

		for (uint16_t j = 0; j < r->n_patterns; j++) {
			enum shape shape = r->patterns[j].shape;

			if (shape > SHAPE_NONE && shape < SHAPES &&
				users_add(m, shape, (struct shape_user){i, j}) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

static void
reaches_set(struct matcher *m)
{
	for (size_t i = 0; i < m->rules->n; i++) {
		const struct rule *r = &m->rules->rules[i];
		uint32_t within = 0;

		if (r->near.n > 0)
			within = r->near.within;
		if (r->not_near.n > 0 && r->not_near.within > within)
			within = r->not_near.within;
		m->reach[i] = r->near.n + r->not_near.n > 0 ? within + m->longest_word : 0;
	}
}

static int
lists_make(struct matcher *m)
{
	size_t n = m->rules->n, lits = anchors_count(m->anchors);

	m->near = calloc(n + 1, sizeof *m->near);
	m->not_near = calloc(n + 1, sizeof *m->not_near);
	m->near_seen = calloc(n / 64 + 1, sizeof *m->near_seen);
	m->voted = calloc(n / 64 + 1, sizeof *m->voted);
	m->asked = calloc(n / 64 + 1, sizeof *m->asked);
	m->lit_seen = calloc(lits / 64 + 1, sizeof *m->lit_seen);
	m->by_rule = calloc(n + 1, sizeof *m->by_rule);
	m->misses = calloc(n + 1, sizeof *m->misses);
	m->reach = calloc(n + 1, sizeof *m->reach);
	if (!m->near || !m->not_near || !m->near_seen || !m->asked || !m->voted || !m->lit_seen ||
		!m->by_rule || !m->misses || !m->reach)
		return -ENOMEM;
	for (size_t i = 0; i < lits; i++) {
		const struct literal *l = anchors_literal(m->anchors, (uint16_t)i);

		if (l->word && l->n > m->longest_word)
			m->longest_word = l->n;
	}
	reaches_set(m);
	return users_gather(m);
}

int
matcher_new(const struct ruleset *rules, struct matcher **ret_m, struct rules_error *ret_error)
{
	struct matcher *m;
	int r = rules_fit(rules, ret_error);

	if (r < 0)
		return r;
	m = calloc(1, sizeof *m);
	if (!m)
		return -ENOMEM;
	m->rules = rules;
	r = anchors_new(rules, &m->anchors, ret_error);
	if (r == 0)
		r = confirm_new(rules, &m->confirm, ret_error);
	if (r == 0)
		r = terms_new(rules, &m->terms, ret_error);
	if (r == 0)
		r = memo_new(rules, m->anchors, m->confirm, &m->memo);
	if (r == 0)
		r = lists_make(m);
	if (r < 0) {
		matcher_free(m);
		return r;
	}
	*ret_m = m;
	return 0;
}

/* --- candidates --------------------------------------------------------------------------------- */

static int
consider(struct matcher *m, uint16_t rule, uint16_t pattern, size_t start, size_t end,
	struct known *known)
{
	const struct rule *r = &m->rules->rules[rule];
	struct judgement *j = &m->judged;
	struct cand *c;

	if (!judge(m, r, &r->patterns[pattern], start, end, known, j))
		return m->no_memory ? -ENOMEM : 0;
	c = cand_put(&m->cands);
	if (!c)
		return -ENOMEM;
	*c = (struct cand){.start = (uint32_t)start,
		.end = (uint32_t)end,
		.rule = rule,
		.pattern = pattern,
		.confidence = (uint8_t)j->confidence,
		.evidence = j->evidence,
		.set = j->set};
	return 0;
}

/* The shapes that some rule could report from if the right words stood near. */
static uint32_t
shapes_wanted(const struct matcher *m)
{
	uint32_t want = 0;

	for (size_t s = 0; s < SHAPES; s++) {
		for (size_t i = 0; s < SHAPE_TERM && i < m->n_users[s]; i++) {
			struct shape_user u = m->users[s][i];
			const struct rule *r = &m->rules->rules[u.rule];

			if (judge_possible(m, r, &r->patterns[u.pattern], true))
				want |= 1u << s;
		}
	}
	return want;
}

/* Of each shape the patterns that can report with the words that are there. */
static void
users_activate(struct matcher *m)
{
	for (size_t s = 0; s < SHAPES; s++) {
		m->n_active[s] = 0;
		for (size_t i = 0; i < m->n_users[s]; i++) {
			struct shape_user u = m->users[s][i];
			const struct rule *r = &m->rules->rules[u.rule];

			if (judge_possible(m, r, &r->patterns[u.pattern], false))
				m->active[s][m->n_active[s]++] = u;
		}
	}
}

/*
 * A rule's patterns of one shape may share it out (a card alone, a card in a row): only when no
 * check passes has the rule missed it, and once.
 */
static int
consider_shape(struct matcher *m, struct shape_at s)
{
	const struct shape_user *v = m->active[s.shape];
	uint64_t before = 0;
	bool passed = false;

	for (size_t k = 0; k < m->n_active[s.shape]; k++) {
		uint64_t *misses = &m->misses[v[k].rule];
		int r;

		if (!places_take(m, v[k].rule, s))
			continue;
		if (k == 0 || v[k - 1].rule != v[k].rule) {
			before = *misses;
			passed = false;
		}
		m->judged.check.ok = false;
		r = consider(m, v[k].rule, v[k].pattern, s.start, s.start + s.n, NULL);
		if (r < 0)
			return r;
		passed |= m->judged.check.ok;
		if (*misses > before)
			*misses = before + !passed;
	}
	return 0;
}

static int
find_shapes(struct matcher *m)
{
	uint32_t want = shapes_wanted(m);

	m->shapes.n = 0;
	m->shapes.failed = false;
	if (want)
		bitscan(m->text, want, &m->shapes);
	return !m->shapes.failed && places_find(m) == 0 && !m->shapes.failed ? 0 : -ENOMEM;
}

static int
collect_shapes(struct matcher *m)
{
	users_activate(m);
	for (size_t i = 0; i < m->shapes.n; i++) {
		int r = consider_shape(m, m->shapes.v[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Considers what one use of an anchor finds and notes it in e, which becomes NULL if it cannot. */
static int
collect_use(
	struct matcher *m, struct lit_hit h, uint16_t n, const struct use *u, struct memo_entry **e)
{
	const struct chunk *c = m->chunk;
	const struct rule *r = &m->rules->rules[u->rule];
	struct known *known = NULL;
	size_t start = 0, end = 0;
	int found;

	if (!judge_possible(m, r, &r->patterns[u->pattern], false))
		return 0;
	found = confirm_at(
		m->confirm, r, u, m->text, c->starts, c->ends, h.end - n, h.end, &start, &end);
	if (found < 0 || (found > 0 && *e && (*e)->n == MEMO_OUT))
		*e = NULL;
	if (found <= 0)
		return 0;
	if (*e) {
		struct memo_out *o = &(*e)->out[(*e)->n++];

		o->use = (uint16_t)(u - anchors_literal(m->anchors, h.lit)->uses);
		o->start = (int32_t)((int64_t)start - h.end);
		o->end = (int32_t)((int64_t)end - h.end);
		known = &o->known;
	}
	return consider(m, u->rule, u->pattern, start, end, known);
}

static int
collect_anew(struct matcher *m, struct lit_hit h, const struct literal *l, struct memo_entry *e)
{
	for (size_t k = 0; k < l->n_uses; k++) {
		int r = l->uses[k].kind == USE_ANCHOR ? collect_use(m, h, l->n, &l->uses[k], &e)
						      : 0;

		if (r < 0)
			return r;
	}
	if (e)
		memo_keep(m->memo, e);
	return 0;
}

static int
collect_known(struct matcher *m, struct lit_hit h, const struct literal *l, struct memo_entry *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct memo_out *o = &e->out[i];
		const struct use *u = &l->uses[o->use];
		int r = consider(m, u->rule, u->pattern, (size_t)((int64_t)h.end + o->start),
			(size_t)((int64_t)h.end + o->end), &o->known);

		if (r < 0)
			return r;
	}
	return 0;
}

static int
collect_anchors(struct matcher *m)
{
	confirm_begin(m->confirm);
	memo_begin(m->memo, m->text);
	for (size_t i = 0; i < m->hits.n; i++) {
		struct lit_hit h = m->hits.v[i];
		const struct literal *l = anchors_literal(m->anchors, h.lit);
		bool known = false;
		struct memo_entry *e = memo_at(m->memo, h, &known);
		int r = known ? collect_known(m, h, l, e) : collect_anew(m, h, l, e);

		if (r < 0)
			return r;
	}
	return 0;
}

/* --- out ---------------------------------------------------------------------------------------- */

/* The other rendering of a cell is its neighbour: same row and column, not alt. */
static const struct cell_at *
main_cell(const struct cell_map *map, const struct cell_at *alt)
{
	size_t at = (size_t)(alt - map->cells);
	size_t lo = at > 4 ? at - 4 : 0, hi = map->n - at > 5 ? at + 5 : map->n;

	for (size_t i = lo; i < hi; i++) {
		const struct cell_at *x = &map->cells[i];

		if (!x->alt && x->row == alt->row && x->col == alt->col)
			return x;
	}
	return NULL;
}

/* A candidate of that rule in the bytes of a cell; the list is in order of start. */
static bool
rule_hit_in(const struct cand_list *l, uint16_t rule, const struct cell_at *cell)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->v[mid].start >= cell->start)
			hi = mid;
		else
			lo = mid + 1;
	}
	for (; lo < l->n && l->v[lo].start < cell->end; lo++)
		if (l->v[lo].rule == rule)
			return true;
	return false;
}

static bool
told_by_main(const struct matcher *m, const struct cand *c, const struct cell_at *cell)
{
	const struct cell_at *x = cell && cell->alt ? main_cell(m->chunk->cells, cell) : NULL;

	return x && rule_hit_in(&m->cands, c->rule, x);
}

static int
give(struct matcher *m, const struct cand *c, hit_fn *fn, void *user)
{
	const struct rule *r = &m->rules->rules[c->rule];
	const struct pattern *p = &r->patterns[c->pattern];
	struct verdict *v = &m->judged.check;
	struct hit *h = &m->hit;

	if (told_by_main(m, c, c->set.cell) || !judge_check(m, p, c->start, c->end, v))
		return 0;
	h->rule = r;
	h->pattern = p;
	h->value = span_sub(m->text, c->start, c->end - c->start);
	h->start = c->start;
	h->cell = m->chunk->scope == SCOPE_CELLS ? c->set.cell : NULL;
	h->confidence = (enum confidence)c->confidence;
	h->evidence = c->evidence;
	h->capped = c->set.vote < 0 || c->set.not_near;
	h->sample = v->sample;
	h->encrypted = v->encrypted || p->protected_value;
	show_normal(m, p, h->value, v, h);
	show_masked(p, h);
	show_why(m, &c->set, v->note, h);
	return fn(user, h);
}

int
matcher_scan(struct matcher *m, const struct chunk *c, hit_fn *fn, void *user)
{
	int r;

	if (c->n > UINT32_MAX - MATCH_PAD || c->own_lo > c->own_hi || c->own_hi > c->n)
		return -EINVAL;
	memset(c->buf + c->n, 0, MATCH_PAD);
	m->chunk = c;
	m->text = (struct span){c->buf, c->n};
	m->cands.n = 0;
	m->no_memory = false;
	m->said.pattern = NULL;
	judge_begin(m);
	r = anchors_scan(m->anchors, m->text, &m->hits);
	if (r == 0)
		r = find_shapes(m);
	if (r == 0)
		r = zones_words(m);
	if (r < 0)
		return r;
	context_begin(m);
	r = collect_shapes(m);
	if (r == 0)
		r = collect_anchors(m);
	if (r == 0)
		r = overlap_resolve(&m->cands, &m->spare, m->by_rule, m->rules);
	for (size_t i = 0; r == 0 && i < m->cands.n; i++)
		if (m->cands.v[i].start >= c->own_lo && m->cands.v[i].start < c->own_hi)
			r = give(m, &m->cands.v[i], fn, user);
	return r;
}

uint64_t
matcher_misses(struct matcher *m, const struct rule *r)
{
	uint64_t n = m->misses[r->index];

	m->misses[r->index] = 0;
	return n;
}

uint64_t
matcher_undecided(struct matcher *m)
{
	return confirm_undecided(m->confirm);
}

void
matcher_free(struct matcher *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->rules->n; i++) {
		if (m->near)
			free(m->near[i].v);
		if (m->not_near)
			free(m->not_near[i].v);
	}
	for (size_t s = 0; s < SHAPES; s++) {
		free(m->users[s]);
		free(m->active[s]);
	}
	anchors_free(m->anchors);
	confirm_free(m->confirm);
	terms_free(m->terms);
	memo_free(m->memo);
	shape_list_free(&m->shapes);
	free(m->hits.v);
	free(m->words.v);
	free(m->zones.v);
	free(m->reach);
	free(m->near);
	free(m->not_near);
	free(m->near_seen);
	free(m->asked);
	free(m->voted);
	free(m->lit_seen);
	free(m->by_rule);
	free(m->misses);
	free(m->cands.v);
	free(m->spare.v);
	free(m);
}
