/*
 * Aliases are refused: a file of a few lines could otherwise stand for millions, and nothing in a
 * configuration of ours needs them.
 */
#include "conf_parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "args.h"
#include "base/buf.h"
#include "nearest.h"

#include "base/poison.h"

#define DEPTH_MAX 32 /* nesting of a configuration file; ours has five levels */

int
conf_wrong(struct conf_parse *p, const yaml_mark_t *at, const char *fmt, ...)
{
	char message[300];
	va_list ap;

	if (!at)
		at = &p->e.start_mark;
	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	(void)snprintf(p->error, 512, "%.180s:%zu:%zu: %s", p->path, at->line + 1, at->column + 1,
		message);
	return -EINVAL;
}

/* The next event into p->e. */
static int
conf_next(struct conf_parse *p)
{
	if (p->have)
		yaml_event_delete(&p->e);
	p->have = false;
	if (!yaml_parser_parse(&p->y, &p->e))
		return conf_wrong(p, &p->y.problem_mark, "expected YAML: %s",
			p->y.problem ? p->y.problem : "cannot be read");
	p->have = true;
	if (p->e.type == YAML_ALIAS_EVENT)
		return conf_wrong(p, NULL, "expected a value, not an alias");
	return 0;
}

const char *
conf_scalar(const struct conf_parse *p)
{
	const char *s = (const char *)p->e.data.scalar.value;

	if (p->e.type != YAML_SCALAR_EVENT || !*s || strlen(s) != p->e.data.scalar.length)
		return NULL;
	return s;
}

int
conf_skip(struct conf_parse *p, const char *key, void *into)
{
	unsigned depth = 0;

	(void)key, (void)into;
	for (;;) {
		int r;

		if (p->e.type == YAML_MAPPING_START_EVENT || p->e.type == YAML_SEQUENCE_START_EVENT)
			depth++;
		if (p->e.type == YAML_MAPPING_END_EVENT || p->e.type == YAML_SEQUENCE_END_EVENT)
			depth--;
		if (depth == 0)
			return 0;
		if (depth > DEPTH_MAX)
			return conf_wrong(p, NULL, "expected at most %d levels", DEPTH_MAX);
		r = conf_next(p);
		if (r < 0)
			return r;
	}
}

static int
unknown_key(
	struct conf_parse *p, const struct conf_table *t, const char *key, const yaml_mark_t *at)
{
	const char *names[32], *near;
	struct buf b = {.max = 250};
	int r;

	for (size_t i = 0; i < t->n; i++)
		names[i] = t->keys[i].name;
	near = nearest_find(key, names, t->n);
	if (near)
		buf_printf(&b, "did you mean %s?", near);
	else
		buf_puts(&b, "expected ");
	for (size_t i = 0; i < t->n && !near; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : i + 1 < t->n ? ", " : " or ", names[i]);
	r = conf_wrong(p, at, "%s%sunknown key '%s': %s", t->name, t->name[0] ? ": " : "", key,
		buf_cstr(&b));
	buf_free(&b);
	return r;
}

static int
take_key(struct conf_parse *p, const struct conf_table *t, void *into, uint32_t *seen)
{
	yaml_mark_t at = p->e.start_mark;
	char key[64];
	int r;

	if (p->e.type != YAML_SCALAR_EVENT)
		return conf_wrong(p, &at, "expected a key");
	(void)snprintf(key, sizeof(key), "%s", (const char *)p->e.data.scalar.value);
	r = conf_next(p);
	if (r < 0)
		return r;
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(key, t->keys[i].name) != 0)
			continue;
		if (*seen >> i & 1)
			return conf_wrong(p, &at, "expected '%s' once only", key);
		*seen |= 1u << i;
		return t->keys[i].take(p, key, (char *)into + t->keys[i].offset);
	}
	return unknown_key(p, t, key, &at);
}

int
conf_mapping(struct conf_parse *p, const struct conf_table *t, void *into)
{
	uint32_t seen = 0;

	if (p->e.type != YAML_MAPPING_START_EVENT)
		return conf_wrong(p, NULL, "expected %s", t->expected);
	for (;;) {
		int r = conf_next(p);

		if (r < 0 || p->e.type == YAML_MAPPING_END_EVENT)
			return r;
		r = take_key(p, t, into, &seen);
		if (r < 0)
			return r;
	}
}

