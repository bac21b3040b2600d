/*
 * Accents are dropped by table, not by decomposition: names on a share are of Latin script with the
 * accents of Europe's languages, and what is left as it is still matches itself. ASCII never comes
 * further than the first lines.
 */
#include "match/terms_fold.h"

#include "base/utf8.h"
#include "match/shapes.h"

#include "base/poison.h"

/* U+00C0 to U+017F; capitals of the table stand for two letters, '.' for none of ours. */
static const char latin[] = "aaaaaaAceeeeiiiidnooooo.ouuuuyTS" /* C0-DF */
			    "aaaaaaAceeeeiiiidnooooo.ouuuuyTy" /* E0-FF */
			    "aaaaaaccccccccddddeeeeeeeeeegggg" /* 100-11F */
			    "gggghhhhiiiiiiiiiiJJjjkkklllllll" /* 120-13F */
			    "lllnnnnnnnnnooooooOOrrrrrrssssss" /* 140-15F */
			    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs" /* 160-17F */;

_Static_assert(sizeof latin == 0x17F - 0xC0 + 2, "a letter for each of U+00C0 to U+017F");

/* The second letter of those that stand for two. */
static uint8_t
second(char c)
{
	switch (c) {
	case 'A':
	case 'O':
		return 'e';
	case 'T':
		return 'h';
	case 'S':
		return 's';
	default:
		return 'j'; /* J */
	}
}

static bool
parts_words(uint32_t c)
{
	return c == 0xA0 || (c >= 0x2000 && c <= 0x2015) || c == 0x202F || c == 0x3000;
}

static size_t
put_latin(char c, uint8_t *to)
{
	to[0] = c == 'J' ? 'i' : to_lower((uint8_t)c);
	if (!is_upper((uint8_t)c))
		return 1;
	to[1] = second(c);
	return 2;
}

static uint32_t
without_capital(uint32_t c)
{
	if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40F)
		return c + 0x50;
	return c >= 0x1E00 && c <= 0x1EFF ? c | 1 : c;
}

/* Characters of two and three bytes; longer ones stay. */
static size_t
put_char(uint32_t c, uint8_t *to)
{
	if (c < 0x800) {
		to[0] = (uint8_t)(0xC0 | c >> 6);
		to[1] = (uint8_t)(0x80 | (c & 0x3F));
		return 2;
	}
	to[0] = (uint8_t)(0xE0 | c >> 12);
	to[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
	to[2] = (uint8_t)(0x80 | (c & 0x3F));
	return 3;
}

size_t
term_char(struct span s, size_t *ret_n, uint8_t to[4])
{
	uint8_t b = s.p[0];
	uint32_t c = 0;
	size_t n;

	*ret_n = 1;
	to[0] = b <= ' ' || b == '-' || b == '_' ? ' ' : to_lower(b);
	if (b < 0x80)
		return 1;
	n = utf8_decode(s, &c);
	if (n == 0)
		return 1;
	*ret_n = n;
	if (c >= 0xC0 && c <= 0x17F && latin[c - 0xC0] != '.')
		return put_latin(latin[c - 0xC0], to);
	if (c >= 0x300 && c <= 0x36F)
		return 0;
	if (parts_words(c)) {
		to[0] = ' ';
		return 1;
	}
	if (n < 4)
		return put_char(without_capital(c), to);
	memcpy(to, s.p, 4);
	return 4;
}
