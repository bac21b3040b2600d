/* The loader of rule files: each mistake is said at its place, a bad file leaves the set as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "rules.h"

#define HEAD "rules:\n- id: x\n  category: c\n  title: t\n  ladder: notice\n"
#define BODY "  patterns:\n  - anchors: [abc]\n    regex: abc\n"

static const struct mistake {
	const char *yaml;
	uint32_t line, column;
	const char *part;
} mistakes[] = {
	{"", 1, 1, "empty"},
	{"- a\n", 1, 1, "expected a map"},
	{"rules: [\n", 2, 1, "did not find"},
	{"rulez: []\n", 1, 1, "unknown key 'rulez'"},
	{"words: {}\n", 1, 1, "'rules' is missing"},
	{"rules: x\n", 1, 8, "expected a list"},
	{"rules:\n- 7\n", 2, 3, "expected a map"},
	{"rules: &a [1]\n", 1, 8, "anchors (&name)"},
	{"rules: [*a]\n", 1, 9, "aliases"},
	{"rules: !!seq []\n", 1, 8, "tags"},
	{"rules: []\n---\nrules: []\n", 2, 1, "second document"},
	{"rules: []\nrules: []\n", 2, 1, "twice (line 1)"},
	{"rules:\n- id: x\n  category: c\n  ladder: notice\n", 2, 3, "'title' is missing"},
	{"rules:\n- id: x\n  category: c\n  title: t\n  laddr: notice\n", 5, 3,
		"did you mean 'ladder'"},
	{"rules:\n- id: X y\n", 2, 7, "a-z and 0-9"},
	{"rules:\n- id: a--b\n", 2, 7, "single dashes"},
	{"rules:\n- id: [a]\n", 2, 7, "not a list"},
	{"rules:\n- ladder: persens\n", 2, 11, "did you mean 'persons'"},
	{"rules:\n- ladder: qqqqqqqq\n", 2, 11, "one of persons, credential"},
	{HEAD, 2, 3, "an empty rule"},
	{HEAD "  scope: [text, cels]\n" BODY, 6, 17, "did you mean 'cells'"},
	{HEAD "  patterns:\n  - shape: snn\n", 7, 12, "did you mean 'ssn'"},
	{HEAD "  patterns:\n  - shape: ssn\n    check: lun\n", 8, 12, "unknown check 'lun'"},
	{HEAD "  patterns:\n  - shape: ssn\n    check: ibam\n", 8, 12, "did you mean 'iban'"},
	{HEAD "  patterns:\n  - shape: ssn\n    alone: hihg\n", 8, 12, "did you mean 'high'"},
	{HEAD "  patterns:\n  - shape: ssn\n    repeat: ten\n", 8, 13, "whole number from 2"},
	{HEAD "  patterns:\n  - shape: ssn\n    repeat: \"10\"\n", 8, 13, "whole number"},
	{HEAD "  patterns:\n  - shape: ssn\n    repeat: 99999999999\n", 8, 13, "whole number"},
	{HEAD "  patterns:\n  - anchors: [ab]\n    regex: ab\n", 7, 15, "shorter than 3"},
	{HEAD "  patterns:\n  - anchors: [abc]\n    regex: ''\n", 8, 12, "'regex' is empty"},
	{HEAD "  patterns:\n  - anchors: [abc]\n    regex: abc\n    after: 2049\n", 9, 12,
		"from 0 to 2048"},
	{HEAD "  patterns:\n  - regex: abc\n", 7, 1, "needs `anchors`"},
	{HEAD "  patterns:\n  - label: abc\n", 7, 1, "`shape` or a `regex`"},
	{HEAD "  patterns:\n  - shape: ssn\n    regex: abc\n", 7, 1, "either a `shape`"},
	{HEAD "  patterns:\n  - shape: digits\n    alone: low\n", 7, 1, "alone: none"},
	{HEAD "  patterns:\n  - shape: ssn\n    near: high\n", 7, 1, "`near` words"},
	{HEAD "  patterns:\n  - shape: ssn\n    header: high\n", 7, 1, "`header` words"},
	{HEAD "  patterns:\n  - shape: ssn\n    repeated: high\n", 7, 1, "needs `repeat`"},
	{HEAD "  patterns:\n  - shape: ssn\n    alone: none\n", 7, 1, "more evidence|never report"},
	{HEAD "  patterns:\n  - shape: ssn\n    alone: high\n    near: low\n", 7, 1,
		"more evidence cannot"},
	{HEAD "  patterns:\n  - shape: ssn\n    secret: maybe\n", 8, 13, "true or false"},
	{HEAD "  patterns:\n  - shape: ssn\n    require: {entropy: x}\n", 8, 24, "number from 0"},
	{HEAD "  patterns: []\n", 6, 13, "'patterns' is empty"},
	{HEAD BODY "  near: {words: [abc], within: 2001}\n", 9, 32, "from 1 to 2000"},
	{HEAD BODY "  near: {within: 20}\n", 9, 9, "'words' is missing"},
	{HEAD BODY "  near: [$abc]\n", 9, 10, "no list '$abc'"},
	{"words: {vocab: [abc]}\n" HEAD BODY "  near: [$vocap]\n", 10, 10, "mean '$vocab'"},
	{HEAD BODY "  near: []\n", 9, 9, "'words' is empty"},
	{HEAD BODY "  header: {yes: [a], know: [b]}\n", 9, 22, "unknown key 'know'"},
	{HEAD "  table: {groups: [{name: a, words: [b], columns: 0}]}\n", 6, 10,
		"one has `columns`"},
	{HEAD "  table: {groups: [{name: a, words: [b], values: mony}]}\n", 6, 50, "'money'"},
	{HEAD "  name: {exts: [doc]}\n", 6, 9, "`words` or `names`"},
	{HEAD BODY "  good: [{txt: a}]\n", 9, 11, "did you mean 'text'"},
	{HEAD BODY "- id: x\n  category: c\n  title: t\n  ladder: notice\n" BODY, 9, 3,
		"the id 'x' is here twice (line 2)"},
	{HEAD BODY "  title: \"a\\0b\"\n", 9, 3, "NUL|twice"},
	{"rules: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n", 1, 20, "nested too deeply"},
};

/* part may be "a|b": one of them is in the message. */
static bool
holds_part(const char *message, const char *part)
{
	const char *bar = strchr(part, '|');
	char first[64];

	if (!bar)
		return strstr(message, part) != NULL;
	(void)snprintf(first, sizeof first, "%.*s", (int)(bar - part), part);
	return strstr(message, first) || strstr(message, bar + 1);
}

