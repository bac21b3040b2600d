/* plain_index: literals looked up at one place of a text after the other, without a database. */
#ifndef MATCH_PLAIN_INDEX_H
#define MATCH_PLAIN_INDEX_H

#include "base/span.h"

struct plain_index {
	struct plain_entry *v;
	size_t n;
	uint64_t *keys; /* bit set of first two bytes */
	size_t left; /* bytes of text that may still be searched so */
};

/* Room for so many literals. 0 or -ENOMEM; in either case to be freed. */
int plain_index_new(struct plain_index *p, size_t most);

/* A literal of n >= 2 bytes in lower case, which must outlive the index; then, once, ready. */
void plain_index_add(struct plain_index *p, const char *text, size_t n, unsigned id);
void plain_index_ready(struct plain_index *p);

/* May n bytes more be searched without a database? Once it may not, it never may. */
bool plain_index_may(struct plain_index *p, size_t n);

/* A literal stands there; end is the offset behind it. Nonzero ends the search. */
typedef int plain_fn(void *user, unsigned id, size_t end);

/* Gives all literals that begin at `at`, in any case of letters of ASCII. 0, or what fn returned. */
int plain_index_at(
	const struct plain_index *p, struct span text, size_t at, plain_fn *fn, void *user);

void plain_index_free(struct plain_index *p);

/* Does a literal in lower case stand there? */
bool literal_stands(struct span text, size_t at, const char *low, size_t n);

#endif
