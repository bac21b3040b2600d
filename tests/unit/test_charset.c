/* Decoding gives the same text wherever the bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/charset.h"

#include "base/poison.h"

static int
keep(void *user, struct span utf8)
{
	buf_put(user, utf8.p, utf8.n);
	return 0;
}

static void
decode(const char *charset, struct span in, size_t piece, struct buf *out)
{
	struct decoder d;
	const struct charset *c = charset_find(span_str(charset));

	assert_non_null(c);
	decoder_start(&d, c);
	for (size_t at = 0; at < in.n; at += piece)
		assert_int_equal(decoder_feed(&d, span_sub(in, at, piece), keep, out), 0);
	assert_int_equal(decoder_end(&d, keep, out), 0);
}

static void
expect(const char *charset, const char *in, size_t n, const char *want)
{
	for (size_t piece = 1; piece <= n; piece++) {
		struct buf out = {0};

		decode(charset, span_of(in, n), piece, &out);
		assert_string_equal(buf_cstr(&out), want);
		buf_free(&out);
	}
}

#define EXPECT(charset, in, want) expect(charset, in, sizeof(in) - 1, want)

static void
test_utf8(void **state)
{
	(void)state;
	EXPECT("utf-8", "plain", "plain");
	EXPECT("UTF-8", "\xEF\xBB\xBFmark", "mark");
	EXPECT("utf-8", "\xEF\xBBx", "\xC3\xAF\xC2\xBBx");
	EXPECT("utf-8",
		"a\xE2\x82\xAC"
		"b\xF0\x9F\x94\x91",
		"a\xE2\x82\xAC"
		"b\xF0\x9F\x94\x91");
	EXPECT("utf-8", "caf\xE9 au lait", "caf\xC3\xA9 au lait");
	EXPECT("utf-8", "cut\xE2\x82", "cut\xEF\xBF\xBD");
}

static void
test_wide(void **state)
{
	(void)state;
	EXPECT("utf-16le", "\xFF\xFEh\0\xAC\x20\x3D\xD8\x11\xDD", "h\xE2\x82\xAC\xF0\x9F\x94\x91");
	EXPECT("utf-16be", "\xFE\xFF\0h\x20\xAC\xD8\x3D\xDD\x11", "h\xE2\x82\xAC\xF0\x9F\x94\x91");
	EXPECT("utf-16le",
		"a\0\x00\xDC"
		"b\0",
		"a\xEF\xBF\xBD"
		"b");
	EXPECT("utf-16le", "a\0b", "a\xEF\xBF\xBD");
	EXPECT("utf-32le", "\xFF\xFE\0\0a\0\0\0\xAC\x20\0\0", "a\xE2\x82\xAC");
	EXPECT("utf-32be", "\0\0\0a\0\0\x20\xAC", "a\xE2\x82\xAC");
}

static void
test_single_byte(void **state)
{
	(void)state;
	EXPECT("windows-1252", "\x80 5 \x96 M\xFCller & so weiter",
		"\xE2\x82\xAC 5 \xE2\x80\x93 M\xC3\xBCller & so weiter");
	EXPECT("ISO-8859-1", "\xE9", "\xC3\xA9");
	EXPECT("koi8-r", "\xD0\xC1\xD2", "\xD0\xBF\xD0\xB0\xD1\x80");
	EXPECT("cp1251", "\xEF\xE0", "\xD0\xBF\xD0\xB0");
}

static void
test_multi_byte(void **state)
{
	(void)state;
	EXPECT("Shift_JIS", "a\x93\xFA\x96\x7B", "a\xE6\x97\xA5\xE6\x9C\xAC");
	EXPECT("gb2312", "\xD6\xD0\xCE\xC4", "\xE4\xB8\xAD\xE6\x96\x87");
	EXPECT("iso-2022-jp", "\x1B$B\x46\x7C\x1B(B!", "\xE6\x97\xA5!");
}

static void
test_declared(void **state)
{
	const char *html = "<html><head><meta charset=\"windows-1251\"></head>";
	const char *xml = "<?xml version='1.0' encoding='ISO-8859-2'?>";

	(void)state;
	assert_ptr_equal(charset_declared(span_str(html)), charset_find(span_str("cp1251")));
	assert_ptr_equal(charset_declared(span_str(xml)), charset_find(span_str("latin2")));
	assert_null(charset_declared(span_str("<?xml version='1.0' encoding='UTF-16'?>")));
	assert_null(charset_declared(span_str("<meta charset=klingon>")));
	assert_null(charset_declared(span_str("the charset=koi8-r of a letter")));
	assert_null(charset_find(span_str("utf-7")));
}

static int
refuse(void *user, struct span utf8)
{
	(void)user;
	(void)utf8;
	return -77;
}

static void
test_refusal(void **state)
{
	struct decoder d;

	(void)state;
	decoder_start(&d, NULL);
	assert_int_equal(decoder_feed(&d, span_str("abc"), refuse, NULL), -77);
	decoder_start(&d, charset_find(span_str("windows-1252")));
	assert_int_equal(decoder_feed(&d, span_str("abc"), refuse, NULL), -77);
}

static int
set_up(void **state)
{
	(void)state;
	return charset_open();
}

static int
tear_down(void **state)
{
	(void)state;
	charset_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_single_byte),
		cmocka_unit_test(test_multi_byte),
		cmocka_unit_test(test_declared),
		cmocka_unit_test(test_refusal),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
