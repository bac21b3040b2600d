/* The shipped rules load, are whole, and agree with their own examples as far as PCRE2 alone can tell. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "rules.h"

static void
read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char piece[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_put(b, piece, n);
	(void)fclose(f);
}

static const char *
rules_dir(void)
{
	const char *d = getenv("LEAKAUDIT_RULES_DIR");

	return d ? d : "config/rules";
}

static void
load_shipped(struct ruleset *rs)
{
	DIR *d = opendir(rules_dir());
	struct dirent *de;

	if (!d)
		fail_msg("run from the top of the tree: no %s", rules_dir());
	while ((de = readdir(d))) {
		size_t n = strlen(de->d_name);
		struct buf b = {.max = 0};
		struct rules_error e;
		char path[512];

		if (n < 5 || strcmp(de->d_name + n - 5, ".yaml") != 0)
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", rules_dir(), de->d_name);
		read_file(path, &b);
		if (rules_add(rs, path, buf_span(&b), &e))
			fail_msg("%s:%u:%u: %s", e.file, e.line, e.column, e.message);
		buf_free(&b);
	}
	(void)closedir(d);
	assert_int_equal(rules_finish(rs), 0);
}

/* Shipped empty, for a site's own words: there is nothing yet that it could find. */
static bool
waits_for_terms(const struct rule *r)
{
	return r->n_patterns == 1 && r->patterns[0].shape == SHAPE_TERM && r->n_terms == 0;
}

static void
shipped_rules_are_whole(void **state)
{
	static const char *const ids[] = {"us-ssn", "us-itin", "ca-sin", "uk-nino", "payment-card",
		"iban", "us-bank-account", "passport-number", "passport-mrz", "date-of-birth",
		"private-key", "token", "connection-string", "gpp-cpassword", "password-hash",
		"password-assignment", "password-list", "password-file", "salary-sheet",
		"contact-list", "file-listing", "severance-sheet", "budget-sheet",
		"financial-statement", "social-account", "alias-list", "medical-record",
		"network-inventory", "drivers-license", "watch-term"};
	struct ruleset rs = {.n = 0};

	(void)state;
	load_shipped(&rs);
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (!rules_find(&rs, ids[i]))
			fail_msg("no rule %s", ids[i]);
	for (uint16_t i = 0; i < rs.n; i++) {
		const struct rule *r = &rs.rules[i];
		size_t good = 0;

		for (size_t k = 0; k < r->n_examples; k++)
			good += r->examples[k].good;
		if ((good < 3 && !waits_for_terms(r)) || r->n_examples - good < 5)
			fail_msg("%s: 3 good and 5 bad examples at least", r->id);
		if (!r->about || !r->advice || !r->refs)
			fail_msg("%s: about, advice and refs", r->id);
	}
	rules_free(&rs);
}

static bool
holds_anchor(const struct pattern *p, const char *text)
{
	for (size_t i = 0; i < p->n_anchors; i++)
		if (strcasestr(text, p->anchors[i]))
			return true;
	return false;
}

/* Does the pattern find a value in text that its check and requirements accept? */
static bool
pattern_finds(const struct rule *r, const struct pattern *p, const char *text)
{
	size_t n = strlen(text), at = 0;
	pcre2_match_data *md;
	pcre2_code *code;
	PCRE2_SIZE off;
	bool found = false;
	int err, group;

	code = pcre2_compile((PCRE2_SPTR)p->regex, PCRE2_ZERO_TERMINATED, PCRE2_NEVER_BACKSLASH_C,
		&err, &off, NULL);
	if (!code)
		fail_msg("%s:%u: regex of %s, offset %zu, error %d", r->file, p->line, r->id, off,
			err);
	group = pcre2_substring_number_from_name(code, (PCRE2_SPTR) "value");
	md = pcre2_match_data_create_from_pattern(code, NULL);
	while (!found && at <= n &&
		pcre2_match(code, (PCRE2_SPTR)text, n, at, PCRE2_NOTEMPTY, md, NULL) > 0) {
		PCRE2_SIZE *ov = pcre2_get_ovector_pointer(md);
		PCRE2_SIZE from = ov[0], to = ov[1];
		struct verdict v;
		struct span s;

		if (group > 0 && ov[2 * group] != PCRE2_UNSET) {
			from = ov[2 * group];
			to = ov[2 * group + 1];
		}
		s = span_of(text + from, to - from);
		found = holds_anchor(p, text) && s.n >= p->require.min_len &&
			(!p->require.max_len || s.n <= p->require.max_len) &&
			check_classes(s) >= p->require.classes &&
			check_entropy(s) >= p->require.entropy &&
			!(p->require.no_placeholder && check_placeholder(s)) &&
			(!p->check || p->check->fn(s, span_of(text, n), &v));
		if (ov[1] - ov[0] > (PCRE2_SIZE)p->before + p->after + 300)
			fail_msg("%s:%u: match of %zu bytes is wider than its window", r->file,
				p->line, ov[1] - ov[0]);
		at = ov[1] > at ? ov[1] : at + 1;
	}
	pcre2_match_data_free(md);
	pcre2_code_free(code);
	return found;
}

static bool
rule_finds(const struct rule *r, const struct example *x)
{
	for (size_t i = 0; i < r->n_patterns; i++) {
		const struct pattern *p = &r->patterns[i];

		/* what is doubtful alone may be found in a bad example: the engine sees the rest */
		if (p->regex && (x->good || p->alone >= CONF_MEDIUM) &&
			pattern_finds(r, p, x->text))
			return true;
	}
	return false;
}

/* Shapes, tables and names are the engine's; examples in cells are the table stage's. */
static bool
only_regex(const struct rule *r)
{
	for (size_t i = 0; i < r->n_patterns; i++)
		if (!r->patterns[i].regex)
			return false;
	return r->n_patterns && !r->n_tables && !r->name && !r->classifier;
}

static void
examples_agree_with_patterns(void **state)
{
	struct ruleset rs = {.n = 0};
	size_t tried = 0, wrong = 0;

	(void)state;
	load_shipped(&rs);
	for (uint16_t i = 0; i < rs.n; i++) {
		const struct rule *r = &rs.rules[i];

		for (size_t k = 0; only_regex(r) && k < r->n_examples; k++) {
			const struct example *x = &r->examples[k];

			tried++;
			if (x->cells || x->base64 || rule_finds(r, x) == x->good)
				continue;
			print_error("%s:%u: %s example of %s: %s\n", r->file, x->line,
				x->good ? "good" : "bad", r->id, x->good ? "not found" : "found");
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	assert_true(tried > 50);
	rules_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_rules_are_whole),
		cmocka_unit_test(examples_agree_with_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
