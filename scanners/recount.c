/*
 * Values are not followed one by one: what a form repeats is set off against what earlier ones gave, the
 * same class first, then the less sure ones, whose counts move up. That is exact where forms say the
 * same, and never counts less than any one of them has.
 */
#include "recount.h"

#include <string.h>

#include "base/poison.h"

void
recount_next(struct recount *g)
{
	memcpy(g->left, g->had, sizeof g->left);
	g->missed_left = g->missed;
}

enum recounted
recount_hit(struct recount *g, unsigned c, const uint8_t sure[RECOUNT_CLASSES], unsigned *ret_from)
{
	unsigned less = RECOUNT_CLASSES, more = RECOUNT_CLASSES;

	if (g->left[c]) {
		g->left[c]--;
		return RECOUNT_AGAIN;
	}
	for (unsigned i = 0; i < RECOUNT_CLASSES; i++) {
		if (g->left[i] && sure[i] > sure[c])
			more = i;
		else if (g->left[i])
			less = i;
	}
	if (less < RECOUNT_CLASSES) {
		g->left[less]--;
		g->had[less]--;
		*ret_from = less;
		return RECOUNT_SURER;
	}
	if (more < RECOUNT_CLASSES) {
		g->left[more]--;
		return RECOUNT_AGAIN;
	}
	return RECOUNT_NEW;
}

uint64_t
recount_misses(struct recount *g, uint64_t n)
{
	uint64_t known = n < g->missed_left ? n : g->missed_left;

	g->missed_left -= known;
	g->missed += n - known;
	return n - known;
}
