/* Line items: which rows count, what must be there, and that large tables are soon left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "classify/labels.h"

#include "base/poison.h"

#define WORDS(...)                                                                                 \
	{                                                                                          \
		.v = (const char *const[]){__VA_ARGS__},                                           \
		.n = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                   \
	}

static const struct table_rule tables[] = {
	{.min_rows = 1,
		.labels = {.words = WORDS("revenue", "cost of sales", "goodwill", "cash", "costs"),
			.must = WORDS("net income", "résultat net"),
			.min_distinct = 3,
			.min_amounts = 2}},
	{.min_rows = 1,
		.labels = {.words = WORDS("camera", "cash"), .min_distinct = 2, .min_amounts = 0}},
};
static const struct rule rules[] = {
	{.id = "none", .index = 0},
	{.id = "statement", .index = 1, .tables = tables, .n_tables = 2},
};
static const struct ruleset set = {.rules = rules, .n = 2};

static void
row(struct labels *l, uint64_t number, const char *a, const char *b, const char *c)
{
	const char *const v[] = {a, b, c};
	struct cell cells[3];
	size_t n = 0;

	for (uint32_t i = 0; i < 3; i++)
		if (v[i])
			cells[n++] = (struct cell){.col = i + 1, .text = span_str(v[i])};
	labels_row(l, number, cells, n);
}

static void
test_seen(void **state)
{
	struct labels *l = NULL;
	struct labels_seen s;

	(void)state;
	assert_int_equal(labels_new(&set, &l), 0);
	for (int again = 0; again < 2; again++) {
		labels_begin(l);
		row(l, 1, "Statement", "2014", NULL);
		row(l, 2, "REVENUE", "1,200.00", NULL);
		row(l, 3, "100", "Cost of sales, total", "700.00");
		row(l, 4, "Revenue", NULL, NULL);
		assert_false(labels_seen(l, &tables[0]).there);
		row(l, 5, "Resultat net", "500.00", NULL); /* without its accent */
		s = labels_seen(l, &tables[0]);
		assert_true(s.there);
		assert_int_equal(s.rows, 4);
		assert_int_equal(s.first_row, 2);
		assert_int_equal(s.column, 1);
		assert_string_equal(s.words[0], "revenue");
		assert_string_equal(s.words[1], "cost of sales");
		assert_false(labels_seen(l, &tables[1]).there);
		row(l, 6, "Cash for the camera", NULL, NULL);
		assert_true(labels_seen(l, &tables[1]).there);
		assert_int_equal(labels_seen(l, &tables[1]).rows, 1);
	}
	labels_free(l);
	labels_free(NULL);
}

static void
test_not_seen(void **state)
{
	struct labels *l = NULL;

	(void)state;
	assert_int_equal(labels_new(&set, &l), 0);
	labels_begin(l);
	row(l, 1, "Revenue", "1.00", NULL);
	row(l, 2, "Goodwill", "2.00", NULL);
	row(l, 3, "Cash", "3.00", NULL); /* none of those that must be */
	assert_false(labels_seen(l, &tables[0]).there);
	labels_begin(l);
	row(l, 1, "Revenues", "1.00", NULL);
	row(l, 2, "Scost of sales", "2.00", NULL);
	row(l, 3, "a", "b", "Net income"); /* not at the row's beginning is well ... */
	row(l, 4, "12.00", "13.00", "14.00");
	assert_int_equal(labels_seen(l, &tables[0]).rows, 1); /* ... within three cells */
	assert_int_equal(labels_seen(l, NULL).rows, 0);
	labels_free(l);
}

/* Behind many rows without a line item none is looked for any more. */
static void
test_late(void **state)
{
	struct labels *l = NULL;

	(void)state;
	assert_int_equal(labels_new(&set, &l), 0);
	labels_begin(l);
	for (uint64_t i = 1; i <= 200; i++)
		row(l, i, "something else", "1.00", NULL);
	row(l, 201, "Revenue", "1.00", NULL);
	assert_int_equal(labels_seen(l, &tables[0]).rows, 0);
	labels_begin(l);
	row(l, 1, "Revenue", "1.00", NULL);
	for (uint64_t i = 2; i <= 200; i++)
		row(l, i, "something else", "1.00", NULL);
	row(l, 201, "Goodwill", "1.00", NULL);
	assert_int_equal(labels_seen(l, &tables[0]).rows, 2);
	labels_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_not_seen),
		cmocka_unit_test(test_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
