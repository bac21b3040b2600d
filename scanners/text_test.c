/*
 * Every small file on a share comes through here, so the common answer (no control bytes, no high
 * bytes) is found 32 bytes at a time with the compiler's vectors of 16, which every machine has. Only blocks with something unusual in them are looked at byte by byte.
 */
#include "text_test.h"

#include "base/utf8.h"

#include "base/poison.h"

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));

struct tally {
	size_t nul[4]; /* by position modulo 4 */
	size_t control; /* control bytes that no text file has, NUL not counted */
	size_t high; /* bytes >= 0x80 */
	size_t rare; /* bytes that Windows-1252 leaves undefined */
};

static bool
is_text_control(uint8_t c)
{
	return (c >= 7 && c <= 13) || c == 27 || c == 26;
}

static void
tally_bytes(struct tally *t, const uint8_t *p, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++) {
		uint8_t c = p[i];

		if (c == 0)
			t->nul[i & 3]++;
		else if (c < 32)
			t->control += !is_text_control(c);
		else if (c >= 0x7F) {
			t->control += c == 0x7F;
			t->high += c >= 0x80;
			t->rare += c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D;
		}
	}
}

/* Of 16 bytes: all ones where a byte is no printable ASCII, tab, newline or return. */
static bytes16
odd_bytes(const uint8_t *p)
{
	bytes16 v;

	memcpy(&v, p, sizeof v);
	return ((bytes16)(v < 32) &
		       ~((bytes16)(v == 9) | (bytes16)(v == 10) | (bytes16)(v == 13))) |
		(bytes16)(v >= 0x7F);
}

static bool
plain_block(const uint8_t *p)
{
	words2 odd = (words2)(odd_bytes(p) | odd_bytes(p + 16));

	return (odd[0] | odd[1]) == 0;
}

static struct tally
tally_head(struct span h)
{
	struct tally t = {0};
	size_t at = 0;

	for (; h.n - at >= 32; at += 32) {
		if (!plain_block(h.p + at))
			tally_bytes(&t, h.p, at, 32);
	}
	tally_bytes(&t, h.p, at, h.n - at);
	return t;
}

static uint32_t
unit16(const uint8_t *p, bool big)
{
	return big ? be16(p) : le16(p);
}

/* Every unit is a character a text may hold; at least one in eight is plain ASCII. */
static bool
is_utf16(struct span h, bool big, bool marked)
{
	size_t units = h.n / 2, ascii = 0, odd = 0;

	if (units > 8192)
		units = 8192;
	for (size_t i = 0; i < units; i++) {
		uint32_t u = unit16(h.p + 2 * i, big);

		if (u < 0x80)
			ascii += u >= 32 || is_text_control((uint8_t)u);
		if (u < 32 ? !is_text_control((uint8_t)u) : u >= 0xFFFE)
			odd++;
		else if (u >= 0xDC00 && u < 0xE000)
			odd++;
		else if (u >= 0xD800 && u < 0xDC00 && i + 1 < units) {
			uint32_t low = unit16(h.p + 2 * ++i, big);

			odd += low < 0xDC00 || low >= 0xE000;
		}
	}
	return units && odd <= units / 256 && (marked || (units >= 4 && ascii >= units / 8 + 1));
}

static bool
is_utf32(struct span h, bool big)
{
	size_t chars = h.n / 4;

	if (chars > 4096)
		chars = 4096;
	for (size_t i = 0; i < chars; i++) {
		uint32_t c = big ? be32(h.p + 4 * i) : le32(h.p + 4 * i);

		if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ||
			(c < 32 && !is_text_control((uint8_t)c)))
			return false;
	}
	return chars >= 2;
}

static const char *
test_marked(struct span h)
{
	if (span_has(h, 0, "\xFF\xFE\0\0", 4) && is_utf32(h, false))
		return "utf-32le";
	if (span_has(h, 0, "\0\0\xFE\xFF", 4) && is_utf32(h, true))
		return "utf-32be";
	if (span_has(h, 0, "\xFF\xFE", 2) && is_utf16(span_sub(h, 2, h.n), false, true))
		return "utf-16le";
	if (span_has(h, 0, "\xFE\xFF", 2) && is_utf16(span_sub(h, 2, h.n), true, true))
		return "utf-16be";
	return NULL;
}

