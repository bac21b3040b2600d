/*
 * Old Office says the encoding of its bytes by number. Most strings are ASCII whatever the number, so
 * these go by without a decoder.
 */
#include "extract/oletext.h"

#include <stdio.h>

#include "base/poison.h"

const struct charset *
codepage_charset(unsigned codepage)
{
	static const struct {
		unsigned codepage;
		const char *name;
	} names[] = {{0, "windows-1252"}, {367, "utf-8"}, {708, "iso-8859-6"}, {932, "shift_jis"},
		{936, "gb18030"}, {949, "euc-kr"}, {950, "big5"}, {1200, "utf-16le"},
		{1201, "utf-16be"}, {10000, "macintosh"}, {20127, "utf-8"}, {20866, "koi8-r"},
		{20932, "euc-jp"}, {21866, "koi8-u"}, {32768, "macintosh"}, {32769, "windows-1252"},
		{50220, "iso-2022-jp"}, {51949, "euc-kr"}, {54936, "gb18030"}, {65001, "utf-8"}};
	char name[32];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].codepage == codepage)
			return charset_find(span_str(names[i].name));
	}
	if (codepage > 28590 && codepage < 28606)
		(void)snprintf(name, sizeof name, "iso-8859-%u", codepage - 28590);
	else
		(void)snprintf(name, sizeof name, "cp%u", codepage);
	return charset_find(span_str(name));
}

unsigned
codepage_of_language(unsigned lcid)
{
	static const struct {
		uint8_t language;
		uint16_t codepage;
	} pages[] = {{0x01, 1256}, {0x02, 1251}, {0x05, 1250}, {0x08, 1253}, {0x0D, 1255},
		{0x0E, 1250}, {0x11, 932}, {0x12, 949}, {0x15, 1250}, {0x18, 1250}, {0x19, 1251},
		{0x1B, 1250}, {0x1C, 1250}, {0x1E, 874}, {0x1F, 1254}, {0x20, 1256}, {0x22, 1251},
		{0x23, 1251}, {0x24, 1250}, {0x25, 1257}, {0x26, 1257}, {0x27, 1257}, {0x29, 1256},
		{0x2A, 1258}, {0x2C, 1254}, {0x2F, 1251}, {0x3F, 1251}, {0x40, 1251}, {0x44, 1251},
		{0x50, 1251}};

	if ((lcid & 0x3FF) == 0x04) /* Chinese: traditional in Taiwan, Hong Kong and Macao */
		return lcid == 0x0404 || lcid == 0x0C04 || lcid == 0x1404 ? 950 : 936;
	if (lcid == 0x0C1A || lcid == 0x1C1A)
		return 1251;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (pages[i].language == (lcid & 0x3FF))
			return pages[i].codepage;
	}
	return 1252;
}

/* Room for n characters of at most three bytes each; NULL when there is none. */
static uint8_t *
room3(struct buf *out, size_t n)
{
	return n > SIZE_MAX / 4 ? NULL : buf_room(out, n * 3);
}

static uint8_t *
put3(uint8_t *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = c ? (uint8_t)c : ' ';
	} else if (c < 0x800) {
		*to++ = (uint8_t)(0xC0 | c >> 6);
		*to++ = (uint8_t)(0x80 | (c & 63));
	} else {
		*to++ = (uint8_t)(0xE0 | c >> 12);
		*to++ = (uint8_t)(0x80 | (c >> 6 & 63));
		*to++ = (uint8_t)(0x80 | (c & 63));
	}
	return to;
}

/* The character beyond the first plane that begins at s[i]; 0 when it is no pair. */
static uint32_t
pair_at(struct span s, size_t i)
{
	uint32_t high = le16(s.p + i), low;

	if (high >= 0xDC00 || i + 4 > s.n)
		return 0;
	low = le16(s.p + i + 2);
	return low < 0xDC00 || low > 0xDFFF ? 0 : 0x10000 + ((high - 0xD800) << 10) + low - 0xDC00;
}

void
put_utf16(struct buf *out, struct span s)
{
	uint8_t *to = room3(out, s.n / 2);
	uint8_t *from = to;

	if (!to)
		return;
	for (size_t i = 0; i + 2 <= s.n; i += 2) {
		uint32_t c = le16(s.p + i);

		if (c < 0xD800 || c > 0xDFFF) {
			to = put3(to, c);
			continue;
		}
		c = pair_at(s, i);
		if (!c) {
			to = put3(to, 0xFFFD);
			continue;
		}
		*to++ = (uint8_t)(0xF0 | c >> 18);
		*to++ = (uint8_t)(0x80 | (c >> 12 & 63));
		*to++ = (uint8_t)(0x80 | (c >> 6 & 63));
		*to++ = (uint8_t)(0x80 | (c & 63));
		i += 2;
	}
	out->n += (size_t)(to - from);
}

void
put_latin1(struct buf *out, struct span s)
{
	uint8_t *to = room3(out, s.n), *from = to;

	if (!to)
		return;
	for (size_t i = 0; i < s.n; i++)
		to = put3(to, s.p[i]);
	out->n += (size_t)(to - from);
}

static int
append(void *user, struct span utf8)
{
	buf_put(user, utf8.p, utf8.n);
	return 0;
}

static bool
is_ascii(struct span s)
{
	uint8_t any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= s.p[i];
	return any < 0x80;
}

void
put_codepage(struct buf *out, unsigned codepage, struct span s)
{
	const struct charset *cs;
	struct decoder d;

	if (codepage == CODEPAGE_UTF16) {
		put_utf16(out, s);
		return;
	}
	if (is_ascii(s)) {
		put_latin1(out, s);
		return;
	}
	cs = codepage_charset(codepage);
	decoder_start(&d, cs ? cs : codepage_charset(1252));
	if (decoder_feed(&d, s, append, out) == 0)
		(void)decoder_end(&d, append, out);
}