static void
mistakes_have_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		const struct mistake *m = &mistakes[i];
		struct ruleset rs = {.n = 0};
		struct rules_error e = {.line = 99};

		if (rules_add(&rs, "site.yaml", span_str(m->yaml), &e) != -EINVAL)
			fail_msg("accepted:\n%s", m->yaml);
		if (e.line != m->line || e.column != m->column || !holds_part(e.message, m->part))
			fail_msg("%s\ngives %u:%u %s, not %u:%u %s", m->yaml, e.line, e.column,
				e.message, m->line, m->column, m->part);
		assert_string_equal(e.file, "site.yaml");
		assert_int_equal(rs.n, 0);
		rules_free(&rs);
	}
}

/* Every field of the language, once. */
static const char full[] = "words:\n"
			   "  base: [Alpha, beta gamma]\n"
			   "  more: |\n"
			   "    $base, Delta\n"
			   "    epsilon\n"
			   "rules:\n"
			   "- id: full-rule\n"
			   "  category: identity\n"
			   "  title: Title\n"
			   "  about: About\n"
			   "  advice: Do\n"
			   "  refs: [one, two]\n"
			   "  ladder: credential\n"
			   "  scope: [text, raw]\n"
			   "  near: {words: $more, within: 77}\n"
			   "  not-near: {words: [not], within: 9, cap: none}\n"
			   "  header: {yes: [h1, H2], no: [h3]}\n"
			   "  min-count: 4\n"
			   "  yields: [other-rule, third]\n"
			   "  classifier: file-listing\n"
			   "  patterns:\n"
			   "  - {shape: ssn, check: ssn, alone: low, near: medium, header: high, "
			   "repeated: high,\n"
			   "     repeat: 10, scope: cells}\n"
			   "  - anchors: ['a,bc', 'def']\n"
			   "    regex: '(?<value>a,bc|def)'\n"
			   "    before: 11\n"
			   "    after: 22\n"
			   "    label: Label\n"
			   "    protected: true\n"
			   "    secret: true\n"
			   "    require: {min-len: 1, max-len: 9, classes: 2, entropy: 2.5, "
			   "no-placeholder: true}\n"
			   "  table:\n"
			   "    rows: 5\n"
			   "    confidence: low\n"
			   "    raised: high\n"
			   "    groups:\n"
			   "    - {name: col, words: [w1, w2], not-words: [nw], values: money, "
			   "columns: 2,\n"
			   "       min-words: 2, filled: 60, rows: 7, secret: true}\n"
			   "    - {name: opt, words: [w3], columns: 0}\n"
			   "  name: {words: [pass], not-words: [policy], names: [.htpasswd], exts: "
			   "[doc, xls],\n"
			   "         mimes: [text/], folders: true, alone: none, agreed: high}\n"
			   "  good: [g1, {text: 'a,b', cells: true, name: x.csv, at-least: high}]\n"
			   "  bad: [b1]\n";

