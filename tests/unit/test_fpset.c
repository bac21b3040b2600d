/* fpset: what is put in comes out once, in order, whether few or as many as it holds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fpset.h"
#include "limits.h"

static uint64_t
next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *state ^ *state >> 29;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* n values, of `bits` bits each, put in twice, against qsort(). */
static void
drains_in_order(struct fpset *s, size_t n, unsigned bits)
{
	uint64_t *want = calloc(n + 1, sizeof *want), *run, state = n * 64 + bits;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t fp = next(&state) >> (64 - bits);
		int r = fpset_add(s, fp);

		assert_true(r == 0 || r == 1);
		if (r == 1)
			want[k++] = fp ? fp : 1;
		assert_int_equal(fpset_add(s, fp), k == LIMIT_RUN ? -ENOSPC : 0);
	}
	qsort(want, k, sizeof *want, by_value);
	assert_int_equal(fpset_drain(s, &run), k);
	for (size_t i = 0; i < k; i++)
		assert_true(run[i] == want[i]);
	assert_int_equal(fpset_drain(s, &run), 0);
	free(want);
}

static void
test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 31, 47, 48, 49, 64, 65, 1000, 20000, LIMIT_RUN};
	struct fpset s = {0};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		drains_in_order(&s, sizes[i], 64);
		drains_in_order(&s, sizes[i] / 8, 12);
	}
	fpset_free(&s);
}

static void
test_common(void **state)
{
	struct fpset a = {0}, b = {0};
	uint64_t *run;

	(void)state;
	for (uint64_t i = 0; i < 100; i++) {
		assert_int_equal(fpset_add(&a, i * 3 + 5), 1);
		assert_int_equal(fpset_add(&b, i * 2 + 5), 1);
	}
	assert_int_equal(fpset_common(&a, &b), 34);
	assert_true(fpset_has(&a, 8));
	assert_false(fpset_has(&a, 9));
	assert_int_equal(fpset_drain(&a, &run), 100);
	assert_false(fpset_has(&a, 8));
	assert_int_equal(fpset_common(&a, &b), 0);
	fpset_free(&a);
	fpset_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_common),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
