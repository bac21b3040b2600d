/*
 * Going back to the last star only is enough: an earlier star that matched as little as possible
 * leaves the most to the later ones. So the cost is at most the product of the two lengths.
 */
#include "glob.h"

#include <ctype.h>

#include "base/utf8.h"

#include "base/poison.h"

/* The character at s[at]; a byte that is not UTF-8 stands for itself, beyond Unicode. */
static size_t
next_char(struct span s, size_t at, uint32_t *ret_c)
{
	size_t n = utf8_decode(span_sub(s, at, s.n), ret_c);

	if (n)
		return n;
	*ret_c = 0x110000u + s.p[at];
	return 1;
}

static bool
class_named(struct span name, uint32_t c)
{
	static const struct {
		const char *name;
		int (*is)(int);
	} classes[] = {
		{"alnum", isalnum},
		{"alpha", isalpha},
		{"blank", isblank},
		{"cntrl", iscntrl},
		{"digit", isdigit},
		{"graph", isgraph},
		{"lower", islower},
		{"print", isprint},
		{"punct", ispunct},
		{"space", isspace},
		{"upper", isupper},
		{"xdigit", isxdigit},
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (span_eq(name, span_str(classes[i].name)))
			return c < 128 && classes[i].is((int)c);
	}
	return false;
}

/* One character of a bracket expression, an escape taken off. */
static uint32_t
bracket_char(struct span p, size_t *at)
{
	uint32_t c;

	if (p.p[*at] == '\\' && *at + 1 < p.n)
		(*at)++;
	*at += next_char(p, *at, &c);
	return c;
}

/* The end of a named class that begins at p[at] = "[:", or 0. */
static size_t
class_end(struct span p, size_t at)
{
	if (!span_has(p, at, "[:", 2))
		return 0;
	for (size_t i = at + 2; i + 1 < p.n && p.p[i] != '['; i++) {
		if (p.p[i] == ':' && p.p[i + 1] == ']')
			return i + 2;
	}
	return 0;
}

/* p[*at] is behind "[": is c in it? *at moves behind "]"; an unclosed one gives false, at = n. */
static bool
bracket_match(struct span p, size_t *at, uint32_t c, bool *ret_closed)
{
	bool negate = *at < p.n && (p.p[*at] == '!' || p.p[*at] == '^'), hit = false;
	size_t i = *at + negate;

	*ret_closed = false;
	for (size_t first = i; i < p.n && (p.p[i] != ']' || i == first);) {
		size_t end = class_end(p, i);
		uint32_t lo, hi;

		if (end) {
			hit |= class_named(span_sub(p, i + 2, end - i - 4), c);
			i = end;
			continue;
		}
		lo = hi = bracket_char(p, &i);
		if (i + 1 < p.n && p.p[i] == '-' && p.p[i + 1] != ']') {
			i++;
			hi = bracket_char(p, &i);
		}
		hit |= c >= lo && c <= hi;
	}
	*ret_closed = i < p.n;
	*at = *ret_closed ? i + 1 : p.n;
	return *ret_closed && hit != negate;
}

/* One element of the pattern against one character of the name. Moves both when they agree. */
static bool
glob_step(struct span p, size_t *pat, struct span s, size_t *at)
{
	size_t i = *pat, n;
	uint32_t c, d;
	bool closed, ok;

	if (i >= p.n)
		return false;
	n = next_char(s, *at, &c);
	if (p.p[i] == '[') {
		i++;
		ok = bracket_match(p, &i, c, &closed);
	} else if (p.p[i] == '?') {
		i++;
		ok = true;
	} else {
		if (p.p[i] == '\\' && i + 1 < p.n)
			i++;
		i += next_char(p, i, &d);
		ok = c == d;
	}
	if (!ok)
		return false;
	*pat = i;
	*at += n;
	return true;
}

bool
glob_match(struct span p, struct span s)
{
	size_t pat = 0, at = 0, star = SIZE_MAX, star_at = 0;
	uint32_t c;

	while (at < s.n) {
		if (pat < p.n && p.p[pat] == '*') {
			star = ++pat;
			star_at = at;
		} else if (!glob_step(p, &pat, s, &at)) {
			if (star == SIZE_MAX)
				return false;
			star_at += next_char(s, star_at, &c);
			at = star_at;
			pat = star;
		}
	}
	while (pat < p.n && p.p[pat] == '*')
		pat++;
	return pat == p.n;
}

const char *
glob_check(struct span p)
{
	for (size_t i = 0; i < p.n;) {
		bool closed = true;

		if (p.p[i] == '\\' && i + 1 >= p.n)
			return "nothing follows the backslash";
		if (p.p[i] == '[') {
			i++;
			(void)bracket_match(p, &i, 0, &closed);
		} else {
			i += p.p[i] == '\\' ? 2 : 1;
		}
		if (!closed)
			return "'[' is not closed";
	}
	return NULL;
}
