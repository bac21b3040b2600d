/*
 * refmatch: the slow engine that the fast one must agree with. The same rules, but no libhs, no bit
 * tricks and no index: every position is tried, every word is looked for round every value, every
 * pair of matches is compared. Written from match.h, not from the engine.
 */
#ifndef REFMATCH_H
#define REFMATCH_H

#include "match/match.h"

struct ref_hit {
	size_t start, n;
	uint16_t rule, pattern;
	enum confidence confidence;
	uint8_t evidence;
	bool sample;
};

struct ref_list {
	struct ref_hit *v;
	size_t n, cap;
};

/* Appends; aborts without memory. */
void ref_put(struct ref_list *l, struct ref_hit h);

/* All hits of a chunk, in the order matcher_scan() gives them. */
void ref_scan(const struct ruleset *rules, const struct chunk *c, struct ref_list *out);

/* All places of a shape, in order of start, then end; rule, pattern and the rest are 0. */
void ref_shapes(enum shape shape, struct span text, struct ref_list *out);

/* hit_fn: appends what the fast engine gives to the struct ref_list behind user. */
int ref_record(void *user, const struct hit *h);

/* Sorts by start, end, rule, pattern and drops doubles. */
void ref_sort(struct ref_list *l);

/* 0 when equal; else prints the first difference. */
int ref_compare(const struct ref_list *want, const struct ref_list *have, const char *where);

#endif
