/* Machine-readable zones: the specimens of ICAO Doc 9303, every digit turned, odd dates, long numbers. */
#include "checking.h"

#define TD3                                                                                        \
	"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"                                           \
	"L898902C36UTO7408122F1204159ZE184226B<<<<<10"
#define TD2                                                                                        \
	"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"                                                   \
	"D231458907UTO7408122F1204159<<<<<<<6"
#define TD1                                                                                        \
	"I<UTOD231458907<<<<<<<<<<<<<<<\n"                                                         \
	"7408122F1204159UTO<<<<<<<<<<<6\n"                                                         \
	"ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
#define MRVA                                                                                       \
	"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"                                           \
	"L8988901C4UTO7408122F1204159<<<<<<<<<<<<<<<<"
#define MRVB                                                                                       \
	"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"                                                   \
	"L8988901C4UTO7408122F1204159<<<<<<<<"

static void
specimens(void **state)
{
	struct verdict v;

	(void)state;
	expect_normal("mrz", TD3, "L898902C3UTO740812");
	expect_normal("mrz", TD2, "D23145890UTO740812");
	expect_normal("mrz", TD1, "D23145890UTO740812");
	want("mrz", MRVA, true);
	want("mrz", MRVB, true);
	assert_true(try_check("mrz", span_str(TD3), &v));
	assert_true(v.strong && v.checksum && v.sample);
}

/* Sets the two weighted parts of a zone to another state and no longer a sample. */
static void
a_real_state(void **state)
{
	struct verdict v;

	(void)state;
	assert_true(try_check("mrz",
		span_str("P<D<<PROBE<<JAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
			 "C01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4"),
		&v));
	assert_false(v.sample);
}

/* How many of the zone's characters can be turned into another digit without being noticed. */
static unsigned
unnoticed(const char *zone, size_t from)
{
	unsigned n = 0;
	char s[100];
	size_t len = strlen(zone);
	struct verdict v;

	memcpy(s, zone, len + 1);
	for (size_t i = from; i < len; i++) {
		char was = s[i];

		if (was < '0' || was > '9')
			continue;
		s[i] = (char)('0' + (was - '0' + 1) % 10);
		n += try_check("mrz", span_of(s, len), &v);
		s[i] = was;
	}
	return n;
}

static void
every_digit_counts(void **state)
{
	(void)state;
	assert_int_equal(unnoticed(TD3, 45), 0);
	assert_int_equal(unnoticed(TD2, 37), 0);
	assert_int_equal(unnoticed(TD1, 0), 0);
	assert_int_equal(unnoticed(MRVA, 45), 0);
}

static void
lines_and_blanks(void **state)
{
	(void)state;
	want("mrz",
		"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n\r\n  "
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10 ",
		true);
	want("mrz", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", false);
	want("mrz", TD3 "\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\nX", false);
	want("mrz",
		"I<UTOD231458907<<<<<<<<<<<<<<<\t7408122F1204159UTO<<<<<<<<<<<6 "
		"ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
		true);
	want("mrz", "", false);
	want("mrz", "\n\n\n", false);
	/* no state of that code; no name; lower case */
	want("mrz",
		"P<QQQERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		false);
	want("mrz",
		"P<UTO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		false);
	want("mrz",
		"p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<\n"
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		false);
}

/* 9303 part 5 gives D23145890734 with its check digit 9 as the example of a long number. */
static void
long_number(void **state)
{
	(void)state;
	want("mrz",
		"I<UTOD23145890<7349<<<<<<<<<<<\n"
		"3407127M9507122UTO<<<<<<<<<<<2\n"
		"STEVENSON<<PETER<JOHN<<<<<<<<<",
		true);
	want("mrz",
		"I<UTOD23145890<7348<<<<<<<<<<<\n"
		"3407127M9507122UTO<<<<<<<<<<<2\n"
		"STEVENSON<<PETER<JOHN<<<<<<<<<",
		false);
}

static unsigned
value_of(char c)
{
	return c >= '0' && c <= '9'    ? (unsigned)(c - '0')
		: c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10
				       : 0;
}

/* A check digit worked out the slow way. */
static char
digit_of(const char *s)
{
	unsigned sum = 0;

	for (size_t i = 0; s[i]; i++)
		sum += value_of(s[i]) * (i % 3 == 0 ? 7u : i % 3 == 1 ? 3u : 1u);
	return (char)('0' + sum % 10);
}

/* A visa whose birth date is as given, with its check digits worked out. */
static bool
born(const char *date)
{
	char s[100] = "V<USAPROBE<<JAN<<<<<<<<<<<<<<<<<<<<<\nL8988901C4USA......_F1204159<<<<<<<<";

	memcpy(s + 37 + 13, date, 6);
	s[37 + 19] = digit_of(date);
	return good("mrz", s);
}

static void
unknown_birth_dates(void **state)
{
	(void)state;
	assert_true(born("740812"));
	assert_true(born("74<<<<"));
	assert_true(born("7408<<"));
	assert_true(born("<<<<<<"));
	assert_false(born("741312"));
	assert_false(born("740832"));
	assert_false(born("740800"));
	assert_false(born("7<0812"));
}

/* Random characters in the right places never pass. */
static void
chance(void **state)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<<<<";
	uint64_t seed = 11;
	unsigned n = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char s[90] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n";
		struct verdict v;

		for (size_t k = 45; k < 89; k++)
			s[k] = set[draw(&seed) % (sizeof set - 1)];
		n += check_find("mrz")->fn(span_of(s, 89), span_of(s, 89), &v);
	}
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specimens),
		cmocka_unit_test(a_real_state),
		cmocka_unit_test(every_digit_counts),
		cmocka_unit_test(lines_and_blanks),
		cmocka_unit_test(long_number),
		cmocka_unit_test(unknown_birth_dates),
		cmocka_unit_test(chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
