/* winmail.dat made here, compressed RTF by the example of its specification. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/extract.h"
#include "extract/lzfu.h"
#include "mailmake.h"
#include "readtest.h"

#include "base/poison.h"

/* The example of MS-OXRTFCP 3.1: "{\rtf1\ansi\ansicpg1252\pard hello world}\r\n". */
static const uint8_t packed[] = {0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46,
	0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32,
	0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05,
	0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
static const char unpacked[] = "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";

static void
test_lzfu(void **state)
{
	static const char plain[] = "\x0f\0\0\0\x03\0\0\0MELA\0\0\0\0abc";
	struct buf out = {0};

	(void)state;
	assert_int_equal(lzfu_decode(span_of(packed, sizeof packed), 4096, &out), 0);
	assert_string_equal(buf_cstr(&out), unpacked);
	buf_clear(&out);
	assert_int_equal(lzfu_decode(span_of(packed, sizeof packed), 10, &out), -EBADMSG);
	assert_int_equal(out.n, 10);
	for (size_t n = 0; n < sizeof packed; n++) {
		buf_clear(&out);
		assert_true(lzfu_decode(span_of(packed, n), 4096, &out) < 0 ||
			out.n == sizeof unpacked - 1);
		assert_true(out.n <= sizeof unpacked);
	}
	buf_clear(&out);
	assert_int_equal(lzfu_decode(span_of(plain, sizeof plain - 1), 4096, &out), 0);
	assert_string_equal(buf_cstr(&out), "abc");
	buf_free(&out);
}

static void
make(struct buf *b)
{
	struct buf props = {0};

	mailmake_tnef(b);
	mailmake_attribute(b, 1, 0x00069007, span_of("\xe3\x04\0\0\0\0\0\0", 8)); /* 1251 */
	mailmake_attribute(b, 1, 0x00018004, span_str("subject \xEF"));
	mailmake_props(&props, 4);
	mailmake_prop(&props, 0x1000, 0x1F, span_of("b\0o\0d\0y\0\0\0", 10));
	mailmake_prop(&props, 0x0017, 0x03, span_of("\1\0\0\0", 4));
	mailmake_prop(&props, 0x1009, 0x102, span_of(packed, sizeof packed));
	mailmake_prop(&props, 0x0C1F, 0x1E, span_of("ann@example.com", 16));
	mailmake_attribute(b, 1, 0x00069003, buf_span(&props));
	for (int i = 0; i < 2; i++) {
		mailmake_attribute(b, 2, 0x00069002, span_str("render"));
		mailmake_attribute(b, 2, 0x00018010, span_of("SHORT~1.TXT", 12));
		mailmake_attribute(b, 2, 0x0006800F, span_str("862-43-5549"));
		buf_clear(&props);
		mailmake_props(&props, 1);
		mailmake_prop(&props, 0x3707, 0x1E, span_of("long name.txt", 14));
		mailmake_attribute(b, 2, 0x00069005, buf_span(&props));
	}
	buf_free(&props);
}

static void
test_tnef(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	make(&in);
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "winmail.dat", buf_span(&in)), 0);
	assert_non_null(strstr(recsink_log(&rs), "text body|body\n"));
	assert_non_null(strstr(
		recsink_log(&rs), "item 1 long name.txt text/plain\ntext body|862-43-5549\n"));
	assert_non_null(strstr(recsink_log(&rs), "item 1 long name.txt#2 text/plain\n"));
	assert_non_null(
		strstr(recsink_log(&rs), "text metadata|subject \xD0\xBF\\nann@example.com\\n\n"));
	assert_null(strstr(recsink_log(&rs), "gap corrupt"));
	recsink_free(&rs);
	buf_free(&in);
}

/* Cut anywhere: no fault, and it is said unless nothing is missing. */
static void
test_every_cut(void **state)
{
	struct buf in = {0};
	size_t said = 0;

	(void)state;
	make(&in);
	for (size_t n = 6; n < in.n; n++) {
		uint8_t *exact = malloc(n);
		struct recsink rs;

		assert_non_null(exact);
		memcpy(exact, in.p, n);
		recsink_init(&rs, true);
		assert_int_equal(recsink_bytes(&rs, "winmail.dat", span_of(exact, n)), 0);
		said += strstr(recsink_log(&rs), "gap corrupt hides winmail.dat: damaged") != NULL;
		recsink_free(&rs);
		free(exact);
	}
	assert_true(said > in.n * 8 / 10);
	buf_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lzfu),
		cmocka_unit_test(test_tnef),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
