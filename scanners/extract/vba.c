/*
 * A module's stream holds compiled code of some version, then its source, compressed in chunks of
 * 4096 bytes. Where the source begins stands in another compressed stream; but every source begins
 * with the word "Attribute", which a compressor can only write as it is.
 */
#include "extract/vba.h"

#include "base/poison.h"

#define CHUNK 4096u

static const uint8_t begin[] = {0, 'A', 't', 't', 'r', 'i', 'b', 'u', 't'};

struct vba {
	struct buf *out;
	size_t max; /* out->n must not go beyond */
	size_t chunk; /* where the present chunk's text begins */
};

/* A reference back: the further into the chunk, the more bits tell where. False: it is damaged. */
static bool
copy(struct vba *v, unsigned token)
{
	size_t done = v->out->n - v->chunk, from, n;
	unsigned bits = 4;

	while (bits < 12 && (size_t)1 << bits < done)
		bits++;
	n = (token & (0xFFFFu >> bits)) + 3;
	from = (token >> (16 - bits)) + 1;
	if (from > done || n > CHUNK - done)
		return false;
	while (n-- && v->out->n < v->max)
		buf_putc(v->out, v->out->p[v->out->n - from]);
	return true;
}

static bool
chunk(struct vba *v, struct span s)
{
	v->chunk = v->out->n;
	while (s.n && v->out->n < v->max && !v->out->failed) {
		unsigned flags = s.p[0];

		s = span_sub(s, 1, s.n);
		for (unsigned i = 0; i < 8 && s.n && v->out->n < v->max; i++) {
			bool reference = flags >> i & 1;

			if (!reference && v->out->n - v->chunk < CHUNK)
				buf_putc(v->out, s.p[0]);
			else if (!reference || s.n < 2 || !copy(v, le16(s.p)))
				return false;
			s = span_sub(s, reference ? 2 : 1, s.n);
		}
	}
	return true;
}

bool
vba_source(struct span module, size_t max, struct buf *ret)
{
	const uint8_t *p = module.n ? memmem(module.p, module.n, begin, sizeof begin) : NULL;
	size_t at = p ? (size_t)(p - module.p) : 0;
	struct vba v = {.out = ret, .max = ret->n + max};
	struct span s;

	/* before it: the container's mark and the first chunk's header */
	if (at < 3 || module.p[at - 3] != 1 || (module.p[at - 1] & 0x70) != 0x30)
		return false;
	s = span_sub(module, at - 2, module.n);
	while (s.n > 2 && (s.p[1] & 0x70) == 0x30 && ret->n < v.max) {
		size_t n = (le16(s.p) & 0xFFFu) + 3u;
		struct span body = span_sub(s, 2, n - 2);

		if (!(s.p[1] & 0x80))
			buf_put(ret, body.p, body.n < v.max - ret->n ? body.n : v.max - ret->n);
		else if (!chunk(&v, body))
			break;
		s = span_sub(s, n, s.n);
	}
	return true;
}
