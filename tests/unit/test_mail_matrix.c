/*
 * Every transfer encoding, whole and damaged, times the charsets that mails are written in: a number
 * counts only beside a word beyond ASCII, so that a charset or an encoding undone in a wrong way is a
 * finding that lacks. Then the same in encoded words, in names of files, and deep down.
 */
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

#include "base/poison.h"

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

static int
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

static int
close_rig(void **state)
{
	(void)state;
	scanrig_close(&rig);
	return 0;
}

/* The findings of the bytes as a file of that name add up to n distinct numbers and n matches. */
static void
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

/* --- pieces of mails ----------------------------------------------------------------------------- */

static void
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
static void
put_words(struct buf *b, const struct set *s, const char *before, const char *after)
{
	char ssn[16], text[256];

	gen_ssn(&gen, "-", ssn);
	(void)snprintf(text, sizeof text, "%sonce = again\n%s %s%s", before, s->word, ssn, after);
	put_set(b, s, text);
}

static void
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

static void
put_mixed(struct buf *b)
{
	buf_puts(b, HEAD "Content-Type: multipart/mixed; boundary=\"B\"\n\n");
}

static void
put_type(struct buf *b, const char *type, const struct set *s, const char *coding, bool attached)
{
	buf_printf(b, "--B\nContent-Type: %s; charset=\"%s\"\nContent-Transfer-Encoding: %s\n",
		type, s->charset, coding);
	if (attached)
		buf_puts(b, "Content-Disposition: attachment; filename=note.txt\n");
	buf_putc(b, '\n');
}

/* --- every encoding times every charset ------------------------------------------------------------ */

static void
run_cell(enum coding c, const struct set *s, const char *type, bool attached)
{
	bool page = strcmp(type, "text/html") == 0;
	struct buf in = {0}, raw = {0};
	char what[128];

	put_mixed(&in);
	put_words(
		&raw, s, page ? "<html><body><p>" : "", page ? "</p></body></html>\n" : "\nlast\n");
	put_type(&in, type, s, names[c], attached);
	put_coded(&in, c, buf_span(&raw));
	buf_puts(&in, "--B--\n");
	(void)snprintf(what, sizeof what, "%s %s %s %d", names[c], s->charset, type, attached);
	found(what, "a.eml", buf_span(&in), 1);
	if (strstr(scanrig_log(&rig), "gap"))
		fail_msg("%s:\n%s", what, scanrig_log(&rig));
	buf_free(&in);
	buf_free(&raw);
}

static void
test_cells(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CODINGS; c++) {
		for (size_t i = 0; i < SETS; i++) {
			run_cell((enum coding)c, &sets[i], "text/plain", false);
			run_cell((enum coding)c, &sets[i], "text/plain", true);
			run_cell((enum coding)c, &sets[i], "text/html", false);
		}
	}
}

/* --- damaged encodings ---------------------------------------------------------------------------- */

static void
cut_end(struct buf *b, const char *what)
{
	while (b->n && strchr(what, b->p[b->n - 1]))
		b->n--;
}

static void
put_between(struct buf *b, size_t every, const char *what)
{
	struct buf out = {0};

	for (size_t i = 0; i < b->n; i++) {
		if (i % every == every - 1)
			buf_puts(&out, what);
		buf_putc(&out, b->p[i]);
	}
	buf_free(b);
	*b = out;
}

enum damage { NO_PADDING, NO_END, FOREIGN, BLANKS, CRLF, ONE_LINE, CAPITALS, DAMAGES };

static void
damage(struct buf *b, enum coding c, enum damage d)
{
	struct buf out = {0};

	switch (d) {
	case NO_PADDING:
		cut_end(b, c == C_BASE64 ? "=\n" : c == C_QP ? "\n" : "");
		break;
	case NO_END:
		if (c == C_QP)
			buf_puts(b, "=");
		else if (c == C_UU)
			cut_end(b, "`\nend");
		break;
	case FOREIGN:
		if (c == C_BASE64)
			put_between(b, 7, "*\x80");
		else if (c == C_QP)
			buf_puts(b, "=ZZ =4");
		break;
	case BLANKS:
		if (c == C_UU) {
			for (size_t i = 0; i < b->n; i++)
				if (b->p[i] == '`')
					b->p[i] = ' ';
		} else if (c == C_BASE64) {
			put_between(b, 5, " ");
		} else if (c == C_QP) {
			for (size_t i = 0; i < b->n; i++) {
				buf_puts(&out, b->p[i] == '\n' ? " \t" : "");
				buf_putc(&out, b->p[i]);
			}
		}
		break;
	case CRLF:
		for (size_t i = 0; i < b->n; i++) {
			if (b->p[i] == '\n')
				buf_putc(&out, '\r');
			buf_putc(&out, b->p[i]);
		}
		break;
	case ONE_LINE:
		for (size_t i = 0; c == C_BASE64 && i < b->n; i++)
			if (b->p[i] != '\n')
				buf_putc(&out, b->p[i]);
		break;
	default:
		break;
	}
	if (out.n) {
		buf_free(b);
		*b = out;
	}
}

