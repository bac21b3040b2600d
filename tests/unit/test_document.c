/* Phrases laid out, lines of a form, and documents judged by them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "classify/document.h"
#include "gen.h"
#include "match/latin.h"
#include "match/phrases.h"
#include "match/whole.h"

#include "base/poison.h"

static void
laid(const char *text, const char *want)
{
	struct buf b = {0};

	phrases_lay(span_str(text), &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
laying_out(void **state)
{
	(void)state;
	laid("", "");
	laid("  In  Witness\r\n\tWHEREOF ", "in witness whereof ");
	laid("don\xE2\x80\x99t \xE2\x80\x9Cquote\xE2\x80\x9D a\xE2\x80\x93z",
		"don't \"quote\" a-z");
	laid("a\xC2\xA0\xC2\xA0z\xC3\x89", "a z\xC3\xA9");
	laid("\xE2", "\xE2");
	laid("\xE2\x80", "\xE2\x80");
	assert_int_equal(phrases_line(span_str("a\nb\n c d"), 4), 3);
	assert_int_equal(phrases_line(span_str("a b c"), 99), 1);
}

/* "Überprüfung", "N\u00F3mina": a capital or all of them; what is no letter stays. */
static void
capitals(void **state)
{
	static const char *const v[] = {("\xC3\xBC"
					 "berpr\xC3\xBC"
					 "fung"),
		"n\xC3\xB3mina", "mise en \xC5\x93uvre",
		("3\xC3\xB7"
		 "2")};
	static const char *const there[] = {("\xC3\x9C"
					     "BERPR\xC3\x9C"
					     "FUNG"),
		("\xC3\x9C"
		 "berpr\xC3\xBC"
		 "fung"),
		"N\xC3\x93MINA", "MISE EN \xC5\x92UVRE",
		("3\xC3\xB7"
		 "2")};
	struct phrases *p;
	size_t bad;

	(void)state;
	assert_int_equal(phrases_new(v, 4, &p, &bad), 0);
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		assert_true(phrases_any(p, span_str(there[i])));
	assert_false(phrases_any(p,
		span_str("3\xC3\x97"
			 "2")));
	phrases_free(p);
	laid("\xC3\x9C\xC3\x97\xC3\x9F\xC5\x92 \xC3\x93",
		"\xC3\xBC\xC3\x97\xC3\x9F\xC5\x93 \xC3\xB3");
	laid("\xC2\x80", "\xC2\x80");
}

struct seen {
	unsigned n[10];
};

static void
on_phrase(void *user, uint32_t phrase, size_t end)
{
	(void)end;
	((struct seen *)user)->n[phrase]++;
}

static void
whole_words(void **state)
{
	static const char *const v[] = {"pay date", "ytd", "net pay", "ytd"};
	struct phrases *p;
	struct seen s = {0};
	size_t bad = 9;

	(void)state;
	assert_int_equal(phrases_new(v, 4, &p, &bad), 0);
	phrases_scan(p, span_str("prepay date, pay date; pay dates ytd"), on_phrase, &s);
	assert_int_equal(s.n[0], 1);
	assert_int_equal(s.n[1], 1);
	assert_int_equal(s.n[2], 0);
	assert_int_equal(s.n[3], 1);
	assert_true(phrases_any(p, span_str("the YTD.")));
	assert_false(phrases_any(p, span_str("bytdom")));
	phrases_free(p);
	assert_int_equal(phrases_new((const char *const[]){"ok", "x"}, 2, &p, &bad), -EINVAL);
	assert_int_equal(bad, 1);
}

/* How often it stands in text as whole words, looked for at each place. */
static unsigned
count_plainly(const char *phrase, const char *text)
{
	size_t n = strlen(phrase), all = strlen(text);
	unsigned times = 0;

	for (size_t at = 0; at + n <= all; at++) {
		bool same = is_whole(span_str(text), at, at + n);

		for (size_t i = 0; i < n && same; i++)
			same = latin_small(at + i ? (uint8_t)text[at + i - 1] : 0,
				       (uint8_t)text[at + i]) ==
				latin_small(i ? (uint8_t)phrase[i - 1] : 0, (uint8_t)phrase[i]);
		times += same;
	}
	return times;
}

