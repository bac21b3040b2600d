/*
 * guard: a small automaton made of a regex that says quickly where the regex cannot match. It reads
 * bytes only: look-around (but look-ahead at the regex's end), \b, possessive groups and high repeat
 * counts are taken for less than they are, so it lets pass what the regex refuses, and never the other
 * way round.
 */
#ifndef MATCH_GUARD_H
#define MATCH_GUARD_H

#include "base/span.h"

struct guard;

/*
 * Made of a PCRE2 regex of bytes and the literals one of which lies in every match (`anchors`, any
 * case). NULL without memory, or when the regex has something that is not known here: then there
 * is no guard, which is no error.
 */
struct guard *guard_new(const char *regex, const char *const *anchors, size_t n_anchors);

/* Before the first place of a text, and of each further one. */
void guard_begin(struct guard *g);

/*
 * False when no match can lie in text[lo, hi) that contains anchor number k, which stands at
 * [start, end) there.
 */
bool guard_may(struct guard *g, size_t k, struct span text, size_t lo, size_t start, size_t end,
	size_t hi);

void guard_free(struct guard *g);

#endif