static void
check_full(const struct rule *r)
{
	const struct pattern *p = r->patterns;

	assert_int_equal(r->near.n, 4);
	assert_string_equal(r->near.v[0], "alpha");
	assert_string_equal(r->near.v[1], "beta gamma");
	assert_string_equal(r->near.v[2], "delta");
	assert_int_equal(r->near.within, 77);
	assert_int_equal(r->not_near.within, 9);
	assert_int_equal(r->not_near_cap, CONF_NONE);
	assert_string_equal(r->header_yes.v[1], "h2");
	assert_string_equal(r->header_no.v[0], "h3");
	assert_string_equal(r->refs, "one\ntwo");
	assert_int_equal(r->ladder, LADDER_CREDENTIAL);
	assert_int_equal(r->scope, SCOPE_TEXT | SCOPE_RAW);
	assert_int_equal(r->min_count, 4);
	assert_int_equal(r->n_yields, 2);
	assert_string_equal(r->yields[1], "third");
	assert_int_equal(r->n_yields_to, 0);
	assert_string_equal(r->classifier, "file-listing");
	assert_int_equal(r->n_patterns, 2);
	assert_int_equal(p->shape, SHAPE_SSN);
	assert_ptr_equal(p->check, check_find("ssn"));
	assert_int_equal(p->near, CONF_MEDIUM);
	assert_int_equal(p->repeat, 10);
	assert_int_equal(p->scope, SCOPE_CELLS);
	p++;
	assert_int_equal(p->n_anchors, 2);
	assert_string_equal(p->anchors[0], "a,bc");
	assert_int_equal(p->before, 11);
	assert_int_equal(p->after, 22);
	assert_int_equal(p->alone, CONF_MEDIUM);
	assert_int_equal(p->header, CONF_MEDIUM);
	assert_true(p->protected_value && p->secret && p->require.no_placeholder);
	assert_int_equal(p->require.classes, 2);
	assert_true(p->require.entropy > 2.4f && p->require.entropy < 2.6f);
	assert_int_equal(p->line, 24);
}

static void
check_full_tables(const struct rule *r)
{
	const struct column_group *g = r->tables->groups;

	assert_int_equal(r->tables->n_groups, 2);
	assert_int_equal(r->tables->min_rows, 5);
	assert_int_equal(r->tables->confidence, CONF_LOW);
	assert_int_equal(r->tables->raised, CONF_HIGH);
	assert_int_equal(g->words.n, 2);
	assert_int_equal(g->not_words.n, 1);
	assert_int_equal(g->values, VALUE_MONEY);
	assert_int_equal(g->min_columns, 2);
	assert_int_equal(g->min_words, 2);
	assert_int_equal(g->min_filled, 60);
	assert_int_equal(g->min_rows, 7);
	assert_true(g->secret);
	assert_int_equal(g[1].min_columns, 0);
	assert_int_equal(r->name->n_names, 1);
	assert_int_equal(r->name->n_exts, 2);
	assert_int_equal(r->name->n_mimes, 1);
	assert_true(r->name->folders);
	assert_int_equal(r->name->alone, CONF_NONE);
	assert_int_equal(r->name->agreed, CONF_HIGH);
	assert_int_equal(r->n_examples, 3);
	assert_true(r->examples[1].cells && r->examples[1].good && !r->examples[2].good);
	assert_int_equal(r->examples[1].at_least, CONF_HIGH);
	assert_string_equal(r->examples[1].name, "x.csv");
}

static void
every_field_arrives(void **state)
{
	struct ruleset rs = {.n = 0};
	struct rules_error e;

	(void)state;
	if (rules_add(&rs, "full.yaml", span_str(full), &e))
		fail_msg("%u:%u %s", e.line, e.column, e.message);
	assert_int_equal(rules_finish(&rs), 0);
	check_full(&rs.rules[0]);
	check_full_tables(&rs.rules[0]);
	rules_free(&rs);
}

#define RULE(id, category)                                                                         \
	"- {id: " id ", category: " category ", title: t, ladder: notice, name: {names: [abc]}}\n"

static void
add(struct ruleset *rs, const char *yaml)
{
	struct rules_error e;

	if (rules_add(rs, "t.yaml", span_str(yaml), &e))
		fail_msg("%u:%u %s\n%s", e.line, e.column, e.message, yaml);
}

