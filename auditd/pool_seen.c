/*
 * A file that is read again gives its findings again; the second ones are recognised here. Hashes
 * are keyed by the caller: who makes the names cannot make two of them collide.
 */
#include "pool_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

#define SEEN_FIRST 16u

static size_t
slot_of(const struct seen *s, uint64_t h)
{
	size_t i = (size_t)h & (s->cap - 1);

	while (s->v[i] && s->v[i] != h)
		i = (i + 1) & (s->cap - 1);
	return i;
}

static int
grow(struct seen *s)
{
	struct seen wider = {.cap = s->cap ? s->cap * 2 : SEEN_FIRST, .n = s->n};

	wider.v = calloc(wider.cap, sizeof *wider.v);
	if (!wider.v)
		return -ENOMEM;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->v[i])
			wider.v[slot_of(&wider, s->v[i])] = s->v[i];
	}
	free(s->v);
	*s = wider;
	return 0;
}

int
seen_add(struct seen *s, uint64_t h)
{
	size_t i;

	h = h ? h : 1;
	if (seen_has(s, h))
		return 0;
	if (s->n >= POOL_SEEN_MAX)
		return -E2BIG;
	if (s->n * 2 >= s->cap && grow(s) < 0)
		return -ENOMEM;
	i = slot_of(s, h);
	s->v[i] = h;
	s->n++;
	return 1;
}

bool
seen_has(const struct seen *s, uint64_t h)
{
	h = h ? h : 1;
	return s->cap && s->v[slot_of(s, h)] == h;
}

void
seen_free(struct seen *s)
{
	free(s->v);
	*s = (struct seen){0};
}
