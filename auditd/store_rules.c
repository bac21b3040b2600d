/*
 * A finding in the store names its rule by a number of the store's own: the workers' catalogue has
 * other numbers after every change of the rule files. The texts are kept too, so that a finding can
 * be explained without a worker, and after its rule is gone.
 */
#include "store_in.h"

#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

void
store_rules_free(struct store *s)
{
	for (size_t i = 0; i < s->n_rules; i++)
		wire_rule_free(&s->rules[i]);
	free(s->rules);
	free(s->rule_here);
	free(s->rule_no);
	s->rules = NULL;
	s->rule_here = s->rule_no = NULL;
	s->n_rules = s->cap_rules = 0;
	s->catalogue = NULL;
}

static int
rules_room(struct store *s, size_t n)
{
	size_t cap = s->cap_rules ? s->cap_rules : 64;
	struct rule_info *p;

	while (cap < n)
		cap *= 2;
	if (cap == s->cap_rules)
		return 0;
	p = reallocarray(s->rules, cap, sizeof *p);
	if (!p)
		return -ENOMEM;
	memset(p + s->cap_rules, 0, (cap - s->cap_rules) * sizeof *p);
	s->rules = p;
	s->cap_rules = cap;
	return 0;
}

static char *
column(struct store *s, int i)
{
	return strdup(db_text(&s->f, F_RULES, i));
}

static int
rule_load(struct store *s)
{
	int64_t no = db_int(&s->f, F_RULES, 0), ladder = db_int(&s->f, F_RULES, 7);
	struct rule_info *r;

	if (no < 1 || no > RULES_STORED || ladder < 0 || ladder >= LADDERS)
		return -EUCLEAN;
	if (rules_room(s, (size_t)no) < 0)
		return -ENOMEM;
	r = &s->rules[no - 1];
	*r = (struct rule_info){.id = column(s, 1),
		.category = column(s, 2),
		.title = column(s, 3),
		.advice = column(s, 4),
		.about = column(s, 5),
		.refs = column(s, 6),
		.ladder = (enum ladder)ladder};
	s->n_rules = (size_t)no;
	return r->id && r->category && r->title && r->advice && r->about && r->refs ? 0 : -ENOMEM;
}

int
store_rules_load(struct store *s)
{
	int r, q = 0;

	store_rules_free(s);
	r = db_row(&s->f, F_RULES, "");
	while (r > 0 && q == 0) {
		q = rule_load(s);
		if (q == 0)
			r = db_next(&s->f, F_RULES);
	}
	if (q < 0)
		db_leave(&s->f, F_RULES);
	return q < 0 ? q : r;
}

static uint32_t
rule_find(const struct store *s, const char *id)
{
	for (size_t i = 0; i < s->n_rules; i++) {
		if (s->rules[i].id && strcmp(s->rules[i].id, id) == 0)
			return (uint32_t)i + 1;
	}
	return 0;
}

int
store_rules_take(struct store *s, const struct catalogue *c)
{
	int r = 0;

	for (uint16_t i = 0; i < c->n && r == 0; i++) {
		const struct rule_info *x = &c->rules[i];

		r = db_run(&s->f, F_RULE_PUT, "tttttti", x->id, x->category, x->title, x->advice,
			x->about, x->refs, (int64_t)x->ladder);
	}
	if (r == 0)
		r = store_rules_load(s);
	if (r < 0)
		return r;
	s->rule_here = calloc(s->n_rules + 1, sizeof *s->rule_here);
	s->rule_no = calloc((size_t)c->n + 1, sizeof *s->rule_no);
	if (!s->rule_here || !s->rule_no)
		return -ENOMEM;
	for (uint16_t i = 0; i < c->n; i++) {
		s->rule_no[i] = rule_find(s, c->rules[i].id);
		s->rule_here[s->rule_no[i]] = i + 1u;
	}
	s->catalogue = c;
	return 0;
}

const struct rule_info *
store_rule(struct store *s, int64_t no)
{
	static const struct rule_info none = {.id = (char *)(uintptr_t) "",
		.category = (char *)(uintptr_t) "",
		.title = (char *)(uintptr_t) "",
		.advice = (char *)(uintptr_t) "",
		.about = (char *)(uintptr_t) "",
		.refs = (char *)(uintptr_t) ""};

	return no < 1 || (uint64_t)no > s->n_rules || !s->rules[no - 1].id ? &none
									   : &s->rules[no - 1];
}
