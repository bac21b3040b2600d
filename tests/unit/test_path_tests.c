/* Which paths are those of tests and examples. */
#include "path_tests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/poison.h"

static void
paths(void **state)
{
	static const char *const yes[] = {"/srv/app/tests/a.py", "/srv/app/Test/deep/a.py",
		"/srv/testdata/x.env", "/srv/test_login.py", "/srv/login_test.go", "/srv/a.spec.ts",
		"/srv/app/examples/genkey.py", "lib/__tests__/a.js"};
	static const char *const no[] = {"/srv/it/passwords.txt", "/srv/contest/a.txt", "/srv/test",
		"/srv/test.txt", "/srv/latest.txt", "/srv/hr/drug tests.xlsx", "/srv/hr/tests.xlsx",
		"/srv/attests/a.txt", "/srv/a.tests", "", "/"};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (!path_of_tests(span_str(yes[i])))
			fail_msg("%s is one of tests", yes[i]);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		if (path_of_tests(span_str(no[i])))
			fail_msg("%s is none of tests", no[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(paths)};

	return cmocka_run_group_tests_name("path_tests", tests, NULL, NULL);
}
