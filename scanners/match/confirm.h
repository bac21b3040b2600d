/*
 * confirm: PCRE2's interpreter in a window round an anchor. The interpreter, not the JIT: the
 * worker may not map executable memory. Every match has limits of steps, depth and memory.
 */
#ifndef MATCH_CONFIRM_H
#define MATCH_CONFIRM_H

#include "match/anchors.h"

struct confirm;

/* Compiles the regexes of all patterns. As matcher_new(). */
int confirm_new(const struct ruleset *rules, struct confirm **ret_c, struct rules_error *ret_error);

/* Call before the windows of a text: what is remembered of the former one is forgotten. */
void confirm_begin(struct confirm *c);

/*
 * Looks for the first match of use->pattern in [anchor start - before, anchor end + after), cut to
 * the text, that contains the anchor. starts, ends: the text's edges are real ones. 1 with
 * *ret_start and *ret_end of the value (group `value`, else the whole), 0 for none, -EAGAIN when
 * a limit ended the search: undecided.
 */
int confirm_at(struct confirm *c, const struct rule *r, const struct use *use, struct span text,
	bool starts, bool ends, size_t anchor, size_t anchor_end, size_t *ret_start,
	size_t *ret_end);

/* Bytes before a window that decide about it as well. */
uint32_t confirm_look_behind(const struct confirm *c, const struct use *use);

/* Windows given up because of a limit, since the last call. */
uint64_t confirm_undecided(struct confirm *c);

void confirm_free(struct confirm *c);

#endif
