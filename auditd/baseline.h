/* baseline: the ids of a former scan's JSON Lines output; what is in it is not reported again. */
#ifndef BASELINE_H
#define BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct baseline {
	uint64_t *ids; /* sorted */
	size_t n;
};

/*
 * Reads the ids of the findings in a JSON Lines file of version 1. 0; -EINVAL with "FILE:LINE:
 * what was expected", -errno with a sentence, in ret_error.
 */
int baseline_load(const char *path, struct baseline *ret_b, char ret_error[512]);

bool baseline_has(const struct baseline *b, uint64_t id);

void baseline_free(struct baseline *b);

#endif
