/*
 * Read as a stream of events, so that every message has a line and a column. The command takes of
 * the file what is safe to share with the daemon: never its shares or excludes, or a scan of one
 * folder would silently leave out what the daemon leaves out elsewhere.
 */
#include "conf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "args.h"

#include "base/poison.h"

#define DEPTH_MAX 32 /* nesting of a configuration file; ours has four levels */

struct conf_parse {
	const char *path;
	char *error;
	yaml_parser_t y;
	yaml_event_t e;
	bool have; /* e holds an event */
	struct conf c;
};

/* Of the daemon: known here so that one file serves both. */
static const char *const daemon_keys[] = {
	"shares", "schedule", "syslog", "throttle", "retention", "expect", "excludes", NULL};

__attribute__((format(printf, 3, 4))) static int
conf_wrong(struct conf_parse *p, const yaml_mark_t *at, const char *fmt, ...)
{
	char message[300];
	va_list ap;

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
		return conf_wrong(p, &p->e.start_mark, "expected a value, not an alias");
	return 0;
}

static const char *
conf_scalar(const struct conf_parse *p)
{
	return (const char *)p->e.data.scalar.value;
}

/* Steps over the value that p->e begins. */
static int
conf_skip(struct conf_parse *p)
{
	unsigned depth = 0;

	for (;;) {
		int r;

		if (p->e.type == YAML_MAPPING_START_EVENT || p->e.type == YAML_SEQUENCE_START_EVENT)
			depth++;
		if (p->e.type == YAML_MAPPING_END_EVENT || p->e.type == YAML_SEQUENCE_END_EVENT)
			depth--;
		if (depth == 0)
			return 0;
		if (depth > DEPTH_MAX)
			return conf_wrong(
				p, &p->e.start_mark, "expected at most %d levels", DEPTH_MAX);
		r = conf_next(p);
		if (r < 0)
			return r;
	}
}

static int
conf_rule_path(struct conf_parse *p)
{
	const char *word = conf_scalar(p), *slash = strrchr(p->path, '/');
	char *full;
	int r;

	if (!*word)
		return conf_wrong(p, &p->e.start_mark, "rules: expected a file or folder");
	if (*word == '/' || !slash)
		return strv_add(&p->c.rules, word);
	if (asprintf(&full, "%.*s/%s", (int)(slash - p->path), p->path, word) < 0)
		return -ENOMEM;
	r = strv_add(&p->c.rules, full);
	free(full);
	return r;
}

static int
conf_rules(struct conf_parse *p)
{
	if (p->e.type != YAML_SEQUENCE_START_EVENT)
		return conf_wrong(
			p, &p->e.start_mark, "rules: expected a list of files or folders");
	for (;;) {
		int r = conf_next(p);

		if (r < 0 || p->e.type == YAML_SEQUENCE_END_EVENT)
			return r;
		if (p->e.type != YAML_SCALAR_EVENT)
			return conf_wrong(p, &p->e.start_mark, "rules: expected a file or folder");
		r = conf_rule_path(p);
		if (r < 0)
			return r;
	}
}

static int
conf_limit(struct conf_parse *p, const char *key)
{
	bool scalar = p->e.type == YAML_SCALAR_EVENT;

	if (strcmp(key, "jobs") == 0) {
		if (!scalar || args_number(conf_scalar(p), 1, 256, &p->c.jobs) < 0)
			return conf_wrong(
				p, &p->e.start_mark, "jobs: expected a number from 1 to 256");
		return 0;
	}
	if (!scalar || args_size(conf_scalar(p), &p->c.max_file) < 0 || p->c.max_file == 0)
		return conf_wrong(
			p, &p->e.start_mark, "max-file: expected a size such as 500M or 2G");
	return 0;
}

/* Calls take with each key of the mapping p->e begins, p->e being its value's first event. */
static int
conf_mapping(struct conf_parse *p, const char *expected,
	int (*take)(struct conf_parse *p, const char *key, const yaml_mark_t *at))
{
	if (p->e.type != YAML_MAPPING_START_EVENT)
		return conf_wrong(p, &p->e.start_mark, "expected %s", expected);
	for (;;) {
		char key[64];
		yaml_mark_t at;
		int r = conf_next(p);

		if (r < 0 || p->e.type == YAML_MAPPING_END_EVENT)
			return r;
		at = p->e.start_mark;
		if (p->e.type != YAML_SCALAR_EVENT)
			return conf_wrong(p, &at, "expected a key");
		(void)snprintf(key, sizeof(key), "%s", conf_scalar(p));
		r = conf_next(p);
		if (r == 0)
			r = take(p, key, &at);
		if (r < 0)
			return r;
	}
}

static int
take_limit(struct conf_parse *p, const char *key, const yaml_mark_t *at)
{
	if (strcmp(key, "jobs") != 0 && strcmp(key, "max-file") != 0)
		return conf_wrong(
			p, at, "limits: unknown key '%s': expected jobs or max-file", key);
	return conf_limit(p, key);
}

static int
take_top(struct conf_parse *p, const char *key, const yaml_mark_t *at)
{
	if (strcmp(key, "rules") == 0)
		return conf_rules(p);
	if (strcmp(key, "limits") == 0)
		return conf_mapping(p, "a mapping of limits", take_limit);
	for (size_t i = 0; daemon_keys[i]; i++) {
		if (strcmp(key, daemon_keys[i]) == 0)
			return conf_skip(p);
	}
	return conf_wrong(p, at,
		"unknown key '%s': expected rules, limits, shares, schedule, syslog, throttle, "
		"retention, expect or excludes",
		key);
}

/* Stream start, one document (an empty file has none), stream end. */
static int
conf_document(struct conf_parse *p)
{
	int r = conf_next(p);

	if (r == 0)
		r = conf_next(p);
	if (r < 0 || p->e.type == YAML_STREAM_END_EVENT)
		return r;
	r = conf_next(p);
	if (r == 0 && p->e.type == YAML_SCALAR_EVENT && !*conf_scalar(p))
		r = 0; /* "---" and nothing else */
	else if (r == 0)
		r = conf_mapping(p, "a mapping of keys such as rules and limits", take_top);
	if (r == 0)
		r = conf_next(p);
	if (r == 0)
		r = conf_next(p);
	if (r == 0 && p->e.type != YAML_STREAM_END_EVENT)
		return conf_wrong(p, &p->e.start_mark, "expected one document only");
	return r;
}

int
conf_load(const char *path, struct conf *ret_c, char ret_error[512])
{
	struct conf_parse p = {.path = path, .error = ret_error};
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
	r = conf_document(&p);
	if (p.have)
		yaml_event_delete(&p.e);
	yaml_parser_delete(&p.y);
	(void)fclose(f);
	if (r < 0) {
		conf_free(&p.c);
		return r;
	}
	*ret_c = p.c;
	return 0;
}

void
conf_free(struct conf *c)
{
	strv_free(&c->rules);
	*c = (struct conf){0};
}
