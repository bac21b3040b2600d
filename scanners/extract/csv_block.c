/* One form for each width of vector; what is told by the bits is the same. */
#include "extract/csv_block.h"

#include "base/lanes.h"
#include "base/wide.h"

#include "base/poison.h"

/* Three functions of the attributes ATTR: what ends a cell, what is a digit or another part of a number. */
#define CLASSES(ATTR, SUFFIX, V)                                                                   \
	ATTR static inline __attribute__((always_inline)) V ends##SUFFIX(V v, uint8_t sep)         \
	{                                                                                          \
		return (V)(v == sep) | (V)(v == '\n') | (V)(v == '\r');                            \
	}                                                                                          \
	ATTR static inline __attribute__((always_inline)) V digits##SUFFIX(V v)                    \
	{                                                                                          \
		return (V)((V)(v - '0') <= 9);                                                     \
	}                                                                                          \
	ATTR static inline __attribute__((always_inline)) V marks##SUFFIX(V v)                     \
	{                                                                                          \
		return (V)(v == '.') | (V)(v == ',');                                              \
	}

CLASSES(, _narrow, lanes)

static void
fill_narrow(struct csv_block *b, const uint8_t *p, uint8_t sep)
{
	b->ends = b->digits = b->parts = 0;
	for (unsigned i = 0; i < CSV_BLOCK; i += LANES) {
		lanes v = lanes_load(p + i);

		b->ends |= lanes_bits(ends_narrow(v, sep)) << i;
		b->digits |= lanes_bits(digits_narrow(v)) << i;
		b->parts |= lanes_bits(marks_narrow(v)) << i;
	}
	b->parts |= b->digits;
}

#if HAVE_WIDE
CLASSES(WIDE, _wide, wide)

WIDE static void
fill_wide(struct csv_block *b, const uint8_t *p, uint8_t sep)
{
	wide lo = wide_load(p), hi = wide_load(p + WIDTH);

	b->ends = wide_bits(ends_wide(lo, sep)) | wide_bits(ends_wide(hi, sep)) << WIDTH;
	b->digits = wide_bits(digits_wide(lo)) | wide_bits(digits_wide(hi)) << WIDTH;
	b->parts = wide_bits(marks_wide(lo)) | wide_bits(marks_wide(hi)) << WIDTH | b->digits;
}
#endif

void
csv_block_fill(struct csv_block *b, const uint8_t *p, uint8_t sep)
{
#if HAVE_WIDE
	if (wide_here()) {
		fill_wide(b, p, sep);
		return;
	}
#endif
	fill_narrow(b, p, sep);
}
