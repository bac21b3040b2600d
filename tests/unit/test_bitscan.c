/* The wide and the portable scanner find the same, and what a slow scan of each shape finds. */
#include "match/bitscan.h"
#include "refmatch.h"
#include "testrules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/poison.h"

#define ALL ((1u << SHAPES) - 2)

static void
both_agree(const uint8_t *p, size_t n, uint32_t want)
{
	struct shape_list a = {0}, b = {0};

	bitscan_portable(span_of(p, n), want, &a);
	if (bitscan_wide())
		bitscan_avx2(span_of(p, n), want, &b);
	else
		bitscan(span_of(p, n), want, &b);
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		assert_int_equal(a.v[i].start, b.v[i].start);
		assert_int_equal(a.v[i].n, b.v[i].n);
		assert_int_equal(a.v[i].shape, b.v[i].shape);
	}
	shape_list_free(&a);
	shape_list_free(&b);
}

static void
as_the_slow_scan(const uint8_t *p, size_t n)
{
	struct shape_list fast = {0};

	bitscan(span_of(p, n), ALL, &fast);
	for (enum shape s = 1; s < SHAPES; s++) {
		struct ref_list want = {0}, have = {0};

		for (size_t i = 0; i < fast.n; i++)
			if (fast.v[i].shape == s)
				ref_put(&have,
					(struct ref_hit){
						.start = fast.v[i].start, .n = fast.v[i].n});
		ref_sort(&have);
		ref_shapes(s, span_of(p, n), &want);
		if (ref_compare(&want, &have, "shape") != 0)
			fail_msg("shape %d", (int)s);
		free(want.v);
		free(have.v);
	}
	shape_list_free(&fast);
}

static void
structured(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 200; i++) {
		size_t n = test_random(&seed, 3000);
		uint8_t *p = test_text(&seed, n);

		assert_non_null(p);
		both_agree(p, n, ALL);
		both_agree(p, n, 1u << (1 + test_random(&seed, SHAPES - 1)));
		if (i % 5 == 0)
			as_the_slow_scan(p, n);
		free(p);
	}
}

/* Few different bytes: every near miss there is. */
static void
dense(void **state)
{
	static const char *const alphabets[] = {"0123456789", "01 -", "12 .", "1/0-2", "AB1 2",
		"A<0\n", "a1@.", "+1() -", "12A ", "<", "9", "1 ", "1-", ".1", "@", "a.@",
		("\xC2\xA0"
		 "1")};
	uint64_t seed = 2;

	(void)state;
	for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++) {
		for (int k = 0; k < 8; k++) {
			size_t n = 1 + test_random(&seed, 1500), len = strlen(alphabets[i]);
			uint8_t *p = calloc(1, n + BITSCAN_PAD);

			assert_non_null(p);
			for (size_t j = 0; j < n; j++)
				p[j] = (uint8_t)alphabets[i][test_random(&seed, (uint32_t)len)];
			both_agree(p, n, ALL);
			as_the_slow_scan(p, n);
			free(p);
		}
	}
}

static void
random_bytes(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int k = 0; k < 40; k++) {
		size_t n = test_random(&seed, 5000);
		uint8_t *p = calloc(1, n + BITSCAN_PAD);

		assert_non_null(p);
		for (size_t j = 0; j < n; j++)
			p[j] = (uint8_t)test_random(&seed, 256);
		both_agree(p, n, ALL);
		free(p);
	}
}

static size_t
count_of(const char *s, enum shape shape, size_t pad)
{
	struct shape_list l = {0};
	size_t n = strlen(s), found;
	uint8_t *p = calloc(1, n + pad + BITSCAN_PAD);

	assert_non_null(p);
	memset(p, ' ', pad);
	memcpy(p + pad, s, n);
	bitscan(span_of(p, n + pad), 1u << shape, &l);
	found = l.n;
	free(p);
	shape_list_free(&l);
	return found;
}

