/* matching: a matcher over texts, and the hits it gives. For tests. */
#ifndef MATCHING_H
#define MATCHING_H

#include "refmatch.h"
#include "testrules.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "limits.h"

struct seen {
	struct hit v[32];
	size_t n;
};

static inline int
keep(void *user, const struct hit *h)
{
	struct seen *s = user;

	if (s->n < 32)
		s->v[s->n++] = *h;
	return 0;
}

static inline struct matcher *
matcher(const struct ruleset *rules)
{
	struct matcher *m = NULL;
	struct rules_error e = {0};

	if (matcher_new(rules, &m, &e) < 0)
		fail_msg("%s", e.message);
	return m;
}

static uint8_t room[600 << 10];

static inline void
scan(struct matcher *m, const char *text, const struct cell_map *map, struct seen *s)
{
	size_t n = strlen(text);
	struct chunk c = {room, n, 0, n, true, true, map ? SCOPE_CELLS : SCOPE_TEXT, map};

	s->n = 0;
	memcpy(room, text, n);
	assert_int_equal(matcher_scan(m, &c, keep, s), 0);
}

/* The hit of one rule in a text; fails unless there is exactly one. */
static inline const struct hit *
only(struct matcher *m, const char *text, const struct cell_map *map, uint16_t rule)
{
	static struct seen s;
	const struct hit *found = NULL;

	scan(m, text, map, &s);
	for (size_t i = 0; i < s.n; i++) {
		if (s.v[i].rule->index != rule)
			continue;
		if (found)
			fail_msg("two hits in '%s'", text);
		found = &s.v[i];
	}
	if (!found)
		fail_msg("no hit in '%s'", text);
	return found;
}

#endif
