/* Checks of persons' numbers: published specimens, edges of the ranges, acceptance of chance. */
#include "checking.h"

/* Made-up numbers in the published forms; the German and British ones by their rules. */
static void
licenses(void **state)
{
	static const char *const good[] = {"D4810937", "S530-4812-0937", "P481093772100",
		"AB123987C", "481AB0937", "48ABC10937", "4810937A", "K1K1K", "48109377",
		"PROBE753116SM9IJ", "PROB9652015A99IJ", "F0100LQUA01", "B2100AA0163", "48109377R",
		"X4810937G", "48109377230", "MI4810937K", "U1H481093K", "WDL4BX81K09P",
		"PROBEJA481KL"};
	static const char *const bad[] = {"", "D48", "license", "ABCDEFGH", "48109", "1111111",
		"PROBE713996SM9IJ", "PROBE753326SM9IJ", "F0100LQUA11", "D4810937AB7",
		"481093772100481093", "MI48109377", "U2H481093K", "PROBEJA48KLM"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		want("drivers-license", good[i], true);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		want("drivers-license", bad[i], false);
	expect_normal("drivers-license", "S530-4812-0937", "S53048120937");
	assert_true(is_sample("drivers-license", "B072RRE2I55"));
	assert_true(is_sample("drivers-license", "D1234567"));
	assert_false(is_sample("drivers-license", "D4810937"));
}

static void
ssn_ranges(void **state)
{
	(void)state;
	expect_normal("ssn", "862-43-5549", "862435549");
	expect_normal("ssn", "862 43 5549", "862435549");
	expect_normal("ssn",
		"862\xe2\x80\x91"
		"43\xe2\x80\x91"
		"5549",
		"862435549");
	want("ssn", "001-01-0002", true);
	want("ssn", "899-99-9999", true);
	want("ssn", "665-01-0001", true);
	want("ssn", "667-01-0001", true);
	want("ssn", "000-01-0001", false);
	want("ssn", "666-01-0001", false);
	want("ssn", "900-01-0001", false);
	want("ssn", "999-99-9999", false);
	want("ssn", "212-00-0001", false);
	want("ssn", "212-01-0000", false);
	want("ssn", "212-01-000", false);
	want("ssn", "212-01-00011", false);
	want("ssn", "212-01-00a1", false);
	want("ssn", "", false);
}

static void
ssn_samples(void **state)
{
	(void)state;
	assert_true(is_sample("ssn", "078-05-1120"));
	assert_true(is_sample("ssn", "219-09-9999"));
	assert_true(is_sample("ssn", "123-45-6789"));
	assert_true(is_sample("ssn", "222-22-2222"));
	assert_true(is_sample("ssn", "333-22-1111"));
	assert_false(is_sample("ssn", "333-22-1112"));
	assert_false(is_sample("ssn", "862-43-5549"));
}

static void
itin_groups(void **state)
{
	(void)state;
	for (unsigned g = 0; g < 100; g++) {
		bool expect = (g >= 50 && g <= 65) || (g >= 70 && g <= 88) ||
			(g >= 90 && g <= 92) || g >= 94;
		char s[] = "938-00-4402";

		s[4] = (char)('0' + g / 10);
		s[5] = (char)('0' + g % 10);
		want("itin", s, expect);
	}
	want("itin", "838-70-4402", false);
	expect_normal("itin", "938704402", "938704402");
}

static void
sin_specimens(void **state)
{
	(void)state;
	assert_true(is_sample("sin", "046 454 286"));
	assert_true(is_sample("sin", "130 692 544"));
	want("sin", "046 454 287", false);
	want("sin", "512803111", false);
	expect_normal("sin", "193-456-787", "193456787");
	want("sin", "812803117", false);
	want("sin", "19345678", false);
}

static void
nino_prefixes(void **state)
{
	(void)state;
	expect_normal("nino", "jg 10 37 59 a", "JG103759A");
	assert_true(is_sample("nino", "QQ 12 34 56 A"));
	want("nino", "AO103759A", false);
	want("nino", "OA103759A", true);
	want("nino", "DA103759A", false);
	want("nino", "GB103759A", false);
	want("nino", "ZZ103759A", false);
	want("nino", "PZ103759A", false);
	want("nino", "JG103759E", false);
	want("nino", "JG1O3759A", false);
	want("nino", "J1103759A", false);
	want("nino", "JG103759", false);
}

static void
passport_forms(void **state)
{
	static const char *const yes[] = {"548120937", "A54812093", "GA302922", "P123400AA",
		"C01X00T47", "C01X00T478", "14AB38271", "TK4810357", "N4810357", "PA4810357",
		"K4810357", "AAA481035", "M481B0357", NULL};
	static const char *const no[] = {
		"1234567", "ABCDEFGHI", "12345A789B", "111111111", "A548120937X", "", NULL};

	(void)state;
	for (size_t i = 0; yes[i]; i++)
		want("passport", yes[i], true);
	for (size_t i = 0; no[i]; i++)
		want("passport", no[i], false);
	assert_true(is_sample("passport", "123456789"));
}

static void
dates(void **state)
{
	(void)state;
	expect_normal("date", "1974-08-12", "19740812");
	expect_normal("date", "12.08.1974", "19741208");
	expect_normal("date", "25.08.1974", "19740825");
	expect_normal("date", "8/25/1974", "19740825");
	expect_normal("date", "12-Aug-1974", "19740812");
	expect_normal("date", "August 12, 1974", "19740812");
	expect_normal("date", "12. M\xC3\xA4rz 1974", "19740312");
	expect_normal("date", "1er juillet 1974", "19740701");
	expect_normal("date", "30 juin 1974", "19740630");
	expect_normal("date", "4 de agosto de 1974", "19740804");
	expect_normal("date", "5 dicembre 1974", "19741205");
	expect_normal("date", "March 4th, 1974", "19740304");
	want("date", "31 de junho de 1974", false);
	want("date", "4 of the 1974", false);
	want("date", "2000-02-29", true);
	want("date", "1900-02-29", false);
	want("date", "1974-13-32", false);
	want("date", "31.04.1974", false);
	want("date", "12.08.74", false);
	want("date", "12-Foo-1974", false);
	want("date", "99999999999-1-1", false);
	want("date", "1974", false);
	want("birth-date", "1899-12-31", false);
	want("birth-date", "1974-08-12", true);
	want("birth-date", "2030-01-01", false);
}

/* Theory: SSN 898/1000 * 99/100 * 9999/10000; ITIN of 9xx 44/100; SIN 8/10 of 1/10. */
static void
chance(void **state)
{
	(void)state;
	assert_between(acceptance("ssn", 9, "", 1), 886000, 891500);
	assert_between(acceptance("itin", 9, "9", 2), 436000, 444000);
	assert_between(acceptance("sin", 9, "", 3), 78500, 81500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(licenses),
		cmocka_unit_test(ssn_ranges),
		cmocka_unit_test(ssn_samples),
		cmocka_unit_test(itin_groups),
		cmocka_unit_test(sin_specimens),
		cmocka_unit_test(nino_prefixes),
		cmocka_unit_test(passport_forms),
		cmocka_unit_test(dates),
		cmocka_unit_test(chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
