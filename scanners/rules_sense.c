/*
 * A rule that can be read can still be one that never reports, or one that reports the whole disk.
 * Those are mistakes of the same kind as a misspelt key, so they are said at load, with the line.
 */
#include "rules_sense.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

/* Mistakes of one pattern stand at its own line; columns of patterns are not kept. */
static int
fail_pattern(struct rule_load *l, const struct pattern *p, const char *message)
{
	struct ynode at = {.line = p->line, .column = 1};

	return rules_fail(l->error, &at, "%s", message);
}

static int
sense_source(struct rule_load *l, const struct pattern *p)
{
	if (p->shape != SHAPE_NONE && (p->regex || p->n_anchors))
		return fail_pattern(
			l, p, "a pattern has either a `shape` or `anchors` and `regex`");
	if (p->shape == SHAPE_NONE && !p->regex)
		return fail_pattern(l, p, "a pattern needs a `shape` or a `regex`");
	if (p->shape == SHAPE_NONE && !p->n_anchors)
		return fail_pattern(l, p,
			"a `regex` needs `anchors`: literals of 3 bytes or more, "
			"one of them inside every match");
	if (p->require.max_len && p->require.min_len > p->require.max_len)
		return fail_pattern(l, p, "`min-len` is more than `max-len`");
	return 0;
}

static bool
says_nothing(enum shape s)
{
	return s == SHAPE_DIGITS || s == SHAPE_CELL;
}

static void
default_confidence(struct pattern *p)
{
	if (p->alone == CONFIDENCES)
		p->alone = says_nothing(p->shape) ? CONF_NONE : CONF_MEDIUM;
	if (p->near == CONFIDENCES)
		p->near = p->alone;
	if (p->header == CONFIDENCES)
		p->header = p->alone;
	if (p->repeated == CONFIDENCES)
		p->repeated = p->alone;
}

static int
sense_confidence(struct rule_load *l, const struct rule *r, const struct pattern *p)
{
	if (p->near < p->alone || p->header < p->alone || p->repeated < p->alone)
		return fail_pattern(l, p, "more evidence cannot give less than `alone`");
	if (says_nothing(p->shape) && p->alone != CONF_NONE)
		return fail_pattern(
			l, p, "the shapes `digits` and `cell` say nothing alone: `alone: none`");
	if (p->near > p->alone && !r->near.n)
		return fail_pattern(l, p, "`near` in a pattern needs the rule's `near` words");
	if (p->header > p->alone && !r->header_yes.n)
		return fail_pattern(l, p, "`header` in a pattern needs the rule's `header` words");
	if (p->repeated > p->alone && !p->repeat)
		return fail_pattern(l, p, "`repeated` needs `repeat`: how many distinct ones");
	if (p->near == CONF_NONE && p->header == CONF_NONE && p->repeated == CONF_NONE)
		return fail_pattern(l, p, "this pattern can never report: all is `none`");
	return 0;
}

int
sense_table(struct rule_load *l, const struct ynode *v, const struct table_rule *t)
{
	if (t->labels.min_distinct > t->labels.words.n)
		return rules_fail(l->error, v, "'labels': `distinct` is more than there are words");
	if (t->labels.min_distinct)
		return 0;
	for (size_t i = 0; i < t->n_groups; i++)
		if (t->groups[i].min_columns > 0)
			return 0;
	return rules_fail(l->error, v,
		"'table' needs `labels`, or `groups` of which one has `columns` of 1 or more");
}

int
sense_name(struct rule_load *l, const struct ynode *v, const struct name_rule *nr)
{
	if (!nr->words.n && !nr->n_names)
		return rules_fail(l->error, v, "'name': `words` or `names` are missing");
	if (nr->agreed < nr->alone)
		return rules_fail(l->error, v, "'name': `agreed` is less than `alone`");
	return nr->agreed ? 0 : rules_fail(l->error, v, "'name' can never report");
}

/* Terms without a pattern for them would never be looked for. */
static int
sense_terms(struct rule_load *l, const struct ynode *v, const struct rule *r)
{
	for (size_t i = 0; i < r->n_patterns; i++)
		if (r->patterns[i].shape == SHAPE_TERM)
			return 0;
	return r->n_terms ? rules_fail(l->error, v, "`terms` needs a pattern of the shape `term`")
			  : 0;
}

int
sense_rule(struct rule_load *l, const struct ynode *v, struct rule *r)
{
	/* The arena's copy is still this loader's own. */
	struct pattern *p = (struct pattern *)(uintptr_t)r->patterns;

	if (!r->n_patterns && !r->n_tables && !r->name && !r->document && !r->n_files &&
		!r->classifier)
		return rules_fail(l->error, v,
			"an empty rule: '%s' has no `patterns`, `table`, `name`, `file`, "
			"`document` or "
			"`classifier`",
			r->id);
	for (size_t i = 0; i < r->n_patterns; i++) {
		int e = sense_source(l, &p[i]);

		default_confidence(&p[i]);
		if (!e)
			e = sense_confidence(l, r, &p[i]);
		if (e)
			return e;
	}
	if (!r->scope)
		r->scope = SCOPE_TEXT | SCOPE_CELLS;
	return sense_terms(l, v, r);
}
