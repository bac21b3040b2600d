/* Names of members: decoding, cutting, numbering. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "extract/archive_names.h"
#include "limits.h"

static void
decode(const char *raw, size_t n, bool dos, bool fine, const char *want)
{
	struct buf b = {0};

	assert_int_equal(name_decode(&b, span_of(raw, n), dos), fine);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
test_decode(void **state)
{
	(void)state;
	decode("plain.txt", 9, true, true, "plain.txt");
	decode("z\xc3\xbcrich", 7, true, true, "z\xc3\xbcrich");
	decode("z\x81rich", 6, false, true, "z\xc3\xbcrich"); /* DOS, though the format says no */
	decode("z\xfcrich", 6, true, true, "z\xc3\xbcrich"); /* Windows, though zip says DOS */
	decode("\x94l\xe1", 3, true, true, "\xc3\xb6l\xc3\x9f");
	decode("a\xb0", 2, true, true, "a\xe2\x96\x91");
	decode("a\xb0", 2, false, true, "a\xc2\xb0");
	decode("../\x01\x1b[2J", 8, false, true, "../\x01\x1b[2J");
	decode("\x81\xfc\xfc", 3, false, false, "\x81\xfc\xfc");
	decode("", 0, true, true, "");
}

static void
test_cut(void **state)
{
	struct buf raw = {0}, b = {0};

	(void)state;
	for (int i = 0; i < 40000; i++)
		buf_put(&raw, "\xe2\x82\xac", 3);
	assert_true(name_decode(&b, buf_span(&raw), true));
	assert_in_range(b.n, LIMIT_NAME - 3, LIMIT_NAME);
	assert_int_equal(utf8_valid(buf_span(&b)), b.n);
	raw.n = 0;
	for (int i = 0; i < 65536; i++)
		buf_putc(&raw, 0xe9);
	assert_true(name_decode(&b, buf_span(&raw), false));
	assert_in_range(b.n, LIMIT_NAME - 3, LIMIT_NAME);
	assert_int_equal(utf8_valid(buf_span(&b)), b.n);
	buf_free(&raw);
	buf_free(&b);
}

static void
number(struct names *t, const char *name, const char *want)
{
	struct buf b = {0};

	buf_puts(&b, name);
	names_number(t, &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
test_number(void **state)
{
	struct names t = {0};
	char name[32];

	(void)state;
	number(&t, "a", "a");
	number(&t, "b", "b");
	number(&t, "a", "a#2");
	number(&t, "a", "a#3");
	number(&t, "a#2", "a#2#2"); /* a name that was given already */
	number(&t, "b#2", "b#2");
	number(&t, "b", "b#3"); /* a name that was there already */
	number(&t, "b", "b#4");
	for (int i = 0; i < 50000; i++) {
		(void)snprintf(name, sizeof name, "dir/file%d", i);
		assert_int_equal(names_seen(&t, span_str(name)), 0);
	}
	for (int i = 0; i < 50000; i += 997) {
		(void)snprintf(name, sizeof name, "dir/file%d", i);
		assert_int_equal(names_seen(&t, span_str(name)), 1);
	}
	number(&t, "b", "b#5");
	names_free(&t);
}

static void
test_number_long(void **state)
{
	struct names t = {0};
	struct buf b = {0};

	(void)state;
	for (int round = 1; round <= 2; round++) {
		buf_clear(&b);
		while (b.n + 3 <= LIMIT_NAME)
			buf_put(&b, "\xe2\x82\xac", 3);
		names_number(&t, &b);
		assert_true(b.n <= LIMIT_NAME);
		assert_int_equal(utf8_valid(buf_span(&b)), b.n);
	}
	assert_memory_equal(b.p + b.n - 2, "#2", 2);
	names_free(&t);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_number_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
