/* Words of headers and names: what they mean, and that asking for all at once changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "gen.h"
#include "match/lexicon.h"

#include "base/poison.h"

#define WORDS(...)                                                                                 \
	{                                                                                          \
		.v = (const char *const[]){__VA_ARGS__},                                           \
		.n = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                   \
	}

static int
vote_of(struct lexicon *lx, const char *text)
{
	const struct said *said;
	struct folded f;
	size_t n;

	words_fold(span_str(text), &f);
	n = lexicon_ask(lx, &f, &said);
	return n ? said[0].vote : 0;
}

static void
headers(void **state)
{
	const struct words yes = WORDS(
		"ssn", "social security number", "social security phone", "date of birth", "401k");
	const struct words no = WORDS("phone", "order no");
	static const struct {
		const char *text;
		int vote;
	} t[] = {{"SSN", 1}, {"SSN#", 1}, {"EmployeeSSN", 1}, {"ssn_no", 1}, {"SSNNumber", 1},
		{"SSNs", 1}, {"SSN2", 1}, {"Social Security Number", 1},
		{"SocialSecurityNumber", 1}, {"social-security\nnumber", 1}, {"DATE_OF_BIRTH", 1},
		{"dateofbirth", 1}, {"401K", 1}, {"S.S.N.", 1}, {"assn", 0}, {"ssnx", 0}, {"", 0},
		{"  ", 0}, {"Name", 0}, {"Phone", -1}, {"SSN phone", -1},
		{"Social Security Phone", 1}, {"Order No. SSN", -1},
		{"Social Security Phone / phone", -1}, {"telephone", 0}};
	struct lexicon *lx;

	(void)state;
	assert_int_equal(lexicon_new(false, &lx), 0);
	assert_int_equal(lexicon_add(lx, 7, &yes, &no), 0);
	assert_int_equal(lexicon_ready(lx), 0);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		int vote = vote_of(lx, t[i].text);

		if (vote != t[i].vote)
			fail_msg("'%s': %d", t[i].text, vote);
	}
	lexicon_free(lx);
}

/* Header words that are written in one with what people add to them. */
static void
glued(void **state)
{
	const struct words yes = WORDS("ssn", "gehalt", "abfindung", "name");
	const struct words no = WORDS("order", "part");
	static const struct {
		const char *text;
		int vote;
	} t[] = {{"spousessn", 1}, {"ssnnbr", 1}, {"EMPSSN", 1}, {"ssnnumber", 1},
		{"Bruttojahresgehalt", 1}, {"Abfindungsbetrag", 1}, {"abfindungssumme", 1},
		{"employeename", 1}, {"orderno", -1}, {"partnum", -1}, {"filename", 0},
		{"surname", 0}, {"assnno", 0}, {"Fettgehalt", 0}, {"no", 0}, {"emp", 0},
		{"department", 0}, {"partition", 0}, {"employee", 0}};
	struct lexicon *lx;

	(void)state;
	assert_int_equal(lexicon_new(false, &lx), 0);
	assert_int_equal(lexicon_add(lx, 7, &yes, &no), 0);
	assert_int_equal(lexicon_ready(lx), 0);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct said *said;
		struct folded f;
		int vote;

		words_fold(span_str(t[i].text), &f);
		words_unglue(&f);
		vote = lexicon_ask(lx, &f, &said) ? said[0].vote : 0;
		if (vote != t[i].vote)
			fail_msg("'%s': %d", t[i].text, vote);
	}
	lexicon_free(lx);
}

/* Of a header only the words that a rule knows are shown: people write values into headers. */
static void
header_words(void **state)
{
	const struct words w = WORDS("ssn", "social", "social security number", "password");
	static const char *const t[][2] = {{"SSN", "SSN"}, {"SSN#", "SSN"},
		{"Social Security Number (was Winter)", "Social Security Number"},
		{"our Social club", "Social"}, {"EmployeeSSN2", "SSN"}, {"S.S.N. no", "S.S.N"},
		{"Password Winterreise", "Password"}, {"Winterreise", ""}, {"", ""},
		{"passwords", ""}, {"social-security\nnumber", "social-security\nnumber"}};
	struct lexicon *lx;

	(void)state;
	assert_int_equal(lexicon_new(false, &lx), 0);
	assert_int_equal(lexicon_add(lx, 1, &w, NULL), 0);
	assert_int_equal(lexicon_ready(lx), 0);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct said *said;
		struct span got = {0};
		struct folded f;

		words_fold(span_str(t[i][0]), &f);
		if (lexicon_ask(lx, &f, &said))
			got = words_unfold(span_str(t[i][0]), said[0].at, said[0].n);
		if (!span_eq(got, span_str(t[i][1])))
			fail_msg("'%s': '%.*s'", t[i][0], (int)got.n, (const char *)got.p);
	}
	lexicon_free(lx);
}

