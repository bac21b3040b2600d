/* What ident makes of heads: signatures, their second looks, encodings, kinds of text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/buf.h"
#include "ident.h"

#include "base/poison.h"

static struct item
look(struct reader *r, const char *name, const void *p, size_t n)
{
	struct item it = {.name = span_str(name), .r = r};

	reader_mem(r, span_of(p, n));
	assert_int_equal(ident_item(&it), 0);
	return it;
}

static void
expect(const char *name, const void *p, size_t n, enum format format, const char *mime,
	const char *charset)
{
	struct reader r;
	struct item it = look(&r, name, p, n);

	if (it.format != format || (mime && strcmp(it.mime, mime) != 0))
		fail_msg("%s: format %d (not %d), mime %s", name, (int)it.format, (int)format,
			it.mime);
	if (charset) {
		assert_non_null(it.charset);
		assert_string_equal(it.charset, charset);
	}
	reader_end(&r);
}

#define EXPECT(name, bytes, format, mime) expect(name, bytes, sizeof(bytes) - 1, format, mime, NULL)
#define EXPECT_TEXT(bytes, charset)                                                                \
	expect("x", bytes, sizeof(bytes) - 1, FORMAT_TEXT, "text/plain", charset)

static void
test_signatures(void **state)
{
	(void)state;
	EXPECT("a", "", FORMAT_EMPTY, "application/x-empty");
	EXPECT("a", "PK\3\4\24\0\0\0\0\0", FORMAT_ZIP, "application/zip");
	EXPECT("a", "PK\5\6\0\0\0\0", FORMAT_ZIP, "application/zip");
	EXPECT("a", "PK\7\10PK\3\4....", FORMAT_ZIP, "application/zip");
	EXPECT("a", "7z\xBC\xAF\x27\x1C\0\4", FORMAT_7Z, NULL);
	EXPECT("a", "Rar!\x1A\7\0....", FORMAT_RAR, NULL);
	EXPECT("a", "Rar!\x1A\7\1\0...", FORMAT_RAR, NULL);
	EXPECT("a", "\x1F\x8B\x08\0\0\0\0\0\0\3xx", FORMAT_GZIP, NULL);
	EXPECT("a", "BZh91AY&SYxxxx", FORMAT_BZIP2, NULL);
	EXPECT("a", "\xFD\x37zXZ\0\0\4", FORMAT_XZ, NULL);
	EXPECT("a", "\x5D\0\0\x80\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0...", FORMAT_LZMA, NULL);
	EXPECT("a", "\x28\xB5\x2F\xFD\x24\0", FORMAT_ZSTD, NULL);
	EXPECT("a", "LZIP\1\x0C", FORMAT_LZIP, NULL);
	EXPECT("a", "\x1F\x9D\x90\x61", FORMAT_COMPRESS, NULL);
	EXPECT("a", "070701000000", FORMAT_CPIO, NULL);
	EXPECT("a", "!<arch>\ndebian-binary", FORMAT_AR, "application/vnd.debian.binary-package");
	EXPECT("a", "xar!\0\x1C", FORMAT_XAR, NULL);
	EXPECT("a", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FORMAT_OLE2, NULL);
	EXPECT("a", "\x09\0\4\0\2\0\x10\0", FORMAT_OLE2, "application/vnd.ms-excel");
	EXPECT("a", "\x09\4\6\0\0\0\x10\0\0\0", FORMAT_OLE2, "application/vnd.ms-excel");
	EXPECT("a", "{\\rtf1\\ansi}", FORMAT_RTF, NULL);
	EXPECT("a", "!BDN\0\0", FORMAT_PST, NULL);
	EXPECT("a", "SQLite format 3\0\x10\0", FORMAT_SQLITE, NULL);
	EXPECT("a", "\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5\1\0", FORMAT_KEYSTORE,
		"application/x-keepass2");
	EXPECT("a", "\xFE\xED\xFE\xED\0\0\0\2\0\0\0\1", FORMAT_KEYSTORE, NULL);
	EXPECT("a", "\x30\x82\x0A\x4F\x02\x01\x03\x30\x82\x0A\x15\x06\x09\x2A\x86\x48",
		FORMAT_KEYSTORE, "application/pkcs12");
	EXPECT("a", "Salted__12345678", FORMAT_ENCRYPTED, NULL);
	EXPECT("a", "\x85\x01\x0C\x03\1\2\3\4\5\6\7\x08\x01\x08\0abc", FORMAT_ENCRYPTED, NULL);
	EXPECT("a", "-----BEGIN PGP MESSAGE-----\n", FORMAT_ENCRYPTED, NULL);
	EXPECT("a", "\x89PNG\r\n\x1A\n....", FORMAT_IMAGE, "image/png");
}

/* Short magics do not swallow what only begins alike. */
static void
test_second_looks(void **state)
{
	(void)state;
	EXPECT("a", "BMW, Audi and Opel\n", FORMAT_TEXT, "text/plain");
	EXPECT("a", "MZ is a fine name\n", FORMAT_TEXT, "text/plain");
	EXPECT("a", "BZh is no bzip2 stream\n", FORMAT_TEXT, "text/plain");
	EXPECT("a", "true story\n", FORMAT_TEXT, "text/plain");
	EXPECT("a", "0 is a digit, as is 30\n", FORMAT_TEXT, "text/plain");
	EXPECT("a", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n", FORMAT_TEXT, "text/plain");
	EXPECT("a", "about the mark %PDF-1.4 of a file\n", FORMAT_TEXT, "text/plain");
	EXPECT("a", "junk\n%PDF-1.4\n...", FORMAT_PDF, "application/pdf");
}

static void
test_tar(void **state)
{
	uint8_t old[1024] = {0};
	unsigned sum = 0;
	char field[8];

	(void)state;
	memcpy(old, "salaries.txt", 12);
	memcpy(old + 100, "0000644", 7);
	memcpy(old + 124, "00000000012", 11);
	memset(old + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += old[i];
	(void)snprintf(field, sizeof field, "%06o", sum);
	memcpy(old + 148, field, 7);
	expect("a", old, sizeof old, FORMAT_TAR, "application/x-tar", NULL);
	old[148]++;
	{
		struct reader r;
		struct item it = look(&r, "a", old, sizeof old);

		assert_int_not_equal(it.format, FORMAT_TAR);
		reader_end(&r);
	}
}

static void
test_iso(void **state)
{
	_Static_assert(READER_HEAD > 32774, "the mark lies within the head");
	static uint8_t iso[40000];

	(void)state;
	memcpy(iso + 32769, "CD001", 5);
	expect("a", iso, sizeof iso, FORMAT_ISO, NULL, NULL);
}

static void
test_charsets(void **state)
{
	(void)state;
	EXPECT_TEXT("plain words\n", "us-ascii");
	EXPECT_TEXT("Gr\xC3\xB6\xC3\x9F"
		    "e\n",
		"utf-8");
	EXPECT_TEXT("\xEF\xBB\xBFword\n", "utf-8");
	EXPECT_TEXT("Gr\xF6\xDF"
		    "e des Kontos\n",
		"windows-1252");
	EXPECT_TEXT("\xFF\xFEh\0i\0\n\0", "utf-16le");
	EXPECT_TEXT("\xFE\xFF\0h\0i\0\n", "utf-16be");
	EXPECT_TEXT("p\0a\0s\0s\0w\0o\0r\0d\0s\0\n\0", "utf-16le");
	EXPECT_TEXT("\0p\0a\0s\0s\0w\0o\0r\0d\0s\0\n", "utf-16be");
	EXPECT_TEXT("\xFF\xFE\0\0h\0\0\0i\0\0\0", "utf-32le");
	EXPECT_TEXT("h\0\0\0e\0\0\0l\0\0\0l\0\0\0o\0\0\0", "utf-32le");
	EXPECT_TEXT("\0\0\0h\0\0\0e\0\0\0l\0\0\0l\0\0\0o", "utf-32be");
}

static void
test_binary_is_no_text(void **state)
{
	uint8_t noise[4096];
	uint32_t x = 12345;
	struct reader r;
	struct item it;

	(void)state;
	for (size_t i = 0; i < sizeof noise; i++) {
		x = x * 1664525u + 1013904223u;
		noise[i] = (uint8_t)(x >> 24);
	}
	noise[0] = 0x99;
	it = look(&r, "noise.txt", noise, sizeof noise);
	assert_int_equal(it.format, FORMAT_UNKNOWN);
	assert_null(it.charset);
	reader_end(&r);
}

static void
test_kinds_of_text(void **state)
{
	(void)state;
	EXPECT("a", "  <!DOCTYPE html>\n<html>", FORMAT_TEXT, "text/html");
	EXPECT("a", "<?xml version=\"1.0\"?>\n<a/>", FORMAT_TEXT, "text/xml");
	EXPECT("a", "{ \"a\": 1 }\n", FORMAT_TEXT, "application/json");
	EXPECT("a", "From: a@b.example\nTo: c@d.example\nSubject: x\nDate: y\n\nhi\n", FORMAT_MAIL,
		"message/rfc822");
	EXPECT("a",
		"From me@b.example Mon Nov 24 08:00:00 2014\nFrom: a\nTo: b\nSubject: x\nDate: "
		"z\n\n",
		FORMAT_MAIL, "application/mbox");
	EXPECT("a", "From: the office\nTo: everybody who\nmay read this\n", FORMAT_TEXT, NULL);
}

static void
test_mail(void **state)
{
	struct buf in = {0};

	(void)state;
	EXPECT("a", "Return-Path: <a@x>\nReceived: by x\n\nhi", FORMAT_MAIL, "message/rfc822");
	EXPECT("a", "X-Mailer: x\r\nDKIM-Signature: v=1;\r\n\ta=b\r\nDate: y\r\n\r\n\0\1",
		FORMAT_MAIL, "message/rfc822");
	EXPECT("a", "From - Mon Nov 24 08:00:00 2014\nReceived: x\n\nhi", FORMAT_MAIL,
		"application/mbox");
	for (int i = 0; i < 200; i++)
		buf_printf(&in, "Received: from host%d.example.com by host.example.com\n", i);
	buf_printf(&in, "From: a\nDate: b\n\nbody\n");
	expect("a", in.p, in.n, FORMAT_MAIL, "message/rfc822", NULL);
	buf_clear(&in);
	buf_puts(&in, "Return-Path: <a@x>\n");
	for (int i = 0; i < 200; i++)
		buf_printf(&in, "Received: from host%d.example.com by host.example.com\n", i);
	expect("a", in.p, in.n, FORMAT_MAIL, "message/rfc822", NULL);
	buf_free(&in);
	/* openssl's begin like this; so do parts that were saved by themselves */
	EXPECT("a", "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime\n\nMII\n", FORMAT_MAIL,
		"message/rfc822");
	EXPECT("a.emlx", "43        \nFrom: a\nDate: b\n\nbody\n", FORMAT_MAIL, "message/rfc822");
	/* what only looks like one */
	EXPECT("a", "MIME-Version: 1.0\nServer: x\n\n", FORMAT_TEXT, NULL);
	EXPECT("a", "43\n44\nFrom: a\nDate: b\n\n", FORMAT_TEXT, NULL);
	EXPECT("a", "Date: Mon, 24 Nov 2014\nServer: x\nContent-Type: text/html\n\n", FORMAT_TEXT,
		NULL);
	EXPECT("a", "HTTP/1.1 200 OK\nDate: x\nFrom: y\n\n", FORMAT_TEXT, NULL);
	EXPECT("a", "Source: x\nMaintainer: y\nDate: z\nDescription: a\n b\n\n", FORMAT_TEXT, NULL);
	EXPECT("a", "from: a\nto: b\nsubject: c\n\n", FORMAT_TEXT, NULL);
	EXPECT("a",
		"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
		"From: a\nDate: b\nSubject: c\n\n---\n",
		FORMAT_TEXT, NULL);
}

static void
test_tables(void **state)
{
	(void)state;
	EXPECT("a", "name,ssn\nann,1\nbob,2\n", FORMAT_CSV, "text/csv");
	EXPECT("a", "name;city;zip\nann;\"Bonn; Beuel\";1\nbob;Ulm;2\n", FORMAT_CSV, "text/csv");
	EXPECT("a", "name\tssn\nann\t1\nbob\t2\n", FORMAT_CSV, "text/csv");
	EXPECT("a", "id|who|what\n1|a|b\n2|c|d\n", FORMAT_CSV, "text/csv");
	EXPECT("x.csv", "name,ssn\nann,1\n", FORMAT_CSV, "text/csv");
	expect("a", "n\0a\0,\0b\0\n\0c\0,\0d\0\n\0e\0,\0f\0\n\0", 26, FORMAT_CSV, "text/csv",
		"utf-16le");
}

static void
test_no_tables(void **state)
{
	(void)state;
	EXPECT("a", "Dear all, hello\nOn Monday, we go\nThen, at last, home\n", FORMAT_TEXT, NULL);
	EXPECT("a",
		"2014-11-24 08:00:00,123 INFO up\n2014-11-24 08:00:01,124 INFO on\n"
		"2014-11-24 08:00:02,125 WARN off\n",
		FORMAT_TEXT, NULL);
	EXPECT("a", "use strict;\nuse warnings;\nour @ISA;\nmy $x;\n", FORMAT_TEXT, NULL);
	EXPECT("a", "\tfoo(a, b);\n\tbar(c, d);\n\tbaz(e, f);\n", FORMAT_TEXT, NULL);
	EXPECT("a", "{ 1, 2 },\n{ 3, 4 },\n{ 5, 6 },\n", FORMAT_TEXT, NULL);
	EXPECT("a", "one line\nanother line\nthird line\n", FORMAT_TEXT, NULL);
}

static int
set_up(void **state)
{
	(void)state;
	return ident_open();
}

static int
tear_down(void **state)
{
	(void)state;
	ident_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_second_looks),
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_binary_is_no_text),
		cmocka_unit_test(test_kinds_of_text),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_no_tables),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
