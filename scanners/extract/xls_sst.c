/*
 * The shared strings. A string goes on in the next CONTINUE record wherever the writer's record was
 * full; there a byte says anew whether its characters are narrow or wide.
 */
#include <errno.h>

#include "extract/xls.h"
#include "limits.h"

#include "base/poison.h"

struct sst {
	struct xls *x;
	struct span rest; /* of the present record */
};

/* Bytes to go on with. False at the end. */
static bool
more(struct sst *t)
{
	while (t->rest.n == 0) {
		unsigned id;

		if (xls_peek(&t->x->in) != XLS_CONTINUE || !xls_next(&t->x->in, &id, &t->rest))
			return false;
	}
	return true;
}

static bool
take(struct sst *t, size_t n, uint32_t *ret_v)
{
	uint32_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (!more(t))
			return false;
		v |= (uint32_t)t->rest.p[0] << 8 * i;
		t->rest = span_sub(t->rest, 1, t->rest.n);
	}
	*ret_v = v;
	return true;
}

static bool
skip(struct sst *t, uint64_t n)
{
	while (n) {
		size_t k;

		if (!more(t))
			return false;
		k = t->rest.n < n ? t->rest.n : (size_t)n;
		t->rest = span_sub(t->rest, k, t->rest.n);
		n -= k;
	}
	return true;
}

/* n characters; the width may change with every record. */
static bool
take_chars(struct sst *t, struct buf *out, uint32_t n, bool wide)
{
	while (n) {
		size_t k;

		if (t->rest.n == 0) {
			uint32_t flags;

			if (!take(t, 1, &flags))
				return false;
			wide = flags & 1;
			continue;
		}
		k = wide ? t->rest.n / 2 : t->rest.n;
		k = k < n ? k : n;
		if (wide && k == 0) /* half a character before the end of a record */
			t->rest.n = 0;
		else if (wide)
			put_utf16(out, span_sub(t->rest, 0, 2 * k));
		else
			put_latin1(out, span_sub(t->rest, 0, k));
		t->rest = span_sub(t->rest, wide ? 2 * k : k, t->rest.n);
		n -= (uint32_t)k;
	}
	return true;
}

static bool
take_string(struct sst *t, struct buf *out)
{
	uint32_t n, flags, runs = 0, extra = 0;

	if (!take(t, 2, &n) || !take(t, 1, &flags))
		return false;
	if ((flags & 8 && !take(t, 2, &runs)) || (flags & 4 && !take(t, 4, &extra)))
		return false;
	return take_chars(t, out, n, flags & 1) && skip(t, (uint64_t)runs * 4 + extra);
}

int
xls_sst(struct xls *x, struct span rec)
{
	struct book *b = &x->book;
	struct sst t = {.x = x, .rest = span_sub(rec, 8, rec.n)};
	uint32_t n = rec.n >= 8 ? le32(rec.p + 4) : 0;
	bool whole = true;
	int r = 0;

	if (b->offsets.n)
		return 0;
	for (uint32_t i = 0; i < n && whole && r == 0; i++) {
		uint32_t at = (uint32_t)b->strings.n;

		whole = take_string(&t, &b->strings);
		if (b->strings.failed)
			return sink_gap(b->s, GAP_TOO_BIG, true, "shared strings");
		if (whole || b->strings.n > at)
			buf_put(&b->offsets, &at, sizeof at);
		if ((i & 255) == 0)
			r = budget_tick(b->s->budget);
	}
	if (r == 0)
		r = x->in.err;
	if (r == 0 && !whole)
		r = sink_gap(b->s, GAP_CORRUPT, true, "damaged shared strings");
	return b->offsets.failed ? -ENOMEM : r;
}
