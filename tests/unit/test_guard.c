/* The guard never turns away what PCRE2 finds, and turns away most of what it does not find. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "match/anchors.h"
#include "match/guard.h"
#include "shiprules.h"
#include "testrules.h"
#include <pcre2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/poison.h"

static bool
may(const char *regex, const char *anchor, const char *text, size_t lo, size_t hi)
{
	const char *anchors[] = {anchor};
	struct guard *g = guard_new(regex, anchors, 1);
	const char *at = strcasestr(text, anchor);
	bool r;

	if (!g)
		fail_msg("no guard for %s", regex);
	assert_non_null(at);
	r = guard_may(g, 0, span_str(text), lo, (size_t)(at - text),
		(size_t)(at - text) + strlen(anchor), hi ? hi : strlen(text));
	guard_free(g);
	return r;
}

static void
turns_away(void **state)
{
	(void)state;
	assert_true(may("pass\\s{0,2}[:=]\\s*\\w{4}", "pass", "x pass = abcd", 0, 0));
	assert_false(may("pass\\s{0,2}[:=]\\s*\\w{4}", "pass", "x pass = abc", 0, 0));
	assert_false(may("pass\\s{0,2}[:=]\\s*\\w{4}", "pass", "x pass = abcd", 0, 12));
	assert_false(may("pass\\s{0,2}[:=]\\s*\\w{4}", "pass", "x pass - abcd", 0, 0));
	assert_true(may("(?i)pass[:=]", "pass", "PASS=", 0, 0));
	assert_true(may("(?i:pa)ss[:=]", "pass", "PAss=", 0, 0));
	assert_true(may("(?:a|(?i)b)pass", "pass", "Bpass", 0, 0));
	assert_false(may("(?:a|(?i)b)pass", "pass", "Apass", 0, 0));
	/* the word for it, or any value behind another one */
	assert_true(may("\\bpass=\\w{4,9};", "pass", "pass=pass1;", 0, 0));
	assert_false(may("\\bpass=\\w{4,9};", "pass", "x=pass1;", 0, 0));
	assert_true(may("login\\s{1,8}pass", "pass", "login  pass", 0, 0));
	assert_false(may("login\\s{1,8}pass", "pass", "login  pass", 1, 0));
	assert_false(may("login\\s{1,8}pass", "pass", "logon  pass", 0, 0));
	assert_true(may("(?<![a-z])pass(?=x)\\S{3,5}", "pass", "apass123", 0, 0));
	assert_true(may("(?|a(?<v>b)|c(?<v>d))pass", "pass", "cdpass", 0, 0));
	assert_false(may("(?|a(?<v>b)|c(?<v>d))pass", "pass", "adpass", 0, 0));
	assert_true(may("pass[^]\\d-]{1,300}+>", "pass", "pass[[[[[[[[[[[[[[>", 0, 0));
	assert_false(may("pass[^]\\d-]{1,300}+>", "pass", "pass[[[[1[[[[[[[[[>", 0, 0));
	assert_true(may("pass\\x41{2}{", "pass", "passAA{", 0, 0));
	/* what must follow */
	assert_true(may("pass=\\w{3,9}(?=;)", "pass", "pass=abcd;", 0, 0));
	assert_false(may("pass=\\w{3,9}(?=;)", "pass", "pass=abcd(", 0, 0));
	assert_true(may("pass=\\w{3,9}(?=;|(?!x))", "pass", "pass=abcd(", 0, 0));
	assert_true(may("pass=\\w{3,9}(?=[ ]?(?:\\n|\\z))", "pass", "pass=abcd", 0, 0));
	assert_true(may("pass=\\w{3,9}(?=[ ]?(?:\\n|\\z))", "pass", "pass=abcd ;", 0, 10));
	assert_false(may("pass=\\w{3,9}(?=[ ]?(?:\\n|\\z))", "pass", "pass=abcd ;", 0, 0));
	assert_true(may("pass=\\w{3,9}(?=;)|pass(?=:)", "pass", "pass:", 0, 0));
	assert_false(may("pass=\\w{3,9}(?=;)|pass(?=:)", "pass", "pass;", 0, 0));
	assert_true(may("(?:pass(?=x))\\w{3}", "pass", "passabc", 0, 0));
	assert_true(may("pass(?=x)?", "pass", "passabc", 0, 0));
}