/* What is one and what is not, at every place of a block. */
static void
examples(void **state)
{
	static const struct {
		const char *text;
		enum shape shape;
		size_t n;
	} t[] = {{"SSN:078-05-1120", SHAPE_SSN, 1}, {"#078-05-1120.", SHAPE_SSN, 1},
		{"078-05-1120. Next", SHAPE_SSN, 1}, {"(078 05 1120)", SHAPE_SSN, 1},
		{"078-05 1120", SHAPE_SSN, 0}, {"078.05.1120", SHAPE_SSN, 0},
		{"1078-05-1120", SHAPE_SSN, 0}, {"078-05-11201", SHAPE_SSN, 0},
		{"0.078-05-1120", SHAPE_SSN, 0}, {"078-05-1120-4", SHAPE_SSN, 0},
		{"078-05-1120.5", SHAPE_SSN, 0}, {"a078-05-1120", SHAPE_SSN, 0},
		{"12:078-05-1120", SHAPE_SSN, 0}, {"/078-05-1120", SHAPE_SSN, 0},
		{"1 078 05 1120", SHAPE_SSN, 0}, {"5,078-05-1120,x", SHAPE_SSN, 1},
		{"SSN:078051120", SHAPE_DIGITS9, 1}, {"0.078051120", SHAPE_DIGITS9, 0},
		{"078051120@qq.com", SHAPE_DIGITS9, 0}, {"$078051120", SHAPE_DIGITS9, 0},
		{"046 454 286", SHAPE_GROUP333, 1}, {"1 046 454 286", SHAPE_GROUP333, 0},
		{"046.454.286", SHAPE_GROUP333, 1}, {"046.454-286", SHAPE_GROUP333, 0},
		{"4111111111111111", SHAPE_CARD, 1}, {"4111 1111 1111 1111", SHAPE_CARD, 1},
		{"4111 1111 1111 1111 123", SHAPE_CARD, 2}, {"3782-822463-10005", SHAPE_CARD, 1},
		{"0.5309136012499991%", SHAPE_CARD, 0}, {"12345678901234567890", SHAPE_CARD, 0},
		{"GB82WEST12345698765432", SHAPE_IBAN, 1},
		{"GB82 WEST 1234 5698 7654 32", SHAPE_IBAN, 3},
		{"GB8WEST12345698765432", SHAPE_IBAN, 0}, {"AB 12 34 56 C", SHAPE_NINO, 1},
		{"AB123456C", SHAPE_NINO, 1}, {"AB123456E", SHAPE_NINO, 0},
		{"1975-03-07", SHAPE_DATE, 1}, {"7.3.1975", SHAPE_DATE, 1},
		{"03/07/1975", SHAPE_DATE, 1}, {"7-Mar-1975", SHAPE_DATE, 1},
		{"2014-13-01", SHAPE_DATE, 0}, {"1.2.3.4", SHAPE_DATE, 0},
		{"bob@example.com.", SHAPE_EMAIL, 1}, {"bob@example", SHAPE_EMAIL, 0},
		{"@example.com", SHAPE_EMAIL, 0}, {"(415) 555-2671", SHAPE_PHONE, 1},
		{"+44 20 7946 0958", SHAPE_PHONE, 1}, {"415-555-2671", SHAPE_PHONE, 1},
		{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
		 "\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
			SHAPE_MRZ, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		for (size_t pad = 0; pad < 130; pad++) {
			size_t n = count_of(t[i].text, t[i].shape, pad ? pad : 0);

			if (t[i].shape == SHAPE_MRZ ? n == 0 : n != t[i].n)
				fail_msg("'%s' at %zu: %zu", t[i].text, pad, n);
		}
	}
}

/* 256 KiB of the worst: a result in time is the test; lists stay linear in the text. */
static void
adversarial(void **state)
{
	static const char *const units[] = {
		"<<A", "<", "1", "a@", "@", "1-", "AA11 ", "1 ", "A1", "1/1/"};

	(void)state;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = 256 << 10, len = strlen(units[i]);
		uint8_t *p = calloc(1, n + BITSCAN_PAD);
		struct shape_list l = {0};

		assert_non_null(p);
		for (size_t j = 0; j < n; j++)
			p[j] = (uint8_t)units[i][j % len];
		bitscan(span_of(p, n), ALL, &l);
		assert_true(l.n < 2 * n);
		shape_list_free(&l);
		free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(structured),
		cmocka_unit_test(dense),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(examples),
		cmocka_unit_test(adversarial),
	};

	return cmocka_run_group_tests_name("bitscan", tests, NULL, NULL);
}
