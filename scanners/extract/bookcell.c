/*
 * One cell of a workbook: the hot path. A number without a format is passed on as it stands in the
 * file; only what has a format is parsed. A long shared string that a hostile sheet repeats in each
 * cell goes out a few times: it has been searched by then.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "extract/book.h"
#include "limits.h"

#include "base/poison.h"

#define OFFSET_BITS  28u /* LIMIT_PART fits */
#define OFFSET_MASK  ((1u << OFFSET_BITS) - 1)
#define LONG_STRING  4096u
#define LONG_REPEATS 4u

static const double pow10_of[16] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

_Static_assert(LIMIT_PART <= 1u << OFFSET_BITS, "an offset into the shared strings");

static int
hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Excel writes control characters as _x000D_. */
static void
put_unescaped(struct buf *b, struct span s)
{
	size_t i = 0;

	while (i < s.n) {
		const uint8_t *e = memmem(s.p + i, s.n - i, "_x", 2);
		size_t at = e ? (size_t)(e - s.p) : s.n;
		uint32_t c = 0;
		bool good = s.n - at >= 7 && s.p[at + 6] == '_';

		buf_put(b, s.p + i, at - i);
		i = at;
		if (!e)
			return;
		for (size_t k = 2; k < 6 && good; k++) {
			int h = hex(s.p[at + k]);

			good = h >= 0;
			c = c << 4 | (uint32_t)(h & 15);
		}
		if (good)
			buf_put_utf8(b, c < 32 ? ' ' : c);
		else
			buf_put(b, "_x", 2);
		i += good ? 7 : 2;
	}
}

int
book_add_string(struct book *b, struct span utf8)
{
	uint32_t at = (uint32_t)b->strings.n;

	if (utf8.n && memmem(utf8.p, utf8.n, "_x", 2))
		put_unescaped(&b->strings, utf8);
	else
		buf_put(&b->strings, utf8.p, utf8.n);
	buf_put(&b->offsets, &at, sizeof at);
	return b->offsets.failed ? -ENOMEM : 0;
}

int
book_shared(struct book *b, uint32_t col, uint64_t index)
{
	uint32_t *off = (uint32_t *)(void *)b->offsets.p;
	uint64_t n = b->offsets.n / sizeof *off;
	uint32_t from, to;

	if (index >= n)
		return 0;
	from = off[index] & OFFSET_MASK;
	to = index + 1 < n ? off[index + 1] & OFFSET_MASK : (uint32_t)b->strings.n;
	if (to - from >= LONG_STRING) {
		if (off[index] >> OFFSET_BITS >= LONG_REPEATS)
			return budget_bytes(b->s->budget, 64);
		off[index] += 1u << OFFSET_BITS;
	}
	return grid_cell(&b->grid, col, span_sub(buf_span(&b->strings), from, to - from),
		(struct span){0}, false);
}

/* Few digits, at most one point: the value is exact and strtod() is not needed. */
static bool
parse_short(struct span s, double *ret_v)
{
	uint64_t v = 0;
	unsigned digits = 0, fracs = 0;
	bool neg = s.n && s.p[0] == '-', point = false;

	for (size_t i = neg; i < s.n; i++) {
		if (s.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || ++digits > 15)
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
		fracs += point;
	}
	*ret_v = (neg ? -(double)v : (double)v) / pow10_of[fracs];
	return digits > 0;
}

static bool
parse_number(struct span s, double *ret_v)
{
	char t[64], *end;

	if (parse_short(s, ret_v))
		return true;
	if (s.n == 0 || s.n >= sizeof t)
		return false;
	memcpy(t, s.p, s.n);
	t[s.n] = 0;
	*ret_v = strtod(t, &end);
	return end != t && *end == 0 && isfinite(*ret_v);
}

/* The number by its format; the bare one, or a date's ISO form, beside it. */
static int
formatted(struct book *b, uint32_t col, const struct numfmt *fmt, double v)
{
	struct buf *t = &b->grid.text;
	size_t from = t->n, mid;
	bool dated = numfmt_dated(fmt, v);

	if (!numfmt_apply(fmt, v, b->d1904, t)) {
		t->n = from;
		numfmt_general(v, t);
		return grid_cell(
			&b->grid, col, span_of(t->p + from, t->n - from), (struct span){0}, true);
	}
	mid = t->n;
	if (!dated || !numfmt_iso(v, b->d1904, t))
		numfmt_general(v, t);
	if (mid == from) /* ;;; hides a value from the eye only */
		return grid_cell(
			&b->grid, col, span_of(t->p + mid, t->n - mid), (struct span){0}, !dated);
	return grid_cell(&b->grid, col, span_of(t->p + from, mid - from),
		span_of(t->p + mid, t->n - mid), !dated);
}

int
book_number(struct book *b, uint32_t col, uint32_t style, struct span raw)
{
	const struct numfmt *fmt = style < b->n_style ? b->style[style] : NULL;
	double v;

	if (!fmt && raw.n <= 16 && !memchr(raw.p, 'E', raw.n))
		return grid_cell(&b->grid, col, raw, (struct span){0}, true);
	if (!parse_number(raw, &v))
		return grid_cell(&b->grid, col, raw, (struct span){0}, true);
	return book_double(b, col, style, v);
}

double
book_rk(uint32_t k)
{
	double v;

	if (k & 2) {
		v = (double)((int32_t)k >> 2);
	} else {
		uint64_t bits = (uint64_t)(k & ~3u) << 32;

		memcpy(&v, &bits, sizeof v);
	}
	return k & 1 ? v / 100 : v;
}

int
book_double(struct book *b, uint32_t col, uint32_t style, double v)
{
	const struct numfmt *fmt = style < b->n_style ? b->style[style] : NULL;
	struct buf *t = &b->grid.text;
	size_t from = t->n;

	if (fmt)
		return formatted(b, col, fmt, v);
	numfmt_general(v, t);
	return grid_cell(&b->grid, col, span_of(t->p + from, t->n - from), (struct span){0}, true);
}
