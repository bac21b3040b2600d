/* The meaning of gitignore patterns, as a table. */
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "exclude.h"

#include "base/poison.h"

/* Patterns are separated by newlines; a path that ends in a slash is a directory. */
static const struct row {
	const char *patterns, *path;
	enum exclude_verdict want;
} rows[] = {
	/* no slash: any name at any depth */
	{"foo", "foo", EXCLUDE_YES},
	{"foo", "a/b/foo", EXCLUDE_YES},
	{"foo", "foo/", EXCLUDE_YES},
	{"foo", "foobar", EXCLUDE_NONE},
	{"foo", "a/foobar", EXCLUDE_NONE},
	{"foo", "foo/bar", EXCLUDE_NONE},
	{"*.iso", "x.iso", EXCLUDE_YES},
	{"*.iso", "a/b/x.iso", EXCLUDE_YES},
	{"*.iso", ".iso", EXCLUDE_YES},
	{"*.iso", "x.isox", EXCLUDE_NONE},
	{"*", "anything", EXCLUDE_YES},
	{"**", "a/anything", EXCLUDE_YES},
	{"a*c*e", "abcde", EXCLUDE_YES},
	{"a*c*e", "acccbe", EXCLUDE_YES},
	{"a*c*e", "abde", EXCLUDE_NONE},
	{"a**e", "abcde", EXCLUDE_YES},
	/* trailing slash: directories only */
	{"foo/", "foo/", EXCLUDE_YES},
	{"foo/", "foo", EXCLUDE_NONE},
	{"foo/", "a/foo/", EXCLUDE_YES},
	{"foo/", "a/foo", EXCLUDE_NONE},
	/* a slash before the end: anchored */
	{"/foo", "foo", EXCLUDE_YES},
	{"/foo", "a/foo", EXCLUDE_NONE},
	{"/*.c", "x.c", EXCLUDE_YES},
	{"/*.c", "a/x.c", EXCLUDE_NONE},
	{"doc/x", "doc/x", EXCLUDE_YES},
	{"doc/x", "a/doc/x", EXCLUDE_NONE},
	{"doc/*.txt", "doc/a.txt", EXCLUDE_YES},
	{"doc/*.txt", "doc/b/a.txt", EXCLUDE_NONE},
	{"a/b/", "a/b/", EXCLUDE_YES},
	{"a/b/", "a/b", EXCLUDE_NONE},
	{"a/b/", "x/a/b/", EXCLUDE_NONE},
	/* double stars */
	{"**/foo", "foo", EXCLUDE_YES},
	{"**/foo", "a/b/foo", EXCLUDE_YES},
	{"**/foo/bar", "x/y/foo/bar", EXCLUDE_YES},
	{"**/foo/bar", "x/foo/y/bar", EXCLUDE_NONE},
	{"a/**", "a/b", EXCLUDE_YES},
	{"a/**", "a/b/c", EXCLUDE_YES},
	{"a/**", "a", EXCLUDE_NONE},
	{"a/**", "b/a/c", EXCLUDE_NONE},
	{"a/**/b", "a/b", EXCLUDE_YES},
	{"a/**/b", "a/x/b", EXCLUDE_YES},
	{"a/**/b", "a/x/y/b", EXCLUDE_YES},
	{"a/**/b", "a/x/y/c", EXCLUDE_NONE},
	{"a/**/b/**/c", "a/b/b/x/c", EXCLUDE_YES},
	{"a/**/b/**/c", "a/x/c", EXCLUDE_NONE},
	{"a/x**/b", "a/xyz/b", EXCLUDE_YES},
	{"a/x**/b", "a/xyz/q/b", EXCLUDE_NONE},
	{"**/*.bak", "q/w/e.bak", EXCLUDE_YES},
	/* one character, and classes */
	{"f?o", "foo", EXCLUDE_YES},
	{"f?o", "fo", EXCLUDE_NONE},
	{"/a?b", "a/b", EXCLUDE_NONE},
	{"f?o", "f\xC3\xA9o", EXCLUDE_YES},
	{"f?o", "f\xE9o", EXCLUDE_YES},
	{"f[a-c]o", "fbo", EXCLUDE_YES},
	{"f[a-c]o", "fdo", EXCLUDE_NONE},
	{"f[!a-c]o", "fdo", EXCLUDE_YES},
	{"f[^a-c]o", "fao", EXCLUDE_NONE},
	{"f[]x]o", "f]o", EXCLUDE_YES},
	{"f[a-]o", "f-o", EXCLUDE_YES},
	{"f[\\]]o", "f]o", EXCLUDE_YES},
	{"f[[:digit:]]o", "f7o", EXCLUDE_YES},
	{"f[[:digit:]]o", "fxo", EXCLUDE_NONE},
	{"f[z-a]o", "fbo", EXCLUDE_NONE},
	{"[\xC3\xA0-\xC3\xBF]x", "\xC3\xA9x", EXCLUDE_YES},
	/* escapes, blanks, comment and negation marks */
	{"\\*", "*", EXCLUDE_YES},
	{"\\*", "x", EXCLUDE_NONE},
	{"\\?x", "?x", EXCLUDE_YES},
	{"\\#x", "#x", EXCLUDE_YES},
	{"\\!x", "!x", EXCLUDE_YES},
	{"x   ", "x", EXCLUDE_YES},
	{"x\\ ", "x ", EXCLUDE_YES},
	{" x", " x", EXCLUDE_YES},
	{" x", "x", EXCLUDE_NONE},
	/* the last one decides */
	{"*.c\n!x.c", "x.c", EXCLUDE_AGAIN},
	{"*.c\n!x.c", "y.c", EXCLUDE_YES},
	{"!x.c\n*.c", "x.c", EXCLUDE_YES},
	{"*.c\n!x.c\nx.c", "x.c", EXCLUDE_YES},
	{"*\n!*/\n!*.txt", "d/", EXCLUDE_AGAIN},
	{"*\n!*/\n!*.txt", "a/b.txt", EXCLUDE_AGAIN},
	{"*\n!*/\n!*.txt", "a/b.doc", EXCLUDE_YES},
	/* odd slashes */
	{"a//b", "a/b", EXCLUDE_YES},
	{"//a", "a", EXCLUDE_YES},
};

