/* The configuration as `scan` reads it: what is taken, what is passed over, what is refused where. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "conf.h"

#include "base/poison.h"

static char error[512];
static char name[] = "/tmp/leakaudit-conf-XXXXXX";

static int
load(const char *text, struct conf *ret_c)
{
	int fd, r;

	(void)snprintf(name + sizeof(name) - 7, 7, "XXXXXX");
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
	error[0] = 0;
	r = conf_load(name, ret_c, error);
	assert_int_equal(unlink(name), 0);
	return r;
}

static void
takes_rules_and_limits(void **state)
{
	struct conf c = {0};

	(void)state;
	assert_int_equal(load("# ours\n"
			      "rules:\n  - /etc/x.yaml\n  - site rules\n"
			      "shares:\n  - name: hr\n    path: [/srv, {a: b}]\n"
			      "limits: {jobs: 3, max-file: 2G}\n"
			      "syslog:\n  facility: local3\n"
			      "excludes: ['*.iso']\nschedule: daily\nthrottle:\nretention: {}\n"
			      "expect: []\n",
				 &c),
		0);
	assert_int_equal(c.rules.n, 2);
	assert_string_equal(c.rules.v[0], "/etc/x.yaml");
	assert_string_equal(c.rules.v[1], "/tmp/site rules");
	assert_int_equal(c.jobs, 3);
	assert_int_equal(c.max_file, 2147483648);
	conf_free(&c);
}

static void
empty_files(void **state)
{
	static const char *const texts[] = {
		"", "# nothing\n", "---\n", "{}\n", "limits: {}\nrules: []\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct conf c = {.jobs = 9};

		if (load(texts[i], &c) != 0)
			fail_msg("row %zu: %s", i, error);
		assert_int_equal(c.rules.n, 0);
		assert_int_equal(c.jobs, 0);
		conf_free(&c);
	}
}

static const struct {
	const char *text;
	const char *where;
} wrong[] = {
	{"share: []\n", ":1:1: unknown key 'share': did you mean shares?"},
	{"limits:\n  jobs: 0\n", ":2:9: jobs: expected a number from 1 to 256"},
	{"limits:\n  jobs: [1]\n", ":2:9: jobs: expected a number"},
	{"limits:\n  max-file: big\n", ":2:13: max-file: expected a size"},
	{"limits:\n  max-file: 0\n", ":2:13: max-file: expected a size"},
	{"limits:\n  depth: 2\n", ":2:3: limits: unknown key 'depth': expected jobs or max-file"},
	{"limits: 4\n", ":1:9: expected a mapping of limits"},
	{"rules: /x\n", ":1:8: rules: expected a list of files or folders"},
	{"rules:\n- {a: b}\n", ":2:3: rules: expected a file or folder"},
	{"rules:\n- ''\n", ":2:3: rules: expected a file or folder"},
	{"- a\n", ":1:1: expected a mapping of keys such as rules and limits"},
	{"[a]: b\n", ":1:1: expected a key"},
	{"rules: [a\n", ":2:1: expected YAML"},
	{"rules:\n\t- a\n", ":2:1: expected YAML"},
	{"shares: &a x\nrules: [*a]\n", ":2:9: expected a value, not an alias"},
	{"{}\n---\n{}\n", ":2:1: expected one document only"},
};

static void
mistakes_are_placed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct conf c = {.jobs = 9};

		if (load(wrong[i].text, &c) != -EINVAL)
			fail_msg("row %zu is taken", i);
		if (strncmp(error, name, strlen(name)) != 0 ||
			strncmp(error + strlen(name), wrong[i].where, strlen(wrong[i].where)) != 0)
			fail_msg("row %zu: %s", i, error);
		assert_int_equal(c.jobs, 9);
	}
}

static void
depth_is_bounded(void **state)
{
	char text[4096] = "shares: ";
	struct conf c = {0};

	(void)state;
	memset(text + 8, '[', 1000);
	assert_int_equal(load(text, &c), -EINVAL);
	assert_non_null(strstr(error, "expected"));
}

static void
missing_file(void **state)
{
	struct conf c = {0};

	(void)state;
	assert_int_equal(conf_load("/nonexistent/c.yaml", &c, error), -ENOENT);
	assert_string_equal(error, "cannot read '/nonexistent/c.yaml': No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_rules_and_limits),
		cmocka_unit_test(empty_files),
		cmocka_unit_test(mistakes_are_placed),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(missing_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
