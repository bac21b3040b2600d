/*
 * From a value to its confidence. The tests stand in order of price: could the rule report anything
 * here, length, what stands with it (where nothing is reported without), check, the rest of
 * `require`, and only then the words against it.
 */
#include "match/engine.h"
#include "limits.h"

#include "base/poison.h"

static enum confidence
at_least(enum confidence a, enum confidence b)
{
	return a > b ? a : b;
}

static enum confidence
at_most(enum confidence a, enum confidence b)
{
	return a < b ? a : b;
}

/* Reported only with a word or a header. */
static bool
needs_context(const struct pattern *p)
{
	return p->alone == CONF_NONE && p->repeated == CONF_NONE;
}

void
judge_begin(struct matcher *m)
{
	const struct cell_map *map = m->chunk->cells;
	size_t n = m->rules->n, all = map && map->votes ? map->columns * n : 0;

	for (size_t i = 0; i < CHECKED; i++)
		m->checked[i].check = NULL;
	memset(m->voted, 0, (n / 64 + 1) * sizeof *m->voted);
	for (size_t i = 0, rule = 0; i < all; i++) {
		if (map->votes[i] > 0)
			m->voted[rule / 64] |= 1ull << rule % 64;
		rule = rule + 1 < n ? rule + 1 : 0;
	}
}

bool
judge_possible(
	const struct matcher *m, const struct rule *r, const struct pattern *p, bool words_unknown)
{
	bool voted = m->voted[r->index / 64] >> r->index % 64 & 1;
	bool near = words_unknown ? r->near.n > 0 : context_may_be_near(m, r->index);

	if (!((p->scope ? p->scope : r->scope) & m->chunk->scope))
		return false;
	if (!needs_context(p))
		return true;
	return (p->near != CONF_NONE && near) || (p->header != CONF_NONE && voted);
}

static bool
has_context(const struct pattern *p, const struct setting *s)
{
	return (s->near && p->near != CONF_NONE) || (s->vote > 0 && p->header != CONF_NONE);
}

static bool
length_ok(const struct require *q, size_t n)
{
	return n >= q->min_len && (q->max_len == 0 || n <= q->max_len);
}

static bool
require_ok(const struct require *q, struct span value)
{
	if (q->classes > 0 && check_classes(value) < q->classes)
		return false;
	if (q->entropy > 0 && check_entropy(value) < q->entropy)
		return false;
	return !(q->no_placeholder && check_placeholder(value));
}

static void
check_run(const struct matcher *m, const struct pattern *p, size_t start, size_t end,
	struct verdict *ret)
{
	size_t reach = p->shape != SHAPE_NONE ? CHECK_REACH_MAX : check_reach(p->check);
	size_t lo = start > reach ? start - reach : 0;

	verdict_clear(ret);
	ret->ok = p->check->fn(span_sub(m->text, start, end - start),
		span_sub(m->text, lo, end - lo + reach), ret);
}

/* Several patterns of a rule find one value behind one anchor: it is checked once. */
static void
check_once(
	struct matcher *m, const struct pattern *p, size_t start, size_t end, struct verdict *ret)
{
	struct checked *c;

	for (size_t i = 0; i < CHECKED; i++) {
		c = &m->checked[i];
		if (c->check == p->check && c->start == start && c->end == end) {
			*ret = c->verdict;
			return;
		}
	}
	check_run(m, p, start, end, ret);
	c = &m->checked[m->n_checked++ % CHECKED];
	c->check = p->check;
	c->start = start;
	c->end = end;
	c->verdict = *ret;
}

bool
judge_check(
	struct matcher *m, const struct pattern *p, size_t start, size_t end, struct verdict *ret)
{
	if (!p->check) {
		verdict_clear(ret);
		ret->ok = true;
	} else if (p->shape != SHAPE_NONE) {
		check_run(m, p, start, end, ret);
	} else {
		check_once(m, p, start, end, ret);
	}
	return ret->ok;
}

static uint8_t
evidence_of(const struct judgement *j)
{
	unsigned e = EV_SHAPE;

	if (j->check.checksum)
		e |= EV_CHECKSUM;
	if (j->set.near)
		e |= EV_NEAR;
	if (j->set.vote > 0)
		e |= EV_HEADER;
	return (uint8_t)e;
}

/* High needs something beside the look of it: a word, a header, or a checksum that stands alone. */
static bool
may_be_high(const struct judgement *j)
{
	if (j->evidence & (EV_NEAR | EV_HEADER | EV_STRUCTURE | EV_NAME))
		return true;
	return j->check.checksum && j->check.strong;
}

static enum confidence
confidence_of(const struct rule *r, const struct pattern *p, const struct judgement *j)
{
	enum confidence c = p->alone;

	if (j->set.near)
		c = at_least(c, p->near);
	if (j->set.vote > 0)
		c = at_least(c, p->header);
	if (j->set.vote < 0)
		c = at_most(c, CONF_LOW);
	if (j->set.not_near)
		c = at_most(c, r->not_near_cap);
	return c == CONF_HIGH && (j->check.sample || !may_be_high(j)) ? CONF_MEDIUM : c;
}

/* The check and the rest of `require`: what the bytes alone tell. */
static bool
value_good(struct matcher *m, const struct rule *r, const struct pattern *p, size_t start,
	size_t end, struct verdict *ret)
{
	if (judge_check(m, p, start, end, ret))
		return require_ok(&p->require, span_sub(m->text, start, end - start));
	if (p->shape != SHAPE_NONE && start >= m->chunk->own_lo && start < m->chunk->own_hi)
		m->misses[r->index]++;
	return false;
}

static bool
value_known(const struct known *k, struct verdict *ret)
{
	ret->ok = k->state == KNOWN_GOOD;
	ret->checksum = k->checksum;
	ret->strong = k->strong;
	ret->sample = k->sample;
	ret->encrypted = k->encrypted;
	return ret->ok;
}

static bool
value_passes(struct matcher *m, const struct rule *r, const struct pattern *p, size_t start,
	size_t end, struct known *k, struct verdict *ret)
{
	bool good;

	if (k && k->state != KNOWN_NOT)
		return value_known(k, ret);
	good = value_good(m, r, p, start, end, ret);
	if (k)
		*k = (struct known){good ? KNOWN_GOOD : KNOWN_BAD, ret->checksum, ret->strong,
			ret->sample, ret->encrypted};
	return good;
}

bool
judge(struct matcher *m, const struct rule *r, const struct pattern *p, size_t start, size_t end,
	struct known *known, struct judgement *ret)
{
	bool first = needs_context(p);

	if (!length_ok(&p->require, end - start))
		return false;
	if (first) {
		context_of(m, r, p, start, end, false, &ret->set);
		if (!has_context(p, &ret->set))
			return false;
	}
	if (!value_passes(m, r, p, start, end, known, &ret->check))
		return false;
	context_of(m, r, p, start, end, true, &ret->set);
	if (ret->set.vote > 0)
		ret->set.not_near = false;
	if (ret->set.not_near && r->not_near_cap == CONF_NONE)
		return false;
	ret->evidence = evidence_of(ret);
	ret->confidence = confidence_of(r, p, ret);
	return ret->confidence != CONF_NONE || p->repeated != CONF_NONE;
}
