/* utf8: names and texts are cut between characters, whatever their script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/utf8.h"

#include "base/poison.h"

static void
test_copy(void **state)
{
	static const char *const units[] = {"a", "\xC3\xA9", "\xE6\xBC\xA2", "\xF0\x9F\x93\x84"};
	char long_name[256], to[65];

	(void)state;
	for (size_t u = 0; u < 4; u++) {
		size_t m = strlen(units[u]);

		for (size_t lead = 0; lead < 4; lead++) {
			memset(long_name, 'x', sizeof long_name);
			for (size_t n = lead; n + m < sizeof long_name; n += m)
				memcpy(long_name + n, units[u], m);
			for (size_t size = 8; size <= sizeof to; size++) {
				size_t n;

				memset(to, '?', sizeof to);
				utf8_copy(to, size, span_of(long_name, 200));
				n = strlen(to);
				assert_true(n < size && n + m >= size);
				assert_int_equal(utf8_valid(span_of(to, n)), n);
				for (; n < size; n++)
					assert_int_equal(to[n], 0);
			}
		}
	}
	utf8_copy(to, sizeof to, span_str("short"));
	assert_string_equal(to, "short");
	utf8_copy(to, sizeof to, (struct span){0});
	assert_string_equal(to, "");
}

static void
test_fit(void **state)
{
	(void)state;
	assert_int_equal(utf8_fit(span_str("abc"), 3), 3);
	assert_int_equal(utf8_fit(span_str("abc"), 2), 2);
	assert_int_equal(utf8_fit(span_str("a\xE6\xBC\xA2"), 3), 1);
	assert_int_equal(utf8_fit(span_str("\xE6\xBC\xA2"), 2), 0);
	assert_int_equal(utf8_fit(span_of("\x80\x80\x80\x80", 4), 3), 0);
}

static void
test_ascii(void **state)
{
	(void)state;
	for (size_t n = 0; n < 600; n++) {
		/* in memory of its own, so that a sanitizer sees each byte read beyond it */
		uint8_t *p = malloc(n + 1);

		assert_non_null(p);
		memset(p, 'x', n);
		p[n] = 0xC3;
		assert_int_equal(utf8_ascii(span_of(p, n + 1)), n);
		assert_int_equal(utf8_valid(span_of(p, n + 1)), n);
		assert_int_equal(utf8_ascii(span_of(p, n)), n);
		for (size_t at = n / 7; at < n; at += 1 + n / 7) {
			p[at] = 0x80;
			assert_int_equal(utf8_ascii(span_of(p, n)), at);
			p[at] = 0x7F;
		}
		free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