static void
has_none(const char *regex)
{
	const char *anchors[] = {"pass"};

	assert_null(guard_new(regex, anchors, 1));
}

static void
unknown(void **state)
{
	(void)state;
	has_none("(a)pass\\1");
	has_none("(?x)pass # word");
	has_none("pass\\K=");
	has_none("pass[[:digit:]]");
	has_none("(?(?=a)b|c)pass");
	has_none("(pass(?R)?)");
	has_none("(*NO_START_OPT)pass");
	has_none("((((((((((((((pass))))))))))))))");
	has_none("pass(?:[a-z][0-9][a-z][0-9]){4}(?:(?:(?:abcdefgh){4}){4}){4}");
	has_none("(?:pass)?");
}

/* --- against PCRE2, on the shipped rules ------------------------------------------------------------ */

static struct ruleset shipped;

static int
load(void **state)
{
	(void)state;
	return test_shipped_rules(&shipped);
}

static int
unload(void **state)
{
	(void)state;
	rules_free(&shipped);
	return 0;
}

/* Bytes that regexes of the rules care for, and pieces of their examples. */
static size_t
random_text(uint64_t *seed, const struct rule *r, const char *anchor, char *out, size_t cap)
{
	static const char bytes[] = "=: \t\r\n\"'<>/.;,-_$(){}[]|@0123456789abcdefABCDEFxyzwp";
	size_t n = 0;

	while (n + 120 < cap) {
		size_t k = 1 + test_random(seed, 40);
		const char *from = bytes;

		if (test_random(seed, 3) == 0) {
			n += (size_t)snprintf(out + n, cap - n, "%s", anchor);
		} else if (r->n_examples && test_random(seed, 2)) {
			const struct example *x =
				&r->examples[test_random(seed, (uint32_t)r->n_examples)];
			size_t len = strlen(x->text),
			       at = len ? test_random(seed, (uint32_t)len) : 0;

			from = x->text + at;
			k = len - at < k ? len - at : k;
			memcpy(out + n, from, k);
			n += k;
		} else {
			for (size_t i = 0; i < k % 9; i++)
				out[n++] = bytes[test_random(seed, sizeof bytes - 1)];
		}
	}
	return n;
}

struct trial {
	const struct pattern *p;
	struct guard *guard, *fresh; /* the second forgets before each place */
	pcre2_code *code;
	pcre2_match_data *md;
	size_t passed, refused, found;
};

/* What the guard says at a place of the text at hand, with what it remembers or without. */
static bool
asked(struct trial *t, size_t k, struct span text, size_t lo, size_t i, size_t end, size_t hi)
{
	bool may = guard_may(t->guard, k, text, lo, i, end, hi);

	guard_begin(t->fresh);
	if (may != guard_may(t->fresh, k, text, lo, i, end, hi))
		fail_msg("'%s' at %zu of '%.*s': remembered %d, %s", t->p->anchors[k], i,
			(int)text.n, (const char *)text.p, may, t->p->regex);
	return may;
}

/* Does any match in the window contain the anchor? */
static bool
finds(const struct trial *t, struct span text, size_t lo, size_t start, size_t end, size_t hi)
{
	for (size_t at = lo; at <= start; at++) {
		const PCRE2_SIZE *ov;

		if (pcre2_match(t->code, text.p, hi, at, PCRE2_ANCHORED, t->md, NULL) < 0)
			continue;
		ov = pcre2_get_ovector_pointer(t->md);
		if (ov[1] >= end)
			return true;
	}
	return false;
}

