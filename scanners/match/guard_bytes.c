/* Sets of bytes as regexes write them. */
#include "match/guard_regex.h"

#include "base/poison.h"

void
bytes_range(struct bits *b, unsigned lo, unsigned hi)
{
	for (unsigned c = lo; c <= hi; c++)
		bits_set(b, c);
}

void
bytes_invert(struct bits *b)
{
	for (size_t i = 0; i < 4; i++)
		b->w[i] = ~b->w[i];
}

void
bytes_both_cases(struct bits *b)
{
	for (unsigned c = 'a'; c <= 'z'; c++) {
		if (bits_has(b, c) || bits_has(b, c - 32)) {
			bits_set(b, c);
			bits_set(b, c - 32);
		}
	}
}

/* \d \w \s \h and their opposites. */
bool
bytes_named(char c, struct bits *ret)
{
	struct bits b = {{0}};

	switch (c | 0x20) {
	case 'd':
		bytes_range(&b, '0', '9');
		break;
	case 'w':
		bytes_range(&b, '0', '9');
		bytes_range(&b, 'a', 'z');
		bytes_range(&b, 'A', 'Z');
		bits_set(&b, '_');
		break;
	case 's':
		bytes_range(&b, '\t', '\r');
		bits_set(&b, ' ');
		break;
	case 'h':
		bits_set(&b, '\t');
		bits_set(&b, ' ');
		bits_set(&b, 0xA0);
		break;
	default:
		return false;
	}
	if (!(c & 0x20))
		bytes_invert(&b);
	bits_add(ret, &b);
	return true;
}