/* The number stands at the very end, where a damaged encoding loses bytes first. */
static void
run_damaged(enum coding c, enum damage d, const struct set *s)
{
	struct buf in = {0}, raw = {0}, coded = {0};
	char what[128];

	put_mixed(&in);
	put_words(&raw, s, "", "");
	put_coded(&coded, c, buf_span(&raw));
	damage(&coded, c, d);
	put_type(&in, "text/plain", s,
		d == CAPITALS && c == C_QP ? " \"Quoted-Printable\" " : names[c], false);
	buf_put(&in, coded.p, coded.n);
	buf_puts(&in, "\n--B--\n");
	(void)snprintf(what, sizeof what, "%s damaged %d %s", names[c], (int)d, s->charset);
	found(what, "a.eml", buf_span(&in), 1);
	buf_free(&in);
	buf_free(&raw);
	buf_free(&coded);
}

static void
test_damaged(void **state)
{
	(void)state;
	for (unsigned d = 0; d < DAMAGES; d++) {
		for (size_t i = 0; i < SETS; i++) {
			run_damaged(C_QP, (enum damage)d, &sets[i]);
			run_damaged(C_BASE64, (enum damage)d, &sets[i]);
			run_damaged(C_UU, (enum damage)d, &sets[i]);
		}
	}
}

/* What a part says of its encoding, and what it is in. */
static void
run_wrong(const char *says, enum coding is, const char *type, bool attached)
{
	struct buf in = {0}, raw = {0};
	char what[128];

	put_mixed(&in);
	put_words(&raw, &sets[0], "These are words as people write them.\n\n", "\nand so on.\n");
	for (int i = 0; i < 8; i++)
		buf_puts(&raw, "A second line - with commas, full stops. And blanks.\n");
	put_type(&in, type, &sets[0], says, attached);
	put_coded(&in, is, buf_span(&raw));
	buf_puts(&in, "--B--\n");
	(void)snprintf(what, sizeof what, "says %s, is %s, %s", says, names[is], type);
	found(what, "a.eml", buf_span(&in), 1);
	buf_free(&in);
	buf_free(&raw);
}

static void
test_wrong(void **state)
{
	(void)state;
	for (unsigned is = C_7BIT; is <= C_BINARY; is++) {
		run_wrong("base64", (enum coding)is, "text/plain", false);
		run_wrong("quoted-printable", (enum coding)is, "text/plain", false);
		run_wrong("x-uuencode", (enum coding)is, "text/plain", false);
		run_wrong("x-uuencode", (enum coding)is, "text/plain", true);
		run_wrong("x-nobody-knows", (enum coding)is, "text/plain", false);
	}
	run_wrong("base64", C_QP, "text/plain", false);
	run_wrong("7bit", C_UU, "text/plain", false);
	run_wrong("base64", C_UU, "text/plain", false);
	run_wrong("7bit", C_BASE64, "application/octet-stream", true);
	run_wrong("quoted-printable", C_BASE64, "text/plain", false);
	run_wrong("x-uuencode", C_BASE64, "text/plain", true);
}

/* --- headers -------------------------------------------------------------------------------------- */

static void
put_word(struct buf *b, const struct set *s, char how, const char *utf8)
{
	struct buf raw = {0};

	put_set(&raw, s, utf8);
	mailmake_word(b, s->charset, how, buf_span(&raw));
	buf_free(&raw);
}

