/* numfmt: what a person sees of a number in a cell. Expected texts are Excel's (en-US). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/numfmt.h"

struct row {
	const char *code;
	double v;
	const char *want; /* NULL: left as it is */
};

static const struct row numbers[] = {
	/* masks */
	{"000-00-0000", 78051120, "078-05-1120"},
	{"000-00-0000", 862435549, "862-43-5549"},
	{"000\\-00\\-0000", 123456789, "123-45-6789"},
	{"000\"-\"00\"-\"0000", 123456789, "123-45-6789"},
	{"000-00-0000", 1234567890, "1234-56-7890"},
	{"00000", 2134, "02134"},
	{"00000-0000", 902100123, "90210-0123"},
	{"0000 0000 0000 0000", 4111111111111111.0, "4111 1111 1111 1111"},
	{"###-####", 5551234, "555-1234"},
	{"(###) ###-####", 2125551234, "(212) 555-1234"},
	{"\"ID \"0000", 42, "ID 0042"},
	{"0 \"pcs\"", 7, "7 pcs"},
	/* conditions */
	{"[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", 2125551234, "(212) 555-1234"},
	{"[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", 5551234, "555-1234"},
	{"[>100]\"big\";[<0]\"neg\";\"some\"", 500, "big"},
	{"[>100]\"big\";[<0]\"neg\";\"some\"", -1, "neg"},
	{"[>100]\"big\";[<0]\"neg\";\"some\"", 50, "some"},
	{"[=1]\"yes\";[=0]\"no\";0", 1, "yes"},
	{"[=1]\"yes\";[=0]\"no\";0", 0, "no"},
	{"[=1]\"yes\";[=0]\"no\";0", 3, "3"},
	{"[<>1]0.0;0", 2, "2.0"},
	/* plain placeholders */
	{"0", 3.6, "4"},
	{"0.00", 3.14159, "3.14"},
	{"0.00", 0, "0.00"},
	{"#.##", 0.5, ".5"},
	{"#.##", 5, "5."},
	{"0.0#", 1.5, "1.5"},
	{"0.0#", 1.25, "1.25"},
	{"0.000", -1.5, "-1.500"},
	{"#", 0, ""},
	{"0.00", 0.005, "0.01"},
	{"0.0", 9.96, "10.0"},
	{"?0", 5, "5"},
	{"0.0?", 2, "2.0"},
	{".00", 12.5, "12.50"},
	/* thousands */
	{"#,##0", 1234567, "1,234,567"},
	{"#,##0", 0, "0"},
	{"#,##0", 999, "999"},
	{"#,##0.00", 1234567.891, "1,234,567.89"},
	{"0,000", 12, "0,012"},
	{"#,", 1234567, "1235"},
	{"0.0,,\" M\"", 1234567, "1.2 M"},
	{"#,##0,", 1234567, "1,235"},
	{"$#,##0", 207297, "$207,297"},
	{"[$$-409]#,##0.00", 50000, "$50,000.00"},
	{"[$\xE2\x82\xAC-407] #,##0", 1500, "\xE2\x82\xAC 1,500"},
	{"#,##0\\ \xE2\x82\xAC", 1500, "1,500 \xE2\x82\xAC"},
	/* sections and signs */
	{"#,##0_);(#,##0)", -3000000, "(3,000,000)"},
	{"#,##0_);[Red](#,##0)", 12, "12"},
	{"_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"?\?_);_(@_)", -3000000, "$(3,000,000.00)"},
	{"_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"?\?_);_(@_)", 0, "$-"},
	{"0;-0;\"zero\"", 0, "zero"},
	{"0;-0;\"zero\"", -4, "-4"},
	{"0;\"minus \"0", -4, "minus 4"},
	{"0", -4, "-4"},
	{";;;", 862435549, ""},
	/* per cent, scientific */
	{"0%", 0.25, "25%"},
	{"0.0%", 0.1234, "12.3%"},
	{"0.00E+00", 12345, "1.23E+04"},
	{"0.00E+00", 0.00012, "1.20E-04"},
	{"0E+0", 99999, "1E+5"},
	{"##0.0E+0", 12345, "12.3E+3"},
	/* left alone */
	{"General", 5, NULL},
	{"", 5, NULL},
	{"Standard", 5, NULL},
	{"# ?/?", 0.5, NULL},
	{"# ?\?/?\?", 1.25, NULL},
	{"@", 5, NULL},
	{"General\" kg\"", 5.5, "5.5 kg"},
	/* hostile */
	{"\"never closed", 5, "never closed"},
	{"[never closed", 5, ""},
	{"0\\", 5, "5"},
	{"0_", 5, "5"},
	{"0.0000000000000000000000000", 5, NULL},
};

