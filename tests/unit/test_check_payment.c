/* Checks of payment numbers: test numbers of the schemes, registry specimens, neighbours, chance. */
#include "checking.h"

#include "detect/detect.h"

static void
luhn(void **state)
{
	(void)state;
	assert_true(luhn_ok("79927398713", 11)); /* the worked example of the standard's annex */
	for (char c = '0'; c <= '9'; c++) {
		char s[] = "79927398710";

		s[10] = c;
		assert_int_equal(luhn_ok(s, 11), c == '3');
	}
	assert_false(luhn_ok("", 0));
	assert_false(luhn_ok("0", 1));
}

static void
card_test_numbers(void **state)
{
	static const char *const numbers[] = {"4111111111111111", "4012888888881881",
		"4222222222222", "4242424242424242", "5555555555554444", "5105105105105100",
		"2223003122003222", "378282246310005", "371449635398431", "6011111111111117",
		"30569309025904", "38520000023237", "3530111333300000", "5610591081018250", NULL};

	(void)state;
	for (size_t i = 0; numbers[i]; i++) {
		char wrong[20] = "";
		size_t n = strlen(numbers[i]);

		assert_true(is_sample("card", numbers[i]));
		memcpy(wrong, numbers[i], n);
		wrong[n - 1] = (char)('0' + (wrong[n - 1] - '0' + 1) % 10);
		want("card", wrong, false);
	}
}

/* Appends the check digit and tells whether the card is accepted. */
static bool
card_of(const char *lead, size_t n)
{
	char s[20] = "2938475610293847561";

	memcpy(s, lead, strlen(lead));
	s[n] = 0;
	for (char c = '0'; c <= '9'; c++) {
		s[n - 1] = c;
		if (luhn_ok(s, n))
			break;
	}
	return good(n > 16 ? "card-in-row" : "card", s);
}

static void
card_ranges(void **state)
{
	(void)state;
	assert_true(card_of("400483", 16));
	assert_true(card_of("400483", 13));
	assert_true(card_of("400483", 19));
	assert_false(card_of("400483", 15));
	assert_true(card_of("510483", 16));
	assert_false(card_of("500483", 16));
	assert_false(card_of("560483", 16));
	assert_false(card_of("222099", 16));
	assert_true(card_of("222100", 16));
	assert_true(card_of("272099", 16));
	assert_false(card_of("272100", 16));
	assert_true(card_of("340483", 15));
	assert_false(card_of("350483", 15));
	assert_true(card_of("370483", 15));
	assert_true(card_of("644483", 16));
	assert_false(card_of("643483", 16));
	assert_true(card_of("659483", 16));
	assert_true(card_of("352800", 16));
	assert_false(card_of("352799", 16));
	assert_true(card_of("305483", 14));
	assert_false(card_of("306483", 14));
	assert_false(card_of("111111", 16));
}

static void
card_forms(void **state)
{
	(void)state;
	expect_normal("card", "4004 8392 7156 0186", "4004839271560186");
	expect_normal("card", "4004-8392-7156-0186", "4004839271560186");
	/* UnionPay without a check digit only in groups, and only with other evidence */
	want("card", "6219 3847 5610 2931", false);
	want("card-in-row", "6219 3847 5610 2931", true);
	want("card-in-row", "6219384756102931", false);
	want("card-in-row", "4004 8392 7156 0186", false);
	/* few different digits */
	want("card", "5354 5252 9252 2650", false);
	want("card-in-row", "5354 5252 9252 2650", true);
	want("card-in-row", "9999 9999 9999 9995", false);
	want("card", "4000 4001 4002 4003", false);
	want("card", "4000000000000000000000", false);
	want("card", "", false);
}

/* Whether the number is taken where it stands in text. */
static bool
card_in(const char *text)
{
	static const char number[] = "4004839271560186";
	const char *at = strstr(text, number);
	struct verdict v;

	assert_non_null(at);
	return check_find("card")->fn(span_of(at, sizeof number - 1), span_str(text), &v);
}

static void
card_neighbours(void **state)
{
	(void)state;
	assert_true(card_in("card 4004839271560186."));
	assert_true(card_in("4004839271560186"));
	assert_true(card_in("see above. 4004839271560186 and"));
	assert_false(card_in("0.4004839271560186"));
	assert_false(card_in("7,4004839271560186"));
	assert_false(card_in("4004839271560186.25"));
	assert_false(card_in("f4004839271560186"));
	assert_false(card_in("4004839271560186e"));
}

