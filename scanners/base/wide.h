/*
 * wide: thirty-two bytes at a time on processors that have AVX2. Functions of it are marked WIDE and
 * entered only where wide_here() is true; whoever has one has a form of lanes.h, too. Without HAVE_WIDE
 * there is nothing of it.
 */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

#include "base/span.h"

#ifdef __x86_64__
#define HAVE_WIDE 1
#define WIDE	  __attribute__((target("avx2,popcnt")))
#define WIDTH	  32u

typedef uint8_t wide __attribute__((vector_size(WIDTH)));
typedef char wide_chars __attribute__((vector_size(WIDTH)));

static inline bool
wide_here(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

WIDE static inline __attribute__((always_inline)) wide
wide_load(const uint8_t *p)
{
	wide v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Bytes of all ones or none to thirty-two bits, the first byte's lowest. */
WIDE static inline __attribute__((always_inline)) uint64_t
wide_bits(wide v)
{
	return (uint32_t)__builtin_ia32_pmovmskb256((wide_chars)v);
}
#else
#define HAVE_WIDE 0
#endif

#endif
