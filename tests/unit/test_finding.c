/* Words, ladders and the score: the tables of leakaudit-rules(5), and what must never invert. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "finding.h"

#include "base/poison.h"

static void
words_round_trip(void **state)
{
	(void)state;
	for (enum severity s = SEV_LOW; s < SEVERITIES; s++) {
		enum severity got = SEV_INFO;

		assert_int_equal(severity_parse(severity_name(s), &got), 0);
		assert_int_equal(got, s);
	}
	for (enum confidence c = CONF_LOW; c < CONFIDENCES; c++) {
		enum confidence got = CONF_NONE;

		assert_int_equal(confidence_parse(confidence_name(c), &got), 0);
		assert_int_equal(got, c);
	}
	for (enum ladder l = 0; l < LADDERS; l++) {
		enum ladder got = LADDERS;

		assert_int_equal(ladder_parse(ladder_name(l), &got), 0);
		assert_int_equal(got, l);
	}
	assert_string_equal(severity_name(SEVERITIES), "unknown");
	assert_string_equal(via_name(VIA_STRUCTURE), "structure");
	assert_string_equal(reach_name(REACH_EVERYONE), "everyone");
}

static void
other_words_are_refused(void **state)
{
	static const char *const bad[] = {"", "info", "none", "Low", "criticall", "high ", NULL};
	enum severity s = SEV_HIGH;
	enum confidence c = CONF_HIGH;
	enum ladder l = LADDER_NOTICE;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(severity_parse(bad[i], &s), -EINVAL);
		assert_int_equal(confidence_parse(bad[i], &c), -EINVAL);
		assert_int_equal(ladder_parse(bad[i], &l), -EINVAL);
	}
	assert_int_equal(s, SEV_HIGH);
	assert_int_equal(c, CONF_HIGH);
	assert_int_equal(l, LADDER_NOTICE);
}

static const struct grade {
	enum ladder ladder;
	uint64_t unique;
	enum reach reach;
	unsigned marks;
	enum severity want;
} grades[] = {
	{LADDER_PERSONS, 0, REACH_UNKNOWN, 0, SEV_LOW},
	{LADDER_PERSONS, 1, REACH_UNKNOWN, 0, SEV_LOW},
	{LADDER_PERSONS, 1, REACH_EVERYONE, 0, SEV_LOW},
	{LADDER_PERSONS, 2, REACH_UNKNOWN, 0, SEV_MEDIUM},
	{LADDER_PERSONS, 9, REACH_EVERYONE, 0, SEV_MEDIUM},
	{LADDER_PERSONS, 10, REACH_GROUP, 0, SEV_HIGH},
	{LADDER_PERSONS, 10, REACH_EVERYONE, 0, SEV_CRITICAL},
	{LADDER_PERSONS, 999, REACH_NAMED, 0, SEV_HIGH},
	{LADDER_PERSONS, 1000, REACH_UNKNOWN, 0, SEV_CRITICAL},
	{LADDER_PERSONS, 1000, REACH_OWNER, 0, SEV_HIGH},
	{LADDER_PERSONS, 1000, REACH_OWNER, 1, SEV_MEDIUM},
	{LADDER_PERSONS, 1, REACH_OWNER, 2, SEV_LOW},
	{LADDER_CREDENTIAL, 1, REACH_UNKNOWN, 0, SEV_HIGH},
	{LADDER_CREDENTIAL, 1, REACH_EVERYONE, 0, SEV_CRITICAL},
	{LADDER_CREDENTIAL, 5000, REACH_OWNER, 0, SEV_MEDIUM},
	{LADDER_CREDENTIAL, 1, REACH_UNKNOWN, 1, SEV_MEDIUM},
	{LADDER_CREDENTIAL, 1, REACH_UNKNOWN, 2, SEV_LOW},
	{LADDER_DOCUMENT, 1, REACH_GROUP, 0, SEV_MEDIUM},
	{LADDER_DOCUMENT, 1, REACH_EVERYONE, 0, SEV_HIGH},
	{LADDER_DOCUMENT, 1, REACH_OWNER, 0, SEV_LOW},
	{LADDER_NOTICE, UINT64_MAX, REACH_EVERYONE, 0, SEV_LOW},
	{LADDER_NOTICE, 1, REACH_OWNER, 2, SEV_LOW},
};

static void
ladders_grade(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(grades) / sizeof(*grades); i++) {
		const struct grade *g = &grades[i];

		if (finding_severity(g->ladder, g->unique, g->reach, g->marks) != g->want)
			fail_msg("row %zu", i);
	}
}

static void
score_of_the_contract(void **state)
{
	(void)state;
	assert_int_equal(finding_score(SEV_CRITICAL, CONF_HIGH, 3790), 93);
	assert_int_equal(finding_score(SEV_CRITICAL, CONF_HIGH, 1), 90);
	assert_int_equal(finding_score(SEV_CRITICAL, CONF_HIGH, UINT64_MAX), 99);
	assert_int_equal(finding_score(SEV_LOW, CONF_LOW, 0), 11);
}

/* Monotone in each input; a higher severity always outranks at equal confidence. */
static void
score_never_inverts(void **state)
{
	static const uint64_t ns[] = {0, 1, 9, 10, 99, 100, 12345, 1000000000, UINT64_MAX};
	const size_t last = sizeof(ns) / sizeof(*ns) - 1;

	(void)state;
	for (enum confidence c = CONF_LOW; c < CONFIDENCES; c++) {
		for (enum severity s = SEV_LOW; s < SEVERITIES; s++) {
			for (size_t i = 0; i < last; i++)
				assert_true(finding_score(s, c, ns[i]) <=
					finding_score(s, c, ns[i + 1]));
			if (s > SEV_LOW)
				assert_true(finding_score(s, c, 0) >
					finding_score(s - 1, c, UINT64_MAX));
			if (c > CONF_LOW)
				assert_true(finding_score(s, c, 1) > finding_score(s, c - 1, 1));
			assert_true(finding_score(s, c, UINT64_MAX) <= 100);
		}
	}
}

static void
catalogue_is_freed(void **state)
{
	struct catalogue c = {.rules = calloc(2, sizeof(struct rule_info)), .n = 2};

	(void)state;
	assert_non_null(c.rules);
	c.rules[0].id = strdup("us-ssn");
	c.rules[1].about = strdup("about");
	catalogue_free(&c);
	assert_null(c.rules);
	assert_int_equal(c.n, 0);
	catalogue_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_round_trip),
		cmocka_unit_test(other_words_are_refused),
		cmocka_unit_test(ladders_grade),
		cmocka_unit_test(score_of_the_contract),
		cmocka_unit_test(score_never_inverts),
		cmocka_unit_test(catalogue_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
