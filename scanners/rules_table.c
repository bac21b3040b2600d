/*
 * The language of rule files as const tables, one for each struct of rules.h. What a table cannot
 * say (a confidence that can never come about, a window wider than the context kept at a cut) is
 * checked in rules_sense.c.
 */
#include "rules_table.h"

#include <errno.h>

#include "limits.h"
#include "rules_sense.h"

#include "base/poison.h"

#define WITHIN_DEFAULT 200

static const char *const facts[] = {"keystore", "video", "mailbox", "mail-store", NULL};
static const char *const confidences[] = {"none", "low", "medium", "high", NULL};
static const char *const ladders[] = {"persons", "credential", "document", "notice", NULL};
static const char *const scopes[] = {"text", "cells", "raw", "name", NULL};
static const char *const shapes[] = {"none", "ssn", "digits9", "group333", "card", "iban", "mrz",
	"nino", "digits", "date", "email", "phone", "term", "cell", NULL};
static const char *const values[] = {"any", "money", "person", "date", "email", "phone", "ip",
	"secret", "number", "text", "host", "mac", "id", "code", "handle", "called", NULL};

_Static_assert(sizeof shapes / sizeof *shapes == SHAPES + 1, "a name for each shape");
_Static_assert(sizeof values / sizeof *values == VALUE_TYPES + 1, "a name for each value type");
_Static_assert(sizeof confidences / sizeof *confidences == CONFIDENCES + 1, "confidences");
_Static_assert(sizeof facts / sizeof *facts == FACT_KINDS + 1, "a name for each kind of file");
_Static_assert(sizeof ladders / sizeof *ladders == LADDERS + 1, "a name for each ladder");

/* --- readers of nested things --- */

/* A list of words with a distance: a map, or only the words. */
static int
read_near(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	static const struct field table[] = {
		{"words", field_words, .at = offsetof(struct words, v),
			.at_n = offsetof(struct words, n), .min = 2, .required = true},
		{"within", field_u16, .at = offsetof(struct words, within), .min = 1, .max = 2000},
		{.name = NULL},
	};
	struct words w = {.within = WITHIN_DEFAULT};
	int e = v->kind == YNODE_MAP ? fields_read(l, v, table, &w)
				     : table[0].read(l, &table[0], v, &w);

	if (!e)
		memcpy((uint8_t *)into + f->at, &w, sizeof w);
	return e;
}

static int
read_not_near(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	static const struct field table[] = {
		{"words", field_words, .at = offsetof(struct rule, not_near.v),
			.at_n = offsetof(struct rule, not_near.n), .min = 2, .required = true},
		{"within", field_u16, .at = offsetof(struct rule, not_near.within), .min = 1,
			.max = 2000},
		{"cap", field_enum, .at = offsetof(struct rule, not_near_cap), .arg = confidences},
		{.name = NULL},
	};
	struct rule *r = into;

	(void)f;
	r->not_near.within = WITHIN_DEFAULT;
	r->not_near_cap = CONF_LOW;
	return v->kind == YNODE_MAP ? fields_read(l, v, table, r)
				    : table[0].read(l, &table[0], v, r);
}

static int
read_header(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	static const struct field table[] = {
		{"yes", field_words, .at = offsetof(struct rule, header_yes.v),
			.at_n = offsetof(struct rule, header_yes.n), .min = 1, .required = true},
		{"no", field_words, .at = offsetof(struct rule, header_no.v),
			.at_n = offsetof(struct rule, header_no.n), .min = 1},
		{.name = NULL},
	};

	(void)f;
	return v->kind == YNODE_MAP ? fields_read(l, v, table, into)
				    : table[0].read(l, &table[0], v, into);
}

/* Words without a distance: whole words of a header or a name. */
int
read_words(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct words w = {0};
	struct field list = *f;
	int e;

	list.at = offsetof(struct words, v);
	list.at_n = offsetof(struct words, n);
	e = field_words(l, &list, v, &w);
	if (!e)
		memcpy((uint8_t *)into + f->at, &w, sizeof w);
	return e;
}

static int
read_check(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	const struct check *c;
	const char *near;
	size_t n = 0;

	if (v->kind != YNODE_SCALAR)
		return rules_fail(l->error, v, "'check': expected the name of a check");
	c = check_find(v->text);
	while (!c && checks[n].name)
		n++;
	near = c ? NULL : nearest_name(v->text, checks, n, sizeof *checks);
	if (near)
		return rules_fail(
			l->error, v, "unknown check '%.40s': did you mean '%s'?", v->text, near);
	if (!c)
		return rules_fail(l->error, v, "unknown check '%.40s'", v->text);
	memcpy((uint8_t *)into + f->at, &c, sizeof c);
	return 0;
}