static void
add_lines(struct exclude *x, const char *patterns)
{
	while (*patterns) {
		size_t n = strcspn(patterns, "\n");
		const char *why;

		assert_int_equal(exclude_add(x, span_of(patterns, n), &why), 0);
		patterns += n + (patterns[n] != 0);
	}
}

static void
table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct exclude x = {0};
		struct span path = span_str(rows[i].path);
		bool dir = path.p[path.n - 1] == '/';
		enum exclude_verdict v;

		path.n -= dir;
		add_lines(&x, rows[i].patterns);
		v = exclude_match(&x, path, dir);
		exclude_free(&x);
		if (v != rows[i].want)
			fail_msg("row %zu: '%s' on '%s' gives %d", i, rows[i].patterns,
				rows[i].path, v);
	}
}

static void
parents(void **state)
{
	struct exclude x = {0};

	(void)state;
	add_lines(&x, "b/\n!keep");
	assert_int_equal(exclude_match_all(&x, span_str("a/b/keep"), false), EXCLUDE_YES);
	assert_int_equal(exclude_match_all(&x, span_str("a/c/keep"), false), EXCLUDE_AGAIN);
	assert_int_equal(exclude_match_all(&x, span_str("a/c/d"), false), EXCLUDE_NONE);
	exclude_free(&x);
}

static void
refused(void **state)
{
	static const char *const bad[] = {"", "!", "/", "//", " ", "a[b", "a/[", "x\\", "a\\/b"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct exclude x = {0};
		const char *why = NULL;

		assert_int_equal(exclude_add(&x, span_str(bad[i]), &why), -EINVAL);
		assert_non_null(why);
		assert_int_equal(x.n, 0);
		exclude_free(&x);
	}
}

/* Many stars against a long name that nearly matches: no more than a moment. */
static void
hostile(void **state)
{
	struct exclude x = {0};
	static char path[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(path); i++)
		path[i] = i % 2 ? '/' : 'a';
	add_lines(&x, "**/a/**/a/**/a/**/a/**/a/**/a/**/b\n*a*a*a*a*a*a*a*a*b");
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			exclude_match(&x, span_of(path, sizeof(path) - 1), false), EXCLUDE_NONE);
	memset(path, 'a', sizeof(path));
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			exclude_match(&x, span_of(path, sizeof(path)), false), EXCLUDE_NONE);
	exclude_free(&x);
}

/* Patterns and names out of the characters that mean something: no read beyond either's end. */
static void
random_patterns(void **state)
{
	static const char set[] = "ab/*?[]!^-\\: \xC3\xA9";
	unsigned kept = 0, hit = 0;

	(void)state;
	srand(11);
	for (int round = 0; round < 30000; round++) {
		size_t n = 1 + (size_t)rand() % 12, m = 1 + (size_t)rand() % 12;
		char *pattern = malloc(n), *path = malloc(m);
		struct exclude x = {0};
		const char *why;

		for (size_t i = 0; i < n; i++)
			pattern[i] = set[(size_t)rand() % (sizeof(set) - 1)];
		for (size_t i = 0; i < m; i++)
			path[i] = set[(size_t)rand() % (sizeof(set) - 1)];
		if (exclude_add(&x, span_of(pattern, n), &why) == 0) {
			kept++;
			hit += exclude_match_all(&x, span_of(path, m), false) != EXCLUDE_NONE;
		}
		exclude_free(&x);
		free(pattern);
		free(path);
	}
	assert_true(kept > 10000 && hit > 100);
}

static void
from_file(void **state)
{
	char name[] = "/tmp/test_exclude.XXXXXX", error[512] = "", want[600];
	int fd = mkstemp(name);
	static const char good[] = "\xEF\xBB\xBF# a comment\r\n\r\n*.iso\r\n  \n!keep.iso\n";
	static const char bad[] = "a[";
	struct exclude x = {0};

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, good, sizeof(good) - 1), sizeof(good) - 1);
	assert_int_equal(exclude_add_file(&x, name, error, sizeof(error)), 0);
	assert_int_equal(x.n, 2);
	assert_int_equal(exclude_match(&x, span_str("keep.iso"), false), EXCLUDE_AGAIN);
	assert_int_equal(exclude_match(&x, span_str("a.iso"), false), EXCLUDE_YES);
	assert_int_equal(write(fd, bad, sizeof(bad) - 1), sizeof(bad) - 1);
	assert_int_equal(exclude_add_file(&x, name, error, sizeof(error)), -EINVAL);
	(void)snprintf(want, sizeof(want), "%s:6: '[' is not closed", name);
	assert_string_equal(error, want);
	(void)close(fd);
	(void)unlink(name);
	assert_int_equal(exclude_add_file(&x, name, error, sizeof(error)), -ENOENT);
	(void)snprintf(want, sizeof(want), "'%s': No such file or directory", name);
	assert_string_equal(error, want);
	exclude_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(parents),
		cmocka_unit_test(refused),
		cmocka_unit_test(hostile),
		cmocka_unit_test(random_patterns),
		cmocka_unit_test(from_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
