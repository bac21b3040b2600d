/* A workbook pasted into a slide: a whole compound file in one record, mostly deflated. */
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "extract/ppt.h"
#include "limits.h"

#include "base/poison.h"

#define BLOCK (32 * KIB)

struct inflater {
	struct reader r; /* first: its ops find the rest by it */
	struct budget *budget;
	struct cfb_stream *s;
	uint64_t at, end; /* what is still to be inflated */
	bool deflated, broken;
	z_stream z;
	uint8_t in[BLOCK];
};

static ssize_t
inflate_some(struct inflater *f, void *p, size_t n)
{
	f->z.next_out = p;
	f->z.avail_out = n < BLOCK ? (uInt)n : BLOCK;
	n = f->z.avail_out;
	while (f->z.avail_out == n) {
		ssize_t got = 0;
		int q;

		if (f->z.avail_in == 0) {
			size_t k = f->end - f->at < BLOCK ? (size_t)(f->end - f->at) : BLOCK;

			got = k ? reader_pread(&f->s->r, f->in, k, f->at) : 0;
			if (got < 0)
				return got;
			f->at += (uint64_t)got;
			f->z.next_in = f->in;
			f->z.avail_in = (uInt)got;
		}
		q = inflate(&f->z, Z_NO_FLUSH);
		if (q == Z_STREAM_END)
			break;
		if (q != Z_OK) {
			f->broken = true;
			break;
		}
	}
	return (ssize_t)(n - f->z.avail_out);
}

static ssize_t
object_read(struct reader *r, void *p, size_t n)
{
	struct inflater *f = (struct inflater *)r;
	ssize_t got;
	int q = budget_tick(f->budget);

	if (q < 0)
		return q;
	if (!f->deflated) {
		n = n < f->end - f->at ? n : (size_t)(f->end - f->at);
		got = n ? reader_pread(&f->s->r, p, n, f->at) : 0;
		f->at += got > 0 ? (uint64_t)got : 0;
		return got;
	}
	if (f->broken)
		return 0;
	got = inflate_some(f, p, n);
	q = got > 0 ? budget_bytes(f->budget, (uint64_t)got) : 0;
	return q < 0 ? q : got;
}

static const struct reader_ops object_ops = {.read = object_read};

int
ppt_object(struct ole *o, struct cfb_stream *s, const struct ppt_head *h)
{
	struct inflater *f = calloc(1, sizeof *f);
	int r = 0;

	if (!f)
		return -ENOMEM;
	reader_init(&f->r, &object_ops, UINT64_MAX);
	f->budget = o->s->budget;
	f->s = s;
	f->deflated = h->instance == 1;
	f->at = h->at + (f->deflated ? 4 : 0); /* behind the size */
	f->end = h->at + h->n;
	if (f->deflated && (h->n < 4 || inflateInit(&f->z) != Z_OK))
		r = -ENOMEM;
	if (h->n >= 4 && r == 0)
		r = ole_child(o, &f->r, span_str("object"));
	if (r == 0 && f->broken)
		r = sink_gap(o->s, GAP_CORRUPT, true, "embedded object");
	if (f->deflated)
		(void)inflateEnd(&f->z);
	reader_end(&f->r);
	free(f);
	return r == -ENOMEM && h->n < 4 ? 0 : r;
}
