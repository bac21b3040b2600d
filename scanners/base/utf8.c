/*
 * The table of well-formed byte sequences is Unicode 15, table 3-7. Nearly all text is ASCII, and is
 * passed over in wide steps.
 */
#include "base/utf8.h"

#include "base/wide.h"

#include "base/poison.h"

static size_t
need(uint8_t c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xC2 && c <= 0xDF)
		return 2;
	if (c >= 0xE0 && c <= 0xEF)
		return 3;
	return c >= 0xF0 && c <= 0xF4 ? 4 : 0;
}

/* How many bytes at s agree with one well-formed sequence. */
static size_t
agree(struct span s, size_t n)
{
	uint8_t first = s.p[0];
	uint8_t min = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
	uint8_t max = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
	size_t i;

	for (i = 1; i < n && i < s.n; i++) {
		if (s.p[i] < (i == 1 ? min : 0x80) || s.p[i] > (i == 1 ? max : 0xBF))
			break;
	}
	return i;
}

size_t
utf8_decode(struct span s, uint32_t *ret_c)
{
	size_t n = s.n ? need(s.p[0]) : 0;
	uint32_t c;

	if (n == 0 || n > s.n || agree(s, n) < n)
		return 0;
	c = n == 1 ? s.p[0] : s.p[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (s.p[i] & 63);
	*ret_c = c;
	return n;
}

#if HAVE_WIDE
/* ASCII from `at` on, in whole blocks. */
WIDE static size_t
ascii_wide(struct span s, size_t at)
{
	for (; s.n - at >= 4 * WIDTH; at += 4 * WIDTH) {
		const uint8_t *p = s.p + at;

		if (wide_bits(wide_load(p) | wide_load(p + WIDTH) | wide_load(p + 2 * WIDTH) |
			    wide_load(p + 3 * WIDTH)))
			break;
	}
	return at;
}
#endif

size_t
utf8_ascii(struct span s)
{
	size_t at = 0;

	while (s.n - at >= 8 && !(le64(s.p + at) & 0x8080808080808080u)) {
		at += 8;
#if HAVE_WIDE
		/* what is short costs no more for it */
		if (at == 4 * 8 && wide_here())
			at = ascii_wide(s, at);
#endif
	}
	while (at < s.n && s.p[at] < 0x80)
		at++;
	return at;
}

size_t
utf8_valid(struct span s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t n;

		at += utf8_ascii(span_sub(s, at, s.n));
		if (at >= s.n)
			break;
		n = need(s.p[at]);
		if (n == 0 || n > s.n - at || agree(span_sub(s, at, n), n) < n)
			break;
		at += n;
	}
	return at;
}

bool
utf8_cut(struct span s)
{
	size_t at = utf8_valid(s), n;
	struct span tail = span_sub(s, at, s.n);

	if (tail.n == 0)
		return false;
	n = need(tail.p[0]);
	return n > tail.n && agree(tail, n) == tail.n;
}

size_t
utf8_fit(struct span s, size_t max)
{
	if (s.n <= max)
		return s.n;
	while (max && (s.p[max] & 0xC0) == 0x80)
		max--;
	return max;
}

void
utf8_copy(char *to, size_t size, struct span s)
{
	size_t n = utf8_fit(s, size - 1);

	if (n)
		memcpy(to, s.p, n);
	memset(to + n, 0, size - n);
}

void
utf8_repair(struct buf *b, struct span s)
{
	while (s.n) {
		size_t ok = utf8_valid(s);

		buf_put(b, s.p, ok);
		s = span_sub(s, ok, s.n);
		if (s.n) {
			buf_put_utf8(b, 0xFFFD);
			s = span_sub(s, 1, s.n);
		}
	}
}
