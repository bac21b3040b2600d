/* What nobody can read is named for what it is: containers with and without a mark, disks, iWork. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "zipmake.h"
#include "readtest.h"

#include "base/poison.h"

#define MIB (1024u * 1024)

static void
fill_random(uint8_t *p, size_t n)
{
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x >> 24);
	}
}

static void
test_noise(void **state)
{
	static const char gap[] = "gap encrypted hides looks encrypted";
	uint8_t *p = malloc(MIB);

	(void)state;
	assert_non_null(p);
	fill_random(p, MIB);
	p[0] = 0xB7; /* no signature */
	read_expect("volume", span_of(p, MIB), gap, NULL);
	read_expect("holiday.hc", span_of(p, MIB), gap, NULL);
	read_expect("holiday.TC", span_of(p, MIB), gap, NULL);
	read_expect("holiday.mov", span_of(p, MIB), NULL, gap);
	read_expect("volume", span_of(p, MIB - 1), NULL, gap);
	read_expect("volume", span_of(p, MIB / 8), NULL, gap);
	/* one sample that is not random */
	memset(p + MIB / 2, 'x', MIB / 8);
	read_expect("volume", span_of(p, MIB), NULL, gap);
	free(p);
}

static void
test_marks(void **state)
{
	static const uint8_t p7m[] = {0x30, 0x82, 0x01, 0x00, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
		0xF7, 0x0D, 0x01, 0x07, 0x03, 0xA0};

	(void)state;
	read_expect("smime.p7m", span_of(p7m, sizeof p7m),
		"gap encrypted hides S/MIME (CMS) message", NULL);
	read_expect("a", span_of("LUKS\xBA\xBE\0\2", 8), "gap encrypted hides LUKS volume", NULL);
	read_expect("a", span_of("\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5", 8),
		"gap encrypted hides KeePass database", NULL);
	read_expect("a", span_str("-----BEGIN PGP MESSAGE-----\n\nhQEM\n"),
		"gap encrypted hides OpenPGP message", NULL);
	read_expect("a.enc", span_str("U2FsdGVkX18Wm7TLw6Z9Yw==\n"),
		"gap encrypted hides OpenSSL salted", NULL);
	read_expect("a", span_of("\0\1\0\0Standard Jet DB\0 some words here", 36),
		"some words here", NULL);
	read_expect("a", span_of("\0\1\0\0Standard ACE DB\0", 20),
		"gap unsupported hides Access database", NULL);
}

/* Packed by methods that nothing here undoes: said, and searched for words. */
static void
test_closed(void **state)
{
	static const struct {
		size_t at;
		const char *bytes;
		size_t n;
		const char *gap;
	} kinds[] = {
		{0, "\x60\xEA\x2C\0\x22\x0B\1\x0B\x10\0\2", 11, "ARJ archive"},
		{7, "**ACE**", 7, "ACE archive"},
		{0, "SIT!\0\1\0\0\0\xFFrLau", 14, "StuffIt archive"},
		{0, "PGDMP\1\x0E", 7, "PostgreSQL dump"},
		{0, "PAR1\x15\x04", 6, "Parquet table"},
		{4, "\xEF\xCD\xAB\x89", 4, "ESE database"},
		{0, "\x89LZO\0\r\n\x1A\n", 9, "lzop data"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		uint8_t b[200] = {0xF1};
		char gap[80];

		memcpy(b + kinds[i].at, kinds[i].bytes, kinds[i].n);
		memcpy(b + 100, "words within", 12);
		(void)snprintf(gap, sizeof gap, "gap unsupported hides %s: only", kinds[i].gap);
		read_expect("a", span_of(b, sizeof b), gap, NULL);
		read_expect("a", span_of(b, sizeof b), "words within", NULL);
	}
	read_expect("a", span_of("\x60\xEA some words", 13), "some words", "gap");
}

static void
test_disks(void **state)
{
	uint8_t disk[1024] = {0};

	(void)state;
	memcpy(disk + 600, "words on a disk", 15);
	disk[510] = 0x55;
	disk[511] = 0xAA;
	read_expect("a.img", span_of(disk, sizeof disk), "words on a disk", "gap");
	disk[446 + 4] = 0x83;
	disk[446 + 8] = 8;
	disk[446 + 13] = 8;
	read_expect("a.img", span_of(disk, sizeof disk), "gap unsupported hides disk image", NULL);
	read_expect("a.img", span_of(disk, sizeof disk), "words on a disk", NULL);
	memcpy(disk, "QFI\xFB", 4);
	read_expect("a", span_of(disk, sizeof disk), "gap unsupported hides qcow2", NULL);
	memcpy(disk, "vhdxfile", 8);
	read_expect("a", span_of(disk, sizeof disk), "gap unsupported hides VHDX", NULL);
}

static void
test_iwork(void **state)
{
	const struct zipmake_part plain[] = {
		{"Index/Document.iwa", "snappy"}, {"preview.txt", "a word of the preview"}};
	const struct zipmake_part locked[] = {{"Index/Document.iwa", "x"}, {".iwpv2", "x"}};
	const struct zipmake_part other[] = {{"Index/readme.txt", "a word in a zip"}};
	struct zipmake z;

	(void)state;
	zipmake_all(&z, plain, 2);
	read_expect("a.pages", buf_span(&z.out), "gap unsupported hides iWork document", NULL);
	read_expect("a.pages", buf_span(&z.out), "a word of the preview", NULL);
	zipmake_free(&z);
	zipmake_all(&z, locked, 2);
	read_expect("a.numbers", buf_span(&z.out),
		"gap encrypted hides iWork document with a password", NULL);
	zipmake_free(&z);
	zipmake_all(&z, other, 1);
	read_expect("a.key", buf_span(&z.out), "a word in a zip", "gap");
	zipmake_free(&z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_disks),
		cmocka_unit_test(test_iwork),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
