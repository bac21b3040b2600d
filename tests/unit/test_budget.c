/* budget: what is left of bytes and items, once and for all levels; time an item. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "budget.h"
#include "limits.h"

static void
test_bytes(void **state)
{
	struct budget b;

	(void)state;
	budget_start(&b, 10, NULL);
	assert_int_equal(b.bytes, LIMIT_UNPACKED_MIN);
	assert_int_equal(budget_bytes(&b, LIMIT_UNPACKED_MIN), 0);
	assert_int_equal(budget_bytes(&b, 0), 0);
	assert_int_equal(budget_bytes(&b, 1), -EFBIG);
	assert_int_equal(budget_bytes(&b, 0), -EFBIG);
	assert_int_equal(budget_item(&b), -EFBIG);
	budget_start(&b, UINT64_MAX, NULL);
	assert_int_equal(budget_bytes(&b, UINT64_MAX), 0);
}

/* A mailbox of 10 GB holds more mails than an archive may hold members. */
static void
test_items(void **state)
{
	struct budget b;

	(void)state;
	budget_start(&b, 10, NULL);
	for (uint32_t i = 0; i < LIMIT_ITEMS; i++)
		assert_int_equal(budget_item(&b), 0);
	assert_int_equal(budget_item(&b), -E2BIG);
	budget_start(&b, 10 * GIB, NULL);
	assert_true(b.items > 10 * (uint64_t)LIMIT_ITEMS);
}

/* The limit of time grows with the size: 100 GB of text take minutes, and are read to their end. */
static void
test_time(void **state)
{
	struct budget small, large;
	uint64_t left, end;

	(void)state;
	budget_start(&small, 10, NULL);
	budget_start(&large, 100 * GIB, NULL);
	assert_true(large.item_cpu_end > small.item_cpu_end + 10000 * UINT64_C(1000000000));
	end = small.item_cpu_end;
	left = budget_item_begin(&small, UINT64_MAX);
	assert_true(small.item_cpu_end >= end);
	/* a child whose time is up: its parent goes on */
	small.item_cpu_end = 0;
	for (int i = 0; i < 64; i++)
		(void)budget_tick(&small);
	assert_int_equal(budget_tick(&small), -ETIME);
	budget_item_end(&small, left);
	assert_int_equal(budget_tick(&small), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_items), cmocka_unit_test(test_time)};

	return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
