/* What is expected where it lies, and what is not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "expect.h"

#include "base/poison.h"

static char us_ssn[] = "us-ssn", identity[] = "identity", salary[] = "salary-sheet", pay[] = "pay",
	    token[] = "token", credential[] = "credential";
static const struct rule_info ssn_rule = {.id = us_ssn, .category = identity},
			      pay_rule = {.id = salary, .category = pay},
			      token_rule = {.id = token, .category = credential};
static struct expects x;

static void
expect(const char *glob, const char *ids, enum reach reach)
{
	struct strv v = {0};

	assert_int_equal(strv_add_list(&v, ids), 0);
	assert_int_equal(expect_add(&x, glob, &v, reach), 0);
	strv_free(&v);
}

static bool
holds(const char *path, const struct rule_info *rule, enum reach reach)
{
	const struct record r = {.path = path, .rule = rule, .reach = reach};

	return expect_holds(&x, &r);
}

static int
teardown(void **state)
{
	(void)state;
	expect_free(&x);
	return 0;
}

static void
by_place_kind_and_reach(void **state)
{
	(void)state;
	assert_false(holds("/srv/hr/a.csv", &ssn_rule, REACH_UNKNOWN));
	expect("/srv/hr", "pay,us-ssn", REACH_GROUP);
	expect("/srv/*/keys/*.pem", "credential", REACH_OWNER);
	assert_true(holds("/srv/hr/a.csv", &ssn_rule, REACH_UNKNOWN));
	assert_true(holds("/srv/hr/deep/er/a.csv", &pay_rule, REACH_GROUP));
	assert_true(holds("/srv/hr", &pay_rule, REACH_OWNER));
	assert_false(holds("/srv/hr2/a.csv", &pay_rule, REACH_UNKNOWN));
	assert_false(holds("/other/srv/hr/a.csv", &pay_rule, REACH_UNKNOWN));
	assert_false(holds("/srv/hr/a.csv", &token_rule, REACH_UNKNOWN));
	assert_false(holds("/srv/hr/a.csv", &ssn_rule, REACH_NAMED));
	assert_false(holds("/srv/hr/a.csv", &ssn_rule, REACH_EVERYONE));
	assert_true(holds("/srv/web/keys/x.pem", &token_rule, REACH_OWNER));
	assert_false(holds("/srv/web/keys/x.pem", &token_rule, REACH_GROUP));
	assert_false(holds("/srv/web/keys/x.key", &token_rule, REACH_OWNER));
	assert_false(holds("/srv/a/b/keys/x.pem", &token_rule, REACH_OWNER));
}

static void
globs_that_are_none(void **state)
{
	(void)state;
	assert_null(expect_glob("/srv/hr"));
	assert_null(expect_glob("/srv/**/payroll*"));
	assert_non_null(expect_glob("srv/hr"));
	assert_non_null(expect_glob("!/srv"));
	assert_non_null(expect_glob("/"));
	assert_non_null(expect_glob(""));
	assert_non_null(expect_glob("/srv/[a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(by_place_kind_and_reach, teardown),
		cmocka_unit_test_teardown(globs_that_are_none, teardown),
	};

	return cmocka_run_group_tests_name("expect", tests, NULL, NULL);
}
