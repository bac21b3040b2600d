/* The command line of `leakaudit scan`: every option of the contract, and what is refused how. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "args.h"
#include "nearest.h"

#include "base/poison.h"

#define WORDS 32

static char error[512];

/* argv: the words up to NULL; getopt may reorder them, so they are copied. */
static int
parse(const char *const *words, struct scan_args *ret_a)
{
	char *argv[WORDS] = {(char *)(uintptr_t) "scan"};
	int argc = 1;

	for (; words[argc - 1]; argc++) {
		assert_true(argc < WORDS - 1);
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	}
	error[0] = 0;
	return args_parse(argc, argv, ret_a, error);
}

#define PARSE(a, ...) parse((const char *const[]){__VA_ARGS__, NULL}, a)

static void
defaults(void **state)
{
	struct scan_args a;

	(void)state;
	assert_int_equal(PARSE(&a, "/srv", "x"), 0);
	assert_string_equal(a.format, "text");
	assert_int_equal(a.min_severity, SEV_LOW);
	assert_int_equal(a.fail_on, SEV_INFO);
	assert_int_equal(a.min_confidence, CONF_MEDIUM);
	assert_int_equal(a.paths.n, 2);
	assert_string_equal(a.paths.v[1], "x");
	assert_int_equal(a.jobs, 0);
	assert_int_equal(a.max_depth, 0);
	assert_null(a.output);
	assert_false(a.show_none || a.nul || a.quiet || a.syslog || a.mask_names || a.help);
	args_free(&a);
}

static void
every_option(void **state)
{
	struct scan_args a;

	(void)state;
	assert_int_equal(
		PARSE(&a, "-f", "jsonl", "-o", "out", "-j8", "--min-severity=high",
			"--min-confidence", "low", "--fail-on", "critical", "--only",
			"us-ssn,identity", "--without=iban", "--rules", "r1", "--rules", "r2"),
		-EINVAL);
	assert_string_equal(error, "no PATH given");
	assert_int_equal(PARSE(&a, "-f", "jsonl", "-o", "out", "-j8", "--min-severity=high",
				 "--min-confidence", "low", "--fail-on", "critical", "--only",
				 "us-ssn,,identity", "--without=iban", "--rules", "r1", "--rules",
				 "r2", "p"),
		0);
	assert_string_equal(a.format, "jsonl");
	assert_string_equal(a.output, "out");
	assert_int_equal(a.jobs, 8);
	assert_int_equal(a.min_severity, SEV_HIGH);
	assert_int_equal(a.min_confidence, CONF_LOW);
	assert_int_equal(a.fail_on, SEV_CRITICAL);
	assert_int_equal(a.only.n, 2);
	assert_string_equal(a.only.v[1], "identity");
	assert_string_equal(a.without.v[0], "iban");
	assert_int_equal(a.rules.n, 2);
	args_free(&a);
	assert_int_equal(PARSE(&a, "--exclude", "a,b", "--exclude", "!c", "--include", "*.x",
				 "--exclude-from", "f", "--no-default-excludes", "-x",
				 "--max-depth", "3", "--max-file", "2G", "p", "-qvv", "-c", "conf"),
		0);
	assert_int_equal(a.excludes.n, 2);
	assert_string_equal(a.excludes.v[0], "a,b");
	assert_string_equal(a.includes.v[0], "*.x");
	assert_string_equal(a.exclude_from, "f");
	assert_true(a.no_default_excludes && a.one_file_system && a.quiet);
	assert_int_equal(a.verbose, 2);
	assert_int_equal(a.max_depth, 3);
	assert_int_equal(a.max_file, 2147483648);
	assert_string_equal(a.config, "conf");
	args_free(&a);
	assert_int_equal(PARSE(&a, "--files-from", "-", "-0", "--baseline", "b", "--ocr", "auto",
				 "--ocr=off", "--show=none", "--mask-names", "--syslog",
				 "--progress=always", "--color", "never"),
		0);
	assert_string_equal(a.files_from, "-");
	assert_string_equal(a.baseline, "b");
	assert_true(a.nul && a.show_none && a.mask_names && a.syslog);
	assert_int_equal(a.progress, WHEN_ALWAYS);
	assert_int_equal(a.color, WHEN_NEVER);
	assert_int_equal(a.paths.n, 0);
	args_free(&a);
}

static void
double_dash_ends_options(void **state)
{
	struct scan_args a;

	(void)state;
	assert_int_equal(PARSE(&a, "-q", "--", "-f", "--help"), 0);
	assert_int_equal(a.paths.n, 2);
	assert_string_equal(a.paths.v[0], "-f");
	assert_false(a.help);
	args_free(&a);
	assert_int_equal(PARSE(&a, "--help"), 0);
	assert_true(a.help);
	args_free(&a);
}

