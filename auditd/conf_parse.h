/*
 * conf_parse: a YAML file read as a stream of events against tables of keys, so that every message
 * has a file, a line, a column and what was expected there. Private to auditd/conf*.c.
 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "strv.h"

struct conf_parse {
	const char *path;
	char *error; /* 512 bytes */
	yaml_parser_t y;
	yaml_event_t e;
	bool have; /* e holds an event */
	void *user; /* the caller's */
};

struct conf_key {
	const char *name;
	/*
	 * p->e is the first event of the value; it is left at its last. `into` is the struct given
	 * to conf_mapping(), plus offset. 0, -EINVAL by conf_wrong(), -ENOMEM.
	 */
	int (*take)(struct conf_parse *p, const char *key, void *into);
	size_t offset;
};

struct conf_table {
	const char *name; /* what a message says before "unknown key"; "" for the top */
	const char *expected; /* "a mapping of limits" */
	const struct conf_key *keys;
	size_t n; /* at most 32 */
};

/*
 * Reads one document with a mapping of these keys, or nothing at all. 0; -EINVAL with
 * "FILE:LINE:COLUMN: what was expected", -errno with a sentence, in ret_error (512 bytes).
 */
int conf_read(
	const char *path, const struct conf_table *t, void *into, void *user, char ret_error[512]);

/* Gives -EINVAL with a message about that place (NULL: where the event at hand begins). */
int conf_wrong(struct conf_parse *p, const yaml_mark_t *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The scalar at hand, or NULL when it is none or is empty. */
const char *conf_scalar(const struct conf_parse *p);

/* The mapping that begins at hand. A key may stand in it once. */
int conf_mapping(struct conf_parse *p, const struct conf_table *t, void *into);

/* Each entry of the list that begins at hand; `expected` as in "shares: expected ...". */
int conf_sequence(struct conf_parse *p, const char *key, const char *expected,
	int (*take)(struct conf_parse *p, const char *key, void *into), void *into);

/* --- values --- */
int conf_skip(
	struct conf_parse *p, const char *key, void *into); /* anything; into is not touched */
int conf_words(struct conf_parse *p, const char *key, void *into); /* a list -> struct strv */
int conf_bool(struct conf_parse *p, const char *key, void *into); /* true, false, yes, no -> bool */
int conf_size(struct conf_parse *p, const char *key, void *into); /* 2G -> uint64_t; not 0 */
int conf_rules(struct conf_parse *p, const char *key, void *into); /* paths -> struct strv */
int conf_jobs(struct conf_parse *p, const char *key, void *into); /* 1 to 256 -> unsigned */

#endif