static void
test_encoded_words(void **state)
{
	struct buf in = {0};
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i + 1 < SETS; i++) {
		static const char *const hows = "BQbq";

		for (size_t k = 0; k < 4; k++) {
			char ssn[16], text[128];

			gen_ssn(&gen, "-", ssn);
			(void)snprintf(text, sizeof text, "%s %s", sets[i].word, ssn);
			buf_clear(&in);
			buf_puts(&in, HEAD "Cc: ");
			put_word(&in, &sets[i], hows[k], k < 2 ? text : sets[i].word);
			if (k >= 2) {
				buf_puts(&in, "\n ");
				(void)snprintf(text, sizeof text, " %s", ssn);
				put_word(&in, &sets[i], hows[k], text);
			}
			buf_puts(&in, "\n\nbody\n");
			found(sets[i].charset, "a.eml", buf_span(&in), 1);
			n++;
		}
	}
	assert_int_equal(n, (SETS - 1) * 4);
	buf_free(&in);
}

/* RFC 2231: the name of a file in every charset that has no NULs, whole and in pieces. */
static void
test_file_names(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < SETS; i++) {
		for (int pieces = strncmp(sets[i].charset, "utf-16", 6) == 0 ? 2 : 0; pieces < 2;
			pieces++) {
			struct buf in = {0}, raw = {0};
			struct recsink rs;
			char want[128];

			put_set(&raw, &sets[i], sets[i].word);
			put_mixed(&in);
			buf_puts(&in, "--B\nContent-Disposition: attachment;");
			mailmake_param(&in, "filename", sets[i].charset, buf_span(&raw), pieces);
			buf_puts(&in, "\n\nx\n--B--\n");
			recsink_init(&rs, true);
			assert_int_equal(recsink_bytes(&rs, "a.eml", buf_span(&in)), 0);
			(void)snprintf(want, sizeof want, "item 1 %s text/plain\n", sets[i].word);
			if (!strstr(recsink_log(&rs), want))
				fail_msg("%s, pieces %d:\n%.*s\n%s", sets[i].charset, pieces,
					(int)in.n, in.p, recsink_log(&rs));
			recsink_free(&rs);
			buf_free(&in);
			buf_free(&raw);
		}
	}
}

/* --- deep down ------------------------------------------------------------------------------------ */

#define DEEP 6
#define ROWS 40u

/* Mails within mails, each with a note of its own, in the innermost a zip of a workbook. */
static void
test_deep(void **state)
{
	struct buf in = {0}, xlsx = {0}, zip = {0}, raw = {0};
	static char cells[ROWS][2][64];
	const char *at[2 + 2 * ROWS] = {"Name",
		"Pr\xC3\xBC"
		"fnummer"};
	const struct sheet sheet = {"Staff", at, ROWS + 1, 2};
	struct pack *p;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		char ssn[16];

		gen_person(&gen, cells[i][0]);
		gen_ssn(&gen, "-", ssn);
		(void)snprintf(cells[i][1], 64, "%s %s", sets[i % (SETS - 1)].word, ssn);
		at[2 + 2 * i] = cells[i][0];
		at[3 + 2 * i] = cells[i][1];
	}
	pack_xlsx(&sheet, 1, &xlsx);
	p = pack_new(PACK_ZIP, NULL);
	pack_add(p, "staff.xlsx", buf_span(&xlsx));
	pack_end(p, &zip);
	for (unsigned i = 0; i < DEEP; i++) {
		const struct set *s = &sets[i * 2 + 3];

		buf_printf(&in,
			HEAD "Message-ID: <%u@x>\nContent-Type: multipart/mixed; "
			     "boundary=\"D%u\"\n\n"
			     "--D%u\nContent-Type: text/plain; charset=%s\n"
			     "Content-Transfer-Encoding: %s\n\n",
			i, i, i, s->charset, names[i]);
		buf_clear(&raw);
		put_words(&raw, s, "", "\n");
		put_coded(&in, (enum coding)i, buf_span(&raw));
		buf_printf(&in, "--D%u\nContent-Type: message/rfc822\n\n", i);
	}
	buf_puts(&in,
		HEAD "Content-Type: application/zip; name=\"staff.zip\"\n"
		     "Content-Transfer-Encoding: base64\n\n");
	mailmake_base64(&in, buf_span(&zip));
	for (unsigned i = DEEP; i-- > 0;)
		buf_printf(&in, "\n--D%u--\n", i);
	found("deep", "a.eml", buf_span(&in), DEEP + ROWS);
	assert_null(strstr(scanrig_log(&rig), "gap"));
	assert_non_null(strstr(scanrig_log(&rig), "!staff.zip!staff.xlsx"));
	buf_free(&in);
	buf_free(&xlsx);
	buf_free(&zip);
	buf_free(&raw);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_encoded_words),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
