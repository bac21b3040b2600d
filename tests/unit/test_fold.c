/* fold: look-alikes become ASCII, everything else stays byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "fold.h"
#include "gen.h"

static void
check(const char *in, const char *want)
{
	uint8_t out[256];
	struct fold_log log = {0};
	size_t n = fold_copy(out, span_str(in), &log);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(out, want, n);
	fold_log_free(&log);
}

static void
test_table(void **state)
{
	(void)state;
	check("", "");
	check("plain ascii, longer than eight bytes", "plain ascii, longer than eight bytes");
	check("862\xE2\x80\x91"
	      "43\xE2\x80\x91"
	      "5549",
		"862-43-5549");
	check("862\xC2\xA0"
	      "43\xC2\xA0"
	      "5549",
		"862 43 5549");
	check("\xEF\xBC\x98\xEF\xBC\x96\xEF\xBC\x92", "862");
	check("soft\xC2\xADhyphen zero\xE2\x80\x8Bwidth", "softhyphen zerowidth");
	check("driver\xE2\x80\x99s \xE2\x80\x9Clicence\xE2\x80\x9D", "driver's \"licence\"");
	check("caf\xC3\xA9 \xE4\xB8\xAD\xF0\x9F\x98\x80",
		"caf\xC3\xA9 \xE4\xB8\xAD\xF0\x9F\x98\x80");
}

static void
test_invalid_stays(void **state)
{
	(void)state;
	check("\xFF\xC2", "\xFF\xC2");
	check("a\xE2\x80", "a\xE2\x80");
	check("\xED\xA0\x80", "\xED\xA0\x80");
}

/* Random bytes never make the result longer, and ASCII passes unchanged. */
static void
test_random(void **state)
{
	struct gen g;
	uint8_t in[300], out[300];
	struct fold_log log = {0};

	(void)state;
	gen_seed(&g, 7);
	for (int i = 0; i < 5000; i++) {
		size_t n = gen_range(&g, 0, 299), k;

		for (k = 0; k < n; k++)
			in[k] = (uint8_t)(i & 1 ? gen_next(&g) : gen_next(&g) & 127);
		k = fold_copy(out, span_of(in, n), &log);
		assert_true(k <= n);
		assert_int_equal(fold_lost(&log, 0, k), n - k);
		if (!(i & 1)) {
			assert_int_equal(k, n);
			assert_memory_equal(in, out, n);
		}
		fold_log_cut(&log, k + 1);
		assert_int_equal(log.n, 0);
	}
	fold_log_free(&log);
}

/* Losses stand where the bytes went missing, and move with the text. */
static void
test_log(void **state)
{
	struct fold_log log = {0};
	uint8_t out[64];

	(void)state;
	/* a b NBSP c ZWSP ZWSP d */
	assert_int_equal(fold_copy(out,
				 span_str("ab\xC2\xA0"
					  "c\xE2\x80\x8B\xE2\x80\x8B"
					  "d"),
				 &log),
		5);
	assert_int_equal(fold_lost(&log, 0, 2), 0);
	assert_int_equal(fold_lost(&log, 0, 3), 1);
	assert_int_equal(fold_lost(&log, 0, 4), 7);
	assert_int_equal(fold_lost(&log, 4, 5), 6);
	log.base = 5;
	assert_int_equal(fold_copy(out + 5, span_str("\xE3\x80\x80"), &log), 1);
	assert_int_equal(fold_lost(&log, 0, 6), 9);
	fold_log_cut(&log, 4);
	assert_int_equal(fold_lost(&log, 0, 0), 6);
	assert_int_equal(fold_lost(&log, 0, 2), 8);
	fold_log_free(&log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table),
		cmocka_unit_test(test_invalid_stays), cmocka_unit_test(test_random),
		cmocka_unit_test(test_log)};

	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
