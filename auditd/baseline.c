/*
 * Reads our own JSON Lines with a scanner that knows strings, nesting and nothing else: two keys of
 * each object's top level are wanted. The file may have been edited or filtered by hand, so order
 * and spacing of keys, unknown keys, blank lines and a missing last newline do not matter.
 */
#include "baseline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/span.h"

#include "base/poison.h"

struct json {
	struct span s;
	size_t at;
};

/* The two keys, as they stand between their quotes; empty when missing. */
struct line_keys {
	struct span type, id;
};

static void
json_blank(struct json *j)
{
	while (j->at < j->s.n && strchr(" \t\r\n", j->s.p[j->at]) && j->s.p[j->at])
		j->at++;
}

static bool
json_take(struct json *j, char c)
{
	json_blank(j);
	if (j->at >= j->s.n || j->s.p[j->at] != (uint8_t)c)
		return false;
	j->at++;
	return true;
}

static bool
json_string(struct json *j, struct span *ret_s)
{
	size_t from;

	if (!json_take(j, '"'))
		return false;
	from = j->at;
	for (; j->at < j->s.n && j->s.p[j->at] != '"'; j->at++) {
		if (j->s.p[j->at] == '\\')
			j->at++;
	}
	if (j->at >= j->s.n)
		return false;
	*ret_s = span_sub(j->s, from, j->at - from);
	j->at++;
	return true;
}

/* Steps over a value of any kind; *ret_s is the inside of a string, else empty. */
static bool
json_value(struct json *j, struct span *ret_s)
{
	size_t depth = 0, from;
	struct span s;

	json_blank(j);
	from = j->at;
	if (from < j->s.n && j->s.p[from] == '"')
		return json_string(j, ret_s);
	while (j->at < j->s.n) {
		uint8_t c = j->s.p[j->at];

		if (c == '"') {
			if (!json_string(j, &s))
				return false;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			break;
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		j->at++;
	}
	*ret_s = (struct span){0};
	return depth == 0 && j->at > from;
}

/* One object a line. */
static bool
json_line(struct span line, struct line_keys *ret_k)
{
	struct json j = {.s = line};
	struct line_keys k = {0};
	struct span name, value;

	if (!json_take(&j, '{'))
		return false;
	if (!json_take(&j, '}')) {
		do {
			if (!json_string(&j, &name) || !json_take(&j, ':') ||
				!json_value(&j, &value))
				return false;
			if (span_eq(name, span_str("type")))
				k.type = value;
			else if (span_eq(name, span_str("id")))
				k.id = value;
		} while (json_take(&j, ','));
		if (!json_take(&j, '}'))
			return false;
	}
	json_blank(&j);
	*ret_k = k;
	return j.at == j.s.n;
}

static bool
id_parse(struct span s, uint64_t *ret_id)
{
	uint64_t id = 0;

	if (s.n != 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c >= '0' && c <= '9')
			id = id << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			id = id << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*ret_id = id;
	return true;
}

static int
baseline_add(struct baseline *b, size_t *cap, uint64_t id)
{
	if (b->n == *cap) {
		size_t more = *cap ? *cap * 2 : 256;
		uint64_t *ids = reallocarray(b->ids, more, sizeof(*ids));

		if (!ids)
			return -ENOMEM;
		b->ids = ids;
		*cap = more;
	}
	b->ids[b->n++] = id;
	return 0;
}

/* NULL or what was expected. */
static const char *
baseline_line(struct baseline *b, size_t *cap, struct span line, bool *seen)
{
	struct line_keys k;
	uint64_t id;

	if (!json_line(line, &k))
		return "expected one JSON object a line, as -f jsonl writes them";
	if (k.type.n == 0)
		return "expected an object with a \"type\"";
	*seen = true;
	if (!span_eq(k.type, span_str("finding")))
		return NULL;
	if (!id_parse(k.id, &id))
		return "expected a finding's \"id\" of 16 hexadecimal digits";
	return baseline_add(b, cap, id) < 0 ? "out of memory" : NULL;
}

static bool
line_blank(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strchr(" \t\r\n", line[i]) || !line[i])
			return false;
	}
	return true;
}

static int
id_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
close_file(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

int
baseline_load(const char *path, struct baseline *ret_b, char ret_error[512])
{
	_cleanup_(close_file) FILE *f = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	struct baseline b = {0};
	const char *wrong = NULL;
	size_t room = 0, cap = 0, number = 0;
	bool seen = false;
	ssize_t n = -1;

	while (f && !wrong && (n = getline(&line, &room, f)) >= 0) {
		number++;
		if (!line_blank(line, (size_t)n))
			wrong = baseline_line(&b, &cap, span_of(line, (size_t)n), &seen);
	}
	if (!f || (!wrong && ferror(f))) {
		int e = errno ? errno : EIO;

		(void)snprintf(ret_error, 512, "cannot read '%s': %s", path, strerror(e));
		baseline_free(&b);
		return -e;
	}
	if (!wrong && !seen) {
		wrong = "expected JSON Lines of a former scan, but there is nothing";
		number = 1;
	}
	if (wrong) {
		(void)snprintf(ret_error, 512, "%s:%zu: %s", path, number, wrong);
		baseline_free(&b);
		return -EINVAL;
	}
	if (b.n)
		qsort(b.ids, b.n, sizeof(*b.ids), id_compare);
	*ret_b = b;
	return 0;
}

bool
baseline_has(const struct baseline *b, uint64_t id)
{
	return b->n && bsearch(&id, b->ids, b->n, sizeof(*b->ids), id_compare);
}

void
baseline_free(struct baseline *b)
{
	free(b->ids);
	*b = (struct baseline){0};
}
