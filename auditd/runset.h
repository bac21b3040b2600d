/*
 * runset: a set of 64-bit values held as sorted runs, in memory or in a spool, that can be walked
 * once in ascending order without doubles. Runs of one size are merged as they gather, so their
 * number grows with the logarithm of the values only.
 */
#ifndef RUNSET_H
#define RUNSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool.h"

#define RUNSET_FAN 16 /* runs of one level that are merged into one of the next */

struct run {
	uint64_t *mem; /* owned; NULL: the run is in the spool */
	uint64_t at; /* where in the spool */
	uint64_t n;
	unsigned level;
};

struct runset {
	struct run *runs;
	size_t n, cap;
	uint64_t least; /* the largest run that had to be thrown away */
	bool inexact; /* something was thrown away: counts are lower bounds */
};

/*
 * Adds a copy of n values, sorted and distinct. *mem is raised by the bytes taken and lowered by
 * those given back. 0; -ENOMEM: the set is then inexact.
 */
int runset_add(struct runset *s, struct spool *sp, size_t *mem, const uint64_t *v, size_t n);

/*
 * Moves what is in memory into the spool. 0; -ENOSPC, -errno: what did not fit is thrown away and
 * the set is inexact.
 */
int runset_spill(struct runset *s, struct spool *sp, size_t *mem);

/* Calls each (unless NULL) with every distinct value, ascending; 0 or its first non-zero result. */
int runset_walk(const struct runset *s, const struct spool *sp, int (*each)(void *user, uint64_t v),
	void *user, uint64_t *ret_distinct);

void runset_free(struct runset *s, struct spool *sp, size_t *mem);

#endif
