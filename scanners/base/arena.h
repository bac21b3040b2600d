/*
 * arena: memory that lives as long as one unit of work (a file being scanned, a rule set) and
 * goes all at once. Not thread-safe; one owner.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used; /* bytes handed out since the last reset */
	size_t limit; /* arena_alloc() gives NULL beyond this many bytes; 0 = no limit */
};

/* A mark to return to, so that a frame may give its part back. */
struct arena_mark {
	struct arena_block *block;
	size_t at;
	size_t used;
};

/* n zeroed bytes aligned for any type, or NULL (out of memory or over the limit). */
void *arena_alloc(struct arena *a, size_t n);

/* count * size zeroed bytes, NULL also when the product overflows. */
void *arena_calloc(struct arena *a, size_t count, size_t size);

/* A copy of s with a NUL behind it, or NULL. Bytes are copied as they are. */
char *arena_strdup(struct arena *a, struct span s);

struct arena_mark arena_mark(const struct arena *a);

/* Gives back everything handed out since the mark. */
void arena_release(struct arena *a, struct arena_mark mark);

/* Gives everything back but keeps one block for the next unit of work. */
void arena_reset(struct arena *a);

/* Returns all memory to the system; the arena may be used again. */
void arena_free(struct arena *a);

#endif