/* At all places of blocks, over their ends, the first n of phrases of all lengths, the last of no letters. */
static void
as_plainly_of(unsigned phrases)
{
	static const char *const v[] = {"Ytd", "net pay", "pay", "x-y", "\xC3\xA9t", "hr",
		"pay pay pay pay pay pay pay pay pay pay", "\xC5\x93uf", "#1", " a-"};
	static const char *const pieces[] = {"pay", "YTD", "net ", "-", "#", "1", "x", "Y", " ",
		"\xC3\xA9", "\xC3\x89", "T", ".", "a", "hr ", " pay", "pay ",
		"pay pay pay pay pay pay pay ", "\xC5\x92uF"};
	unsigned there = 0;
	struct phrases *p;
	struct gen g;
	size_t bad = 0;

	gen_seed(&g, 11);
	assert_int_equal(phrases_new(v, phrases, &p, &bad), 0);
	for (unsigned i = 0; i < 4000; i++) {
		char text[1024] = "";
		struct seen s = {0};
		unsigned any = 0;
		size_t n = 0;

		for (uint32_t k = gen_range(&g, 0, 30); k > 0; k--)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s",
				pieces[gen_range(&g, 0, sizeof pieces / sizeof *pieces - 1)]);
		phrases_scan(p, span_of(text, n), on_phrase, &s);
		for (unsigned k = 0; k < phrases; k++) {
			assert_int_equal(s.n[k], count_plainly(v[k], text));
			any += s.n[k];
		}
		assert_int_equal(phrases_any(p, span_of(text, n)), any > 0);
		there += any > 0;
	}
	assert_in_range(there, 400, 3900);
	phrases_free(p);
}

static void
as_plainly(void **state)
{
	(void)state;
	for (unsigned n = 8; n <= 10; n++)
		as_plainly_of(n);
}

static void
line_patterns(void **state)
{
	struct line_pattern *p;
	char why[160] = "";
	size_t first = 0;

	(void)state;
	assert_int_equal(line_pattern_new("^INT\\. [A-Z ]+$", &p, why), 0);
	assert_int_equal(
		line_pattern_count(p, span_str("x\nINT. A\nINT. B\nint. c\nINT. D"), 9, &first), 3);
	assert_int_equal(first, 2);
	assert_int_equal(line_pattern_count(p, span_str("INT. A\nINT. B\nINT. C"), 2, &first), 2);
	assert_int_equal(
		line_pattern_count(p, span_str("x\r\nINT. A\r\n\rINT. B\rINT. C"), 9, &first), 3);
	line_pattern_free(p);
	assert_int_equal(line_pattern_new("(", &p, why), -EINVAL);
	assert_true(why[0] != '\0');
	assert_int_equal(line_pattern_new("x*", &p, why), 0);
	assert_true(line_pattern_count(p, span_str("abc"), 100, &first) <= 4);
	line_pattern_free(p);
}

/* --- judging ------------------------------------------------------------------ */

static const char rules_text[] = "rules:\n"
				 "- id: deal\n"
				 "  category: business\n"
				 "  title: Deals\n"
				 "  ladder: document\n"
				 "  document:\n"
				 "    seeds: agreement\n"
				 "    min-bytes: 20\n"
				 "    confidence: medium\n"
				 "    raised: high\n"
				 "    groups:\n"
				 "    - {name: title, words: agreement, head: 40}\n"
				 "    - {name: clauses, words: 'whereas, severability, hereto', "
				 "least: 2}\n"
				 "    - {name: sums, regex: '\\$[0-9]{3}', least: 2, part: "
				 "raises}\n"
				 "    - {name: licence, words: 'gnu, sublicense', least: 1, part: "
				 "against}\n";

static enum confidence best;
static struct place where;

static int
on_judge(void *user, const struct judgement *j)
{
	(void)user;
	best = j->confidence;
	where = j->at;
	assert_true(j->why[0][0] != '\0');
	return 0;
}