static void
same_id_replaces(void **state)
{
	struct ruleset rs = {.n = 0};
	struct rules_error e;

	(void)state;
	add(&rs, "rules:\n" RULE("b", "one") RULE("a", "one"));
	add(&rs, "rules:\n" RULE("a", "two") RULE("c", "two"));
	assert_int_equal(rs.n, 3);
	assert_int_equal(
		rules_add(&rs, "bad.yaml", span_str("rules:\n" RULE("b", "three") "- 1\n"), &e),
		-EINVAL);
	assert_int_equal(rs.n, 3);
	assert_int_equal(rules_finish(&rs), 0);
	assert_string_equal(rs.rules[0].id, "a");
	assert_string_equal(rs.rules[2].id, "c");
	assert_int_equal(rs.rules[2].index, 2);
	assert_string_equal(rules_find(&rs, "a")->category, "two");
	assert_string_equal(rules_find(&rs, "b")->category, "one");
	assert_null(rules_find(&rs, "d"));
	rules_free(&rs);
}

/* Chooses among a/one, b/one, c/two and checks the ids that stay. */
static void
try_select(const char *const *only, size_t n_only, const char *const *without, size_t n_without,
	const char *expect, char ret_digest[65])
{
	struct ruleset rs = {.n = 0};
	struct rules_error e;
	char ids[8] = "";

	add(&rs, "rules:\n" RULE("b", "one") RULE("a", "one") RULE("c", "two"));
	assert_int_equal(rules_select(&rs, only, n_only, without, n_without, &e), 0);
	assert_int_equal(rules_finish(&rs), 0);
	for (uint16_t i = 0; i < rs.n; i++)
		ids[i] = rs.rules[i].id[0];
	assert_string_equal(ids, expect);
	memcpy(ret_digest, rs.digest, 65);
	rules_free(&rs);
}

static void
yields_are_resolved(void **state)
{
	static const char yaml[] = "rules:\n"
				   "- {id: a, category: c, title: t, ladder: notice, yields: [b, "
				   "gone, a], "
				   "name: {names: [abc]}}\n" RULE("b", "c");
	struct ruleset rs = {.n = 0};

	(void)state;
	add(&rs, yaml);
	assert_int_equal(rules_finish(&rs), 0);
	assert_int_equal(rules_find(&rs, "a")->n_yields_to, 1);
	assert_int_equal(rules_find(&rs, "a")->yields_to[0], rules_find(&rs, "b")->index);
	assert_int_equal(rules_find(&rs, "b")->n_yields_to, 0);
	rules_free(&rs);
}

static void
selects(void **state)
{
	static const char *const one[] = {"one"}, *const a[] = {"a"}, *const ac[] = {"a", "c"},
				 *const bad[] = {"a", "onne"};
	struct ruleset rs = {.n = 0};
	struct rules_error e = {.line = 3};
	char all[65], some[65], again[65];

	(void)state;
	try_select(NULL, 0, NULL, 0, "abc", all);
	assert_string_equal(
		all, "e96f33084059c3d2e8992fb61b07a99c2c0213c564d2665f1fecdde337d1d17d");
	try_select(one, 1, NULL, 0, "ab", some);
	assert_string_not_equal(all, some);
	try_select(NULL, 0, (const char *const[]){"two"}, 1, "ab", again);
	assert_string_equal(some, again);
	try_select(one, 1, a, 1, "b", again);
	try_select(ac, 2, one, 1, "c", again);
	add(&rs, "rules:\n" RULE("a", "one"));
	assert_int_equal(rules_select(&rs, bad, 2, NULL, 0, &e), -ENOENT);
	assert_non_null(strstr(e.message, "'onne'"));
	assert_int_equal(rules_select(&rs, NULL, 0, bad, 2, &e), -ENOENT);
	assert_int_equal(rs.n, 1);
	rules_free(&rs);
}

/* Lists that refer to lists may not stand for more than WORDS_MAX words. */
static void
words_do_not_explode(void **state)
{
	struct buf b = {.max = 0};
	struct ruleset rs = {.n = 0};
	struct rules_error e;

	(void)state;
	buf_puts(&b, "words:\n  w0: [a, b, c, d]\n");
	for (int i = 1; i < 30; i++)
		buf_printf(&b, "  w%d: [$w%d, $w%d, $w%d, $w%d]\n", i, i - 1, i - 1, i - 1, i - 1);
	buf_puts(&b, "rules: []\n");
	assert_int_equal(rules_add(&rs, "t", buf_span(&b), &e), -EINVAL);
	assert_non_null(strstr(e.message, "more than 2000"));
	buf_free(&b);
	rules_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_have_places),
		cmocka_unit_test(every_field_arrives),
		cmocka_unit_test(same_id_replaces),
		cmocka_unit_test(yields_are_resolved),
		cmocka_unit_test(selects),
		cmocka_unit_test(words_do_not_explode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
