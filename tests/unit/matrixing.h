/* matrixing: charsets, encodings, and a rig that counts what is found in a mail. For tests. */
#ifndef MATRIXING_H
#define MATRIXING_H

#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "gen.h"
#include "mailmake.h"
#include "pack.h"
#include "recsink.h"
#include "scanrig.h"

static const struct set {
	const char *charset, *iconv, *word;
} sets[] = {{"utf-8", "UTF-8",
		    "Pr\xC3\xBC"
		    "fnummer"},
	{"utf-16le", "UTF-16LE", "\xCE\xB1\xCF\x81\xCE\xB9\xCE\xB8\xCE\xBC\xCF\x8C\xCF\x82"},
	{"utf-16be", "UTF-16BE",
		"m\xC3\xA4"
		"rkning"},
	{"iso-8859-1", "ISO-8859-1", "num\xC3\xA9ro"},
	{"iso-8859-2", "ISO-8859-2", "\xC5\xBB\xC3\xB3\xC5\x82ty"},
	{"iso-8859-5", "ISO-8859-5", "\xD0\xBD\xD0\xBE\xD0\xBC\xD0\xB5\xD1\x80"},
	{"iso-8859-15", "ISO-8859-15", "\xE2\x82\xACuro"},
	{"windows-1251", "CP1251", "\xD1\x88\xD0\xB8\xD1\x84\xD1\x80"},
	{"windows-1252", "CP1252", "\xC5\x93uvre"},
	{"koi8-r", "KOI8-R", "\xD0\xBF\xD0\xB0\xD1\x80\xD0\xBE\xD0\xBB\xD1\x8C"},
	{"Shift_JIS", "CP932", "\xE7\x95\xAA\xE5\x8F\xB7"},
	{"EUC-JP", "EUC-JP", "\xE8\xA8\xBC\xE6\x98\x8E"},
	{"ISO-2022-JP", "ISO-2022-JP", "\xE7\xA4\xBE\xE5\x93\xA1"},
	{"gb18030", "GB18030", "\xE5\x8F\xB7\xE7\xA0\x81"},
	{"Big5", "BIG5", "\xE8\x99\x9F\xE7\xA2\xBC"},
	{"euc-kr", "EUC-KR", "\xEB\xB2\x88\xED\x98\xB8"},
	{"us-ascii", "UTF-8",
		"pi\xC3\xB1"
		"a"}}; /* UTF-8 that nobody declares */

#define SETS (sizeof sets / sizeof *sets)

enum coding { C_7BIT, C_8BIT, C_BINARY, C_QP, C_BASE64, C_UU, CODINGS };

static const char *const names[CODINGS] = {
	"7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode"};

/* --- the rig: one rule that needs one of the words ---------------------------------------------- */

static struct scanrig rig;
static struct gen gen;

static inline int
open_rig(void **state)
{
	char dir[] = "/tmp/matrix-XXXXXX", path[64];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/made.yaml", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f,
		"rules:\n- id: made-number\n  category: identity\n  title: Numbers\n"
		"  ladder: persons\n  near: {within: 40, words: [");
	for (size_t i = 0; i < SETS; i++)
		fprintf(f, "%s%s", i ? ", " : "", sets[i].word);
	fprintf(f, "]}\n  patterns:\n  - {shape: ssn, alone: none, near: high}\n");
	assert_int_equal(fclose(f), 0);
	assert_int_equal(setenv("LEAKAUDIT_RULES", dir, 1), 0);
	gen_seed(&gen, 20);
	scanrig_open(&rig);
	(void)unlink(path);
	(void)rmdir(dir);
	return 0;
}

static inline int
close_rig(void **state)
{
	(void)state;
	scanrig_close(&rig);
	return 0;
}

/* The findings of the bytes as a file of that name add up to n distinct numbers and n matches. */
static inline void
found(const char *what, const char *name, struct span in, unsigned n)
{
	unsigned count = 0, unique = 0;

	buf_clear(&rig.log);
	assert_int_equal(scanrig_bytes(&rig, name, in), 0);
	for (const char *p = scanrig_log(&rig); (p = strstr(p, "finding made-number "));) {
		count += (unsigned)strtoul(strstr(p, "count=") + 6, NULL, 10);
		unique += (unsigned)strtoul(strstr(p, "unique=") + 7, NULL, 10);
		p++;
	}
	if (count != n || unique != n)
		fail_msg("%s: %u found, %u distinct, wanted %u:\n%s\n%.*s", what, count, unique, n,
			scanrig_log(&rig), (int)(in.n < 3000 ? in.n : 3000), (const char *)in.p);
}

static inline void
put_set(struct buf *b, const struct set *s, const char *utf8)
{
	iconv_t cd = iconv_open(s->iconv, "UTF-8");
	char *from = (char *)(uintptr_t)utf8, raw[1024], *to = raw;
	size_t left = strlen(utf8), room = sizeof raw;

	assert_true(cd != (iconv_t)-1);
	assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
	(void)iconv(cd, NULL, NULL, &to, &room);
	(void)iconv_close(cd);
	buf_put(b, raw, sizeof raw - room);
}

/* A line with a word and a number beside it, between lines that have nothing. */
static inline void
put_words(struct buf *b, const struct set *s, const char *before, const char *after)
{
	char ssn[16], text[256];

	gen_ssn(&gen, "-", ssn);
	(void)snprintf(text, sizeof text, "%sonce = again\n%s %s%s", before, s->word, ssn, after);
	put_set(b, s, text);
}

static inline void
put_coded(struct buf *b, enum coding c, struct span s)
{
	switch (c) {
	case C_QP:
		mailmake_qp_bytes(b, s);
		break;
	case C_BASE64:
		mailmake_base64(b, s);
		break;
	case C_UU:
		mailmake_uu(b, "uu.txt", s);
		break;
	default:
		buf_put(b, s.p, s.n);
	}
	buf_putc(b, '\n');
}

#define HEAD                                                                                       \
	"From: Ann <ann@example.com>\nTo: bob@example.com\nSubject: s\n"                           \
	"Date: Mon, 24 Nov 2014 08:00:00 +0000\nMIME-Version: 1.0\n"

static inline void
put_mixed(struct buf *b)
{
	buf_puts(b, HEAD "Content-Type: multipart/mixed; boundary=\"B\"\n\n");
}

static inline void
put_type(struct buf *b, const char *type, const struct set *s, const char *coding, bool attached)
{
	buf_printf(b, "--B\nContent-Type: %s; charset=\"%s\"\nContent-Transfer-Encoding: %s\n",
		type, s->charset, coding);
	if (attached)
		buf_puts(b, "Content-Disposition: attachment; filename=note.txt\n");
	buf_putc(b, '\n');
}

#endif
