/*
 * Each rule has classes of matches: held back (they count only if the item has many distinct ones),
 * low, bare (medium by shape and check alone), passed (the rest of medium, and high) and capped: low
 * because their column's header speaks against them, so that not even many of them are more.
 * Only at the item's end is it known which of them make the finding (tally_settle.c), so each class
 * keeps its own count, set, places and reasons.
 */
#include "tally.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "tally_part.h"

#include "base/poison.h"

struct tally {
	const struct ruleset *rs;
	struct rule_tally **by_rule; /* made when a rule first matches, kept from item to item */
	bool *used;
	unsigned depth; /* of forms within forms */
	bool again; /* in another form of a text that has been counted */
	uint8_t key[crypto_shorthash_KEYBYTES];
};

int
tally_new(const struct ruleset *rs, const uint8_t key[16], struct tally **ret_t)
{
	struct tally *t = calloc(1, sizeof *t);

	if (!t)
		return -ENOMEM;
	t->rs = rs;
	t->by_rule = calloc((size_t)rs->n + 1, sizeof(struct rule_tally *));
	t->used = calloc((size_t)rs->n + 1, sizeof *t->used);
	memcpy(t->key, key, sizeof t->key);
	if (!t->by_rule || !t->used) {
		tally_free(t);
		return -ENOMEM;
	}
	*ret_t = t;
	return 0;
}

void
tally_free(struct tally *t)
{
	if (!t)
		return;
	for (uint16_t i = 0; t->by_rule && i < t->rs->n; i++) {
		for (int c = 0; t->by_rule[i] && c < CLASSES; c++)
			fpset_free(&t->by_rule[i]->part[c].set);
		free(t->by_rule[i]);
	}
	free(t->by_rule);
	free(t->used);
	sodium_memzero(t->key, sizeof t->key);
	free(t);
}

static struct rule_tally *
rule_tally(struct tally *t, const struct rule *r)
{
	struct rule_tally **rt = &t->by_rule[r->index];

	if (!*rt)
		*rt = calloc(1, sizeof **rt);
	if (*rt)
		t->used[r->index] = true;
	return *rt;
}

static uint64_t
fingerprint(const struct tally *t, const struct rule *r, struct span normal)
{
	uint8_t in[64 + 1 + CHECK_NORMAL], out[crypto_shorthash_BYTES];
	size_t n = strnlen(r->id, 64);
	uint64_t fp;

	if (normal.n > CHECK_NORMAL)
		normal.n = CHECK_NORMAL;
	memcpy(in, r->id, n);
	in[n++] = 0;
	if (normal.n)
		memcpy(in + n, normal.p, normal.n);
	(void)crypto_shorthash(out, in, n + normal.n, t->key);
	memcpy(&fp, out, sizeof fp);
	return fp;
}

static enum class class_of(const struct hit *h) {
	const uint8_t backed = EV_NEAR | EV_HEADER | EV_STRUCTURE | EV_NAME;

	if (h->capped && h->confidence < CONF_MEDIUM) return CAPPED;
	if (h->confidence < CONF_MEDIUM) return h->confidence == CONF_LOW ? LOW : HELD;
	if (h->confidence == CONF_MEDIUM && !(h->evidence & backed) && h->pattern &&
		h->pattern->shape != SHAPE_NONE) return BARE;
	return PASSED;
}

/* Has this value been met, in whatever class? Of those that are gone it is taken for granted. */
static bool
is_known(const struct rule_tally *rt, uint64_t fp)
{
	for (unsigned c = 0; c < CLASSES; c++) {
		if (rt->part[c].sent || fpset_has(&rt->part[c].set, fp))
			return true;
	}
	return false;
}

static void
take_back(struct part_tally *p, bool sample, bool encrypted)
{
	p->count--;
	p->samples_seen -= sample && p->samples_seen;
	p->protected -= encrypted && p->protected;
}

/* Does what is met again in another form of a text count in class c? From a less sure one it moves. */
static bool
is_new(struct rule_tally *rt, enum class c, bool sample, bool encrypted)
{
	static const uint8_t sure[RECOUNT_CLASSES] = {
		[CAPPED] = 0, [HELD] = 1, [LOW] = 2, [BARE] = 3, [PASSED] = 4};
	unsigned from = c;

	_Static_assert(CLASSES == RECOUNT_CLASSES, "recount.h");
	switch (recount_hit(&rt->forms, c, sure, &from)) {
	case RECOUNT_AGAIN:
		return false;
	case RECOUNT_SURER:
		take_back(&rt->part[from], sample, encrypted);
		return true;
	default:
		return true;
	}
}

void
tally_form(struct tally *t, enum text_form f)
{
	if (f == FORM_FIRST && t->depth++ > 0)
		return;
	if (f == FORM_END && t->depth > 0 && --t->depth > 0)
		return;
	if (f == FORM_NEXT && t->depth > 1)
		return;
	t->again = f == FORM_NEXT;
	for (uint16_t i = 0; i < t->rs->n; i++) {
		if (t->by_rule[i] && f == FORM_NEXT)
			recount_next(&t->by_rule[i]->forms);
		else if (t->by_rule[i])
			t->by_rule[i]->forms = (struct recount){0};
	}
}

