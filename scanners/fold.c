/*
 * ASCII passes eight bytes at a time; only characters that begin with C2, E2 or EF can fold. The
 * result is never longer than the input, so the caller needs no second buffer.
 */
#include "fold.h"

#include "base/utf8.h"

#include "base/poison.h"

#define DROP 0xFFFFFFFFu

/* What a character becomes: itself, an ASCII character, or DROP. */
static uint32_t
fold_char(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFF01 + '!';
	if (c >= 0x2010 && c <= 0x2015)
		return '-';
	if (c >= 0x2000 && c <= 0x200A)
		return ' ';
	switch (c) {
	case 0x00A0:
	case 0x202F:
	case 0x205F:
	case 0x3000:
		return ' ';
	case 0x2212:
	case 0xFE63:
		return '-';
	case 0x2018:
	case 0x2019:
		return '\'';
	case 0x201C:
	case 0x201D:
		return '"';
	case 0x00AD:
	case 0x200B:
	case 0x200C:
	case 0x200D:
	case 0x2060:
	case 0xFEFF:
		return DROP;
	default:
		return c;
	}
}

static size_t
ascii_run(struct span s)
{
	size_t n = 0;
	uint64_t w;

	while (s.n - n >= 8) {
		memcpy(&w, s.p + n, 8);
		if (w & 0x8080808080808080u)
			break;
		n += 8;
	}
	while (n < s.n && s.p[n] < 0x80)
		n++;
	return n;
}

size_t
fold_copy(uint8_t *p, struct span s)
{
	size_t out = 0;

	while (s.n) {
		size_t n = ascii_run(s);
		uint32_t c = 0, to;

		memcpy(p + out, s.p, n);
		out += n;
		s = span_sub(s, n, s.n);
		if (!s.n)
			break;
		n = utf8_decode(s, &c);
		to = n ? fold_char(c) : c;
		if (n && to != c) {
			if (to != DROP)
				p[out++] = (uint8_t)to;
		} else {
			n = n ? n : 1;
			memcpy(p + out, s.p, n);
			out += n;
		}
		s = span_sub(s, n, s.n);
	}
	return out;
}
