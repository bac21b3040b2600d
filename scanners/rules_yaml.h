/* rules_yaml: the bytes of a rule file as a tree in which every node knows its place. */
#ifndef RULES_YAML_H
#define RULES_YAML_H

#include "rules.h"

enum ynode_kind { YNODE_SCALAR, YNODE_LIST, YNODE_MAP };

struct ynode {
	enum ynode_kind kind;
	uint32_t line, column; /* counted from 1 */
	bool quoted; /* a scalar in quotes or a block: never a number or true */
	const char *text; /* of a scalar: NUL-terminated, no NUL inside */
	size_t n; /* items of a list, pairs of a map */
	const struct ynode **keys; /* of a map: all scalars, no two equal */
	const struct ynode **v; /* items of a list, values of a map */
};

/*
 * One document without aliases, tags or a depth beyond YAML_DEPTH, allocated in a. 0, -ENOMEM, or
 * -EINVAL with *ret_error's place and message filled.
 */
int ynode_parse(struct arena *a, struct span yaml, const struct ynode **ret_root,
	struct rules_error *ret_error);

/* Puts a message and the place of at (or none for NULL) into *e. Always -EINVAL. */
int rules_fail(struct rules_error *e, const struct ynode *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
