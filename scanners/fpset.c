/* Fingerprints are SipHash values, so their low bits serve as the hash. */
#include "fpset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"

#include "base/poison.h"

static bool
put(uint64_t *slots, size_t cap, uint64_t fp)
{
	size_t i = (size_t)fp & (cap - 1);

	while (slots[i] && slots[i] != fp)
		i = (i + 1) & (cap - 1);
	if (slots[i])
		return false;
	slots[i] = fp;
	return true;
}

static int
grow(struct fpset *s)
{
	size_t cap = s->cap ? s->cap * 2 : 64;
	uint64_t *slots = calloc(cap, sizeof *slots);

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slots[i])
			(void)put(slots, cap, s->slots[i]);
	}
	free(s->slots);
	s->slots = slots;
	s->cap = cap;
	return 0;
}

int
fpset_add(struct fpset *s, uint64_t fp)
{
	if (s->n >= LIMIT_RUN)
		return -ENOSPC;
	if (s->drained)
		memset(s->slots, 0, s->cap * sizeof *s->slots);
	s->drained = false;
	if (s->n * 2 >= s->cap) {
		int r = grow(s);

		if (r < 0)
			return r;
	}
	if (!put(s->slots, s->cap, fp ? fp : 1))
		return 0;
	s->n++;
	return 1;
}

bool
fpset_has(const struct fpset *s, uint64_t fp)
{
	size_t i = (size_t)(fp ? fp : 1) & (s->cap - 1);

	if (!s->cap || s->drained)
		return false;
	while (s->slots[i] && s->slots[i] != (fp ? fp : 1))
		i = (i + 1) & (s->cap - 1);
	return s->slots[i] != 0;
}

size_t
fpset_common(const struct fpset *a, const struct fpset *b)
{
	size_t n = 0;

	if (a->drained || !b->n)
		return 0;
	for (size_t i = 0; i < a->cap; i++)
		n += a->slots[i] && fpset_has(b, a->slots[i]);
	return n;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

size_t
fpset_drain(struct fpset *s, uint64_t **ret_run)
{
	size_t n = 0;

	*ret_run = s->slots;
	if (s->drained) /* and nothing added since: the old run is still in the slots */
		return 0;
	for (size_t i = 0; i < s->cap; i++) {
		uint64_t fp = s->slots[i];

		s->slots[i] = 0;
		if (fp)
			s->slots[n++] = fp;
	}
	if (n)
		qsort(s->slots, n, sizeof *s->slots, compare);
	s->n = 0;
	s->drained = s->cap != 0;
	return n;
}

void
fpset_free(struct fpset *s)
{
	free(s->slots);
	*s = (struct fpset){0};
}
