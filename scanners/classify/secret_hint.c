/*
 * Nearly no line of a share speaks of passwords, so the search for pairs must cost next to nothing
 * on text. Sixty-four bytes at a time are compared with the few beginnings of a password word; the
 * compiler makes vector instructions of it on any machine. Only a block with one is looked at byte
 * by byte.
 */
#include "classify/secret_hint.h"

#include "base/poison.h"

#define LANES 16u
#define BLOCK (4 * LANES)

typedef uint8_t lanes __attribute__((vector_size(LANES)));

static lanes
load(const uint8_t *p)
{
	lanes v;

	memcpy(&v, p, sizeof v);
	return v;
}

static lanes
hints_of(const uint8_t *p)
{
	lanes a = load(p), b = load(p + 1), c = load(p + 2);
	lanes la = a | 0x20, lb = b | 0x20, lc = c | 0x20;
	lanes pass = (lanes)(lb == 'a') & (lanes)(lc == 's');
	lanes secret = (lanes)(lb == 'w') | (lanes)(b == '/') | pass;
	lanes creds = (lanes)(la == 'c') & (lanes)(lb == 'r') & (lanes)(lc == 'e');
	lanes slash = (lanes)(a == ' ') & (lanes)(b == '/') & (lanes)(c == ' ');

	return ((lanes)(la == 'p') & secret) | creds | slash;
}

static bool
block_has(const uint8_t *p)
{
	lanes any = hints_of(p) | hints_of(p + LANES) | hints_of(p + 2 * LANES) |
		hints_of(p + 3 * LANES);
	uint64_t half[2];

	memcpy(half, &any, sizeof half);
	return (half[0] | half[1]) != 0;
}

static bool
hint_at(struct span s, size_t at)
{
	uint8_t a = s.p[at], b = at + 1 < s.n ? s.p[at + 1] : 0, c = at + 2 < s.n ? s.p[at + 2] : 0;
	uint8_t la = a | 0x20, lb = b | 0x20, lc = c | 0x20;

	if (la == 'p')
		return lb == 'w' || b == '/' || (lb == 'a' && lc == 's');
	if (la == 'c')
		return lb == 'r' && lc == 'e';
	return a == ' ' && b == '/' && c == ' ';
}

size_t
secret_hint_next(struct span text, size_t from)
{
	while (from < text.n) {
		size_t end = text.n - from > BLOCK ? from + BLOCK : text.n;

		if (text.n - from < BLOCK + 2 || block_has(text.p + from)) {
			for (; from < end; from++) {
				if (hint_at(text, from))
					return from;
			}
		}
		from = end;
	}
	return text.n;
}
