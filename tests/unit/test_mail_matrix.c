/*
 * Every transfer encoding, whole and damaged, times the charsets that mails are written in: a number
 * counts only beside a word beyond ASCII, so that a charset or an encoding undone in a wrong way is a
 * finding that lacks. Then the same in encoded words, in names of files, and deep down.
 */
#include "matrixing.h"

#include "base/poison.h"

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
		cmocka_unit_test(test_encoded_words),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
