/*
 * Nearly no cell holds what would end it, and most are short, so both ways look at eight or sixteen
 * bytes at a time and go back byte by byte only where a control byte is among them.
 */
#include "classify/celltext.h"

#include "base/lanes.h"

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
