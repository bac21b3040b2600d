/* lanes: sixteen bytes at a time with the compiler's vectors, which every machine has. */
#ifndef BASE_LANES_H
#define BASE_LANES_H

#include "base/span.h"

#define LANES 16u

typedef uint8_t lanes __attribute__((vector_size(LANES)));

static inline lanes
lanes_load(const uint8_t *p)
{
	lanes v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Lanes of all ones or none to sixteen bits, the first byte's lowest. */
static inline uint64_t
lanes_bits(lanes v)
{
#ifdef __SSE2__
	typedef char chars __attribute__((vector_size(LANES)));

	return (uint16_t)__builtin_ia32_pmovmskb128((chars)v);
#else
	uint8_t p[LANES];

	memcpy(p, &v, sizeof p);
	return ((le64(p) & 0x8040201008040201u) * 0x0101010101010101u) >> 56 |
		((le64(p + 8) & 0x8040201008040201u) * 0x0101010101010101u) >> 56 << 8;
#endif
}

/* Four of them to sixty-four. */
static inline uint64_t
lanes_bits4(lanes a, lanes b, lanes c, lanes d)
{
	return lanes_bits(a) | lanes_bits(b) << 16 | lanes_bits(c) << 32 | lanes_bits(d) << 48;
}

#endif
