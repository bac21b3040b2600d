/*
 * recount: how often a value counts that stands in several forms of one text (a mail as plain text and
 * as a web page): as often as in the form that has it most often, because that is what a reader sees.
 * One of these for each rule; classes are the tally's, by number.
 */
#ifndef RECOUNT_H
#define RECOUNT_H

#include <stdbool.h>
#include <stdint.h>

#define RECOUNT_CLASSES 5u

struct recount {
	uint64_t had[RECOUNT_CLASSES]; /* counted since the first form began */
	uint64_t left[RECOUNT_CLASSES]; /* of these, not yet met again in the form at hand */
	uint64_t missed, missed_left; /* the same for values that failed their check */
};

enum recounted {
	RECOUNT_NEW, /* it counts */
	RECOUNT_AGAIN, /* it has been counted, no less surely */
	RECOUNT_SURER /* it was counted in the less sure class *ret_from, and now counts in this one */
};

/* Another form begins. */
void recount_next(struct recount *g);

/* A value that is known, in class c; sure[c] ranks the classes. */
enum recounted recount_hit(
	struct recount *g, unsigned c, const uint8_t sure[RECOUNT_CLASSES], unsigned *ret_from);

/* How many of n misses are new. */
uint64_t recount_misses(struct recount *g, uint64_t n);

#endif
