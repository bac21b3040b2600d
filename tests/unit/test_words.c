/* Lists of words are searched by halves: a word out of its order would never be found. */
#include "detect/detect.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/poison.h"

static const struct word_list *const lists[] = {
	&words_prose, &words_manuals, &words_placeholders, &words_documented, &words_questions};

static void
found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		size_t longest = 0;

		for (size_t k = 0; k < lists[i]->n; k++) {
			const char *w = lists[i]->v[k];
			char other[64];
			size_t n = strlen(w);

			longest = n > longest ? n : longest;
			assert_true(k == 0 || strcmp(lists[i]->v[k - 1], w) < 0);
			assert_true(span_listed(span_str(w), lists[i]));
			(void)snprintf(other, sizeof other, "%s", w);
			for (char *c = other; *c; c++)
				*c = (char)to_upper((uint8_t)*c);
			assert_true(span_listed(span_str(other), lists[i]));
			other[n] = '~';
			assert_false(span_listed(span_of(other, n + 1), lists[i]));
			other[n] = '\0';
			assert_false(span_listed(span_of(other, n + 1), lists[i]));
		}
		assert_int_equal(longest, lists[i]->longest);
		assert_false(span_listed(span_str(""), lists[i]));
	}
}

static void
signs(void **state)
{
	struct signs g = signs_of(span_str("aZ!7\xc3\xa9"));

	(void)state;
	assert_true((g.w[2] | g.w[3]) && signs_digit(&g));
	assert_true(g.w[0] & SIGN('!'));
	assert_false(g.w[0] & SIGN('"'));
	assert_int_equal(signs_letters(&g), LETTER('a') | LETTER('z'));
	g = signs_of(span_str("~[_"));
	assert_true(g.w[1] & SIGN('~') && g.w[1] & SIGN('[') && g.w[1] & SIGN('_'));
	assert_int_equal(signs_letters(&g), 0);
	assert_false((g.w[2] | g.w[3]) || signs_digit(&g));
}

static void
ends(void **state)
{
	(void)state;
	assert_true(span_begins(span_str("Https://"), "http"));
	assert_false(span_begins(span_str("htt"), "http"));
	assert_true(span_begins(span_str(""), ""));
	assert_true(span_ends(span_str("aBcD"), "cd"));
	assert_false(span_ends(span_str("d"), "cd"));
	assert_false(span_ends(span_str("abce"), "cd"));
	assert_true(span_ends(span_str("x"), ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(signs),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