int
conf_sequence(struct conf_parse *p, const char *key, const char *expected,
	int (*take)(struct conf_parse *p, const char *key, void *into), void *into)
{
	if (p->e.type != YAML_SEQUENCE_START_EVENT)
		return conf_wrong(p, NULL, "%s: expected %s", key, expected);
	for (;;) {
		int r = conf_next(p);

		if (r < 0 || p->e.type == YAML_SEQUENCE_END_EVENT)
			return r;
		r = take(p, key, into);
		if (r < 0)
			return r;
	}
}

static int
take_word(struct conf_parse *p, const char *key, void *into)
{
	const char *word = conf_scalar(p);

	return word ? strv_add(into, word) : conf_wrong(p, NULL, "%s: expected a word", key);
}

int
conf_words(struct conf_parse *p, const char *key, void *into)
{
	return conf_sequence(p, key, "a list of words", take_word, into);
}

int
conf_bool(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);
	bool *ret = into;

	if (s && (strcasecmp(s, "true") == 0 || strcasecmp(s, "yes") == 0))
		*ret = true;
	else if (s && (strcasecmp(s, "false") == 0 || strcasecmp(s, "no") == 0))
		*ret = false;
	else
		return conf_wrong(p, NULL, "%s: expected true or false", key);
	return 0;
}

int
conf_size(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);
	uint64_t n;

	if (!s || args_size(s, &n) < 0 || n == 0)
		return conf_wrong(p, NULL, "%s: expected a size such as 500M or 2G", key);
	*(uint64_t *)into = n;
	return 0;
}

static int
take_rules(struct conf_parse *p, const char *key, void *into)
{
	const char *word = conf_scalar(p), *slash = strrchr(p->path, '/');
	char *full;
	int r;

	if (!word)
		return conf_wrong(p, NULL, "%s: expected a file or folder", key);
	if (*word == '/' || !slash)
		return strv_add(into, word);
	if (asprintf(&full, "%.*s/%s", (int)(slash - p->path), p->path, word) < 0)
		return -ENOMEM;
	r = strv_add(into, full);
	free(full);
	return r;
}

int
conf_rules(struct conf_parse *p, const char *key, void *into)
{
	return conf_sequence(p, key, "a list of files or folders", take_rules, into);
}

int
conf_jobs(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (!s || args_number(s, 1, 256, into) < 0)
		return conf_wrong(p, NULL, "%s: expected a number from 1 to 256", key);
	return 0;
}

/* Stream start, one document (an empty file has none), stream end. */
static int
conf_document(struct conf_parse *p, const struct conf_table *t, void *into)
{
	int r = conf_next(p);

	if (r == 0)
		r = conf_next(p);
	if (r < 0 || p->e.type == YAML_STREAM_END_EVENT)
		return r;
	r = conf_next(p);
	/* "---" and nothing else is a document, too */
	if (r == 0 && !(p->e.type == YAML_SCALAR_EVENT && p->e.data.scalar.length == 0))
		r = conf_mapping(p, t, into);
	if (r == 0)
		r = conf_next(p);
	if (r == 0)
		r = conf_next(p);
	if (r == 0 && p->e.type != YAML_STREAM_END_EVENT)
		return conf_wrong(p, NULL, "expected one document only");
	return r;
}

int
conf_read(const char *path, const struct conf_table *t, void *into, void *user, char ret_error[512])
{
	struct conf_parse p = {.path = path, .error = ret_error, .user = user};
	FILE *f = fopen(path, "re");
	int r;

	if (!f) {
		r = -errno;
		(void)snprintf(ret_error, 512, "cannot read '%.400s': %s", path, strerror(-r));
		return r;
	}
	(void)snprintf(ret_error, 512, "out of memory");
	if (!yaml_parser_initialize(&p.y)) {
		(void)fclose(f);
		return -ENOMEM;
	}
	yaml_parser_set_input_file(&p.y, f);
	r = conf_document(&p, t, into);
	if (p.have)
		yaml_event_delete(&p.e);
	yaml_parser_delete(&p.y);
	(void)fclose(f);
	return r;
}
