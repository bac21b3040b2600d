/*
 * Open addressing, at most three quarters full. A pair that finds no room is forgotten: its file
 * is then read twice, which is better than not at all. Pair (0, 0) marks an empty place; no file
 * system hands out inode 0.
 */
#include "idset.h"

#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

static size_t
place(const struct idset *s, struct id_key k)
{
	uint64_t h = (k.ino ^ k.dev << 40 ^ k.dev >> 24) * 0x9E3779B97F4A7C15u;
	size_t i = (size_t)(h ^ h >> 32) & (s->cap - 1);

	while ((s->keys[i].dev || s->keys[i].ino) &&
		(s->keys[i].dev != k.dev || s->keys[i].ino != k.ino))
		i = (i + 1) & (s->cap - 1);
	return i;
}

static bool
grow(struct idset *s)
{
	struct idset bigger = {.n = s->n, .cap = s->cap ? 2 * s->cap : 64};

	if (bigger.cap > LIMIT_IDS)
		return false;
	bigger.keys = calloc(bigger.cap, sizeof(*bigger.keys));
	if (!bigger.keys)
		return false;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->keys[i].dev || s->keys[i].ino)
			bigger.keys[place(&bigger, s->keys[i])] = s->keys[i];
	}
	free(s->keys);
	*s = bigger;
	return true;
}

bool
idset_has(const struct idset *s, dev_t dev, ino_t ino)
{
	size_t i;

	if (s->n == 0)
		return false;
	i = place(s, (struct id_key){dev, ino});
	return s->keys[i].dev || s->keys[i].ino;
}

bool
idset_add(struct idset *s, dev_t dev, ino_t ino)
{
	size_t i;

	if (idset_has(s, dev, ino))
		return false;
	if (s->n >= s->cap / 4 * 3 && !grow(s))
		return true;
	i = place(s, (struct id_key){dev, ino});
	s->keys[i] = (struct id_key){dev, ino};
	s->n++;
	return true;
}

void
idset_free(struct idset *s)
{
	free(s->keys);
	*s = (struct idset){0};
}
