/*
 * A phrase may be broken over lines, spaced out in a table, or written with typographic quotes: laid out,
 * it is one form. Lengths change by that, so a place in the text is found by laying it out once more.
 */
#include "match/latin.h"
#include "match/phrases.h"

#include "base/poison.h"

/* The ASCII stand-in of U+2010..U+2015 and U+2018..U+201F at s, or 0. */
static uint8_t
plain_of(struct span s, size_t i)
{
	uint8_t c;

	if (s.n - i < 3 || s.p[i] != 0xE2 || s.p[i + 1] != 0x80)
		return 0;
	c = s.p[i + 2];
	if (c >= 0x90 && c <= 0x95)
		return '-';
	return c >= 0x98 && c <= 0x9B ? '\'' : c >= 0x9C && c <= 0x9F ? '"' : 0;
}

/* Bytes of the blank at i (space, tab, line ends, no-break space), or 0. */
static size_t
blank_at(struct span s, size_t i)
{
	if (s.p[i] <= ' ')
		return 1;
	return s.p[i] == 0xC2 && i + 1 < s.n && s.p[i + 1] == 0xA0 ? 2 : 0;
}

/* One step: what stands at *i goes out as one byte, or -1 for nothing (a blank behind a blank). */
static int
lay_step(struct span s, size_t *i, bool *after_blank)
{
	size_t blank = blank_at(s, *i);
	uint8_t c = s.p[*i], plain;
	bool again = *after_blank;

	if (blank) {
		*i += blank;
		*after_blank = true;
		return again ? -1 : ' ';
	}
	*after_blank = false;
	plain = c == 0xE2 ? plain_of(s, *i) : 0;
	*i += plain ? 3 : 1;
	if (plain)
		return plain;
	return latin_small(*i < 2 ? 0 : s.p[*i - 2], c);
}

void
phrases_lay(struct span text, struct buf *out)
{
	bool after = true;
	uint8_t *p;
	size_t n = 0;

	buf_clear(out);
	p = buf_room(out, text.n + 1);
	for (size_t i = 0; p && i < text.n;) {
		int c = lay_step(text, &i, &after);

		if (c >= 0)
			p[n++] = (uint8_t)c;
	}
	out->n = n;
}

uint64_t
phrases_line(struct span text, size_t at)
{
	bool after = true;
	uint64_t line = 1;
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < at;) {
		line += text.p[i] == '\n';
		n += lay_step(text, &i, &after) >= 0;
	}
	return line;
}