static const struct field require_fields[] = {
	{"min-len", field_u16, .at = offsetof(struct require, min_len), .max = 4096},
	{"max-len", field_u16, .at = offsetof(struct require, max_len), .max = 4096},
	{"classes", field_u8, .at = offsetof(struct require, classes), .max = 4},
	{"entropy", field_number, .at = offsetof(struct require, entropy), .max = 8},
	{"no-placeholder", field_bool, .at = offsetof(struct require, no_placeholder)},
	{.name = NULL},
};

/* A nested struct at f->at, read by the table f->arg. */
static int
read_struct(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	return fields_read(l, v, f->arg, (uint8_t *)into + f->at);
}

static const struct field pattern_fields[] = {
	{"shape", field_enum, .at = offsetof(struct pattern, shape), .arg = shapes},
	{"anchors", field_texts, .at = offsetof(struct pattern, anchors),
		.at_n = offsetof(struct pattern, n_anchors), .min = 3},
	{"regex", field_text, .at = offsetof(struct pattern, regex), .min = 1, .max = PATTERN_MAX},
	{"before", field_u16, .at = offsetof(struct pattern, before), .max = CHUNK_CONTEXT / 2},
	{"after", field_u16, .at = offsetof(struct pattern, after), .max = CHUNK_CONTEXT / 2},
	{"check", read_check, .at = offsetof(struct pattern, check)},
	{"require", read_struct, .at = offsetof(struct pattern, require), .arg = require_fields},
	{"alone", field_enum, .at = offsetof(struct pattern, alone), .arg = confidences},
	{"near", field_enum, .at = offsetof(struct pattern, near), .arg = confidences},
	{"header", field_enum, .at = offsetof(struct pattern, header), .arg = confidences},
	{"repeated", field_enum, .at = offsetof(struct pattern, repeated), .arg = confidences},
	{"repeat", field_u32, .at = offsetof(struct pattern, repeat), .min = 2, .max = 1000000},
	{"label", field_text, .at = offsetof(struct pattern, label), .min = 1, .max = 60},
	{"protected", field_bool, .at = offsetof(struct pattern, protected_value)},
	{"secret", field_bool, .at = offsetof(struct pattern, secret)},
	{"scope", field_bits, .at = offsetof(struct pattern, scope), .arg = scopes},
	{.name = NULL},
};

static const struct field group_fields[] = {
	{"name", field_text, .at = offsetof(struct column_group, name), .min = 1, .max = 60,
		.required = true},
	{"words", read_words, .at = offsetof(struct column_group, words), .min = 1},
	{"sure", read_words, .at = offsetof(struct column_group, sure), .min = 1},
	{"not-words", read_words, .at = offsetof(struct column_group, not_words), .min = 1},
	{"cells", read_words, .at = offsetof(struct column_group, cells), .min = 1},
	{"values", field_enum, .at = offsetof(struct column_group, values), .arg = values},
	{"columns", field_u8, .at = offsetof(struct column_group, min_columns), .max = 100},
	{"min-words", field_u8, .at = offsetof(struct column_group, min_words), .max = 16},
	{"filled", field_u8, .at = offsetof(struct column_group, min_filled), .max = 100},
	{"distinct", field_u8, .at = offsetof(struct column_group, min_distinct), .max = 100},
	{"rows", field_u32, .at = offsetof(struct column_group, min_rows), .max = 1000000},
	{"secret", field_bool, .at = offsetof(struct column_group, secret)},
	{.name = NULL},
};

/* A list of maps, or one map that stands for a list of one. */
static size_t
items_of(const struct ynode *v, const struct ynode *const **ret_v, const struct ynode *const *one)
{
	*ret_v = v->kind == YNODE_LIST ? (const struct ynode *const *)v->v : one;
	return v->kind == YNODE_LIST ? v->n : 1;
}

static int
read_groups(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct table_rule *t = into;
	const struct ynode *const *items;
	size_t n = items_of(v, &items, &v);
	struct column_group *g = arena_calloc(l->arena, n ? n : 1, sizeof *g);

	(void)f;
	if (!g)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int e;

		g[i] = (struct column_group){.min_columns = 1, .min_filled = 50, .min_rows = 3};
		e = fields_read(l, items[i], group_fields, &g[i]);
		if (!e && g[i].words.n + g[i].sure.n == 0)
			e = rules_fail(l->error, items[i], "a group needs `words` or `sure`");
		if (e)
			return e;
	}
	t->groups = g;
	t->n_groups = n;
	return 0;
}

static const struct field label_fields[] = {
	{"words", read_words, .at = offsetof(struct label_rule, words), .min = 2, .required = true},
	{"must", read_words, .at = offsetof(struct label_rule, must), .min = 2},
	{"distinct", field_u8, .at = offsetof(struct label_rule, min_distinct), .min = 1,
		.max = 100},
	{"amounts", field_u8, .at = offsetof(struct label_rule, min_amounts), .max = 100},
	{.name = NULL},
};

