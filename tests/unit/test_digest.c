/* digest: the vectors of RFC 1321, RFC 3174 and RFC 6229; lzfu: those of MS-OXRTFCP; vba. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>

#include "extract/digest.h"
#include "extract/lzfu.h"
#include "extract/vba.h"

static void
hex(const uint8_t *p, size_t n, char *to)
{
	for (size_t i = 0; i < n; i++)
		(void)snprintf(to + 2 * i, 3, "%02x", p[i]);
}

static void
test_md5(void **state)
{
	static const char *const vectors[][2] = {{"", "d41d8cd98f00b204e9800998ecf8427e"},
		{"abc", "900150983cd24fb0d6963f7d28e17f72"},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
			"d174ab98d277d9f5a5611c2c9f419d9f"},
		{"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
			"57edf4a22be3c955ac49da2e2107b67a"}};
	uint8_t d[16];
	char s[41];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		md5(span_str(vectors[i][0]), d);
		hex(d, sizeof d, s);
		assert_string_equal(s, vectors[i][1]);
	}
}

static void
test_sha1(void **state)
{
	static const char *const vectors[][2] = {
		{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"84983e441c3bd26ebaae4aa1f95129e5e54670f1"}};
	uint8_t d[20];
	char s[41];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		sha1(span_str(vectors[i][0]), d);
		hex(d, sizeof d, s);
		assert_string_equal(s, vectors[i][1]);
	}
}

static void
test_rc4(void **state)
{
	const uint8_t key[5] = {1, 2, 3, 4, 5};
	uint8_t p[16] = {0};
	struct rc4 c;
	char s[41];

	(void)state;
	rc4_key(&c, span_of(key, sizeof key));
	rc4_apply(&c, p, sizeof p);
	hex(p, sizeof p, s);
	assert_string_equal(s, "b2396305f03dc027ccc3524a0a1118a8");
	memset(p, 0, sizeof p);
	rc4_skip(&c, 240 - 16);
	rc4_apply(&c, p, sizeof p);
	hex(p, sizeof p, s);
	assert_string_equal(s, "28cb1132c96ce286421dcaadb8b69eae");
}

static const uint8_t simple[] = {0x2D, 0, 0, 0, 0x2B, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75, 0xF1, 0xC5,
	0xC7, 0xA7, 0x03, 0, 0x0A, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0A,
	0xF3, 0x20, 0x68, 0x65, 0x6C, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xB0, 0x6C, 0x64, 0x7D, 0x0A,
	0x80, 0x0F, 0xA0};
static const uint8_t reading_written[] = {0x1A, 0, 0, 0, 0x1C, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75,
	0xE2, 0xD4, 0x4B, 0x51, 0x41, 0, 0x04, 0x20, 0x57, 0x58, 0x59, 0x5A, 0x0D, 0x6E, 0x7D, 0x01,
	0x0E, 0xB0};

static void
test_lzfu(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_int_equal(lzfu_decode(span_of(simple, sizeof simple), 1000, &b), 0);
	assert_string_equal(buf_cstr(&b), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
	buf_clear(&b);
	assert_int_equal(
		lzfu_decode(span_of(reading_written, sizeof reading_written), 1000, &b), 0);
	assert_string_equal(buf_cstr(&b), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
	for (size_t n = 0; n < sizeof simple - 4; n++) {
		buf_clear(&b);
		assert_int_not_equal(lzfu_decode(span_of(simple, n), 1000, &b), 0);
	}
	buf_clear(&b);
	assert_int_equal(lzfu_decode(span_of(simple, sizeof simple), 5, &b), -EBADMSG);
	assert_int_equal(b.n, 5);
	buf_free(&b);
}

/* "Attribut" written out, then a copy of its last seven bytes, after some compiled code. */
static void
test_vba(void **state)
{
	static const uint8_t module[] = {9, 9, 9, 1, 0x0F, 0xB0, 0, 'A', 't', 't', 'r', 'i', 'b',
		'u', 't', 0x02, 'e', 0x04, 0x60, ' ', 'x', '!'};
	struct buf b = {0};

	(void)state;
	assert_true(vba_source(span_of(module, sizeof module), 1000, &b));
	assert_string_equal(buf_cstr(&b), "Attributetribute x!");
	for (size_t n = 0; n < sizeof module; n++) {
		buf_clear(&b);
		(void)vba_source(span_of(module, n), 1000, &b);
		assert_true(b.n <= 19);
	}
	buf_clear(&b);
	assert_true(vba_source(span_of(module, sizeof module), 4, &b));
	assert_int_equal(b.n, 4);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_md5),
		cmocka_unit_test(test_sha1),
		cmocka_unit_test(test_rc4),
		cmocka_unit_test(test_lzfu),
		cmocka_unit_test(test_vba),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
