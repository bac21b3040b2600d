/* tally: counts and distinct values are exact whatever the number, and classes join as they must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fpset.h"
#include "tally.h"

static const struct pattern plain = {.alone = CONF_LOW};
static const struct pattern lifting = {.repeat = 10, .repeated = CONF_MEDIUM};
static const struct pattern shaped = {.shape = SHAPE_CARD, .alone = CONF_MEDIUM};
static const struct rule rules[] = {
	{.id = "a-rule", .index = 0, .patterns = &plain, .n_patterns = 1},
	{.id = "b-rule", .index = 1, .patterns = &lifting, .n_patterns = 1},
	{.id = "c-list", .index = 2, .patterns = &plain, .n_patterns = 1, .min_count = 5},
	{.id = "d-card", .index = 3, .patterns = &shaped, .n_patterns = 1},
};
static const struct ruleset rs = {.rules = rules, .n = 4};

struct got {
	struct finding f;
	size_t findings, runs, values;
	uint64_t last;
};

static int
on_run(void *user, uint16_t rule, const uint64_t *fp, size_t n)
{
	struct got *g = user;

	(void)rule;
	assert_true(n > 0 && n <= LIMIT_RUN);
	for (size_t i = 1; i < n; i++)
		assert_true(fp[i - 1] < fp[i]);
	g->runs++;
	g->values += n;
	return 0;
}

static int
on_finding(void *user, const struct finding *f)
{
	struct got *g = user;

	g->f = *f;
	g->findings++;
	return 0;
}

static void
no_place(void *user, const struct hit *h, struct place *p)
{
	(void)user;
	*p = (struct place){.kind = PLACE_LINE, .line = h->start, .col = 1};
}

static void
give(struct tally *t, struct got *g, int rule, enum confidence c, unsigned value, bool capped)
{
	struct hit h = {.rule = &rules[rule],
		.pattern = rules[rule].patterns,
		.confidence = c,
		.capped = capped};
	const struct tally_out out = {on_run, on_finding, g};

	h.normal_n = (uint8_t)snprintf(h.normal, sizeof h.normal, "%u", value);
	(void)snprintf(h.masked, sizeof h.masked, "***%u", value % 10);
	(void)snprintf(h.why[0], sizeof h.why[0], "because");
	assert_int_equal(tally_hit(t, &h, no_place, NULL, &out), 0);
}

static void
named_place(void *user, const struct hit *h, struct place *p)
{
	*p = (struct place){.kind = PLACE_CELL, .row = h->start + 1, .column = 1};
	(void)snprintf(p->name, sizeof p->name, "%s", (const char *)user);
}

static void
hit(struct tally *t, struct got *g, int rule, enum confidence c, unsigned value)
{
	give(t, g, rule, c, value, false);
}

static void
hit_capped(struct tally *t, struct got *g, int rule, enum confidence c, unsigned value)
{
	give(t, g, rule, c, value, true);
}

static struct got
finish(struct tally *t, struct got *g)
{
	const struct tally_out out = {on_run, on_finding, g};

	assert_int_equal(tally_end(t, "text/plain", false, &out), 0);
	return *g;
}

static struct tally *
fresh(void)
{
	static const uint8_t key[16] = {1, 2, 3};
	struct tally *t = NULL;

	assert_int_equal(tally_new(&rs, key, &t), 0);
	return t;
}

static void
test_counts(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 412; i++)
		hit(t, &g, 0, CONF_HIGH, i % 400);
	for (unsigned i = 0; i < 50; i++)
		hit(t, &g, 0, CONF_LOW, 1000 + i);
	finish(t, &g);
	assert_int_equal(g.findings, 1);
	assert_int_equal(g.f.count, 412);
	assert_int_equal(g.f.unique, 400);
	assert_int_equal(g.f.confidence, CONF_HIGH);
	assert_int_equal(g.f.n_at, LIMIT_PLACES);
	assert_int_equal(g.f.n_why, 1);
	assert_int_equal(g.values, 400);
	/* the next item starts from nothing */
	g = (struct got){0};
	finish(t, &g);
	assert_int_equal(g.findings, 0);
	tally_free(t);
}

static void
test_many_runs(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 200000; i++)
		hit(t, &g, 0, CONF_MEDIUM, i);
	finish(t, &g);
	assert_int_equal(g.f.count, 200000);
	assert_int_equal(g.f.unique, 0); /* the other side merges the runs */
	assert_int_equal(g.values, 200000);
	assert_true(g.runs >= 3);
	tally_free(t);
}

