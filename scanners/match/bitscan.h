/*
 * bitscan: one pass over text that finds what looks like a number of a kind. 64 bytes at a time
 * become masks of one bit a byte; shifts and ands of them leave a few seeds, and plain C
 * (shapes.h) confirms each. The wide and the portable form differ only in how masks are made.
 */
#ifndef MATCH_BITSCAN_H
#define MATCH_BITSCAN_H

#include "base/span.h"
#include "rules.h"

#define BITSCAN_PAD 192 /* readable bytes behind the text; the caller has made them zero */

/* What was found: a shape at a place. */
struct shape_at {
	uint32_t start;
	uint16_t n;
	uint8_t shape; /* enum shape */
};

/* A list that grows and is reused. failed: memory ran out, the list is not whole. */
struct shape_list {
	struct shape_at *v;
	size_t n, cap;
	bool failed;
};

/*
 * Appends all shapes of `want` (bits 1 << enum shape) in text, nearly in order of start; one start
 * may be given with several lengths. text.p is readable up to text.n + BITSCAN_PAD.
 */
void bitscan(struct span text, uint32_t want, struct shape_list *out);

/* The two forms, for tests. bitscan_wide() is false where the processor has no AVX2. */
void bitscan_portable(struct span text, uint32_t want, struct shape_list *out);
void bitscan_avx2(struct span text, uint32_t want, struct shape_list *out);
bool bitscan_wide(void);

/* Appends one; used by the confirmers. */
void shape_put(struct shape_list *l, enum shape shape, size_t start, size_t end);

void shape_list_free(struct shape_list *l);

#endif
