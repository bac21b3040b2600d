/*
 * What stands where a value should: masks, templates, words that say there is none. Entropy is a
 * poor judge of what people choose ("Winter2014!" has 3.3 bits a character), so words and shapes
 * do the work and entropy is only one field of a rule.
 */
#include <math.h>

#include "detect/detect.h"

#include "base/poison.h"

/* What a short value may hold, with some of its letters. */
static const struct tale {
	const char *text;
	uint64_t letters;
} tales[] = {
	{"example", LETTER('x') | LETTER('m') | LETTER('p')},
	{"placeholder", LETTER('p') | LETTER('h') | LETTER('d')},
	{"changeme", LETTER('c') | LETTER('h') | LETTER('g')},
	{"change_me", LETTER('c') | LETTER('h') | LETTER('g')},
	{"redacted", LETTER('r') | LETTER('d') | LETTER('c')},
	{"xxxxxx", LETTER('x')},
	{"*****", 0},
	{"sensitive*data", LETTER('v') | LETTER('d')},
};

static bool
tells_tale(struct span s, const struct signs *g)
{
	uint64_t letters = signs_letters(g);

	if (s.n > 40)
		return false;
	for (size_t i = 0; i < sizeof tales / sizeof *tales; i++)
		if (!(tales[i].letters & ~letters) && (tales[i].letters || g->w[0] & SIGN('*')) &&
			span_holds(s, tales[i].text))
			return true;
	return false;
}

/* <password>, ${VAR}, {{ x }}, %VAR%, [password], @VAR@, #{x}, $(x), __x__ */
static bool
is_template(struct span s, const struct signs *g)
{
	uint8_t a = s.p[0], z = s.p[s.n - 1];

	if (s.n < 2)
		return false;
	if ((a == '<' && z == '>') || (a == '[' && z == ']') || (a == '{' && z == '}') ||
		(a == '(' && z == ')') || (a == '%' && z == '%') || (a == '@' && z == '@'))
		return true;
	if (s.n > 4 && span_has(s, 0, "__", 2) && span_has(s, s.n - 2, "__", 2))
		return true;
	if (one_of(a, "$#") && one_of(s.p[1], "{("))
		return true;
	if (a == '%' && (s.n <= 3 || s.p[1] == '(' || (one_of(s.p[1], "sd") && !is_alnum(s.p[2]))))
		return true;
	if (a == '{' && !memchr(s.p, '}', s.n))
		return true;
	if (!(g->w[1] & SIGN('{')) && !(g->w[0] & SIGN('%')))
		return false;
	return span_holds(s, "{{") || span_holds(s, "<%") || span_holds(s, "${");
}

/* $NAME and $name->x: a variable of a program. */
static bool
is_variable(struct span s)
{
	if (s.n < 3 || s.p[0] != '$' || !(is_alpha(s.p[1]) || s.p[1] == '_'))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!is_alnum(s.p[i]) && !one_of(s.p[i], "_:->[]'\".()"))
			return false;
	return true;
}

/* One character over and over, masks of several (*.-_xX#), or dots. */
static bool
is_mask(struct span s)
{
	size_t n = 0;

	while (n < s.n && one_of(s.p[n], "*.-_xX#?=~+ "))
		n++;
	if (n == s.n || all_same((const char *)s.p, s.n))
		return true;
	/* bullets, U+2022 and U+25CF */
	for (size_t i = 0; i + 3 <= s.n; i += 3)
		if (!span_has(s, i, "\xe2\x80\xa2", 3) && !span_has(s, i, "\xe2\x97\x8f", 3))
			return false;
	return s.n % 3 == 0;
}

static bool
is_joint(uint8_t c)
{
	return c == '-' || c == '_' || c == '.' || c == ' ';
}

/* my-pvk-password, ##invalid-password##, cfg.password2: letters and joints around the keyword. */
static bool
names_itself(struct span s, const struct signs *g)
{
	const uint64_t need = LETTER('p') | LETTER('a') | LETTER('s') | LETTER('w') | LETTER('d');
	bool joined = false;

	if (need & ~signs_letters(g))
		return false;
	while (s.n && !is_alnum(s.p[0]))
		s = span_sub(s, 1, s.n);
	while (s.n && !is_alnum(s.p[s.n - 1]))
		s.n--;
	while (s.n && is_digit(s.p[s.n - 1]))
		s.n--;
	for (size_t i = 0; i < s.n; i++) {
		joined |= is_joint(s.p[i]);
		if (!is_alpha(s.p[i]) && !is_joint(s.p[i]))
			return false;
	}
	return joined && (span_holds(s, "password") || span_holds(s, "passwd"));
}

bool
check_placeholder(struct span value)
{
	struct span s = span_trim(value);
	struct signs g;

	while (s.n >= 2 && one_of(s.p[0], "\"'`") && s.p[s.n - 1] == s.p[0])
		s = span_trim(span_sub(s, 1, s.n - 2));
	g = signs_of(s);
	if (s.n == 0 || is_mask(s) || is_template(s, &g) || is_variable(s))
		return true;
	if (!signs_digit(&g) && span_listed(s, &words_placeholders))
		return true;
	if (tells_tale(s, &g) || (signs_letters(&g) & LETTER('x') && span_holds(s, "xxxxxxxx")))
		return true;
	return names_itself(s, &g) ||
		(s.n > 5 && span_begins(s, "your") && one_of(s.p[4], "_-@. "));
}

float
check_entropy(struct span value)
{
	uint32_t count[256] = {0};
	double sum = 0;

	for (size_t i = 0; i < value.n; i++)
		count[value.p[i]]++;
	for (size_t i = 0; i < 256; i++)
		if (count[i])
			sum += count[i] * log2((double)value.n / count[i]);
	return value.n ? (float)(sum / (double)value.n) : 0;
}

unsigned
check_classes(struct span value)
{
	unsigned seen = 0;

	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];

		seen |= is_lower(c) ? 1u : is_upper(c) ? 2u : is_digit(c) ? 4u : 8u;
	}
	return (unsigned)__builtin_popcount(seen);
}