static void
try_places(struct trial *t, size_t k, struct span text)
{
	size_t n = strlen(t->p->anchors[k]);

	guard_begin(t->guard);
	for (size_t i = 0; i + n <= text.n; i++) {
		size_t lo = i > t->p->before ? i - t->p->before : 0;
		size_t hi = text.n - i - n > t->p->after ? i + n + t->p->after : text.n;
		bool found;

		if (strncasecmp((const char *)text.p + i, t->p->anchors[k], n) != 0)
			continue;
		found = finds(t, text, lo, i, i + n, hi);
		t->found += found;
		if (asked(t, k, text, lo, i, i + n, hi)) {
			t->passed++;
			continue;
		}
		t->refused++;
		if (found)
			fail_msg("'%s' at %zu of '%.*s': %s", t->p->anchors[k], i, (int)text.n,
				(const char *)text.p, t->p->regex);
	}
}

/* All anchors of a pattern, close together, in more text than a window has. */
static void
try_dense(struct trial *t, const struct rule *r, uint64_t *seed)
{
	static char text[12000];
	const struct pattern *p = t->p;
	size_t n = 0;

	while (n + 800 < sizeof text) {
		const char *anchor = p->anchors[test_random(seed, (uint32_t)p->n_anchors)];

		if (test_random(seed, 40) == 0) {
			n += random_text(seed, r, anchor, text + n, 700);
			continue;
		}
		n += (size_t)snprintf(text + n, LITERAL_MAX + 1, "%s", anchor);
		for (uint32_t i = test_random(seed, 30); i > 0; i--)
			text[n++] = ":=aQ3 b\"X7k\n0Zr9"[test_random(seed, 16)];
	}
	guard_begin(t->guard);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < p->n_anchors; k++) {
			size_t end = i + strlen(p->anchors[k]);

			if (end > n ||
				strncasecmp(text + i, p->anchors[k], strlen(p->anchors[k])) != 0)
				continue;
			(void)asked(t, k, span_of(text, n), i > p->before ? i - p->before : 0, i,
				end, n - end > p->after ? end + p->after : n);
		}
	}
}

static void
try_pattern(const struct rule *r, const struct pattern *p, uint64_t *seed, struct trial *all)
{
	struct trial t = {.p = p,
		.guard = guard_new(p->regex, p->anchors, p->n_anchors),
		.fresh = guard_new(p->regex, p->anchors, p->n_anchors)};
	int error;
	size_t where;
	char text[700];

	if (!t.guard || !t.fresh)
		fail_msg("%s: no guard for %s", r->id, p->regex);
	t.code =
		pcre2_compile((PCRE2_SPTR)p->regex, PCRE2_ZERO_TERMINATED, 0, &error, &where, NULL);
	assert_non_null(t.code);
	t.md = pcre2_match_data_create_from_pattern(t.code, NULL);
	for (size_t k = 0; k < p->n_anchors; k++) {
		for (int i = 0; i < 12; i++) {
			size_t n = random_text(seed, r, p->anchors[k], text, sizeof text);

			try_places(&t, k, span_of(text, n));
		}
	}
	for (size_t i = 0; i < r->n_examples; i++)
		for (size_t k = 0; k < p->n_anchors; k++)
			try_places(&t, k, span_str(r->examples[i].text));
	try_dense(&t, r, seed);
	all->passed += t.passed;
	all->refused += t.refused;
	all->found += t.found;
	pcre2_match_data_free(t.md);
	pcre2_code_free(t.code);
	guard_free(t.guard);
	guard_free(t.fresh);
}

static void
shipped_rules(void **state)
{
	uint64_t seed = 4;
	struct trial all = {0};

	(void)state;
	for (size_t i = 0; i < shipped.n; i++) {
		const struct rule *r = &shipped.rules[i];

		for (size_t j = 0; j < r->n_patterns; j++)
			if (r->patterns[j].shape == SHAPE_NONE)
				try_pattern(r, &r->patterns[j], &seed, &all);
	}
	assert_true(all.found > 500);
	assert_true(all.refused > all.passed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_away),
		cmocka_unit_test(unknown),
		cmocka_unit_test_setup_teardown(shipped_rules, load, unload),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
