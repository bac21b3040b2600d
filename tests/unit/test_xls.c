/* xls: a workbook of each age, protected ones, cut and mutated ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "doctest.h"
#include "extract/digest.h"
#include "olemake.h"

extern const struct extractor extract_xls;

static const char staff[] = "table [Staff] hidden\n"
			    "row 1|1=abcde\xE2\x82\xAC|2=Nam\xC3\xA9\n"
			    "row 2|1=078-05-1120{78051120}|2=11/20/2014{2014-11-20}|3=12.34|4=42\n"
			    "row 3|1=result|2=TRUE\nend\n"
			    "text comment [Staff!B2]|Ann: hello\n";

static void
test_biff8(void **state)
{
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	for (unsigned shift = 9; shift <= 12; shift += 3) {
		olemake_xls(&m, shift);
		recsink_init(&rs, true);
		assert_int_equal(recsink_bytes(&rs, "a.xls", buf_span(&m.out)), 0);
		doc_has(&rs, "text header [Staff]|Top");
		assert_non_null(strstr(recsink_log(&rs), staff));
		doc_has(&rs, "text metadata [sheet names]|Staff\\n");
		doc_has(&rs, "text metadata [properties]|Title: Salaries\\n");
		doc_lacks(&rs, "gap");
		recsink_free(&rs);
		cfbmake_free(&m);
	}
}

/* Numbers, a label, a format and a note as Excel 2 wrote them; no file around them. */
static void
test_biff2(void **state)
{
	struct buf b = {0};
	struct recsink rs;
	double v = 78051120;

	(void)state;
	biff_put(&b, 0x09, "\2\0\x10\0", 4);
	biff_put(&b, 0x42, "\xE4\4", 2); /* code page 1252 */
	biff_put(&b, 0x1E, "\7General", 8);
	biff_put(&b, 0x1E,
		"\x0B"
		"000-00-0000",
		12);
	biff_put(&b, 0x04, "\0\0\0\0\0\0\0\4Nam\xE9", 12);
	biff_put(&b, 0x02, "\1\0\0\0\0\0\0\x2A\0", 9);
	put_le(&b, 0x03, 2);
	put_le(&b, 15, 2);
	buf_put(&b, "\1\0\1\0\0\1\0", 7); /* format 1 */
	buf_put(&b, &v, 8);
	biff_put(&b, 0x1C, "\1\0\1\0\6\0secret", 12);
	biff_put(&b, 0x0A, NULL, 0);
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "a.xls", buf_span(&b)), 0);
	doc_has(&rs, "row 1|1=Nam\xC3\xA9");
	doc_has(&rs, "row 2|1=42|2=078-05-1120{78051120}");
	doc_has(&rs, "text comment [!B2]|secret");
	doc_lacks(&rs, "gap");
	recsink_free(&rs);
	buf_free(&b);
}

/* Excel 4: a book that holds its sheets within itself. */
static void
test_biff4(void **state)
{
	struct buf b = {0};
	struct recsink rs;

	(void)state;
	biff_put(&b, 0x409, "\0\0\0\1\0\0", 6);
	for (unsigned i = 0; i < 2; i++) {
		biff_put(&b, 0x8F, i ? "\0\0\0\0\3Two" : "\0\0\0\0\3One", 8);
		biff_put(&b, 0x409, "\0\0\x10\0\0\0", 6);
		biff_put(&b, 0x41E, "\0\0\7General", 10);
		biff_put(&b, 0x41E,
			"\0\0\x0B"
			"000-00-0000",
			14);
		biff_put(&b, 0x443, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
		biff_put(&b, 0x443, "\0\1\0\0\0\0\0\0\0\0\0\0", 12);
		biff_put(&b, 0x204, "\0\0\0\0\0\0\3\0Ann", 11);
		biff_put(&b, 0x7E, "\0\0\1\0\1\0\xC2\xDC\x9B\x12", 10); /* 78051120 */
		biff_put(&b, 0x0A, NULL, 0);
	}
	biff_put(&b, 0x0A, NULL, 0);
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "a.xlw", buf_span(&b)), 0);
	doc_has(&rs, "table [One]");
	doc_has(&rs, "table [Two]");
	doc_has(&rs, "row 1|1=Ann|2=078-05-1120{78051120}");
	doc_has(&rs, "text metadata [sheet names]|One\\nTwo\\n");
	doc_lacks(&rs, "gap");
	recsink_free(&rs);
	buf_free(&b);
}

