/* fpset: a set of 64-bit fingerprints, open addressing, at most LIMIT_RUN of them. */
#ifndef FPSET_H
#define FPSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fpset {
	uint64_t *slots; /* 0 = free; the value 0 itself is kept as 1 */
	size_t n, cap;
	bool drained; /* slots hold a sorted run, not a table */
};

/* 1 added, 0 was there, -ENOSPC the set holds LIMIT_RUN, -ENOMEM. */
int fpset_add(struct fpset *s, uint64_t fp);

/* Is it there? What has been drained is not. */
bool fpset_has(const struct fpset *s, uint64_t fp);

/* How many values both have; what has been drained has none. */
size_t fpset_common(const struct fpset *a, const struct fpset *b);

/*
 * Sorts the values to the front of *ret_run, which points into the set, and empties the set; the
 * run is valid until the next fpset_add(). Returns how many.
 */
size_t fpset_drain(struct fpset *s, uint64_t **ret_run);

void fpset_free(struct fpset *s);

#endif
