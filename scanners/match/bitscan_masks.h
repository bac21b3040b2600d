/* What both forms of the scanner share: the classes of bytes and the walk over seeds. */
#ifndef MATCH_BITSCAN_MASKS_H
#define MATCH_BITSCAN_MASKS_H

#include "match/shapes.h"

#define WANT(shape) (1u << (shape))

struct masks {
	uint64_t digit;
	uint64_t upper;
	uint64_t sep; /* one of " -./" */
	uint64_t tied; /* cannot stand left of a number: letters, digits and one of "_.-/\$" */
	uint64_t at; /* '@'; this and the next two only where they are wanted */
	uint64_t less; /* '<' */
	uint64_t plus; /* '+' or '(' */
};

/* Bytes without which a block has no seeds. */
enum { FIRST_DIGIT = 1, FIRST_PLUS = 2, FIRST_AT = 4, FIRST_LESS = 8 };

static inline uint8_t
firsts_of(uint32_t want)
{
	return (uint8_t)(FIRST_DIGIT | (want & WANT(SHAPE_PHONE) ? FIRST_PLUS : 0) |
		(want & WANT(SHAPE_EMAIL) ? FIRST_AT : 0) |
		(want & WANT(SHAPE_MRZ) ? FIRST_LESS : 0));
}

struct scanner {
	struct span text;
	uint32_t want;
	struct shape_list *out;
};

/* In masks.tied? */
static inline bool
is_tied(uint8_t c)
{
	return is_alnum(c) || c == '_' || c == '.' || c == '-' || c == '/' || c == '\\' || c == '$';
}

static inline void
each_seed(const struct scanner *s, size_t at, uint64_t seeds, shape_fn *confirm)
{
	for (; seeds; seeds &= seeds - 1)
		confirm(s->text, at + (size_t)__builtin_ctzll(seeds), s->out);
}

#endif