/* Excel 5: strings in a code page; the sheet claims to be newer than the book. */
static void
test_biff5(void **state)
{
	struct buf b = {0};
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	biff_put(&b, 0x809, "\0\5\5\0\0\0\0\0", 8);
	biff_put(&b, 0x42, "\xE3\4", 2); /* 1251 */
	biff_put(&b, 0x85, "\x25\0\0\0\0\0\4\xCB\xE8\xF1\xF2", 11);
	biff_put(&b, 0x0A, NULL, 0);
	biff_put(&b, 0x809, "\0\6\x10\0\0\0\0\0", 8);
	biff_put(&b, 0x204, "\0\0\0\0\0\0\3\0\xC8\xEC\xFF", 11);
	biff_put(&b, 0x0A, NULL, 0);
	cfbmake_begin(&m, 9);
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "Book", buf_span(&b));
	cfbmake_end(&m);
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "a.xls", buf_span(&m.out)), 0);
	doc_has(&rs, "table [Лист]");
	doc_has(&rs, "row 1|1=Имя");
	recsink_free(&rs);
	cfbmake_free(&m);
	buf_free(&b);
}

static void
unhex(const char *s, struct buf *b)
{
	for (; *s; s += 2) {
		char two[3] = {s[0], s[1], 0};

		buf_putc(b, (uint8_t)strtoul(two, NULL, 16));
	}
}

/* Enciphers the records behind the first one, after a FILEPASS of those bytes. */
static void
protect(struct buf *to, const struct buf *from, struct span pass,
	void (*cipher)(uint8_t *p, size_t n, uint64_t off))
{
	size_t at = 0;

	while (at < from->n) {
		unsigned id = le16(from->p + at);
		size_t n = le16(from->p + at + 2), skip = id == 0x85 ? 4 : id == 0x809 ? n : 0;

		buf_put(to, from->p + at, 4 + n);
		if (skip < n)
			cipher(to->p + to->n - n + skip, n - skip, to->n - n + skip);
		if (at == 0)
			biff_put(to, 0x2F, pass.p, pass.n);
		at += 4 + n;
	}
}

static const char *key_base;
static size_t key_base_n, key_n, key_used;

/* RC4 from scratch for each record: slow and plain. */
static void
rc4_cipher(uint8_t *p, size_t n, uint64_t off)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t at = off + i;
		uint8_t t[24], key[20];
		struct rc4 c;

		memcpy(t, key_base, key_base_n);
		for (unsigned k = 0; k < 4; k++)
			t[key_base_n + k] = (uint8_t)(at / 1024 >> 8 * k);
		if (key_base_n == 5)
			md5(span_of(t, 9), key);
		else
			sha1(span_of(t, 24), key);
		memset(key + key_used, 0, sizeof key - key_used);
		rc4_key(&c, span_of(key, key_n));
		rc4_skip(&c, at % 1024);
		rc4_apply(&c, p + i, 1);
	}
}

static void
xor_cipher(uint8_t *p, size_t n, uint64_t off)
{
	static const char password[16] = "VelvetSweatshop\xBB";
	size_t whole = n;

	if (memcmp(p + n - 5, "Staff", 5) == 0) { /* the sheet's name stands behind 4 clear bytes */
		off -= 4;
		whole += 4;
	}
	for (size_t i = whole - n; i < whole; i++) {
		uint8_t k = (uint8_t)password[(off + whole + i) & 15];
		uint8_t *q = p + i - (whole - n);

		k ^= (off + whole + i) & 1 ? 0xB3 : 0x59;
		*q = (uint8_t)(*q << 5 | *q >> 3);
		*q ^= (uint8_t)(k >> 1 | k << 7);
	}
}

static void
check_protected(struct span pass, void (*cipher)(uint8_t *p, size_t n, uint64_t off))
{
	struct buf plain = {0}, b = {0};
	struct cfbmake m;
	struct recsink rs;

	olemake_book(&plain);
	protect(&b, &plain, pass, cipher);
	cfbmake_begin(&m, 9);
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "Workbook", buf_span(&b));
	cfbmake_end(&m);
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "a.xls", buf_span(&m.out)), 0);
	doc_has(&rs, "row 1|1=abcde\xE2\x82\xAC|2=Nam\xC3\xA9");
	doc_has(&rs, "row 3|1=result|2=TRUE");
	doc_lacks(&rs, "gap encrypted");
	recsink_free(&rs);
	cfbmake_free(&m);
	buf_free(&plain);
	buf_free(&b);
}

