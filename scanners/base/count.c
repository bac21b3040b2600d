/*
 * Places are told by line, and lines are counted for every byte of text there is. Sixteen bytes are
 * compared at a time with the compiler's vectors; up to 255 such rounds are summed in bytes.
 */
#include "base/count.h"

#include "base/lanes.h"
#include "base/wide.h"

#include "base/poison.h"

static size_t
sum(lanes v)
{
	size_t n = 0;

	for (unsigned i = 0; i < LANES; i++)
		n += v[i];
	return n;
}

#if HAVE_WIDE
WIDE static size_t
count_wide(struct span s, uint8_t c)
{
	size_t n = 0, at = 0;

	while (s.n - at >= 2 * WIDTH) {
		wide some = {0};

		for (unsigned k = 0; k < 127 && s.n - at >= 2 * WIDTH; k++, at += 2 * WIDTH)
			some -= (wide)(wide_load(s.p + at) == c) +
				(wide)(wide_load(s.p + at + WIDTH) == c);
		n += wide_sum(some);
	}
	for (; at < s.n; at++)
		n += s.p[at] == c;
	return n;
}
#endif

size_t
count_byte(struct span s, uint8_t c)
{
	size_t n = 0, at = 0;

#if HAVE_WIDE
	if (wide_here())
		return count_wide(s, c);
#endif
	while (s.n - at >= LANES) {
		lanes some = {0};

		for (unsigned k = 0; k < 255 && s.n - at >= LANES; k++, at += LANES) {
			some -= (lanes)(lanes_load(s.p + at) == c);
		}
		n += sum(some);
	}
	for (; at < s.n; at++)
		n += s.p[at] == c;
	return n;
}
