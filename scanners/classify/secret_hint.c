/*
 * Nearly no line of a share speaks of passwords, so the search for pairs must cost next to nothing
 * on text. Sixty-four bytes at a time are compared with the few beginnings of a password word, and
 * of an address at a line's beginning; the compiler makes vector instructions of it on any machine.
 * The places that pass become the bits of one word, and only they are looked at.
 */
#include "classify/secret_hint.h"

#include "base/lanes.h"

#include "base/poison.h"

#define BLOCK (4 * LANES)

/* A digit behind a blank or newline, and what may follow it in an address. */
static inline lanes
digits_of(lanes a, lanes b, lanes c)
{
	lanes digit = (lanes)((lanes)(b - '0') <= 9);
	lanes more =
		(lanes)((lanes)(c - '.') <= ':' - '.') | (lanes)((lanes)((c | 0x20) - 'a') <= 5);

	return (lanes)(a <= ' ') & digit & more;
}

static inline lanes
hints_of(const uint8_t *p)
{
	lanes a = lanes_load(p), b = lanes_load(p + 1), c = lanes_load(p + 2);
	lanes la = a | 0x20, lb = b | 0x20, lc = c | 0x20;
	lanes pass = (lanes)(lb == 'a') & (lanes)(lc == 's');
	lanes secret = (lanes)(lb == 'w') | (lanes)(b == '/') | pass;
	lanes creds = (lanes)(la == 'c') & (lanes)(lb == 'r') & (lanes)(lc == 'e');
	lanes slash = (lanes)(a == ' ') & (lanes)(b == '/') & (lanes)(c == ' ');

	return ((lanes)(la == 'p') & secret) | creds | slash | digits_of(a, b, c);
}

/* One bit for each byte of a block that begins a hint. */
static uint64_t
block_bits(const uint8_t *p)
{
	return lanes_bits4(
		hints_of(p), hints_of(p + LANES), hints_of(p + 2 * LANES), hints_of(p + 3 * LANES));
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Hex digits and a dot or colon at place `at`, and only blanks between it and a newline. */
static bool
address_at(struct span s, size_t at)
{
	size_t n = at, bol = at;

	while (n < s.n && n - at < 16 &&
		(is_digit(s.p[n]) || ((s.p[n] | 0x20) >= 'a' && (s.p[n] | 0x20) <= 'f')))
		n++;
	if (n >= s.n || (s.p[n] != '.' && s.p[n] != ':'))
		return false;
	while (bol > 0 && s.p[bol - 1] <= ' ' && s.p[bol - 1] != '\n')
		bol--;
	return bol > 0 && s.p[bol - 1] == '\n';
}

/* The place of the hint that begins at `at`, or s.n. */
static size_t
hint_at(struct span s, size_t at)
{
	uint8_t a = s.p[at], b = at + 1 < s.n ? s.p[at + 1] : 0, c = at + 2 < s.n ? s.p[at + 2] : 0;
	uint8_t la = a | 0x20, lb = b | 0x20, lc = c | 0x20;

	if (a <= ' ' && is_digit(b) && address_at(s, at + 1))
		return at + 1;
	if ((la == 'p' && (lb == 'w' || b == '/' || (lb == 'a' && lc == 's'))) ||
		(la == 'c' && lb == 'r' && lc == 'e') || (a == ' ' && b == '/' && c == ' '))
		return at;
	return s.n;
}

size_t
secret_hint_next(struct span text, size_t from)
{
	for (; text.n - from >= BLOCK + 2; from += BLOCK) {
		for (uint64_t bits = block_bits(text.p + from); bits; bits &= bits - 1) {
			size_t at = hint_at(text, from + (size_t)__builtin_ctzll(bits));

			if (at < text.n)
				return at;
		}
	}
	for (; from < text.n; from++) {
		size_t at = hint_at(text, from);

		if (at < text.n)
			return at;
	}
	return text.n;
}
