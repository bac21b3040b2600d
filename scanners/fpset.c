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

#define FEW 48u /* so many are sorted faster one by one */

static void
sort_few(uint64_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t x = v[i];
		size_t j = i;

		for (; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

/* By one byte after the other, the lowest first; spare has room for n. */
static void
sort_many(uint64_t *v, uint64_t *spare, size_t n)
{
	uint32_t counts[8][256] = {0};

	for (size_t i = 0; i < n; i++)
		for (unsigned byte = 0; byte < 8; byte++)
			counts[byte][v[i] >> byte * 8 & 255]++;
	for (unsigned byte = 0; byte < 8; byte++) {
		uint64_t *from = v;
		uint32_t at = 0;

		for (unsigned i = 0; i < 256; i++) {
			uint32_t count = counts[byte][i];

			counts[byte][i] = at;
			at += count;
		}
		for (size_t i = 0; i < n; i++)
			spare[counts[byte][v[i] >> byte * 8 & 255]++] = v[i];
		v = spare;
		spare = from;
	}
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
	if (n > FEW) /* no more than half of the slots are taken */
		sort_many(s->slots, s->slots + n, n);
	else
		sort_few(s->slots, n);
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
