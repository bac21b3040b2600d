/* Stores of keys and films: what their bytes show. All are put together here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ident.h"
#include "recsink.h"

#include "base/poison.h"

static int
open_tables(void **state)
{
	(void)state;
	return ident_open() < 0 || extract_open() < 0 ? -1 : 0;
}

static int
close_tables(void **state)
{
	(void)state;
	extract_close();
	ident_close();
	return 0;
}

/* The log of the bytes as a file of that name has the line; NULL: it has no fact. */
static void
expect(const char *name, struct span bytes, const char *line)
{
	struct recsink rs;
	const char *log;

	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, name, bytes), 0);
	log = recsink_log(&rs);
	if (line ? !strstr(log, line) : strstr(log, "fact ") != NULL)
		fail_msg("%s: expected '%s' in:\n%s", name, line ? line : "no fact", log);
	recsink_free(&rs);
}

/* Every beginning of the bytes is read without a step too far (a sanitizer watches). */
static void
cut_everywhere(const char *name, struct span bytes)
{
	for (size_t n = 0; n < bytes.n; n++) {
		uint8_t *p = test_malloc(n ? n : 1);
		struct recsink rs;

		memcpy(p, bytes.p, n);
		recsink_init(&rs, false);
		assert_int_equal(recsink_bytes(&rs, name, span_of(p, n)), 0);
		recsink_free(&rs);
		test_free(p);
	}
}

static void
put_be(struct buf *b, uint64_t v, unsigned n)
{
	while (n--)
		buf_putc(b, (uint8_t)(v >> 8 * n));
}

static void
put_zeros(struct buf *b, size_t n)
{
	while (n--)
		buf_putc(b, 0);
}

/* --- films ------------------------------------------------------------------- */

static void
put_movie(struct buf *b, uint32_t seconds, uint32_t w, uint32_t h)
{
	put_be(b, 8 + 108 + 8 + 92, 4);
	buf_puts(b, "moov");
	put_be(b, 108, 4);
	buf_puts(b, "mvhd");
	put_zeros(b, 12);
	put_be(b, 600, 4);
	put_be(b, (uint64_t)seconds * 600, 4);
	put_zeros(b, 80);
	put_be(b, 8 + 92, 4);
	buf_puts(b, "trak");
	put_be(b, 92, 4);
	buf_puts(b, "tkhd");
	put_zeros(b, 76);
	put_be(b, w << 16, 4);
	put_be(b, h << 16, 4);
}

static void
mp4(void **state)
{
	struct buf b = {0};

	(void)state;
	put_be(&b, 16, 4);
	buf_puts(&b, "ftypisom");
	put_be(&b, 0, 4);
	put_movie(&b, 7020, 1920, 1080);
	expect("a.mp4", buf_span(&b),
		"fact video 1 7020s 1920x1080 MP4 film of 1:57:00, 1920x1080\n");
	cut_everywhere("a.mp4", buf_span(&b));
	/* the index behind the film, whose length takes 64 bits */
	buf_clear(&b);
	put_be(&b, 16, 4);
	buf_puts(&b, "ftypqt  ");
	put_be(&b, 0, 4);
	put_be(&b, 1, 4);
	buf_puts(&b, "mdat");
	put_be(&b, 16 + 70000, 8);
	put_zeros(&b, 70000);
	put_movie(&b, 65, 640, 480);
	expect("a.mov", buf_span(&b), "fact video 1 65s 640x480 ");
	buf_free(&b);
}

static void
matroska(void **state)
{
	static const uint8_t film[] = {
		0x1A, 0x45, 0xDF, 0xA3, 0x80, /* EBML, empty */
		0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
		0xFF, /* Segment */
		0x15, 0x49, 0xA9, 0x66, 0x8E, /* Info */
		0x2A, 0xD7, 0xB1, 0x83, 0x0F, 0x42, 0x40, /* scale: 1,000,000 ns */
		0x44, 0x89, 0x84, 0x4A, 0x5B, 0xBA, 0x00, /* duration: 3,600,000.0 */
		0x16, 0x54, 0xAE, 0x6B, 0x8C, /* Tracks */
		0xAE, 0x8A, 0xE0, 0x88, /* entry, Video */
		0xB0, 0x82, 0x07, 0x80, 0xBA, 0x82, 0x04, 0x38, /* 1920 x 1080 */
	};

	(void)state;
	expect("a.mkv", span_of(film, sizeof film),
		"fact video 1 3600s 1920x1080 Matroska film of 1:00:00, 1920x1080\n");
	cut_everywhere("a.mkv", span_of(film, sizeof film));
}

