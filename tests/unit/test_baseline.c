/* Baselines as they are written, as they are edited, and files that are none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "baseline.h"

#include "base/poison.h"

static char error[512];

static int
load(const char *text, size_t n, struct baseline *ret_b)
{
	char name[] = "/tmp/leakaudit-test-XXXXXX";
	int fd = mkstemp(name), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	assert_int_equal(close(fd), 0);
	error[0] = 0;
	r = baseline_load(name, ret_b, error);
	assert_int_equal(unlink(name), 0);
	return r;
}

static void
ids_of_findings_only(void **state)
{
	static const char text[] = "{\"type\":\"scan\",\"v\":1,\"roots\":[\"/a\"]}\n"
				   "{\"type\":\"finding\",\"v\":1,\"id\":\"9f2c41d07a3be655\","
				   "\"path\":\"/a/{\\\"id\\\":b\","
				   "\"at\":[{\"line\":1,\"id\":\"0000000000000001\"}],\"inner\":["
				   "\"x\\\\\",\"}\"]}\n"
				   "\n"
				   " { \"id\" : \"00000000000000ff\" , "
				   "\"reach\":{\"readers\":null,\"a\":[[],{}]},"
				   " \"n\":-1.5e3, \"type\" : \"finding\" } \r\n"
				   "{\"type\":\"gap\",\"id\":\"0000000000000002\"}\n"
				   "{\"type\":\"summary\",\"complete\":true}";
	struct baseline b = {0};

	(void)state;
	assert_int_equal(load(text, strlen(text), &b), 0);
	assert_int_equal(b.n, 2);
	assert_true(baseline_has(&b, 0x9f2c41d07a3be655));
	assert_true(baseline_has(&b, 0xff));
	assert_false(baseline_has(&b, 1));
	assert_false(baseline_has(&b, 2));
	baseline_free(&b);
	assert_false(baseline_has(&b, 0xff));
}

static void
a_scan_without_findings(void **state)
{
	static const char text[] = "{\"type\":\"scan\"}\n{\"type\":\"summary\"}\n";
	struct baseline b = {0};

	(void)state;
	assert_int_equal(load(text, strlen(text), &b), 0);
	assert_int_equal(b.n, 0);
	assert_false(baseline_has(&b, 0));
	baseline_free(&b);
}

static void
many_ids_are_found(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	struct baseline b = {0};

	(void)state;
	assert_non_null(f);
	for (unsigned i = 3000; i > 0; i--)
		(void)fprintf(f, "{\"type\":\"finding\",\"id\":\"%016x\"}\n", i * 7);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(load(text, n, &b), 0);
	for (unsigned i = 1; i <= 3000; i++) {
		assert_true(baseline_has(&b, i * 7));
		assert_false(baseline_has(&b, i * 7 + 1));
	}
	baseline_free(&b);
	free(text);
}

static const struct {
	const char *text;
	const char *where; /* ends the file's name and begins the message */
} wrong[] = {
	{"", ":1: expected JSON Lines"},
	{"\n\n", ":1: expected JSON Lines"},
	{"hello\n", ":1: expected one JSON object"},
	{"{\"type\":\"scan\"}\nhello\n", ":2: expected one JSON object"},
	{"{\"type\":\"scan\"}\n\n{\"type\":\"finding\"\n", ":3: expected one JSON object"},
	{"{\"type\":\"scan\"} x\n", ":1: expected one JSON object"},
	{"{\"type\":\"scan\",}\n", ":1: expected one JSON object"},
	{"{\"type\":\"sc\\", ":1: expected one JSON object"},
	{"{\"type\":\"scan\",\"a\":[}\n", ":1: expected one JSON object"},
	{"[{\"type\":\"scan\"}]\n", ":1: expected one JSON object"},
	{"{\"a\":1}\n", ":1: expected an object with a \"type\""},
	{"{\"type\":\"finding\"}\n", ":1: expected a finding's \"id\""},
	{"{\"type\":\"finding\",\"id\":\"9f2c41d07a3be65\"}\n", ":1: expected a finding's \"id\""},
	{"{\"type\":\"finding\",\"id\":\"9F2C41D07A3BE655\"}\n", ":1: expected a finding's \"id\""},
	{"{\"type\":\"finding\",\"id\":12}\n", ":1: expected a finding's \"id\""},
};

static void
other_files_are_named_with_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct baseline b = {0};

		if (load(wrong[i].text, strlen(wrong[i].text), &b) != -EINVAL)
			fail_msg("row %zu is taken", i);
		if (!strstr(error, wrong[i].where))
			fail_msg("row %zu: %s", i, error);
		assert_null(b.ids);
	}
}

static void
bytes_and_missing_files(void **state)
{
	static const char nul[] = "{\"type\":\"scan\"\0}\n";
	struct baseline b = {0};

	(void)state;
	assert_int_equal(load(nul, sizeof(nul) - 1, &b), -EINVAL);
	assert_int_equal(baseline_load("/nonexistent/b.jsonl", &b, error), -ENOENT);
	assert_string_equal(error, "cannot read '/nonexistent/b.jsonl': No such file or directory");
	assert_int_equal(baseline_load("/tmp", &b, error), -EISDIR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_findings_only),
		cmocka_unit_test(a_scan_without_findings),
		cmocka_unit_test(many_ids_are_found),
		cmocka_unit_test(other_files_are_named_with_line),
		cmocka_unit_test(bytes_and_missing_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