static int
read_labels(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct table_rule *t = into;

	(void)f;
	t->labels = (struct label_rule){.min_distinct = 5, .min_amounts = 5};
	return fields_read(l, v, label_fields, &t->labels);
}

static const struct field table_fields[] = {
	{"groups", read_groups, .at = 0},
	{"labels", read_labels, .at = 0},
	{"not-words", read_words, .at = offsetof(struct table_rule, not_words), .min = 1},
	{"raise", field_u8, .at = offsetof(struct table_rule, raise), .min = 1, .max = 16},
	{"rows", field_u32, .at = offsetof(struct table_rule, min_rows), .min = 1, .max = 1000000},
	{"confidence", field_enum, .at = offsetof(struct table_rule, confidence),
		.arg = confidences},
	{"raised", field_enum, .at = offsetof(struct table_rule, raised), .arg = confidences},
	{.name = NULL},
};

static int
read_table(struct rule_load *l, const struct ynode *v, struct table_rule *t)
{
	int e;

	*t = (struct table_rule){.min_rows = 3, .raise = 1, .confidence = CONF_MEDIUM};
	e = fields_read(l, v, table_fields, t);
	if (!e)
		e = sense_table(l, v, t);
	if (t->raised < t->confidence)
		t->raised = t->confidence;
	return e;
}

/* One table, or a list of alternatives. */
static int
read_tables(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct rule *r = into;
	const struct ynode *const *items;
	size_t n = items_of(v, &items, &v);
	struct table_rule *t = arena_calloc(l->arena, n ? n : 1, sizeof *t);
	int e = 0;

	(void)f;
	if (!t)
		return -ENOMEM;
	for (size_t i = 0; !e && i < n; i++)
		e = read_table(l, items[i], &t[i]);
	r->tables = t;
	r->n_tables = n;
	return e || n ? e : rules_fail(l->error, v, "'table' is empty");
}

static const struct field name_fields[] = {
	{"words", read_words, .at = offsetof(struct name_rule, words), .min = 2},
	{"not-words", read_words, .at = offsetof(struct name_rule, not_words), .min = 2},
	{"names", field_words, .at = offsetof(struct name_rule, names),
		.at_n = offsetof(struct name_rule, n_names), .min = 2},
	{"exts", field_words, .at = offsetof(struct name_rule, exts),
		.at_n = offsetof(struct name_rule, n_exts), .min = 1},
	{"spaced-exts", field_words, .at = offsetof(struct name_rule, spaced_exts),
		.at_n = offsetof(struct name_rule, n_spaced_exts), .min = 1},
	{"mimes", field_words, .at = offsetof(struct name_rule, mimes),
		.at_n = offsetof(struct name_rule, n_mimes), .min = 3},
	{"folders", field_bool, .at = offsetof(struct name_rule, folders)},
	{"alone", field_enum, .at = offsetof(struct name_rule, alone), .arg = confidences},
	{"agreed", field_enum, .at = offsetof(struct name_rule, agreed), .arg = confidences},
	{.name = NULL},
};

static int
read_name(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct name_rule *nr = arena_alloc(l->arena, sizeof *nr);
	int e;

	if (!nr)
		return -ENOMEM;
	*nr = (struct name_rule){.alone = CONF_LOW, .agreed = CONF_MEDIUM};
	e = fields_read(l, v, name_fields, nr);
	if (!e)
		e = sense_name(l, v, nr);
	if (!e)
		memcpy((uint8_t *)into + f->at, &nr, sizeof nr);
	return e;
}

static const struct field file_fields[] = {
	{"kind", field_enum, .at = offsetof(struct file_rule, kind), .arg = facts,
		.required = true},
	{"min-count", field_u32, .at = offsetof(struct file_rule, min_count), .max = 1000000000},
	{"min-seconds", field_u32, .at = offsetof(struct file_rule, min_seconds), .max = 1000000},
	{"min-height", field_u32, .at = offsetof(struct file_rule, min_height), .max = 100000},
	{"words", read_words, .at = offsetof(struct file_rule, words), .min = 2},
	{"not-words", read_words, .at = offsetof(struct file_rule, not_words), .min = 2},
	{"alone", field_enum, .at = offsetof(struct file_rule, alone), .arg = confidences},
	{"named", field_enum, .at = offsetof(struct file_rule, named), .arg = confidences},
	{.name = NULL},
};