/* Rows of groups are tables of codes. */
static void
card_in_a_row_of_groups(void **state)
{
	static const char *const rows[] = {"1111 4004 8392 7156 0186", "4004 8392 7156 0186 8f02",
		"1 4004 8392 7156 0186 0", "2F430 4004 8392 7156 0186"};
	static const char *const texts[] = {"visa 4004 8392 7156 0186 09/17",
		"1. 4004 8392 7156 0186", "4004 8392 7156 0186 of Eva", "(4004 8392 7156 0186)"};
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct span row = span_str(rows[i]), text = span_str(texts[i]);
		struct span at = span_of(strstr(rows[i], "4004"), 19);
		struct span in = span_of(strstr(texts[i], "4004"), 19);

		assert_false(check_find("card")->fn(at, row, &v));
		assert_true(check_find("card-in-row")->fn(at, row, &v));
		assert_true(check_find("card")->fn(in, text, &v));
		assert_false(check_find("card-in-row")->fn(in, text, &v));
	}
}

static void
iban_specimens(void **state)
{
	struct verdict v;

	(void)state;
	assert_true(is_sample("iban", "GB82 WEST 1234 5698 7654 32"));
	assert_true(is_sample("iban", "DE89370400440532013000"));
	assert_true(is_sample("iban", "FR14 2004 1010 0505 0001 3M02 606"));
	want("iban", "GB82 WEST 1234 5698 7654 33", false);
	want("iban", "DE00955897884880367675", false); /* add up, but are never given */
	want("iban", "DE01861903177264177614", false);
	want("iban", "DE99019446277377139153", false);
	want("iban", "GB28 WEST 1234 5698 7654 32", false);
	want("iban", "NO9386011117947", true);
	want("iban", "MT84MALT011000012345MTLCAST001S", true);
	want("iban", "XX82WEST12345698765432", false);
	want("iban", "DE8937040044053201300", false);
	want("iban", "DE893704004405320130000", false);
	want("iban", "DEAB370400440532013000", false);
	/* the shape may have taken words behind the number */
	expect_normal("iban", "DE89 3704 0044 0532 0130 00 PLEASE PAY", "DE89370400440532013000");
	assert_true(try_check("iban", span_str("de89370400440532013000"), &v));
	assert_true(v.strong && v.checksum);
}

static void
aba_numbers(void **state)
{
	(void)state;
	expect_normal("aba", "021000021", "021000021");
	want("aba", "011401533", true);
	want("aba", "021000022", false);
	want("aba", "000000000", false);
	want("aba", "131000028", false);
	want("aba", "02100002", false);
	want("aba", "0210000210", false);
}

/* Theory: Visa 16 with Luhn 1/10 less plain ones; ABA (13+12+12+1)/100 of 1/10. */
static void
chance(void **state)
{
	unsigned n = acceptance("card", 16, "4", 4);

	(void)state;
	assert_between(n, 90000, 100500);
	n = acceptance("card", 16, "", 5);
	assert_between(n, 15000, 32000);
	assert_between(acceptance("aba", 9, "", 6), 36500, 39500);
}

/* Letters and digits of the German form pass once in 97. */
static void
chance_iban(void **state)
{
	const struct check *c = check_find("iban");
	unsigned accepted = 0;
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		char s[22] = "DE";
		struct verdict v;

		for (size_t k = 2; k < sizeof s; k++)
			s[k] = (char)('0' + draw(&seed) % 10);
		accepted += c->fn(span_of(s, sizeof s), span_of(s, sizeof s), &v);
	}
	assert_between(accepted, 9800, 10800);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(luhn),
		cmocka_unit_test(card_test_numbers),
		cmocka_unit_test(card_ranges),
		cmocka_unit_test(card_forms),
		cmocka_unit_test(card_neighbours),
		cmocka_unit_test(card_in_a_row_of_groups),
		cmocka_unit_test(iban_specimens),
		cmocka_unit_test(aba_numbers),
		cmocka_unit_test(chance),
		cmocka_unit_test(chance_iban),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
