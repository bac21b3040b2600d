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
typedef long long wide_quads __attribute__((vector_size(WIDTH)));

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

/* Of all its bytes. */
WIDE static inline __attribute__((always_inline)) size_t
wide_sum(wide v)
{
	const wide zero = {0};
	wide_quads q = (wide_quads)__builtin_ia32_psadbw256((wide_chars)v, (wide_chars)zero);

	return (size_t)(q[0] + q[1] + q[2] + q[3]);
}

/* Is any bit of it set? */
WIDE static inline __attribute__((always_inline)) bool
wide_any(wide v)
{
	return !__builtin_ia32_ptestz256((wide_quads)v, (wide_quads)v);
}

/* Of a table of sixteen, twice, what each byte's low nibble names; zero for bytes above 0x7F. */
WIDE static inline __attribute__((always_inline)) wide
wide_pick(wide table, wide v)
{
	return (wide)__builtin_ia32_pshufb256((wide_chars)table, (wide_chars)v);
}

/* A table of sixteen bytes for wide_pick(). */
#define WIDE_TABLE(...)                                                                            \
	{                                                                                          \
		__VA_ARGS__, __VA_ARGS__                                                           \
	}
#else
#define HAVE_WIDE 0
#endif

#endif
