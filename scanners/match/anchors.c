/*
 * Two databases: few literals make libhs several times as fast as many, and the many are words. Of
 * anchors the database holds the cores only (cores.h).
 * Equal literals of several rules are one entry.
 */
#include "match/anchors_db.h"
#include "match/shapes.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/poison.h"

static int
fail(struct rules_error *e, const struct rule *r, uint32_t line, const char *what, const char *lit)
{
	*e = (struct rules_error){.line = line};
	(void)snprintf(e->file, sizeof e->file, "%s", r->file ? r->file : "");
	(void)snprintf(e->message, sizeof e->message, "rule '%s': %s '%.80s'", r->id, what, lit);
	return -EINVAL;
}

static struct literal *
literal_get(struct anchors *a, const char *text, size_t n)
{
	struct literal *l;
	char low[LITERAL_MAX + 1] = "";

	for (size_t i = 0; i < n; i++)
		low[i] = (char)to_lower((uint8_t)text[i]);
	for (size_t i = 0; i < a->n; i++)
		if (a->lits[i].n == n && memcmp(a->lits[i].text, low, n) == 0)
			return &a->lits[i];
	if (a->n == a->cap) {
		size_t cap = a->cap ? a->cap * 2 : 256;
		struct literal *v = reallocarray(a->lits, cap, sizeof *v);

		if (!v)
			return NULL;
		a->lits = v;
		a->cap = cap;
	}
	l = &a->lits[a->n++];
	*l = (struct literal){.n = (uint16_t)n};
	memcpy(l->text, low, n);
	return l;
}

static int
use_add(struct literal *l, struct use u)
{
	for (size_t i = 0; i < l->n_uses; i++) {
		const struct use *have = &l->uses[i];

		if (have->rule == u.rule && have->pattern == u.pattern && have->kind == u.kind)
			return 0;
	}
	if (l->n_uses == l->cap_uses) {
		size_t cap = l->cap_uses ? l->cap_uses * 2 : 4;
		struct use *v = reallocarray(l->uses, cap, sizeof *v);

		if (!v)
			return -ENOMEM;
		l->uses = v;
		l->cap_uses = cap;
	}
	l->uses[l->n_uses++] = u;
	return 0;
}

static int
literal_add(struct anchors *a, const struct rule *r, uint32_t line, const char *text, struct use u,
	struct rules_error *e)
{
	size_t n = strlen(text), min = u.kind == USE_ANCHOR ? 3 : 2;
	struct literal *l;

	if (n < min || n > LITERAL_MAX)
		return fail(e, r, line,
			u.kind == USE_ANCHOR ? "an anchor has 3 to 64 bytes, unlike"
					     : "a word has 2 to 64 bytes, unlike",
			text);
	if (a->n >= UINT16_MAX)
		return fail(e, r, line, "too many words in all rules, at", text);
	l = literal_get(a, text, n);
	if (!l)
		return -ENOMEM;
	if (u.kind == USE_ANCHOR)
		l->anchor = true;
	else
		l->word = true;
	return use_add(l, u);
}