static void
avi(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_puts(&b, "RIFF");
	put_zeros(&b, 4);
	buf_puts(&b, "AVI LIST");
	put_zeros(&b, 4);
	buf_puts(&b, "hdrlavih");
	put_be(&b, 0x38000000, 4);
	put_be(&b, 0x409C0000, 4); /* 40,000 microseconds a frame */
	put_zeros(&b, 12);
	put_be(&b, 0xA08C0000, 4); /* 36,000 frames */
	put_zeros(&b, 12);
	put_be(&b, 0x80020000, 4);
	put_be(&b, 0xE0010000, 4);
	put_zeros(&b, 64);
	expect("a.avi", buf_span(&b), "fact video 1 1440s 640x480 AVI film");
	cut_everywhere("a.avi", buf_span(&b));
	buf_free(&b);
}

/* --- stores of keys ------------------------------------------------------------ */

static void
put_entry(struct buf *b, uint32_t tag)
{
	put_be(b, tag, 4);
	put_be(b, 5, 2);
	buf_puts(b, "probe");
	put_be(b, 1416787200000, 8);
	if (tag == 1) {
		put_be(b, 4, 4);
		put_be(b, 0x30020500, 4);
		put_be(b, 1, 4);
	}
	put_be(b, 5, 2);
	buf_puts(b, "X.509");
	put_be(b, 3, 4);
	put_be(b, 0x300100, 3);
}

static void
java(void **state)
{
	struct buf b = {0};

	(void)state;
	put_be(&b, 0xFEEDFEED00000002, 8);
	put_be(&b, 3, 4);
	put_entry(&b, 2);
	put_entry(&b, 1);
	put_entry(&b, 1);
	put_zeros(&b, 20);
	expect("a.jks", buf_span(&b),
		"fact keystore 2 sealed Java keystore with 2 private keys\ngap encrypted");
	cut_everywhere("a.jks", buf_span(&b));
	buf_clear(&b);
	put_be(&b, 0xFEEDFEED00000002, 8);
	put_be(&b, 2, 4);
	put_entry(&b, 2);
	put_entry(&b, 2);
	put_zeros(&b, 20);
	expect("cacerts", buf_span(&b), NULL);
	buf_free(&b);
}

static void
pkcs12(void **state)
{
	static const char key[] = "\x30\x82\x04\x00\x02\x01\x03\x30\x82\x03\xF0"
				  "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01\x02\xA0\x10";
	static const char sealed[] = "\x30\x82\x04\x00\x02\x01\x03\x30\x82\x03\xF0"
				     "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06\xA0\x10";

	(void)state;
	expect("a.p12", span_of(key, sizeof key - 1), "fact keystore 1 sealed PKCS #12 store with");
	expect("a.p12", span_of(sealed, sizeof sealed - 1),
		"fact keystore 0 sealed PKCS #12 store,");
	cut_everywhere("a.p12", span_of(key, sizeof key - 1));
}

static void
others(void **state)
{
	static const uint8_t pgp[] = {
		0x95, 0x01, 0xD8, 0x04, 0x6B, 0x02, 0x6E, 0xCD, 0x01, 0x04, 0x00, 0xBB, 0xEF, 0xC7};
	static const uint8_t pgp_public[] = {
		0x99, 0x01, 0xD8, 0x04, 0x6B, 0x02, 0x6E, 0xCD, 0x01, 0x04, 0x00, 0xBB, 0xEF, 0xC7};
	struct buf b = {0};

	(void)state;
	expect("x", span_of(pgp, sizeof pgp), "fact keystore 1 OpenPGP private key");
	expect("x", span_of(pgp_public, sizeof pgp_public), NULL);
	buf_puts(&b, "PWS3");
	put_zeros(&b, 64);
	expect("x.psafe3", buf_span(&b), "fact keystore 1 sealed Password Safe database");
	buf_clear(&b);
	put_be(&b, 0x01002D00, 4);
	buf_puts(&b, "  CN=Eva Probe/O=Probe  ");
	put_zeros(&b, 200);
	expect("eprobe.id", buf_span(&b), "fact keystore 1 Lotus Notes ID");
	expect("eprobe.bin", buf_span(&b), NULL);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mp4),
		cmocka_unit_test(matroska),
		cmocka_unit_test(avi),
		cmocka_unit_test(java),
		cmocka_unit_test(pkcs12),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, open_tables, close_tables);
}
