/* What the cells of a column hold. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "classify/value.h"
#include "gen.h"

#include "base/poison.h"

static void
all(enum value_type type, const char *const *v, bool want)
{
	for (; *v; v++) {
		if (value_is(span_str(*v), type) != want)
			fail_msg("'%s' as type %d: not %d", *v, (int)type, want);
	}
}

#define YES(type, ...) all(type, (const char *const[]){__VA_ARGS__, NULL}, true)
#define NO(type, ...)  all(type, (const char *const[]){__VA_ARGS__, NULL}, false)

static void
test_money(void **state)
{
	(void)state;
	YES(VALUE_MONEY, "$65,000", "65000", "1,234.50", "\xE2\x82\xAC 40.000", "40 000 EUR", "85k",
		"(1,200.00)", "USD 7", "12.50", "CHF 80'000");
	NO(VALUE_MONEY, "", "12", "123456789", "2014-11-24", "10 Main St", "n/a", "a@b.example",
		"10.0.0.1x");
}

static void
test_person(void **state)
{
	(void)state;
	YES(VALUE_PERSON, "Ann Smith", "SMITH, JOHN Q.", "Ludwig van Beethoven", "O'Neil-Ray",
		"M\xC3\xBCller", "Smith");
	NO(VALUE_PERSON, "accounts payable", "Room 12", "a@b.example", "x", "user_1",
		"This Is Not A Name At All");
}

static void
test_called(void **state)
{
	(void)state;
	YES(VALUE_CALLED, "Johnny Testfield", "Marco harbour", "the quiet one", "Mr. Sandberg",
		"Nordwind", "lola flor-montes");
	NO(VALUE_CALLED, "sales", "jprobe", "srv 01", "a@b.example", "get_item now",
		"one of those who came too late", "a b");
}

static void
test_date(void **state)
{
	(void)state;
	YES(VALUE_DATE, "1970-01-31", "31.1.1970", "1/31/70", "31-Jan-1970", "Jan 31, 1970",
		"1970-01-31 08:00", "2014-11-24T08:00:00Z");
	NO(VALUE_DATE, "123-45-6789", "19700131", "10.0.0.1", "May", "555-1234", "1970-01");
}

static void
test_contacts(void **state)
{
	(void)state;
	YES(VALUE_EMAIL, "a@b.example", "first.last+tag@mail.b.example");
	NO(VALUE_EMAIL, "a@b", "@b.example", "a b@c.example", "a@b@c.example");
	YES(VALUE_PHONE, "+1 (310) 555-0100", "310-555-0100", "0221 123456", "310.555.0100 x12");
	NO(VALUE_PHONE, "12345", "1970-01-31", "555-CALL", "");
	YES(VALUE_IP, "10.0.0.1", "192.168.1.0/24", "fe80::1", "10.1.2.3:22");
	NO(VALUE_IP, "10.0.0", "10.0.0.256", "1.2.3.4.5", "12:30");
}

static void
test_secret(void **state)
{
	(void)state;
	YES(VALUE_SECRET, "Winter2014!", "monkey", "s3cr3t", "p/w:x9");
	NO(VALUE_SECRET, "two words", "Yes", "required", "expired", "Disabled", "a@b.example",
		"http://x.example/", "1970-01-31", "abc");
	assert_true(value_strong_secret(span_str("Winter2014")));
	assert_true(value_strong_secret(span_str("ab#cd")));
	assert_false(value_strong_secret(span_str("Monkey")));
	assert_false(value_strong_secret(span_str("monkey")));
}

static void
test_labels(void **state)
{
	static const char *const labels[] = {
		"Name", "SSN#", "Social Security Number", "Q1", "e-mail", "Address 2", NULL};
	static const char *const no_labels[] = {"", "65000", "1970-01-31", "a@b.example",
		"123-45-6789", "ACC00012345", "310-555-0100",
		"This is a long title that goes on and on until it is no label of a column", NULL};

	(void)state;
	for (size_t i = 0; labels[i]; i++)
		assert_true(value_label(span_str(labels[i])));
	for (size_t i = 0; no_labels[i]; i++) {
		if (value_label(span_str(no_labels[i])))
			fail_msg("'%s' is no label", no_labels[i]);
	}
}

/* Every type looks at every short run of awkward bytes without stepping outside. */
static void
test_hostile(void **state)
{
	static const char awkward[] = "$(-)\xE2\x82\xAC,.@/:x0 9k%JanEUR\0+'";
	size_t n = sizeof awkward - 1;

	(void)state;
	for (size_t from = 0; from < n; from++) {
		for (size_t len = 0; len <= n - from; len++) {
			uint8_t *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, awkward + from, len);
			for (int t = 0; t < VALUE_TYPES; t++)
				(void)value_is(span_of(copy, len), (enum value_type)t);
			(void)value_label(span_of(copy, len));
			(void)value_strong_secret(span_of(copy, len));
			free(copy);
		}
	}
}