static int
words_add(struct anchors *a, const struct rule *r, const struct words *w, enum use_kind kind,
	struct rules_error *e)
{
	for (size_t i = 0; i < w->n; i++) {
		int rc = literal_add(a, r, r->line, w->v[i], (struct use){r->index, 0, 0, kind}, e);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
rule_add(struct anchors *a, const struct rule *r, struct rules_error *e)
{
	int rc = words_add(a, r, &r->near, USE_NEAR, e);

	if (rc == 0)
		rc = words_add(a, r, &r->not_near, USE_NOT_NEAR, e);
	for (size_t i = 0; rc == 0 && i < r->n_patterns; i++) {
		const struct pattern *p = &r->patterns[i];

		for (size_t j = 0; rc == 0 && j < p->n_anchors; j++)
			rc = literal_add(a, r, p->line, p->anchors[j],
				(struct use){r->index, (uint16_t)i, (uint16_t)j, USE_ANCHOR}, e);
	}
	return rc;
}

static int
near_sets(struct anchors *a)
{
	size_t words = (a->n_rules + 63) / 64;

	for (size_t i = 0; i < a->n; i++) {
		struct literal *l = &a->lits[i];

		l->near_rules = calloc(words ? words : 1, sizeof *l->near_rules);
		if (!l->near_rules)
			return -ENOMEM;
		for (size_t j = 0; j < l->n_uses; j++)
			if (l->uses[j].kind == USE_NEAR)
				l->near_rules[l->uses[j].rule / 64] |= 1ull << l->uses[j].rule % 64;
	}
	return 0;
}

/* What goes into a database: parallel lists. */
struct literals {
	const char **text;
	unsigned *ids, *flags;
	size_t *lens;
	unsigned n;
};

static void
literals_free(struct literals *l)
{
	free(l->text);
	free(l->ids);
	free(l->flags);
	free(l->lens);
}

static int
literals_room(struct literals *l, size_t n)
{
	l->text = calloc(n + 1, sizeof *l->text);
	l->ids = calloc(n + 1, sizeof *l->ids);
	l->flags = calloc(n + 1, sizeof *l->flags);
	l->lens = calloc(n + 1, sizeof *l->lens);
	return l->text && l->ids && l->flags && l->lens ? 0 : -ENOMEM;
}

static void
literals_put(struct literals *l, const char *text, size_t n, unsigned id)
{
	l->text[l->n] = text;
	l->lens[l->n] = n;
	l->flags[l->n] = HS_FLAG_CASELESS;
	l->ids[l->n++] = id;
}

static int
compile(struct anchors *a, const struct literals *l, hs_database_t **ret_db, struct rules_error *e)
{
	hs_compile_error_t *why = NULL;
	hs_error_t rc;

	if (l->n == 0)
		return 0;
	rc = hs_compile_lit_multi(
		l->text, l->flags, l->ids, l->lens, l->n, HS_MODE_BLOCK, NULL, ret_db, &why);
	if (rc != HS_SUCCESS) {
		*e = (struct rules_error){0};
		(void)snprintf(e->message, sizeof e->message, "words: %.200s",
			why ? why->message : "cannot be compiled");
		hs_free_compile_error(why);
		return rc == HS_NOMEM ? -ENOMEM : -EINVAL;
	}
	return hs_alloc_scratch(*ret_db, &a->scratch) == HS_SUCCESS ? 0 : -ENOMEM;
}

bool
literal_of(const struct literal *l, const uint64_t *rules)
{
	for (size_t i = 0; i < l->n_uses; i++) {
		uint16_t rule = l->uses[i].rule;

		if (l->uses[i].kind != USE_ANCHOR && (!rules || rules[rule / 64] >> rule % 64 & 1))
			return true;
	}
	return false;
}

int
words_compile(
	struct anchors *a, const uint64_t *rules, hs_database_t **ret_db, struct rules_error *e)
{
	struct literals l = {0};
	int r = literals_room(&l, a->n);

	for (unsigned i = 0; r == 0 && i < a->n; i++)
		if (literal_of(&a->lits[i], rules))
			literals_put(&l, a->lits[i].text, a->lits[i].n, i);
	if (r == 0)
		r = compile(a, &l, ret_db, e);
	literals_free(&l);
	return r;
}

static int
cores_make(struct anchors *a)
{
	_cleanup_free_ struct core_of *of = calloc(a->n + 1, sizeof *of);
	size_t n = 0;

	if (!of)
		return -ENOMEM;
	for (size_t i = 0; i < a->n; i++)
		if (a->lits[i].anchor)
			of[n++] = (struct core_of){a->lits[i].text, a->lits[i].n, (uint16_t)i};
	return cores_choose(of, n, &a->cores);
}

int
cores_compile(struct anchors *a, struct rules_error *e)
{
	struct literals l = {0};
	int r = literals_room(&l, a->cores.n);

	for (unsigned i = 0; r == 0 && i < a->cores.n; i++)
		literals_put(&l, a->cores.v[i].text, a->cores.v[i].n, i);
	if (r == 0)
		r = compile(a, &l, &a->anchors, e);
	literals_free(&l);
	return r;
}

static int
plain_make(struct anchors *a)
{
	int r = plain_index_new(&a->plain_anchors, a->cores.n);

	if (r == 0)
		r = plain_index_new(&a->plain_words, a->n);
	for (unsigned i = 0; r == 0 && i < a->cores.n; i++)
		plain_index_add(&a->plain_anchors, a->cores.v[i].text, a->cores.v[i].n, i);
	for (unsigned i = 0; r == 0 && i < a->n; i++)
		if (a->lits[i].word)
			plain_index_add(&a->plain_words, a->lits[i].text, a->lits[i].n, i);
	plain_index_ready(&a->plain_anchors);
	plain_index_ready(&a->plain_words);
	return r;
}

int
anchors_new(const struct ruleset *rules, struct anchors **ret_a, struct rules_error *ret_error)
{
	struct anchors *a;
	int r = 0;

	if (hs_valid_platform() != HS_SUCCESS) {
		*ret_error = (struct rules_error){.message = "libhs cannot run on this processor"};
		return -ENOTSUP;
	}
	a = calloc(1, sizeof *a);
	if (!a)
		return -ENOMEM;
	a->n_rules = rules->n;
	for (size_t i = 0; r == 0 && i < rules->n; i++)
		r = rule_add(a, &rules->rules[i], ret_error);
	if (r == 0)
		r = near_sets(a);
	if (r == 0)
		r = cores_make(a);
	if (r == 0)
		r = plain_make(a);
	if (r == 0)
		r = words_few_new(a);
	if (r < 0) {
		anchors_free(a);
		return r;
	}
	*ret_a = a;
	return 0;
}

const struct literal *
anchors_literal(const struct anchors *a, uint16_t lit)
{
	return &a->lits[lit];
}

size_t
anchors_count(const struct anchors *a)
{
	return a->n;
}

void
anchors_free(struct anchors *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n; i++) {
		free(a->lits[i].uses);
		free(a->lits[i].near_rules);
	}
	free(a->lits);
	cores_free(&a->cores);
	if (a->scratch)
		hs_free_scratch(a->scratch);
	hs_free_database(a->anchors);
	hs_free_database(a->words);
	plain_index_free(&a->plain_anchors);
	plain_index_free(&a->plain_words);
	words_few_free(a);
	free(a);
}
