/*
 * Is a file part of a program's tests or examples? Told by its folders and its name, in the forms that
 * build systems and test runners look for. Nothing but the path is asked.
 */
#include "path_tests.h"

#include <strings.h>

#include "base/poison.h"

static bool
is_word(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(words[i]) == s.n && strncasecmp((const char *)s.p, words[i], s.n) == 0)
			return true;
	}
	return false;
}

static bool
is_folder_of_tests(struct span name)
{
	static const char *const folders[] = {"test", "tests", "testing", "testdata", "test-data",
		"test_data", "testsuite", "test-suite", "unittest", "unittests", "unit-tests",
		"testcases", "fixtures", "__tests__", "__mocks__", "mocks", "examples"};

	return is_word(name, folders, sizeof(folders) / sizeof(folders[0]));
}

/* test_x.py, x_test.go, x.test.js, x.spec.ts */
static bool
is_name_of_tests(struct span name)
{
	static const char *const middles[] = {"test", "tests", "spec"};
	struct span stem = name;
	size_t dot = name.n, from;

	while (dot > 0 && name.p[dot - 1] != '.')
		dot--;
	if (dot < 2)
		return false;
	stem.n = dot - 1;
	if (stem.n > 5 && strncasecmp((const char *)stem.p, "test_", 5) == 0)
		return true;
	for (from = stem.n; from > 0 && stem.p[from - 1] != '.' && stem.p[from - 1] != '_';)
		from--;
	return from > 1 &&
		is_word(span_sub(stem, from, stem.n), middles,
			sizeof(middles) / sizeof(middles[0]));
}

bool
path_of_tests(struct span path)
{
	size_t from = 0;

	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] != '/')
			continue;
		if (is_folder_of_tests(span_sub(path, from, i - from)))
			return true;
		from = i + 1;
	}
	return is_name_of_tests(span_sub(path, from, path.n));
}
