/*
 * Separators are recognised in their Unicode forms too: sheets and word processors turn the dash
 * of a number into U+2011 and its space into U+00A0 so that it does not wrap.
 */
#include "detect/detect.h"

#include "base/utf8.h"

#include "base/poison.h"

size_t
separator_len(struct span s)
{
	uint32_t c = s.n ? *s.p : 0;
	size_t n = c < 0x80 ? s.n > 0 : utf8_decode(s, &c);
	bool yes = c == ' ' || c == '-' || c == '.' || c == '/' || c == '\t' || c == 0xA0 ||
		(c >= 0x2000 && c <= 0x200A) || (c >= 0x2010 && c <= 0x2015) || c == 0x202F ||
		c == 0x2212;

	return n && yes ? n : 0;
}

static size_t
chars_of(struct span s, char *out, size_t cap, bool letters)
{
	size_t n = 0, skip;

	for (size_t i = 0; i < s.n; i += skip) {
		uint8_t c = s.p[i];

		skip = 1;
		if (is_digit(c) || (letters && is_alpha(c))) {
			if (n == cap)
				return 0;
			out[n++] = (char)to_upper(c);
		} else if (c != '-') {
			skip = separator_len(span_sub(s, i, s.n));
			if (skip == 0)
				return 0;
		}
	}
	return n;
}

size_t
digits_of(struct span s, char *out, size_t cap)
{
	return chars_of(s, out, cap, false);
}

size_t
alnums_of(struct span s, char *out, size_t cap)
{
	return chars_of(s, out, cap, true);
}

bool
all_same(const char *s, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (s[i] != s[0])
			return false;
	return n > 0;
}

bool
luhn_ok(const char *digits, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');

		if (i & 1)
			d = d < 5 ? 2 * d : 2 * d - 9;
		sum += d;
	}
	return n > 1 && sum % 10 == 0;
}

void
verdict_normal(struct verdict *v, const void *p, size_t n)
{
	if (n > CHECK_NORMAL)
		n = CHECK_NORMAL;
	if (n)
		memcpy(v->normal, p, n);
	v->normal_n = (uint8_t)n;
}

static bool
lies_in(struct span value, struct span around)
{
	uintptr_t v = (uintptr_t)value.p, a = (uintptr_t)around.p;

	return value.p && around.p && v >= a && v - a <= around.n && value.n <= around.n - (v - a);
}

struct span
span_before(struct span value, struct span around)
{
	if (!lies_in(value, around))
		return (struct span){0};
	return span_of(around.p, (size_t)(value.p - around.p));
}

struct span
span_behind(struct span value, struct span around)
{
	if (!lies_in(value, around))
		return (struct span){0};
	return span_sub(around, (size_t)(value.p - around.p) + value.n, around.n);
}

static bool
starts_lower(struct span s, const char *lit, size_t n)
{
	if (n > s.n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (to_lower(s.p[i]) != (uint8_t)lit[i])
			return false;
	}
	return true;
}

/* Is c the first byte of lit, in either case? Most words end here. */
static bool
begins(const char *lit, uint8_t c)
{
	return (uint8_t)*lit == to_lower(c);
}

bool
span_is(struct span s, const char *lit)
{
	size_t n;

	if (!s.n || !begins(lit, *s.p))
		return !s.n && !*lit;
	n = strlen(lit);
	return s.n == n && starts_lower(s, lit, n);
}

bool
span_begins(struct span s, const char *lit)
{
	size_t i = 0;

	while (lit[i] && i < s.n && (uint8_t)lit[i] == to_lower(s.p[i]))
		i++;
	return !lit[i];
}

bool
span_ends(struct span s, const char *lit)
{
	size_t n = strlen(lit);

	return n <= s.n && (!n || (uint8_t)lit[n - 1] == to_lower(s.p[s.n - 1])) &&
		starts_lower(span_sub(s, s.n - n, n), lit, n);
}

/* The first place from `at` on where lit may begin, s.n if there is none. */
static size_t
next_begin(struct span s, size_t at, uint8_t first)
{
	const uint8_t *p = memchr(s.p + at, first, s.n - at), *q = NULL;
	size_t end = p ? (size_t)(p - s.p) : s.n;

	if (is_lower(first))
		q = memchr(s.p + at, first - 32, end - at);
	return q ? (size_t)(q - s.p) : end;
}

bool
span_holds(struct span s, const char *lit)
{
	uint8_t first = (uint8_t)*lit;
	size_t n = strlen(lit), at = 0;

	if (!n || n > s.n)
		return false;
	while ((at = next_begin(s, at, first)) <= s.n - n) {
		if (starts_lower(span_sub(s, at, n), lit, n))
			return true;
		at++;
	}
	return false;
}

/* A pair of bytes as one of a thousand bits. */
static unsigned
pair_bit(uint8_t a, uint8_t b)
{
	return (a * 29u ^ b) & 1023;
}

/* A word's first two bytes that do not stand together in s rule it out: most words of most lists. */
bool
span_holds_any(struct span s, const char *const *words)
{
	uint64_t there[16] = {0};
	uint8_t a = s.n ? to_lower(s.p[0]) : 0;

	for (size_t i = 1; i < s.n; i++) {
		uint8_t b = to_lower(s.p[i]);
		unsigned k = pair_bit(a, b);

		there[k / 64] |= 1ull << k % 64;
		a = b;
	}
	for (; *words; words++) {
		const uint8_t *w = (const uint8_t *)*words;
		unsigned k = pair_bit(w[0], w[1]);

		if ((!w[1] || there[k / 64] >> k % 64 & 1) && span_holds(s, *words))
			return true;
	}
	return false;
}

struct span
span_trim(struct span s)
{
	while (s.n && is_blank(*s.p))
		s = span_sub(s, 1, s.n);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The six bits of a base64 character, or -1. */
static int
base64_bits(uint8_t c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

size_t
base64_decode(struct span s, uint8_t *out, size_t cap, size_t *ret_used)
{
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t i, n = 0;

	for (i = 0; i < s.n; i++) {
		int v = base64_bits(s.p[i]);

		if (is_blank(s.p[i]))
			continue;
		if (v < 0)
			break;
		acc = (acc << 6 | (uint32_t)v) & 0xFFFFFF;
		bits += 6;
		if (bits < 8)
			continue;
		if (n == cap)
			break;
		bits -= 8;
		out[n++] = (uint8_t)(acc >> bits);
	}
	*ret_used = i;
	return n;
}

uint32_t
crc32_of(struct span s)
{
	uint32_t c = 0xFFFFFFFF;

	for (size_t i = 0; i < s.n; i++) {
		c ^= s.p[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? 0xEDB88320u : 0);
	}
	return ~c;
}