static int
read_files(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct rule *r = into;
	const struct ynode *const *items;
	size_t n = items_of(v, &items, &v);
	struct file_rule *fr = arena_calloc(l->arena, n ? n : 1, sizeof *fr);

	(void)f;
	if (!fr)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int e;

		fr[i] = (struct file_rule){.alone = CONF_MEDIUM, .named = CONFIDENCES};
		e = fields_read(l, items[i], file_fields, &fr[i]);
		if (e)
			return e;
		if (fr[i].named == CONFIDENCES)
			fr[i].named = fr[i].alone;
		if (fr[i].named < fr[i].alone || fr[i].named == CONF_NONE)
			return rules_fail(l->error, items[i],
				"'file': `named` cannot be less than `alone`, nor both `none`");
	}
	r->files = fr;
	r->n_files = n;
	return n ? 0 : rules_fail(l->error, v, "'file' is empty");
}

static int
read_patterns(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct rule *r = into;
	const struct ynode *const *items;
	size_t n = items_of(v, &items, &v);
	struct pattern *p = arena_calloc(l->arena, n ? n : 1, sizeof *p);

	(void)f;
	if (!p)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int e;

		p[i] = (struct pattern){.before = 64, .after = 256, .line = items[i]->line};
		p[i].alone = p[i].near = p[i].header = p[i].repeated = CONFIDENCES;
		e = fields_read(l, items[i], pattern_fields, &p[i]);
		if (e)
			return e;
	}
	r->patterns = p;
	r->n_patterns = n;
	return n ? 0 : rules_fail(l->error, v, "'patterns' is empty");
}

/* --- examples --- */

static const struct field example_fields[] = {
	{"text", field_text, .at = offsetof(struct example, text), .max = 65536, .required = true},
	{"name", field_text, .at = offsetof(struct example, name), .max = 255},
	{"cells", field_bool, .at = offsetof(struct example, cells)},
	{"base64", field_bool, .at = offsetof(struct example, base64)},
	{"at-least", field_enum, .at = offsetof(struct example, at_least), .arg = confidences},
	{.name = NULL},
};

/* Appends the list v to r->examples; `good` and `bad` may stand in any order. */
static int
read_examples(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct rule *r = into;
	const struct ynode *const *items;
	size_t n = items_of(v, &items, &v);
	struct example *x = arena_calloc(l->arena, r->n_examples + n, sizeof *x);

	if (!x)
		return -ENOMEM;
	if (r->n_examples)
		memcpy(x, r->examples, r->n_examples * sizeof *x);
	for (size_t i = 0; i < n; i++) {
		struct example *at = &x[r->n_examples + i];
		int e;

		*at = (struct example){.line = items[i]->line, .good = f->name[0] == 'g'};
		at->at_least = at->good ? CONF_MEDIUM : CONF_NONE;
		e = items[i]->kind == YNODE_MAP ? fields_read(l, items[i], example_fields, at)
						: field_text(l, &example_fields[0], items[i], at);
		if (e)
			return e;
	}
	r->examples = x;
	r->n_examples += n;
	return 0;
}

static const struct field rule_fields[] = {
	{"id", field_id, .at = offsetof(struct rule, id), .max = 40, .required = true},
	{"category", field_id, .at = offsetof(struct rule, category), .max = 40, .required = true},
	{"title", field_text, .at = offsetof(struct rule, title), .max = 100, .required = true},
	{"ladder", field_enum, .at = offsetof(struct rule, ladder), .arg = ladders,
		.required = true},
	{"about", field_text, .at = offsetof(struct rule, about), .max = 2000},
	{"advice", field_text, .at = offsetof(struct rule, advice), .max = 2000},
	{"refs", field_refs, .at = offsetof(struct rule, refs), .min = 3},
	{"scope", field_bits, .at = offsetof(struct rule, scope), .arg = scopes},
	{"patterns", read_patterns, .at = 0},
	{"pattern", read_patterns, .at = 0},
	{"near", read_near, .at = offsetof(struct rule, near)},
	{"not-near", read_not_near, .at = 0},
	{"header", read_header, .at = 0},
	{"terms", field_terms, .at = offsetof(struct rule, terms),
		.at_n = offsetof(struct rule, n_terms), .min = 3, .max = TERMS_MAX},
	{"yields", field_words, .at = offsetof(struct rule, yields),
		.at_n = offsetof(struct rule, n_yields), .min = 1},
	{"min-count", field_u32, .at = offsetof(struct rule, min_count), .max = 1000000},
	{"table", read_tables, .at = 0},
	{"name", read_name, .at = offsetof(struct rule, name)},
	{"document", read_document, .at = offsetof(struct rule, document)},
	{"file", read_files, .at = 0},
	{"classifier", field_id, .at = offsetof(struct rule, classifier), .max = 40},
	{"good", read_examples, .at = 0},
	{"bad", read_examples, .at = 0},
	{.name = NULL},
};

int
rule_read(struct rule_load *l, const struct ynode *v, struct rule *r)
{
	int e = fields_read(l, v, rule_fields, r);

	if (e)
		return e;
	r->file = l->file;
	r->line = v->line;
	return sense_rule(l, v, r);
}