static void
whole(void **state)
{
	const struct words exts = WORDS("xls", "", "tar.gz");
	static const char *const texts[] = {"XLS", "xlsx", "tar.gz", "targz", ""};
	struct lexicon *lx;

	(void)state;
	assert_int_equal(lexicon_new(true, &lx), 0);
	assert_int_equal(lexicon_add(lx, 0, &exts, NULL), 0);
	assert_int_equal(lexicon_ready(lx), 0);
	for (size_t i = 0; i < 5; i++) {
		const struct said *said;
		struct folded f;

		(void)words_whole(span_str(texts[i]), &f);
		assert_int_equal(lexicon_ask(lx, &f, &said), i == 0 || i == 2);
	}
	lexicon_free(lx);
}

/* --- one after the other --------------------------------------------------------------------- */

static bool
stands_at(const struct folded *f, const struct folded *phrase, size_t at)
{
	return phrase->n && at + phrase->n <= f->n && f->mark[at] && f->mark[at + phrase->n] &&
		memcmp(f->text + at, phrase->text, phrase->n) == 0;
}

static bool
inside(const struct folded *f, const struct words *yes, size_t at, size_t n)
{
	for (size_t i = 0; i < yes->n; i++) {
		struct folded p;

		words_fold(span_str(yes->v[i]), &p);
		for (size_t from = 0; from <= at; from++)
			if (p.n > n && from + p.n >= at + n && stands_at(f, &p, from))
				return true;
	}
	return false;
}

static struct said
slow(const struct folded *f, const struct words *yes, const struct words *no)
{
	struct said s = {.vote = 0};

	for (size_t i = 0; i < yes->n; i++) {
		struct folded p;

		words_fold(span_str(yes->v[i]), &p);
		for (size_t at = 0; at < f->n; at++)
			if (stands_at(f, &p, at)) {
				s.vote = 1;
				s.words |= inside(f, yes, at, p.n) ? 0 : UINT64_C(1) << i % 64;
			}
	}
	for (size_t i = 0; i < no->n; i++) {
		struct folded p;

		words_fold(span_str(no->v[i]), &p);
		for (size_t at = 0; at < f->n; at++)
			if (stands_at(f, &p, at) && !inside(f, yes, at, p.n))
				s.vote = -1;
	}
	return s;
}

#define OWNERS 40
#define MOST   90

/* Few letters and short words, so that phrases lie in one another and texts hold many. */
static size_t
make_text(struct gen *g, char *p, uint32_t words)
{
	static const char seps[] = " _-#", letters[] = "aAbB1";
	size_t n = 0;

	for (uint32_t w = gen_range(g, 1, words); w > 0; w--) {
		for (uint32_t k = gen_range(g, 1, 3); k > 0; k--)
			p[n++] = letters[gen_range(g, 0, 4)];
		if (w > 1 && gen_range(g, 0, 2))
			p[n++] = seps[gen_range(g, 0, 3)];
	}
	p[n] = 0;
	return n;
}

static struct words
make_words(struct gen *g)
{
	size_t n = gen_range(g, 0, 19) ? gen_range(g, 0, 5) : MOST;
	char **v = calloc(n + 1, sizeof *v);

	assert_non_null(v);
	for (size_t i = 0; i < n; i++) {
		v[i] = malloc(64);
		assert_non_null(v[i]);
		make_text(g, v[i], 4);
	}
	return (struct words){.v = (const char *const *)v, .n = n};
}

static void
free_words(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free((void *)(uintptr_t)w->v[i]);
	free((void *)(uintptr_t)w->v);
}

static void
compare(struct lexicon *lx, const char *text, const struct words *yes, const struct words *no)
{
	const struct said *said;
	struct folded f;
	size_t n, k = 0;

	words_fold(span_str(text), &f);
	n = lexicon_ask(lx, &f, &said);
	for (uint32_t i = 0; i < OWNERS; i++) {
		struct said want = slow(&f, &yes[i], &no[i]);

		if (!want.vote)
			continue;
		assert_true(k < n);
		assert_int_equal(said[k].owner, i * 3);
		assert_int_equal(said[k].vote, want.vote);
		assert_true(said[k].words == want.words);
		k++;
	}
	assert_int_equal(k, n);
}

static void
as_one_after_the_other(void **state)
{
	struct gen g;

	(void)state;
	gen_seed(&g, 20141124);
	for (int round = 0; round < 30; round++) {
		struct words yes[OWNERS], no[OWNERS];
		struct lexicon *lx;
		char text[600];

		assert_int_equal(lexicon_new(false, &lx), 0);
		for (uint32_t i = 0; i < OWNERS; i++) {
			yes[i] = make_words(&g);
			no[i] = make_words(&g);
			assert_int_equal(lexicon_add(lx, i * 3, &yes[i], &no[i]), 0);
		}
		assert_int_equal(lexicon_ready(lx), 0);
		for (int i = 0; i < 60; i++) {
			make_text(&g, text, i % 20 ? 6 : 120);
			compare(lx, text, yes, no);
		}
		lexicon_free(lx);
		for (size_t i = 0; i < OWNERS; i++) {
			free_words(&yes[i]);
			free_words(&no[i]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(glued),
		cmocka_unit_test(header_words),
		cmocka_unit_test(whole),
		cmocka_unit_test(as_one_after_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
