/*
 * archive_facts: what the headers of a zip or rar5 say of members that the library cannot read or
 * does not tell apart, looked up by the member's name as it stands in the archive.
 */
#ifndef EXTRACT_ARCHIVE_FACTS_H
#define EXTRACT_ARCHIVE_FACTS_H

#include "base/span.h"

struct fact {
	uint64_t hash;
	const char *detail; /* static words: "zip AES-256" */
	bool encrypted; /* else: a method nobody here reads */
	bool split; /* the member begins or ends in another volume */
};

struct facts {
	struct fact *v;
	size_t n, cap;
	bool sorted;
};

/* Keeps what f says of the name; beyond LIMIT_FACTS nothing is kept. 0 or -ENOMEM. */
int facts_add(struct facts *t, struct span name, struct fact f);

/* The fact on a name, or NULL. */
const struct fact *facts_find(struct facts *t, struct span name);

void facts_free(struct facts *t);

#endif