#define SALT "000102030405060708090a0b0c0d0e0f"

/* FILEPASS records made by another program from the password and the salt 00 01 .. 0f. */
static const char *const passes[3] = {"010001000100" SALT "01fd4e05dc6e0e72fcc4b72175686883ded643a3"
				      "b989170bc6e163b5debaf714",
	"010004000200040000002000000004000000000000000168000004800000280000000100000000000000000000"
	"00"
	"10000000" SALT "c872728f14b55d849b7dde3f7cfd96a714000000d5e6c96d597b070d79bf31b1599eddf2"
	"ece8d44b",
	"010004000200040000002000000004000000000000000168000004800000800000000100000000000000000000"
	"00"
	"10000000" SALT "a024a295d910dcd16b2b69c9dfef19191400000074a70eb0e7278136e857318b9e9a13d1"
	"9115d50b"};

static void
test_default_password(void **state)
{
	static const char velvet[] = "V\0e\0l\0v\0e\0t\0S\0w\0e\0a\0t\0s\0h\0o\0p";
	uint8_t t[64], h[20], many[336];
	struct buf pass = {0};

	(void)state;
	/* XOR: the key is that of the published table, 9A0A the published verifier */
	check_protected(span_of("\0\0\x59\xB3\x0A\x9A", 6), xor_cipher);
	for (unsigned i = 0; i < 3; i++) {
		buf_clear(&pass);
		unhex(passes[i], &pass);
		memset(h, 0, sizeof h);
		if (i == 0) {
			md5(span_of(velvet, 30), h);
			for (unsigned k = 0; k < 16; k++) {
				memcpy(many + 21 * k, h, 5);
				memcpy(many + 21 * k + 5, pass.p + 6, 16);
			}
			md5(span_of(many, sizeof many), h);
			key_base_n = 5;
			key_n = key_used = 16;
		} else {
			memcpy(t, pass.p + 50, 16);
			memcpy(t + 16, velvet, 30);
			sha1(span_of(t, 46), h);
			key_base_n = 20;
			key_n = 16;
			key_used = i == 1 ? 5 : 16;
		}
		key_base = (const char *)h;
		check_protected(buf_span(&pass), rc4_cipher);
	}
	buf_free(&pass);
}

static void
test_other_password(void **state)
{
	static const char *const details[] = {"gap encrypted hides Excel RC4 40-bit",
		"gap encrypted hides Excel RC4 CryptoAPI",
		"gap encrypted hides Excel RC4 CryptoAPI"};
	struct buf pass = {0}, b = {0};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct cfbmake m;
		struct recsink rs;

		buf_clear(&pass);
		buf_clear(&b);
		unhex(passes[i], &pass);
		pass.p[pass.n - 1] ^= 1;
		olemake_book(&b);
		b.n = 20;
		biff_put(&b, 0x2F, pass.p, pass.n);
		cfbmake_begin(&m, 9);
		(void)cfbmake_stream(&m, CFBMAKE_ROOT, "Workbook", buf_span(&b));
		cfbmake_end(&m);
		recsink_init(&rs, true);
		assert_int_equal(recsink_bytes(&rs, "a.xls", buf_span(&m.out)), 0);
		doc_has(&rs, details[i]);
		recsink_free(&rs);
		cfbmake_free(&m);
	}
	buf_free(&pass);
	buf_free(&b);
}

static void
test_cut(void **state)
{
	struct buf b = {0};
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	olemake_book(&b);
	for (size_t n = 1; n < b.n; n++) {
		cfbmake_begin(&m, 9);
		(void)cfbmake_stream(&m, CFBMAKE_ROOT, "Workbook", span_of(b.p, n));
		cfbmake_end(&m);
		doc_run_bytes(&rs, &extract_xls, buf_span(&m.out));
		recsink_free(&rs);
		cfbmake_free(&m);
	}
	cfbmake_begin(&m, 9);
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "Workbook", span_of(b.p, b.n - 60));
	cfbmake_end(&m);
	doc_run_bytes(&rs, &extract_xls, buf_span(&m.out));
	doc_has(&rs, "gap corrupt hides damaged workbook");
	recsink_free(&rs);
	cfbmake_free(&m);
	buf_free(&b);
}

static int
setup(void **state)
{
	(void)state;
	return extract_open();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_biff8),
		cmocka_unit_test(test_biff2),
		cmocka_unit_test(test_biff4),
		cmocka_unit_test(test_biff5),
		cmocka_unit_test(test_default_password),
		cmocka_unit_test(test_other_password),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
