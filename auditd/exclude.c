/*
 * A pattern is cut at its slashes once. Names are then matched part by part, and "**" is a star
 * over parts as "*" is one over characters: both go back to the last star only, which is enough
 * because an earlier star that matched as little as possible leaves the most to the later ones.
 */
#include "exclude.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
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

static bool
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

static struct span
path_part(struct span path, size_t at)
{
	const uint8_t *slash = at < path.n ? memchr(path.p + at, '/', path.n - at) : NULL;

	return span_sub(path, at, slash ? (size_t)(slash - path.p) - at : path.n);
}

static bool
parts_match(const struct exclude_pattern *t, struct span path)
{
	size_t part = 0, at = 0, star = SIZE_MAX, star_at = 0;

	while (at <= path.n) {
		struct span name = path_part(path, at);

		if (part < t->n_parts && !t->parts[part].p) {
			star = ++part;
			star_at = at;
		} else if (part < t->n_parts && glob_match(t->parts[part], name)) {
			part++;
			at += name.n + 1;
		} else if (star == SIZE_MAX) {
			return false;
		} else {
			star_at += path_part(path, star_at).n + 1;
			at = star_at;
			part = star;
		}
	}
	while (part < t->n_parts && !t->parts[part].p)
		part++;
	return part == t->n_parts;
}

enum exclude_verdict
exclude_match(const struct exclude *x, struct span path, bool dir)
{
	size_t base = path.n;

	while (base > 0 && path.p[base - 1] != '/')
		base--;
	for (size_t i = x->n; i-- > 0;) {
		const struct exclude_pattern *t = &x->patterns[i];

		if (t->dir_only && !dir)
			continue;
		if (t->anchored ? parts_match(t, path)
				: glob_match(t->parts[0], span_sub(path, base, path.n)))
			return t->negate ? EXCLUDE_AGAIN : EXCLUDE_YES;
	}
	return EXCLUDE_NONE;
}

enum exclude_verdict
exclude_match_all(const struct exclude *x, struct span path, bool dir)
{
	for (size_t at = 0; at < path.n; at++) {
		if (path.p[at] == '/' &&
			exclude_match(x, span_sub(path, 0, at), true) == EXCLUDE_YES)
			return EXCLUDE_YES;
	}
	return exclude_match(x, path, dir);
}

static const char *
part_check(struct span p)
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

/* Cuts the text at its slashes. "**" is special as a whole part of an anchored pattern only. */
static const char *
pattern_cut(struct exclude_pattern *t, struct span text)
{
	for (size_t at = 0; at < text.n;) {
		struct span part = path_part(text, at);
		const char *why = part_check(part);
		bool stars = t->anchored && part.n == 2 && memcmp(part.p, "**", 2) == 0;

		if (why)
			return why;
		at += part.n + 1;
		if (part.n == 0)
			continue;
		t->parts[t->n_parts++] = stars ? (struct span){NULL, 0} : part;
		if (stars && at >= text.n)
			t->parts[t->n_parts++] = span_sub(part, 0, 1); /* "a/ **": all below a */
	}
	return t->n_parts ? NULL : "an empty pattern";
}

static struct span
trim(struct span s)
{
	while (s.n > 1 && s.p[s.n - 1] == ' ' && s.p[s.n - 2] != '\\')
		s.n--;
	return s.n == 1 && s.p[0] == ' ' ? span_sub(s, 0, 0) : s;
}

static int
pattern_add(struct exclude *x, const struct exclude_pattern *t)
{
	if (x->n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 16;
		void *p = reallocarray(x->patterns, cap, sizeof(*t));

		if (!p)
			return -ENOMEM;
		x->patterns = p;
		x->cap = cap;
	}
	x->patterns[x->n++] = *t;
	return 0;
}

int
exclude_add(struct exclude *x, struct span pattern, const char **ret_why)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ struct span *parts = NULL;
	struct exclude_pattern t = {.negate = pattern.n && pattern.p[0] == '!'};
	struct span s = trim(span_sub(pattern, t.negate, pattern.n));
	const char *why;
	int r;

	t.dir_only = s.n > 0 && s.p[s.n - 1] == '/';
	s.n -= t.dir_only;
	t.anchored = s.n > 0 && memchr(s.p, '/', s.n);
	text = malloc(s.n + 1);
	parts = calloc(s.n + 2, sizeof(*parts));
	if (!text || !parts)
		return -ENOMEM;
	memcpy(text, s.n ? (const char *)s.p : "", s.n);
	t.text = text;
	t.parts = parts;
	why = pattern_cut(&t, span_of(text, s.n));
	if (why) {
		*ret_why = why;
		return -EINVAL;
	}
	r = pattern_add(x, &t);
	if (r < 0)
		return r;
	text = NULL;
	parts = NULL;
	return 0;
}

static void
cleanup_file(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

int
exclude_add_file(struct exclude *x, const char *path, char *ret_error, size_t error_n)
{
	_cleanup_(cleanup_file) FILE *f = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int r;

	if (!f) {
		r = -errno;
		(void)snprintf(ret_error, error_n, "%s: %s", path, strerrordesc_np(-r));
		return r;
	}
	for (unsigned no = 1; (n = getline(&line, &cap, f)) > 0; no++) {
		struct span s = span_of(line, (size_t)n);
		const char *why = "out of memory";

		if (no == 1 && span_has(s, 0, "\xEF\xBB\xBF", 3))
			s = span_sub(s, 3, s.n);
		while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
			s.n--;
		if (trim(s).n == 0 || s.p[0] == '#')
			continue;
		r = exclude_add(x, s, &why);
		if (r < 0) {
			(void)snprintf(ret_error, error_n, "%s:%u: %s", path, no, why);
			return r;
		}
	}
	if (ferror(f)) {
		(void)snprintf(ret_error, error_n, "%s: cannot be read", path);
		return -EIO;
	}
	return 0;
}

void
exclude_free(struct exclude *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->patterns[i].text);
		free(x->patterns[i].parts);
	}
	free(x->patterns);
	*x = (struct exclude){0};
}
