/*
 * A list of blocks, newest first. A block holds at least ARENA_BLOCK bytes, more when one request
 * is larger. Allocation is a pointer bump; release walks the newest blocks back to the mark.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/poison.h"

#define ARENA_BLOCK (64u * 1024)

struct arena_block {
	struct arena_block *next;
	size_t size;
	size_t at;
	alignas(max_align_t) uint8_t data[];
};

static struct arena_block *
block_new(size_t n)
{
	size_t size = n > ARENA_BLOCK ? n : ARENA_BLOCK;
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof *b)
		return NULL;
	b = malloc(sizeof *b + size);
	if (b)
		*b = (struct arena_block){.size = size};
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->blocks;
	void *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (a->limit && (a->used > a->limit || n > a->limit - a->used))
		return NULL;
	if (!b || n > b->size - b->at) {
		b = block_new(n);
		if (!b)
			return NULL;
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->data + b->at;
	b->at += n;
	a->used += n;
	return memset(p, 0, n);
}

void *
arena_calloc(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		return NULL;
	return arena_alloc(a, n);
}

char *
arena_strdup(struct arena *a, struct span s)
{
	char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;

	if (p && s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct arena_mark
arena_mark(const struct arena *a)
{
	return (struct arena_mark){a->blocks, a->blocks ? a->blocks->at : 0, a->used};
}

void
arena_release(struct arena *a, struct arena_mark mark)
{
	while (a->blocks && a->blocks != mark.block) {
		struct arena_block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	if (a->blocks)
		a->blocks->at = mark.at;
	a->used = mark.used;
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = a->blocks;

	while (keep && (keep->next || keep->size > ARENA_BLOCK)) {
		struct arena_block *next = keep->next;

		free(keep);
		keep = next;
	}
	if (keep)
		keep->at = 0;
	a->blocks = keep;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	a->used = 0;
}
