/*
 * expect: what is known to lie somewhere, so that it is no alarm there: grading makes it low. What is of
 * another kind, or can be read by more than is as it should be, is graded as anywhere else.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "exclude.h"
#include "sink.h"
#include "strv.h"

#define EXPECT_WHY "expected here"

/* Zero-initialise. */
struct expects {
	struct expect {
		char *glob;
		struct exclude where;
		struct strv ids; /* of categories and rules */
		enum reach reach; /* the widest that is as it should be */
	} * v;
	size_t n;
};

/* NULL when the glob is one, else what is wrong with it (a literal). Absolute; whatever is below counts. */
const char *expect_glob(const char *glob);

/* 0, -EINVAL, -ENOMEM. */
int expect_add(struct expects *x, const char *glob, const struct strv *ids, enum reach reach);

/* Is the finding expected where it lies? A reach that is not known counts as within. */
bool expect_holds(const struct expects *x, const struct record *r);

void expect_free(struct expects *x);

#endif
