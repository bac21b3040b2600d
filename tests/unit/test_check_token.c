/* Checks of tokens with a checksum. All are made up; their prefixes are written apart. */
#include "checking.h"

#include "base/poison.h"

/* The token passes and its checksum counts; with its last character changed it does not. */
static void
summed(const char *name, const char *token, bool wrong_passes)
{
	char other[160];
	size_t n = strlen(token);
	struct verdict v;

	assert_true(try_check(name, span_str(token), &v));
	assert_true(v.checksum && v.strong);
	assert_true(n < sizeof other);
	memcpy(other, token, n + 1);
	other[n - 1] = other[n - 1] == '4' ? '5' : '4';
	assert_int_equal(try_check(name, span_str(other), &v), wrong_passes);
	assert_false(v.strong);
}

static void
published_sums(void **state)
{
	(void)state;
	summed("token-sum",
		"vcp_"
		"4DsPgzsrwFtjVFOooE7tzUSrbxUXxicRnOwcLXNk5GOb50kMd81imLHX",
		false);
	summed("token-sum",
		"zpka_"
		"5wpoicuh1tku2adbcbllx3e4v7n3xu5u_e071edcd",
		false);
	summed("token-sum",
		"glpat-"
		"zCwYh6y1alRnNJpI8U3pYgpvOjEKdToy.01.0w0pe6v74",
		false);
	summed("age-key",
		"AGE-SECRET-KEY-1"
		"5VFDDP4089JUR97D0XW3LHZY8M2ZYAWPNXMC7S3AXAVMGXTV366Q0DQ3UR",
		false);
}

static void
other_sums(void **state)
{
	(void)state;
	summed("token-sum",
		"glsa_"
		"SfLeK3s0sT4ooRJomsUsOPXTTuqEALCC_8a857ae5",
		true);
	want("token-sum",
		"glpat-"
		"MadeUp9Made8Up7Made6",
		true);
	want("token-sum",
		"glpat-"
		"aaaaaaaaaaaaaaaaaaaa",
		false);
	want("token-sum", "", false);
	want("age-key", "AGE-SECRET-KEY-1", false);
}

static void
discord(void **state)
{
	(void)state;
	want("discord", "NTMwMTIzNDU2Nzg5MDEyMzQ1.lFTkWe.wY5aoov05rNebYu8XNaqnJnwNfz", true);
	want("discord", "NTMwMTIzNDU2Nzg5MDEyMzQx", false);
	want("discord", "TWFkZVVwTWFkZVVwTWFkZVVw.lFTkWe.wY5aoov05rNebYu8XNaqnJnwNfz", false);
	want("discord", ".", false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_sums),
		cmocka_unit_test(other_sums),
		cmocka_unit_test(discord),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
