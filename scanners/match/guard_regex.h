/* guard_regex: a regex as a graph of the places where it takes a byte, for guard.c. */
#ifndef MATCH_GUARD_REGEX_H
#define MATCH_GUARD_REGEX_H

#include "base/span.h"

#define GUARD_PLACES 256 /* bytes a regex may take, repeats cut short; beyond it: no guard */

/* 256 bits: of bytes, or of places. */
struct bits {
	uint64_t w[4];
};

struct places {
	size_t n;
	struct bits bytes[GUARD_PLACES]; /* which bytes each takes */
	struct bits after[GUARD_PLACES]; /* which may come next */
	struct bits before[GUARD_PLACES];
	struct bits first, last; /* where a match may begin and end */
	bool at_end; /* one may end, too, wherever the text does */
};

/* False when the regex has too many places or something unknown in it; *ret is then undefined. */
bool places_of(const char *regex, struct places *ret);

/* Sets of bytes: [lo, hi]; all others; letters in both cases; \d \w \s \h and their opposites. */
void bytes_range(struct bits *b, unsigned lo, unsigned hi);
void bytes_invert(struct bits *b);
void bytes_both_cases(struct bits *b);

/* Adds the set that the letter names behind a backslash; false when it names none. */
bool bytes_named(char c, struct bits *ret);

static inline bool
bits_has(const struct bits *b, size_t i)
{
	return b->w[i / 64] >> i % 64 & 1;
}

static inline void
bits_set(struct bits *b, size_t i)
{
	b->w[i / 64] |= 1ull << i % 64;
}

static inline void
bits_add(struct bits *b, const struct bits *x)
{
	for (size_t i = 0; i < 4; i++)
		b->w[i] |= x->w[i];
}

/* The first bit from i on, GUARD_PLACES for none. */
static inline size_t
bits_next(const struct bits *b, size_t i)
{
	while (i < GUARD_PLACES) {
		uint64_t w = b->w[i / 64] >> i % 64;

		if (w)
			return i + (size_t)__builtin_ctzll(w);
		i += 64 - i % 64;
	}
	return GUARD_PLACES;
}

static inline bool
bits_meet(const struct bits *a, const struct bits *b)
{
	return (a->w[0] & b->w[0]) || (a->w[1] & b->w[1]) || (a->w[2] & b->w[2]) ||
		(a->w[3] & b->w[3]);
}

#endif
