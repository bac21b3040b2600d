/* csv_block: sixty-four bytes of a separated table as bits, the first byte's lowest. */
#ifndef EXTRACT_CSV_BLOCK_H
#define EXTRACT_CSV_BLOCK_H

#include "base/span.h"

#define CSV_BLOCK 64u

struct csv_block {
	size_t at; /* where it begins in its text; SIZE_MAX: there is none yet */
	uint64_t ends; /* separators and what ends a line */
	uint64_t digits;
	uint64_t parts; /* digits, full stops and commas: what numbers are made of */
};

/* Fills in what the CSV_BLOCK bytes at p are. */
void csv_block_fill(struct csv_block *b, const uint8_t *p, uint8_t sep);

/* cell_is_number() of the n bytes from `off` on, all in the block; `minus`: the first is one. */
static inline bool
csv_block_number(const struct csv_block *b, size_t off, size_t n, bool minus)
{
	uint64_t mask =
		n > minus && n <= 32 ? ~UINT64_C(0) >> (64 - (n - minus)) << (off + minus) : 0;

	return (mask & b->digits) && !(mask & ~b->parts);
}

#endif