static const struct {
	const char *words[4];
	int r;
	const char *message;
} wrong[] = {
	{{"--min-severity", "x", "p"}, -EINVAL,
		"unknown severity 'x': expected low, medium, high or critical"},
	{{"--fail-on", "info", "p"}, -EINVAL,
		"unknown severity 'info': expected low, medium, high or critical"},
	{{"--min-confidence", "sure", "p"}, -EINVAL,
		"unknown confidence 'sure': expected low, medium or high"},
	{{"-f", "xml", "p"}, -EINVAL, "unknown format 'xml': expected text, jsonl, json or csv"},
	{{"-j", "0", "p"}, -EINVAL, "--jobs: '0': expected a number from 1 to 256"},
	{{"-j", "-1", "p"}, -EINVAL, "--jobs: '-1': expected a number from 1 to 256"},
	{{"--max-depth=0", "p"}, -EINVAL, "--max-depth: '0': expected a number from 1 to 1000000"},
	{{"--max-file", "2X", "p"}, -EINVAL,
		"--max-file: '2X': expected a size such as 500M or 2G"},
	{{"--only", ",", "p"}, -EINVAL,
		"--only: expected rule or category ids with commas between"},
	{{"--show", "all", "p"}, -EINVAL, "--show: unknown word 'all': expected none or masked"},
	{{"--color=red", "p"}, -EINVAL,
		"--color: unknown word 'red': expected auto, always or never"},
	{{"--ocr", "some", "p"}, -EINVAL, "--ocr: unknown word 'some': expected off, auto or all"},
	{{"--exclud-from", "p"}, -EINVAL,
		"unknown option '--exclud-from': did you mean --exclude-from?"},
	{{"--formt=json", "p"}, -EINVAL, "unknown option '--formt': did you mean --format?"},
	{{"--zzzzzzzzzz", "p"}, -EINVAL, "unknown option '--zzzzzzzzzz'"},
	{{"-Z", "p"}, -EINVAL, "unknown option '-Z'"},
	{{"-qZ", "p"}, -EINVAL, "unknown option '-Z'"},
	{{"p", "--output"}, -EINVAL, "option '--output' needs a value"},
	{{"p", "-o"}, -EINVAL, "option '-o' needs a value"},
	{{"--quiet=1", "p"}, -EINVAL, "option '--quiet=1' takes no value"},
	{{"--files-from", "x", "p"}, -EINVAL, "PATH and --files-from exclude each other"},
	{{"-0", "p"}, -EINVAL, "-0 needs --files-from"},
	{{"-q"}, -EINVAL, "no PATH given"},
	{{"--try-keys", "p"}, -ENOSYS, "--try-keys: not available in this version"},
	{{"--ocr=all", "p"}, -ENOSYS, "--ocr all: not available in this version"},
	{{"-fhtml", "p"}, -ENOSYS, "--format html: not available in this version"},
};

static void
refused_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const char *words[5] = {0};
		struct scan_args a = {.jobs = 77};

		memcpy(words, wrong[i].words, sizeof(wrong[i].words));
		assert_int_equal(parse(words, &a), wrong[i].r);
		assert_string_equal(error, wrong[i].message);
		assert_int_equal(a.jobs, 77);
	}
}

static void
sizes(void **state)
{
	static const struct {
		const char *s;
		uint64_t n;
	} good[] = {{"0", 0}, {"1", 1}, {"4k", 4096}, {"4KiB", 4096}, {"3MB", 3145728},
		{"1T", 1099511627776}, {"18446744073709551615", UINT64_MAX}};
	static const char *const bad[] = {"", "-1", " 1", "1 K", "1KK", "1iB", "K", "1.5G", "0x10",
		"18446744073709551616", "18446744073709551615K"};
	uint64_t n = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(args_size(bad[i], &n), -EINVAL);
	assert_int_equal(n, 5);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(args_size(good[i].s, &n), 0);
		assert_int_equal(n, good[i].n);
	}
}

static void
nearest_words(void **state)
{
	static const char *const verbs[] = {"scan", "rules", "version", "findings"};

	(void)state;
	assert_int_equal(nearest_distance("", "abc"), 3);
	assert_int_equal(nearest_distance("abc", "abc"), 0);
	assert_int_equal(nearest_distance("sacn", "scan"), 1);
	assert_int_equal(nearest_distance("kitten", "sitting"), 3);
	assert_string_equal(nearest_find("sacn", verbs, 4), "scan");
	assert_string_equal(nearest_find("vesrion", verbs, 4), "version");
	assert_null(nearest_find("qqqqqqqqqq", verbs, 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_option),
		cmocka_unit_test(double_dash_ends_options),
		cmocka_unit_test(refused_in_words),
		cmocka_unit_test(sizes),
		cmocka_unit_test(nearest_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
