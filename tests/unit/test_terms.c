/* A site's own terms: folding, whole words, places, numbers, and the same as a slow search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "match/match.h"
#include "match/terms.h"

#include "base/poison.h"

static void
folds(const char *s, const char *want)
{
	uint8_t to[256];
	size_t n = terms_fold(span_str(s), to);

	assert_true(n <= strlen(s));
	if (n != strlen(want) || memcmp(to, want, n) != 0)
		fail_msg("'%s' becomes '%.*s', not '%s'", s, (int)n, (const char *)to, want);
}

static void
test_fold(void **state)
{
	(void)state;
	folds("Beyoncé", "beyonce");
	folds("  JAN   PROBE\r\n", "jan probe");
	folds("Jean-Luc_Été", "jean luc ete");
	folds("Straße ÆØŒ þ", "strasse aeooe th");
	folds("Łódź ŻÓŁĆ", "lodz zolc");
	folds("e\xCC\x81t\xCC\x81", "et"); /* combining accents */
	folds("ΑΒΓ Жук", "αβγ жук");
	folds("a\xC2\xA0"
	      "b",
		"a b");
	folds("\xFF\xC3", "\xFF\xC3");
	folds("", "");
	folds("---", "");
}

static const char *const list[] = {"Nordwind", "Jan Probe", "Müller", "été", "Jan", "nordWIND"};
static const struct pattern term = {
	.shape = SHAPE_TERM, .alone = CONF_MEDIUM, .repeated = CONF_HIGH, .repeat = 3};
static const struct rule rules[] = {
	{.id = "other", .index = 0},
	{.id = "watch",
		.index = 1,
		.scope = SCOPE_TEXT | SCOPE_CELLS,
		.patterns = &term,
		.n_patterns = 1,
		.terms = list,
		.n_terms = 6},
};
static const struct ruleset set = {.rules = rules, .n = 2};

static struct buf seen;

static int
on_term(void *user, uint16_t rule, size_t start, size_t end)
{
	const struct span *t = user;

	assert_int_equal(rule, 1);
	assert_true(start < end && end <= t->n);
	buf_printf(&seen, "[%.*s]", (int)(end - start), (const char *)t->p + start);
	return 0;
}

static void
finds(struct terms *t, const char *text, const char *want)
{
	struct span s = span_str(text);

	buf_clear(&seen);
	assert_int_equal(terms_scan(t, s, on_term, &s), 0);
	assert_string_equal(buf_cstr(&seen), want);
}

static void
test_found(void **state)
{
	struct rules_error e;
	struct terms *t = NULL;

	(void)state;
	assert_int_equal(terms_new(&set, &t, &e), 0);
	finds(t, "the NORDWIND files", "[NORDWIND]");
	finds(t, "nordwinds, anordwind, nord wind", "");
	finds(t, "Jan\n   Probe met", "[Jan][Jan\n   Probe]");
	finds(t, "(jan-probe)", "[jan][jan-probe]");
	finds(t, "MÜLLER, muller and Mueller", "[MÜLLER][muller][Mueller]");
	finds(t, "un \xC3\x89T\xC3\x89.", "[\xC3\x89T\xC3\x89]");
	finds(t, "e\xCC\x81t\xC3\xA9", "[e\xCC\x81t\xC3\xA9]");
	finds(t, "janitor trojan jan1", "");
	finds(t, "", "");
	assert_int_equal(terms_number(t, 1, span_str("nordwind")), 1);
	assert_int_equal(terms_number(t, 1, span_str("JAN \n PROBE")), 2);
	assert_int_equal(terms_number(t, 1, span_str("Mueller")), 3);
	assert_int_equal(terms_number(t, 1, span_str("Muller")), 3);
	assert_int_equal(terms_number(t, 1, span_str("nobody")), 0);
	assert_int_equal(terms_number(t, 0, span_str("nordwind")), 0);
	terms_free(t);
}

static void
test_none(void **state)
{
	static const struct ruleset empty = {.rules = rules, .n = 1};
	static const char *const bad[] = {"ok then", "--a"};
	const struct rule wrong = {.id = "w", .terms = bad, .n_terms = 2, .line = 7};
	const struct ruleset wrong_set = {.rules = &wrong, .n = 1};
	struct rules_error e = {0};
	struct terms *t = (struct terms *)&e;

	(void)state;
	assert_int_equal(terms_new(&empty, &t, &e), 0);
	assert_null(t);
	assert_int_equal(terms_scan(NULL, span_str("x"), on_term, NULL), 0);
	terms_free(NULL);
	assert_true(terms_new(&wrong_set, &t, &e) < 0);
	assert_int_equal(e.line, 7);
	assert_non_null(strstr(e.message, "term 2"));
	assert_null(strstr(e.message, "--a"));
}

