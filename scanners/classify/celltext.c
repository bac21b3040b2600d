/*
 * Nearly no cell holds what would end it, and most are short, so both ways look at eight or sixteen
 * bytes at a time and go back byte by byte only where a control byte is among them.
 */
#include "classify/celltext.h"

#include "base/lanes.h"
#include "base/wide.h"

#include "base/poison.h"

/* Does one of eight bytes lie below a blank? (Mycroft's test: never wrong when it says no.) */
static bool
low_bytes(uint64_t w)
{
	return ((w - 0x2020202020202020u) & ~w & 0x8080808080808080u) != 0;
}

/* Copies what needs no change, ends overlapping so that no byte is taken alone. False: it does. */
static bool
copy_plain(uint8_t *to, struct span s)
{
	uint64_t w;

	if (s.n < 8) {
		uint32_t a, b;

		if (s.n < 4)
			return false;
		memcpy(&a, s.p, 4);
		memcpy(&b, s.p + s.n - 4, 4);
		memcpy(to, &a, 4);
		memcpy(to + s.n - 4, &b, 4);
		return !low_bytes((uint64_t)a << 32 | b);
	}
	for (size_t i = 0; i + 8 < s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		if (low_bytes(w))
			return false;
		memcpy(to + i, &w, 8);
	}
	memcpy(&w, s.p + s.n - 8, 8);
	memcpy(to + s.n - 8, &w, 8);
	return !low_bytes(w);
}

void
celltext_copy(uint8_t *to, struct span s)
{
	if (copy_plain(to, s))
		return;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		to[i] = c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
	}
}

/* Sixteen bytes at a time, the last ones overlapping. */
static size_t
row_narrow(uint8_t *to, struct span s)
{
	size_t low = 0, i = 0;

	for (; i < s.n; i += LANES) {
		size_t at = s.n - i < LANES ? s.n - LANES : i;
		lanes v = lanes_load(s.p + at);

		memcpy(to + at, &v, sizeof v);
		low += (size_t)__builtin_popcountll(lanes_bits((lanes)(v < ' ')) >> (i - at));
	}
	return low;
}

#if HAVE_WIDE
WIDE static size_t
row_wide(uint8_t *to, struct span s)
{
	size_t low = 0, i = 0;

	for (; i < s.n; i += WIDTH) {
		size_t at = s.n - i < WIDTH ? s.n - WIDTH : i;
		wide v = wide_load(s.p + at);

		memcpy(to + at, &v, sizeof v);
		low += (size_t)__builtin_popcountll(wide_bits((wide)(v < ' ')) >> (i - at));
	}
	return low;
}
#endif

size_t
celltext_row(uint8_t *to, struct span s)
{
	size_t low = 0;

#if HAVE_WIDE
	if (s.n >= WIDTH && wide_here())
		return row_wide(to, s);
#endif
	if (s.n >= LANES)
		return row_narrow(to, s);
	for (size_t i = 0; i < s.n; i++) {
		low += s.p[i] < ' ';
		to[i] = s.p[i];
	}
	return low;
}

void
celltext_blank(uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n; at += LANES) {
		lanes v = lanes_load(p + at);

		if (!lanes_bits((lanes)(v < ' ')))
			continue;
		for (size_t i = at; i < n && i < at + LANES; i++)
			p[i] = p[i] == '\t' || p[i] == '\n' || p[i] == '\r' ? ' ' : p[i];
	}
}