static void
test_repetition(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 9; i++)
		hit(t, &g, 1, CONF_NONE, i);
	finish(t, &g);
	assert_int_equal(g.findings, 0);
	for (unsigned i = 0; i < 10; i++)
		hit(t, &g, 1, i ? CONF_NONE : CONF_LOW, i);
	finish(t, &g);
	assert_int_equal(g.findings, 1);
	assert_int_equal(g.f.confidence, CONF_MEDIUM);
	assert_int_equal(g.f.count, 10);
	assert_int_equal(g.f.unique, 10);
	assert_true(g.f.evidence & EV_REPEAT);
	/* ten times the same one is no repetition */
	g = (struct got){0};
	for (unsigned i = 0; i < 30; i++)
		hit(t, &g, 1, CONF_NONE, 7);
	finish(t, &g);
	assert_int_equal(g.findings, 0);
	tally_free(t);
}

/* A set that has been drained is empty, whatever its memory still holds. */
static void
test_drained_twice(void **state)
{
	struct fpset s = {0};
	uint64_t *run;

	(void)state;
	for (uint64_t i = 1; i <= 100; i++)
		assert_int_equal(fpset_add(&s, i * 0x9E3779B97F4A7C15u), 1);
	assert_int_equal(fpset_drain(&s, &run), 100);
	assert_int_equal(fpset_drain(&s, &run), 0);
	assert_int_equal(fpset_add(&s, 7), 1);
	assert_int_equal(fpset_add(&s, 7), 0);
	assert_int_equal(fpset_drain(&s, &run), 1);
	fpset_free(&s);
}

/* Card-like numbers of which most fail the check: those that pass do so by chance. */
static void
test_chance(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		hit(t, &g, 3, CONF_MEDIUM, i);
	tally_misses(t, &rules[3], 200);
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_LOW);
	assert_int_equal(g.f.count, 20);
	/* few failures say nothing */
	for (unsigned i = 0; i < 20; i++)
		hit(t, &g, 3, CONF_MEDIUM, i);
	tally_misses(t, &rules[3], 30);
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_MEDIUM);
	assert_int_equal(g.f.count, 20);
	/* what a word stands beside is not by chance */
	for (unsigned i = 0; i < 3; i++)
		hit(t, &g, 3, CONF_HIGH, i);
	for (unsigned i = 0; i < 20; i++)
		hit(t, &g, 3, CONF_MEDIUM, 100 + i);
	tally_misses(t, &rules[3], 200);
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_HIGH);
	assert_int_equal(g.f.count, 3);
	tally_free(t);
}

/* A few that fail among many that pass are no sign of chance: a list with foreign numbers in it. */
static void
test_no_chance(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 412; i++)
		hit(t, &g, 1, CONF_LOW, i);
	tally_misses(t, &rules[1], 20);
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_MEDIUM);
	assert_int_equal(g.f.count, 412);
	tally_free(t);
}

/* What a header or a word speaks against is low however often it comes, and lifts nothing. */
static void
test_capped(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 412; i++)
		hit_capped(t, &g, 1, CONF_LOW, i);
	finish(t, &g);
	assert_int_equal(g.findings, 1);
	assert_int_equal(g.f.confidence, CONF_LOW);
	assert_int_equal(g.f.count, 412);
	assert_int_equal(g.f.unique, 412);
	/* beside a true list they are not counted with it */
	g = (struct got){0};
	for (unsigned i = 0; i < 412; i++)
		hit_capped(t, &g, 1, CONF_LOW, i);
	for (unsigned i = 0; i < 20; i++)
		hit(t, &g, 1, CONF_LOW, 1000 + i);
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_MEDIUM);
	assert_int_equal(g.f.count, 20);
	/* without a confidence of their own they are nothing */
	g = (struct got){0};
	for (unsigned i = 0; i < 412; i++)
		hit_capped(t, &g, 1, CONF_NONE, i);
	finish(t, &g);
	assert_int_equal(g.findings, 0);
	tally_free(t);
}

