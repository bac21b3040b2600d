/* The stanza `document` of a rule: groups of phrases and of lines that make a document of a kind. */
#include "rules_table.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

static const char *const confidences[] = {"none", "low", "medium", "high", NULL};
static const char *const parts[] = {"needed", "raises", "against", NULL};

/* What a group does, into two flags. */
static int
read_part(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct document_group *g = into;
	uint32_t part = 0;
	struct field as = *f;
	int e;

	as.at = 0;
	as.arg = parts;
	e = field_enum(l, &as, v, &part);
	if (!e) {
		g->raises = part == 1;
		g->against = part == 2;
	}
	return e;
}

static const struct field group_fields[] = {
	{"name", field_text, .at = offsetof(struct document_group, name), .min = 1, .max = 50,
		.required = true},
	{"words", read_words, .at = offsetof(struct document_group, words), .min = 2},
	{"regex", field_text, .at = offsetof(struct document_group, regex), .min = 1,
		.max = PATTERN_MAX},
	{"least", field_u32, .at = offsetof(struct document_group, least), .min = 1, .max = 1000},
	{"head", field_u32, .at = offsetof(struct document_group, head), .max = LIMIT_DOCUMENT},
	{"part", read_part, .at = 0},
	{.name = NULL},
};

static int
read_groups(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct document_rule *d = into;
	struct document_group *g;

	(void)f;
	if (v->kind != YNODE_LIST || !v->n)
		return rules_fail(l->error, v, "'groups': expected a list of maps");
	g = arena_calloc(l->arena, v->n, sizeof *g);
	if (!g)
		return -ENOMEM;
	for (size_t i = 0; i < v->n; i++) {
		int e;

		g[i].least = 1;
		e = fields_read(l, v->v[i], group_fields, &g[i]);
		if (e)
			return e;
		if ((g[i].words.n > 0) == (g[i].regex != NULL))
			return rules_fail(
				l->error, v->v[i], "a group has either `words` or a `regex`");
		if (g[i].words.n && g[i].least > g[i].words.n)
			return rules_fail(l->error, v->v[i], "'least': there are only %zu words",
				g[i].words.n);
	}
	d->groups = g;
	d->n_groups = v->n;
	return 0;
}

static const struct field document_fields[] = {
	{"seeds", read_words, .at = offsetof(struct document_rule, seeds), .min = 3,
		.required = true},
	{"groups", read_groups, .required = true},
	{"min-bytes", field_u32, .at = offsetof(struct document_rule, min_bytes),
		.max = LIMIT_DOCUMENT},
	{"confidence", field_enum, .at = offsetof(struct document_rule, confidence),
		.arg = confidences},
	{"raised", field_enum, .at = offsetof(struct document_rule, raised), .arg = confidences},
	{.name = NULL},
};

int
read_document(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct document_rule *d = arena_alloc(l->arena, sizeof *d);
	bool needed = false;
	int e;

	if (!d)
		return -ENOMEM;
	*d = (struct document_rule){.confidence = CONF_MEDIUM};
	e = fields_read(l, v, document_fields, d);
	if (e)
		return e;
	for (size_t i = 0; i < d->n_groups; i++)
		needed = needed || !(d->groups[i].raises || d->groups[i].against);
	if (!needed)
		return rules_fail(l->error, v, "'document': no group is needed");
	if (d->raised < d->confidence)
		d->raised = d->confidence;
	memcpy((uint8_t *)into + f->at, &d, sizeof d);
	return 0;
}