static void
test_tokens(void **state)
{
	(void)state;
	YES(VALUE_HOST, "srv01", "DC1", "web-prod", "mail.intern", "FILESERVER",
		"esx01.lab.intern");
	NO(VALUE_HOST, "server", "Ann Smith", "12", "x", "-a1", "a@b", "10.1.2.3");
	YES(VALUE_MAC, "00:1b:21:AA:10:17", "00-1B-21-aa-10-17", "001b.21aa.1017", "001B21AA1017");
	NO(VALUE_MAC, "00:1b:21:AA:10", "00:1b:21-AA:10:17", "001b.21aa.10177", "001B21AA101G",
		"00:1b:21:AA:10:1z", "");
	YES(VALUE_ID, "10117", "W77-120/34", "E0017", "4711.2");
	NO(VALUE_ID, "abc", "1", "10117 x", "2014-11-24", "a-b-c-d-e-1");
	YES(VALUE_CODE, "E11.9", "J45.20", "I10", "M54.5, E11", "250.00", "99213", "G0438",
		"E11.9 type 2 diabetes");
	NO(VALUE_CODE, "diabetes", "12", "1234.5", "E1", "E11.", "EE1.1", "2014", "3.14159");
	YES(VALUE_HANDLE, "@film", "film_page", "https://x.invalid/film", "a@b.invalid");
	NO(VALUE_HANDLE, "the film", "1234", "x", "");
}

/* A label's letters are counted before its types are asked: what it is is the same. */
static void
test_label_and_typed(void **state)
{
	static const char *const pieces[] = {"a", "Pay", "7", "2014", " ", "-", ".", "@", "example",
		"$", "Jan", "/", ":", "%", "EUR", "k", "\xC3\xA9", "(", ")", ","};
	unsigned labels = 0, typed = 0;
	struct gen g;

	(void)state;
	gen_seed(&g, 5);
	for (unsigned i = 0; i < 20000; i++) {
		size_t n = 0, letters = 0, digits = 0, blanks = 0;
		char text[128] = "";
		struct span t;
		bool want;

		for (uint32_t k = gen_range(&g, 1, 9); k > 0; k--)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s",
				pieces[gen_range(&g, 0, sizeof pieces / sizeof *pieces - 1)]);
		t = value_trim(span_of(text, n));
		for (size_t k = 0; k < t.n; k++) {
			letters += isalpha(t.p[k]) || t.p[k] >= 0x80;
			digits += isdigit(t.p[k]) != 0;
			blanks += t.p[k] == ' ';
		}
		want = t.n > 0 && t.n <= 64 && !value_typed(t) && letters > 0 && digits <= 4 &&
			digits * 2 <= letters + 2 && blanks <= 8;
		if (value_label(span_of(text, n)) != want)
			fail_msg("'%s': not %d", text, want);
		labels += want;
		typed += value_typed(t);
	}
	assert_in_range(labels, 400, 19000);
	assert_in_range(typed, 400, 19000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_money),
		cmocka_unit_test(test_person),
		cmocka_unit_test(test_called),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_contacts),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_label_and_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
