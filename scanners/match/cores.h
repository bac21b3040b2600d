/*
 * cores: of each anchor the few bytes by which libhs looks for it. Long literals and those that hold
 * one another cost libhs much, to compile and to search; a core is short, made of bytes that are
 * rare in text, and shared by all anchors that hold it. The rest is compared where a core stands.
 */
#ifndef MATCH_CORES_H
#define MATCH_CORES_H

#include "base/span.h"

#define CORE_MAX                                                                                   \
	7 /* bytes: tables are searched twice as fast as with 5; 8 take three times as long to compile */

/* A literal that holds the core, `offset` bytes from its own beginning. */
struct core_use {
	uint16_t lit;
	uint16_t offset;
};

struct core {
	char text[CORE_MAX + 1];
	uint16_t n;
	uint64_t bytes; /* a set of them, for choosing */
	struct core_use *uses;
	size_t n_uses;
};

struct cores {
	struct core *v;
	size_t n;
};

/* A literal, in lower case, and its number. */
struct core_of {
	const char *text;
	uint16_t n;
	uint16_t lit;
};

/* Chooses the cores of n literals, which are put in order of length. 0 or -ENOMEM. */
int cores_choose(struct core_of *v, size_t n, struct cores *ret);

void cores_free(struct cores *c);

#endif
