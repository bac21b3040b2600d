/* Both forms of the search find what a slow one finds. */
#include "classify/secret_hint.h"
#include "testrules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/poison.h"

static bool
starts(struct span s, const char *lit)
{
	size_t n = strlen(lit);

	return s.n >= n && strncasecmp((const char *)s.p, lit, n) == 0;
}

/* An address at s, `back` bytes of blanks behind a newline. */
static bool
address(struct span s)
{
	size_t n = 0;

	if (!s.n || s.p[0] < '0' || s.p[0] > '9')
		return false;
	while (n < s.n && n < 16 && strchr("0123456789abcdefABCDEF", s.p[n]) && s.p[n])
		n++;
	return n < s.n && (s.p[n] == '.' || s.p[n] == ':');
}

static bool
at_line(struct span text, size_t at, size_t from)
{
	size_t k = at;

	while (k > 0 && text.p[k - 1] <= ' ' && text.p[k - 1] != '\n')
		k--;
	return at > from && k > 0 && text.p[k - 1] == '\n';
}

static size_t
slow(struct span text, size_t from)
{
	for (size_t at = from; at < text.n; at++) {
		struct span s = span_sub(text, at, text.n);

		if (address(s) && at_line(text, at, from))
			return at;
		if (starts(s, "nwo") || starts(s, "nw\xC3\xB6") || starts(s, "senh") ||
			starts(s, "sena") || starts(s, "se\xC3\xB1") || starts(s, "se\xC3\x91") ||
			starts(s, "lave") || starts(s, "mdp") || starts(s, "pas") ||
			starts(s, "pw") || starts(s, "p/") || starts(s, "cre") || starts(s, " / "))
			return at;
	}
	return text.n;
}

static void
agree(struct span text)
{
	for (size_t at = 0; at < text.n;) {
		size_t next = slow(text, at);

		assert_int_equal(secret_hint_next(text, at), next);
		assert_int_equal(secret_hint_portable(text, at), next);
		at = next + 1;
	}
}

static void
random_texts(void **state)
{
	static const char few[] = "pPaAsSwW/cCrReE  \n\t01f.:xyznNolvhmd\xC3\xB1\xB6";
	uint64_t seed = 11;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		size_t n = test_random(&seed, 400), dense = test_random(&seed, 3);
		char *p = malloc(n + 1);

		assert_non_null(p);
		for (size_t k = 0; k < n; k++)
			p[k] = dense || test_random(&seed, 12) == 0
				? few[test_random(&seed, sizeof few - 1)]
				: (char)('g' + test_random(&seed, 8));
		agree(span_of(p, n));
		free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_texts)};

	return cmocka_run_group_tests_name("secret_hint", tests, NULL, NULL);
}
