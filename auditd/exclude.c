/*
 * A pattern is cut at its slashes once. Names are then matched part by part, and "**" is a star
 * over parts as "*" is one over characters (glob.c): both go back to the last star only.
 */
#include "exclude.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "glob.h"

#include "base/poison.h"

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

/* Cuts the text at its slashes. "**" is special as a whole part of an anchored pattern only. */
static const char *
pattern_cut(struct exclude_pattern *t, struct span text)
{
	for (size_t at = 0; at < text.n;) {
		struct span part = path_part(text, at);
		const char *why = glob_check(part);
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
		(void)snprintf(ret_error, error_n, "'%s': %s", path, strerrordesc_np(-r));
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
		(void)snprintf(ret_error, error_n, "'%s': cannot be read", path);
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