static enum confidence
judged(struct document_set *s, const char *const *runs, size_t n)
{
	const struct classify_out out = {.judge = on_judge};
	struct document d = {0};

	best = CONF_NONE;
	where = (struct place){0};
	for (size_t i = 0; i < n; i++) {
		document_break(&d, true);
		document_text(&d, span_str(runs[i]));
	}
	assert_int_equal(document_end(&d, s, &out), 0);
	assert_int_equal(d.text.n, 0);
	document_free(&d);
	return best;
}

#define JUDGED(s, ...)                                                                             \
	judged(s, (const char *const[]){__VA_ARGS__},                                              \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void
groups(void **state)
{
	struct ruleset rs = {0};
	struct rules_error e = {0};
	struct document_set *s;

	(void)state;
	assert_int_equal(rules_add(&rs, "t", span_str(rules_text), &e), 0);
	assert_int_equal(rules_finish(&rs), 0);
	assert_int_equal(document_set_new(&rs, &s, &e), 0);
	assert_non_null(s);
	assert_int_equal(JUDGED(s, "AGREEMENT\nWhereas one,\nseverability two"), CONF_MEDIUM);
	assert_int_equal(where.line, 1);
	assert_int_equal(JUDGED(s, "AGREEMENT\nwhereas, hereto: $100 and $200"), CONF_HIGH);
	assert_int_equal(JUDGED(s, "AGREEMENT", "whereas", "hereto $100"), CONF_MEDIUM);
	assert_int_equal(JUDGED(s, "AGREEMENT\nwhereas, whereas, whereas"), CONF_NONE);
	assert_int_equal(JUDGED(s, "AGREEMENT\nwhereas, hereto; GNU"), CONF_NONE);
	assert_int_equal(
		JUDGED(s, "whereas, hereto, hereto, hereto, hereto: an agreement"), CONF_NONE);
	assert_int_equal(JUDGED(s, "whereas, hereto, severability"), CONF_NONE);
	assert_int_equal(JUDGED(s, "Agreement: hereto"), CONF_NONE);
	document_set_free(s);
	rules_free(&rs);
}

static void
rows_count_too(void **state)
{
	const struct classify_out out = {.judge = on_judge};
	const struct cell row[] = {{.col = 1, .text = span_str("Agreement")},
		{.col = 2, .text = span_str("whereas")}, {.col = 3, .text = span_str("hereto")}};
	struct document d = {0};
	struct ruleset rs = {0};
	struct rules_error e = {0};
	struct document_set *s;

	(void)state;
	assert_int_equal(rules_add(&rs, "t", span_str(rules_text), &e), 0);
	assert_int_equal(rules_finish(&rs), 0);
	assert_int_equal(document_set_new(&rs, &s, &e), 0);
	best = CONF_NONE;
	document_row(&d, row, 3);
	assert_int_equal(document_end(&d, s, &out), 0);
	assert_int_equal(best, CONF_MEDIUM);
	/* what is too much is not kept */
	for (unsigned i = 0; i < 20000; i++)
		document_row(&d, row, 3);
	assert_true(d.text.n <= LIMIT_DOCUMENT + 1);
	document_free(&d);
	document_set_free(s);
	rules_free(&rs);
}

static void
mistakes(void **state)
{
	static const char *const bad[] = {
		"{seeds: abc, groups: []}",
		"{seeds: abc, groups: [{name: x}]}",
		"{seeds: abc, groups: [{name: x, words: [one], regex: y}]}",
		"{seeds: abc, groups: [{name: x, words: [one], least: 2}]}",
		"{seeds: abc, groups: [{name: x, words: [one], part: raises}]}",
		"{groups: [{name: x, words: [one]}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rules_error e = {0};
		struct ruleset rs = {0};
		struct buf b = {0};

		buf_printf(&b,
			"rules:\n- {id: x, category: y, title: z, ladder: notice, document: %s}",
			bad[i]);
		assert_int_equal(rules_add(&rs, "t", buf_span(&b), &e), -EINVAL);
		assert_int_equal(e.line, 2);
		assert_true(e.message[0] != '\0');
		rules_free(&rs);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(laying_out),
		cmocka_unit_test(capitals),
		cmocka_unit_test(whole_words),
		cmocka_unit_test(as_plainly),
		cmocka_unit_test(line_patterns),
		cmocka_unit_test(groups),
		cmocka_unit_test(rows_count_too),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
