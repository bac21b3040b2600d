/*
 * Only credentials with a beginning of their own are told here, by a table: the rules, which know many
 * more and check their sums, are on the side without rights. What follows the beginning must be as long
 * and as mixed as a random one, so that a name that merely speaks of them stays: "npm_config_registry".
 */
#include "finding.h"

#include "base/poison.h"

#define CUT_LENGTH 12u /* where a name ends, so many characters of a credential will do */
#define LOOK	   256u /* characters that decide; a longer one is starred whole */

enum alphabet { BASE32, BASE62, BASE62_BAR, BASE64URL, BASE64URL_DOTS };

static const struct form {
	const char *begins; /* ?: any small letter */
	enum alphabet alphabet;
	uint8_t least; /* characters behind that */
	uint8_t digits; /* ... of which so many are digits, at least */
} forms[] = {
	{"gh?_", BASE62, 36, 0},
	{"github_pat_", BASE62_BAR, 60, 0},
	{"glpat-", BASE64URL, 20, 0},
	{"AKIA", BASE32, 16, 0},
	{"ASIA", BASE32, 16, 0},
	{"xox?-", BASE64URL, 20, 9},
	{"sk_live_", BASE62, 24, 0},
	{"rk_live_", BASE62, 24, 0},
	{"AIza", BASE64URL, 35, 0},
	{"npm_", BASE62, 36, 0},
	{"eyJ", BASE64URL_DOTS, 40, 0},
};

struct run {
	size_t n;
	unsigned dots, digits;
	bool upper, lower;
};

static bool
is_in(enum alphabet a, uint8_t c)
{
	bool digit = c >= '0' && c <= '9', upper = c >= 'A' && c <= 'Z',
	     lower = c >= 'a' && c <= 'z';

	switch (a) {
	case BASE32:
		return upper || (c >= '2' && c <= '7');
	case BASE62:
		return digit || upper || lower;
	case BASE62_BAR:
		return digit || upper || lower || c == '_';
	default:
		return digit || upper || lower || c == '_' || c == '-';
	}
}

/* Characters of the alphabet that s begins with; of the dotted one, three parts. */
static struct run
run_of(struct span s, enum alphabet a)
{
	struct run r = {0};

	for (; r.n < s.n; r.n++) {
		uint8_t c = s.p[r.n];

		if (c == '.' && a == BASE64URL_DOTS && r.dots < 2) {
			r.dots++;
			continue;
		}
		if (!is_in(a, c))
			break;
		r.digits += c >= '0' && c <= '9';
		r.upper |= c >= 'A' && c <= 'Z';
		r.lower |= c >= 'a' && c <= 'z';
	}
	return r;
}

/* Length of the beginning, if s has it. */
static size_t
begins(struct span s, const char *with)
{
	size_t n = 0;

	for (; with[n]; n++) {
		if (n >= s.n ||
			(with[n] == '?' ? s.p[n] < 'a' || s.p[n] > 'z'
					: s.p[n] != (uint8_t)with[n]))
			return 0;
	}
	return n;
}

/* Is what follows the beginning the rest of a credential, or, at the end of the name, of its front? */
static bool
is_rest(const struct form *f, struct span s)
{
	struct run r = run_of(span_sub(s, 0, LOOK), f->alphabet);
	bool ends = r.n == s.n;

	if (ends && r.n >= CUT_LENGTH && r.n < f->least)
		return r.digits > 0 && r.upper && (r.lower || f->alphabet == BASE32);
	if (f->alphabet == BASE32)
		return r.n == f->least && (ends || !is_in(BASE62, s.p[r.n]));
	return r.n >= f->least && r.digits >= f->digits && r.upper && r.lower &&
		(f->alphabet != BASE64URL_DOTS || r.dots == 2 || ends);
}

size_t
name_token(struct span name, size_t at, size_t *ret_shown)
{
	struct span s = span_sub(name, at, name.n);

	if (s.n == 0 || !memchr("gAxsrne", s.p[0], 7) || (at && is_in(BASE62, name.p[at - 1])))
		return 0;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form *f = &forms[i];
		size_t n = begins(s, f->begins);

		if (n && is_rest(f, span_sub(s, n, s.n))) {
			*ret_shown = n;
			return n + run_of(span_sub(s, n, s.n), f->alphabet).n;
		}
	}
	return 0;
}