int
tally_hit(struct tally *t, const struct hit *h, place_fn *place, void *user,
	const struct tally_out *out)
{
	enum class c = class_of(h);
	struct rule_tally *rt;
	struct part_tally *p;
	uint64_t fp;
	bool new;

	if (c == CAPPED && h->confidence < CONF_LOW)
		return 0;
	rt = rule_tally(t, h->rule);
	if (!rt)
		return -ENOMEM;
	fp = fingerprint(t, h->rule, span_of(h->normal, h->normal_n));
	new = !t->again || !is_known(rt, fp) || is_new(rt, c, h->sample, h->encrypted);
	p = &rt->part[c];
	p->count += new;
	rt->forms.had[c] += new;
	p->samples_seen += new && h->sample;
	p->protected += new && h->encrypted;
	p->evidence |= h->evidence;
	if (h->confidence > p->best)
		p->best = h->confidence;
	if (h->pattern && h->pattern->repeat) {
		rt->repeat = h->pattern->repeat;
		rt->repeated = h->pattern->repeated;
	}
	if (p->n_at < LIMIT_PLACES && (new || !p->n_at))
		place(user, h, &p->at[p->n_at++]);
	tally_text(p->samples, &p->n_samples, LIMIT_SAMPLES, h->masked);
	for (int i = 0; i < HIT_WHY; i++)
		tally_text(p->why, &p->n_why, LIMIT_WHY, h->why[i]);
	return tally_add(rt, c, h->rule, fp, out);
}

void
tally_misses(struct tally *t, const struct rule *r, uint64_t n)
{
	struct rule_tally *rt = n && t->used[r->index] ? t->by_rule[r->index] : NULL;

	if (rt)
		rt->misses += recount_misses(&rt->forms, n);
}

int
tally_judge(struct tally *t, const struct judgement *j)
{
	enum class c = j->confidence >= CONF_MEDIUM ? PASSED : LOW;
	struct rule_tally *rt = rule_tally(t, j->rule);
	struct part_tally *p;

	if (!rt)
		return -ENOMEM;
	p = &rt->part[c];
	for (uint64_t i = 0; i < j->count; i++) {
		bool new = !t->again || is_new(rt, c, false, j->sealed);

		p->count += new;
		p->protected += new && j->sealed;
		rt->forms.had[c] += new;
	}
	p->evidence |= j->evidence;
	if (j->confidence > p->best)
		p->best = j->confidence;
	rt->via = VIA_STRUCTURE;
	if (p->n_at < LIMIT_PLACES && j->at.kind != PLACE_NONE)
		p->at[p->n_at++] = j->at;
	for (int i = 0; i < HIT_WHY; i++)
		tally_text(p->why, &p->n_why, LIMIT_WHY, j->why[i]);
	return 0;
}

int
tally_value(struct tally *t, const struct rule *r, struct span normal, const struct tally_out *out)
{
	struct rule_tally *rt = rule_tally(t, r);

	return rt ? tally_add(rt, PASSED, r, fingerprint(t, r, normal), out) : -ENOMEM;
}

void
tally_name(struct tally *t, const struct rule *r, enum confidence c, const char *why)
{
	struct rule_tally *rt = rule_tally(t, r);
	struct part_tally *p;

	if (!rt)
		return;
	p = &rt->part[c >= CONF_MEDIUM ? PASSED : LOW];
	p->count++;
	p->evidence |= EV_NAME;
	if (c > p->best)
		p->best = c;
	rt->via = VIA_NAME;
	if (why)
		tally_text(p->why, &p->n_why, LIMIT_WHY, why);
}

static void
clear(struct rule_tally *rt)
{
	for (int c = 0; c < CLASSES; c++) {
		struct fpset set = rt->part[c].set;
		uint64_t *run;

		(void)fpset_drain(&set, &run);
		if (set.cap > 4096)
			fpset_free(&set);
		memset(&rt->part[c], 0, offsetof(struct part_tally, at));
		rt->part[c].set = set;
	}
	rt->forms = (struct recount){0};
	rt->repeat = 0;
	rt->misses = 0;
	rt->repeated = CONF_NONE;
	rt->via = VIA_TEXT;
}

void
tally_clear(struct tally *t)
{
	for (uint16_t i = 0; i < t->rs->n; i++) {
		if (t->used[i])
			clear(t->by_rule[i]);
		t->used[i] = false;
	}
	t->depth = 0;
	t->again = false;
}

int
tally_end(struct tally *t, const char *mime, bool show_none, const struct tally_out *out)
{
	int q = 0;

	for (uint16_t i = 0; i < t->rs->n && q == 0; i++) {
		if (t->used[i])
			q = tally_give(t->by_rule[i], &t->rs->rules[i], mime, show_none, out);
	}
	tally_clear(t);
	return q;
}
