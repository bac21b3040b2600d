/*
 * exclude: gitignore-style patterns. The last one that matches decides. Patterns are the
 * administrator's; paths are hostile: matching costs at most pattern length times path length for
 * each part of a pattern, never more.
 */
#ifndef EXCLUDE_H
#define EXCLUDE_H

#include <stdbool.h>

#include "base/span.h"

struct exclude_pattern {
	struct span *parts; /* between slashes; p = NULL stands for "**" */
	size_t n_parts;
	char *text; /* owned; the parts point into it */
	bool negate, dir_only, anchored;
};

/* Zero-initialise. */
struct exclude {
	struct exclude_pattern *patterns;
	size_t n, cap;
};

enum exclude_verdict { EXCLUDE_NONE, EXCLUDE_YES, EXCLUDE_AGAIN /* "!": in after all */ };

/*
 * Adds one pattern. 0; -EINVAL with what is wrong with it in *ret_why (a literal); -ENOMEM.
 * A pattern that can match nothing ("/", "!") is refused.
 */
int exclude_add(struct exclude *x, struct span pattern, const char **ret_why);

/* Adds the patterns of a file: "#" lines and empty ones are skipped. ret_error: FILE:LINE: why. */
int exclude_add_file(struct exclude *x, const char *path, char *ret_error, size_t error_n);

/* path: relative to the root, without a leading or trailing slash. Its parents are not looked at. */
enum exclude_verdict exclude_match(const struct exclude *x, struct span path, bool dir);

/* As exclude_match(), but first for each parent from the outermost on: YES there is final. */
enum exclude_verdict exclude_match_all(const struct exclude *x, struct span path, bool dir);

void exclude_free(struct exclude *x);

#endif