struct hits {
	size_t n;
	struct buf text;
};

static int
on_hit(void *user, const struct hit *h)
{
	struct hits *k = user;

	k->n++;
	assert_string_equal(h->masked, "");
	assert_int_equal(h->confidence, CONF_MEDIUM);
	buf_printf(&k->text, "%zu:%.*s:%s;", h->start, (int)h->normal_n, h->normal, h->why[0]);
	return 0;
}

/* Through the engine: the longer term wins, nothing of it is shown but its number. */
static void
test_engine(void **state)
{
	char text[512] = "x Jan Probe, Mueller\tMULLER y";
	struct chunk c = {.buf = (uint8_t *)text,
		.n = strlen(text),
		.own_hi = strlen(text),
		.starts = true,
		.ends = true,
		.scope = SCOPE_TEXT};
	struct matcher *m = NULL;
	struct rules_error e = {0};
	struct hits k = {0};

	(void)state;
	assert_int_equal(matcher_new(&set, &m, &e), 0);
	assert_int_equal(matcher_scan(m, &c, on_hit, &k), 0);
	assert_int_equal(k.n, 3);
	assert_string_equal(buf_cstr(&k.text),
		"2:2:term 2 of the list;13:3:term 3 of the list;21:3:term 3 of the list;");
	c.scope = SCOPE_RAW;
	k.n = 0;
	assert_int_equal(matcher_scan(m, &c, on_hit, &k), 0);
	assert_int_equal(k.n, 0);
	buf_free(&k.text);
	matcher_free(m);
}

/* --- ten thousand terms, and a slow search to agree with -------------------------------------- */

#define MANY 10000u

static uint64_t
next(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return *s >> 33;
}

static void
random_name(uint64_t *s, char *to, size_t room)
{
	static const char *const parts[] = {
		"ka", "mi", "Ro", "té", "sø", "lu", "Ar", "ne", "bü", "xo"};
	size_t k = 3 + next(s) % 3;

	to[0] = '\0';
	for (size_t i = 0; i < k; i++) {
		size_t n = strlen(to);

		(void)snprintf(to + n, room - n, "%s%s", i && next(s) % 4 == 0 ? " " : "",
			parts[next(s) % 10]);
	}
}

static bool
wordy(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

static size_t
slow_count(struct span text, const char *const *terms, size_t n)
{
	uint8_t *folded = malloc(text.n + 4), one[256];
	size_t len = terms_fold(text, folded), count = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = terms_fold(span_str(terms[i]), one);
		bool doubled = false;

		for (size_t j = 0; j < i && !doubled; j++) {
			uint8_t other[256];

			doubled = terms_fold(span_str(terms[j]), other) == k &&
				memcmp(one, other, k) == 0;
		}
		for (size_t at = 0; !doubled && at + k <= len; at++)
			count += memcmp(folded + at, one, k) == 0 &&
				(at == 0 || !wordy(folded[at - 1])) &&
				(at + k == len || !wordy(folded[at + k]));
	}
	free(folded);
	return count;
}

static int
count_term(void *user, uint16_t rule, size_t start, size_t end)
{
	size_t *n = user;

	(void)rule;
	assert_true(start < end);
	++*n;
	return 0;
}

static void
test_many(void **state)
{
	static char names[MANY][64];
	static const char *terms[MANY];
	struct rule r = {.id = "many", .terms = terms, .n_terms = MANY};
	const struct ruleset rs = {.rules = &r, .n = 1};
	struct buf text = {0};
	struct terms *t = NULL;
	struct rules_error e = {0};
	uint64_t seed = 5;
	size_t fast = 0, slow, plain = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		random_name(&seed, names[i], sizeof names[i]);
		/* the slow search knows no second spelling of umlauts */
		for (char *p = names[i]; (p = strstr(p, "ü")) != NULL;)
			memcpy(p, "uu", 2);
		terms[i] = names[i];
	}
	while (text.n < 20000) {
		char name[64];

		random_name(&seed, name, sizeof name);
		buf_printf(&text, "%s%s", name, next(&seed) % 3 ? ", " : "");
	}
	assert_int_equal(terms_new(&rs, &t, &e), 0);
	assert_int_equal(terms_scan(t, buf_span(&text), count_term, &fast), 0);
	r.n_terms = 400;
	slow = slow_count(buf_span(&text), terms, 400);
	terms_free(t);
	assert_int_equal(terms_new(&rs, &t, &e), 0);
	assert_int_equal(terms_scan(t, buf_span(&text), count_term, &plain), 0);
	assert_int_equal(plain, slow);
	assert_true(slow > 5 && fast > slow);
	terms_free(t);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_engine),
		cmocka_unit_test(test_many),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&seen);
	return r;
}
