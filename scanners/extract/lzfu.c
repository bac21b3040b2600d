/*
 * A dictionary of 4096 bytes that begins with words common in RTF; a byte of flags says of the next
 * eight items whether they are a byte or a reference (12 bits of place, 4 of length).
 */
#include "extract/lzfu.h"

#include <errno.h>

#include "base/poison.h"

#define WINDOW 4096u

static const char words[] = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
			    "\\fswiss \\fmodern "
			    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New "
			    "RomanCourier{\\colortbl\\red0\\green0"
			    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct lzfu {
	uint8_t window[WINDOW];
	unsigned at; /* where the next byte is written */
	struct buf *out;
	size_t left; /* bytes that may still come */
};

static void
put(struct lzfu *z, uint8_t c)
{
	z->window[z->at++ & (WINDOW - 1)] = c;
	if (z->left) {
		buf_putc(z->out, c);
		z->left--;
	}
}

/* One item. Returns the bytes it takes; 0: the end mark, or nothing is left. */
static size_t
item(struct lzfu *z, struct span s, bool reference)
{
	unsigned from, n;

	if (!reference) {
		if (s.n == 0)
			return 0;
		put(z, s.p[0]);
		return 1;
	}
	if (s.n < 2)
		return 0;
	from = be16(s.p) >> 4;
	n = (s.p[1] & 15u) + 2;
	if (from == (z->at & (WINDOW - 1)))
		return 0;
	while (n--)
		put(z, z->window[from++ & (WINDOW - 1)]);
	return 2;
}

static void
decode(struct lzfu *z, struct span s)
{
	while (s.n && z->left) {
		unsigned flags = s.p[0];

		s = span_sub(s, 1, s.n);
		for (unsigned i = 0; i < 8; i++) {
			size_t n = item(z, s, flags >> i & 1);

			if (n == 0)
				return;
			s = span_sub(s, n, s.n);
		}
	}
}

int
lzfu_decode(struct span s, size_t max, struct buf *ret)
{
	struct lzfu z = {.out = ret};
	size_t raw, from = ret->n;
	struct span body;

	if (s.n < 16)
		return -EMEDIUMTYPE;
	raw = le32(s.p + 4);
	body = span_sub(s, 16, s.n);
	if (memcmp(s.p + 8, "MELA", 4) == 0) {
		body = span_sub(body, 0, raw < max ? raw : max);
		buf_put(ret, body.p, body.n);
	} else if (memcmp(s.p + 8, "LZFu", 4) == 0) {
		memcpy(z.window, words, sizeof words - 1);
		z.at = sizeof words - 1;
		z.left = raw < max ? raw : max;
		decode(&z, body);
	} else {
		return -EMEDIUMTYPE;
	}
	if (ret->failed)
		return -ENOMEM;
	return ret->n - from < raw ? -EBADMSG : 0;
}