static const struct row dates[] = {
	{"yyyy-mm-dd", 41963, "2014-11-20"},
	{"yyyy\\-mm\\-dd", 41963, "2014-11-20"},
	{"m/d/yy", 41963, "11/20/14"},
	{"m/d/yyyy", 27253, "8/12/1974"},
	{"mm/dd/yyyy", 27253, "08/12/1974"},
	{"dd.mm.yyyy", 27253, "12.08.1974"},
	{"d-mmm-yy", 27253, "12-Aug-74"},
	{"[$-409]mmmm d, yyyy", 41963, "November 20, 2014"},
	{"[$-F800]dddd, mmmm dd, yyyy", 41963, "Thursday, November 20, 2014"},
	{"ddd", 41963, "Thu"},
	{"mmmmm", 41963, "N"},
	{"m/d/yy h:mm", 41963.52, "11/20/14 12:28"},
	{"h:mm AM/PM", 0.75, "6:00 PM"},
	{"h:mm AM/PM", 0, "12:00 AM"},
	{"hh:mm:ss", 0.5, "12:00:00"},
	{"mm:ss", 0.5 + 65.0 / 86400, "01:05"},
	{"mm:ss.0", 65.25 / 86400, "01:05.2"},
	{"[h]:mm:ss", 1.5, "36:00:00"},
	{"[mm]:ss", 0.5, "720:00"},
	{"h\"h\" mm\"m\"", 0.25, "6h 00m"},
	{"yyyy-mm-dd", 1, "1900-01-01"},
	{"yyyy-mm-dd", 59, "1900-02-28"},
	{"yyyy-mm-dd", 60, "1900-02-29"},
	{"yyyy-mm-dd", 61, "1900-03-01"},
	{"yyyy-mm-dd", 2958465, "9999-12-31"},
	{"yyyy-mm-dd", 2958466, NULL},
	{"yyyy-mm-dd", -1, NULL},
};

static void
check(const struct row *r, bool d1904)
{
	struct numfmt f;
	struct buf out = {0};
	bool did;

	numfmt_compile(&f, r->code);
	did = numfmt_apply(&f, r->v, d1904, &out);
	if (!r->want && (did || out.n))
		fail_msg("%s of %.10g: '%s', not left alone", r->code, r->v, buf_cstr(&out));
	if (r->want && (!did || strcmp(buf_cstr(&out), r->want) != 0))
		fail_msg("%s of %.10g: '%s', not '%s'", r->code, r->v, buf_cstr(&out), r->want);
	buf_free(&out);
}

static void
test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		check(&numbers[i], false);
}

static void
test_dates(void **state)
{
	const struct row mac = {"yyyy-mm-dd", 0, "1904-01-01"};
	const struct row mac_later = {"m/d/yyyy", 40501, "11/20/2014"};

	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
		check(&dates[i], false);
	check(&mac, true);
	check(&mac_later, true);
}

static void
test_builtins(void **state)
{
	static const struct {
		unsigned id;
		double v;
		const char *want;
	} rows[] = {{1, 2.5, "3"}, {4, 1234.5, "1,234.50"}, {9, 0.5, "50%"},
		{14, 41963, "11/20/2014"}, {22, 41963.5, "11/20/2014 12:00"},
		{44, 1500, "$1,500.00"}, {46, 1.25, "30:00:00"}, {31, 41963, "2014-11-20"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row r = {numfmt_builtin(rows[i].id), rows[i].v, rows[i].want};

		check(&r, false);
	}
	assert_string_equal(numfmt_builtin(0), "General");
	assert_string_equal(numfmt_builtin(4000000000u), "General");
}

static void
check_general(double v, const char *want)
{
	struct buf out = {0};

	numfmt_general(v, &out);
	assert_string_equal(buf_cstr(&out), want);
	buf_free(&out);
}

static void
test_general(void **state)
{
	struct buf out = {0};

	(void)state;
	check_general(0, "0");
	check_general(-7, "-7");
	check_general(4111111111111111.0, "4111111111111111");
	check_general(4.0999999999999996, "4.1");
	check_general(1e300, "1e+300");
	check_general(0.5, "0.5");
	assert_true(numfmt_iso(27253, false, &out));
	assert_string_equal(buf_cstr(&out), "1974-08-12");
	buf_clear(&out);
	assert_true(numfmt_iso(27253.5, false, &out));
	assert_string_equal(buf_cstr(&out), "1974-08-12 12:00:00");
	buf_clear(&out);
	assert_false(numfmt_iso(-1, false, &out));
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

/* A code of a megabyte is no format, and takes no time. */
static void
test_long(void **state)
{
	size_t n = 1u << 20;
	char *code = malloc(n + 1);
	struct numfmt f;
	struct buf out = {0};

	(void)state;
	assert_non_null(code);
	memset(code, 'm', n);
	code[n] = 0;
	numfmt_compile(&f, code);
	assert_true(numfmt_plain(&f));
	assert_false(numfmt_apply(&f, 5, false, &out));
	free(code);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_builtins),
		cmocka_unit_test(test_general),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
