/*
 * Lenient where mails are damaged: the last group may lack its padding, pieces each with a padding of
 * their own may follow one another, gateways put blanks and marks between. Whether a part is base64
 * at all is asked of its bytes, because servers that add to a mail or re-encode it leave headers that
 * are no longer true.
 */
#include "extract/mail_base64.h"
#include "limits.h"

#include "base/poison.h"

#define LINE_MIN 40u /* characters of a line that can only be base64 */

/* Six bits, or BLANK for what is passed over, or PAD. */
#define PAD   64
#define BLANK 65

#define X8(v)	 v, v, v, v, v, v, v, v
#define X32(v)	 X8(v), X8(v), X8(v), X8(v)
#define RUN4(v)	 v, (v) + 1, (v) + 2, (v) + 3
#define RUN10(v) RUN4(v), RUN4((v) + 4), (v) + 8, (v) + 9
#define RUN26(v) RUN10(v), RUN10((v) + 10), RUN4((v) + 20), (v) + 24, (v) + 25

static const uint8_t values[256] = {X32(65), X8(65), 65, 65, 65, 62, 65, 65, 65, 63, RUN10(52), 65,
	65, 65, PAD, 65, 65, 65, RUN26(0), 65, 65, 65, 65, 65, 65, RUN26(26), 65, 65, 65, 65, 65,
	X32(65), X32(65), X32(65), X32(65)};

size_t
base64_end(struct base64 *b, uint8_t *out)
{
	size_t n = b->n > 1 ? b->n - 1 : 0;

	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(b->bits << (24 - 6 * b->n) >> (16 - 8 * i));
	b->n = 0;
	b->bits = 0;
	return n;
}

/* Groups of four from p on, as long as all of them are digits. */
static size_t
whole_groups(const uint8_t *p, const uint8_t *end, uint8_t *out)
{
	const uint8_t *begin = p;

	for (; end - p >= 4; p += 4, out += 3) {
		uint32_t a = values[p[0]], b = values[p[1]], c = values[p[2]], d = values[p[3]];
		uint32_t v = a << 18 | b << 12 | c << 6 | d;

		if ((a | b | c | d) >= PAD)
			break;
		out[0] = (uint8_t)(v >> 16);
		out[1] = (uint8_t)(v >> 8);
		out[2] = (uint8_t)v;
	}
	return (size_t)(p - begin);
}

size_t
base64_step(struct base64 *b, struct span in, uint8_t *out)
{
	const uint8_t *p = in.p, *end = in.p + in.n;
	uint8_t *to = out;

	while (p < end) {
		size_t n = b->n ? 0 : whole_groups(p, end, to);
		uint8_t v;

		p += n;
		to += n / 4 * 3;
		if (p == end)
			break;
		v = values[*p++];
		if (v == PAD) {
			to += base64_end(b, to);
		} else if (v < PAD) {
			b->bits = b->bits << 6 | v;
			if (++b->n == 4) {
				*to++ = (uint8_t)(b->bits >> 16);
				*to++ = (uint8_t)(b->bits >> 8);
				*to++ = (uint8_t)b->bits;
				*b = (struct base64){0};
			}
		}
	}
	return (size_t)(to - out);
}

/* --- is it? ------------------------------------------------------------------------------------ */

struct tally {
	size_t upper, lower, digit, foreign;
};

static struct tally
tally_of(struct span s)
{
	struct tally t = {0};

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i], v = values[c];

		t.upper += v < 26;
		t.lower += v >= 26 && v < 52;
		t.digit += v >= 52 && v < 62;
		t.foreign += v == BLANK && c != '\n' && c != '\r';
	}
	return t;
}

/* Three letters of eight are capitals in base64, one of twenty in a text. */
bool
base64_is_text(struct span s)
{
	struct tally t = tally_of(span_sub(s, 0, LIMIT_BASE64_LOOK));
	size_t n = t.upper + t.lower + t.digit;

	return t.foreign > (n + t.foreign) / 16 && (t.upper * 5 < n || t.lower * 8 < n);
}

bool
base64_is_sure(struct span s)
{
	struct tally t = tally_of(span_sub(s, 0, LIMIT_BASE64_LOOK));
	size_t first = 0, n = t.upper + t.lower + t.digit, second;
	const uint8_t *nl, *next;

	if (!n || t.foreign || t.upper < n / 16 || t.lower < n / 16 || t.digit < n / 32)
		return false;
	nl = memchr(s.p, '\n', s.n < LIMIT_BASE64_LOOK ? s.n : LIMIT_BASE64_LOOK);
	for (size_t i = 0; i + 1 < s.n && i < LIMIT_BASE64_LOOK; i++) {
		if (s.p[i] == '=' && values[s.p[i + 1]] < PAD)
			return false;
	}
	if (!nl)
		return s.n >= LINE_MIN;
	first = (size_t)(nl - s.p) - (nl > s.p && nl[-1] == '\r');
	s = span_sub(s, (size_t)(nl - s.p) + 1, s.n);
	next = memchr(s.p, '\n', s.n);
	second = next ? (size_t)(next - s.p) - (next > s.p && next[-1] == '\r') : s.n;
	return first >= LINE_MIN && first % 4 == 0 && second <= first &&
		(second == first || !next || (size_t)(next - s.p) + 1 == s.n);
}