/* A mail has its table twice: what a header doubts in one is not lifted in the other. */
static void
test_doubted(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		hit(t, &g, 1, CONF_LOW, i);
		hit_capped(t, &g, 1, CONF_LOW, i);
	}
	finish(t, &g);
	assert_int_equal(g.findings, 1);
	assert_int_equal(g.f.confidence, CONF_LOW);
	assert_int_equal(g.f.unique, 40);
	/* ten more that nothing doubts do it */
	g = (struct got){0};
	for (unsigned i = 0; i < 40; i++) {
		hit_capped(t, &g, 1, CONF_LOW, i);
		hit(t, &g, 1, CONF_LOW, i + 30);
	}
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_MEDIUM);
	/* nor does the form of a number make it medium there */
	g = (struct got){0};
	for (unsigned i = 0; i < 3; i++) {
		hit(t, &g, 3, CONF_MEDIUM, i);
		hit_capped(t, &g, 3, CONF_LOW, i);
	}
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_LOW);
	g = (struct got){0};
	for (unsigned i = 0; i < 3; i++)
		hit(t, &g, 3, CONF_MEDIUM, i);
	hit_capped(t, &g, 3, CONF_LOW, 0);
	finish(t, &g);
	assert_int_equal(g.f.confidence, CONF_MEDIUM);
	tally_free(t);
}

static void
test_min_count(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		hit(t, &g, 2, CONF_HIGH, i);
	finish(t, &g);
	assert_int_equal(g.findings, 0);
	for (unsigned i = 0; i < 5; i++)
		hit(t, &g, 2, CONF_HIGH, i);
	finish(t, &g);
	assert_int_equal(g.findings, 1);
	tally_free(t);
}

/* What an item before had in a class that this one leaves empty does not come back. */
static void
test_nothing_stays(void **state)
{
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		hit(t, &g, 1, CONF_LOW, 1000 + i);
	finish(t, &g);
	assert_int_equal(g.f.unique, 5);
	g = (struct got){0};
	for (unsigned i = 0; i < 20; i++)
		hit(t, &g, 1, CONF_MEDIUM, i);
	finish(t, &g);
	assert_int_equal(g.f.count, 20);
	assert_int_equal(g.f.unique, 20);
	assert_int_equal(g.values, 20);
	tally_free(t);
}

static void
test_name_and_judgement(void **state)
{
	struct judgement j = {.rule = &rules[0], .confidence = CONF_HIGH, .count = 14};
	struct tally *t = fresh();
	struct got g = {0};

	(void)state;
	tally_name(t, &rules[1], CONF_LOW, "the name says so");
	finish(t, &g);
	assert_int_equal(g.f.via, VIA_NAME);
	assert_int_equal(g.f.count, 1);
	assert_string_equal(g.f.why[0], "the name says so");
	assert_int_equal(tally_judge(t, &j), 0);
	assert_int_equal(tally_judge(t, &j), 0);
	finish(t, &g);
	assert_int_equal(g.f.count, 28);
	assert_int_equal(g.f.via, VIA_STRUCTURE);
	tally_free(t);
}

/* What a sheet is called is content: a number of a person in it goes no further than one in a cell. */
static void
test_sheet_names(void **state)
{
	static char secret[] = "SSN 862-43-5549", month[] = "Payroll 2014-11";
	struct tally *t = fresh();
	struct got g = {0};
	const struct tally_out out = {on_run, on_finding, &g};
	struct hit h = {.rule = &rules[0],
		.pattern = rules[0].patterns,
		.confidence = CONF_HIGH,
		.normal = "1",
		.normal_n = 1};

	(void)state;
	assert_int_equal(tally_hit(t, &h, named_place, secret, &out), 0);
	assert_int_equal(tally_hit(t, &h, named_place, month, &out), 0);
	finish(t, &g);
	assert_int_equal(g.f.n_at, 2);
	assert_string_equal(g.f.at[0].name, "SSN ***-**-5549");
	assert_string_equal(g.f.at[1].name, "Payroll 2014-11");
	tally_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts),
		cmocka_unit_test(test_many_runs), cmocka_unit_test(test_repetition),
		cmocka_unit_test(test_chance), cmocka_unit_test(test_no_chance),
		cmocka_unit_test(test_capped), cmocka_unit_test(test_doubted),
		cmocka_unit_test(test_drained_twice), cmocka_unit_test(test_min_count),
		cmocka_unit_test(test_nothing_stays), cmocka_unit_test(test_name_and_judgement),
		cmocka_unit_test(test_sheet_names)};

	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