/* NULs in one place of each pair or quadruple, and nowhere else, are wide text without a mark. */
static const char *
test_wide(struct span h, const struct tally *t)
{
	size_t even = t->nul[0] + t->nul[2], odd = t->nul[1] + t->nul[3];

	if (t->nul[2] > h.n / 5 && t->nul[3] > h.n / 5 && t->nul[0] <= h.n / 256)
		return is_utf32(h, false) ? "utf-32le" : NULL;
	if (t->nul[0] > h.n / 5 && t->nul[1] > h.n / 5 && t->nul[3] <= h.n / 256)
		return is_utf32(h, true) ? "utf-32be" : NULL;
	if (odd > 16 * even && is_utf16(h, false, false))
		return "utf-16le";
	if (even > 16 * odd && is_utf16(h, true, false))
		return "utf-16be";
	return NULL;
}

/* Counts the characters beyond ASCII that are UTF-8, and the bytes that are not. */
static void
count_utf8(struct span h, bool whole, size_t *ret_good, size_t *ret_bad)
{
	size_t good = 0, bad = 0;

	while (h.n) {
		uint32_t c;
		size_t n = utf8_decode(h, &c);

		if (n == 0 && !whole && h.n < 4 && utf8_cut(h))
			break;
		good += n > 1;
		bad += n == 0;
		h = span_sub(h, n ? n : 1, h.n);
	}
	*ret_good = good;
	*ret_bad = bad;
}

static const char *
test_high(struct span h, bool whole, const struct tally *t)
{
	size_t valid = utf8_valid(h), good, bad;

	if (valid == h.n || (!whole && h.n - valid < 4 && utf8_cut(span_sub(h, valid, h.n))))
		return "utf-8";
	count_utf8(h, whole, &good, &bad);
	if (good > 4 * bad)
		return "utf-8";
	/* Random bytes hold control bytes; without any, and with few undefined ones, it is 8-bit. */
	return t->control == 0 && t->rare <= h.n / 16 ? "windows-1252" : NULL;
}

const char *
text_test(struct span h, bool whole)
{
	const char *marked = test_marked(h);
	struct tally t;
	size_t nul;

	if (marked)
		return marked;
	t = tally_head(h);
	nul = t.nul[0] + t.nul[1] + t.nul[2] + t.nul[3];
	if (nul > h.n / 32)
		return test_wide(h, &t);
	if (nul + t.control > h.n / 100)
		return NULL;
	return t.high ? test_high(h, whole, &t) : "us-ascii";
}

/* Bytes a character and the place of its low byte in each encoding. */
static void
shape(const char *charset, size_t *ret_width, size_t *ret_low)
{
	bool wide = strncmp(charset, "utf-16", 6) == 0 || strncmp(charset, "utf-32", 6) == 0;
	size_t width = !wide ? 1 : charset[4] == '1' ? 2 : 4;

	*ret_width = width;
	*ret_low = wide && charset[6] == 'b' ? width - 1 : 0;
}

static size_t
sample_bytes(struct span h, bool ascii, uint8_t *buf, size_t n)
{
	if (n > h.n)
		n = h.n;
	memcpy(buf, h.p, n);
	for (size_t i = 0; !ascii && i < n; i++) {
		if (buf[i] >= 0x80)
			buf[i] = 'x';
	}
	return n;
}

static struct span
without_mark(struct span h, size_t width)
{
	if (width == 4 && (span_has(h, 0, "\xFF\xFE\0\0", 4) || span_has(h, 0, "\0\0\xFE\xFF", 4)))
		return span_sub(h, 4, h.n);
	if (width == 2 && (span_has(h, 0, "\xFF\xFE", 2) || span_has(h, 0, "\xFE\xFF", 2)))
		return span_sub(h, 2, h.n);
	return width == 1 && span_has(h, 0, "\xEF\xBB\xBF", 3) ? span_sub(h, 3, h.n) : h;
}

size_t
text_sample(struct span h, const char *charset, uint8_t *buf, size_t n)
{
	size_t width, low, k = 0;

	shape(charset, &width, &low);
	h = without_mark(h, width);
	if (width == 1)
		return sample_bytes(h, strcmp(charset, "us-ascii") == 0, buf, n);
	for (; k < n && h.n >= width; h = span_sub(h, width, h.n)) {
		uint8_t c = h.p[low];
		bool ascii = c < 0x80;

		for (size_t i = 0; i < width; i++)
			ascii = ascii && (i == low || h.p[i] == 0);
		buf[k++] = ascii ? c : 'x';
	}
	return k;
}
