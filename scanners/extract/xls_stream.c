/*
 * Records pass through a window that holds at least one of them whole, so that a workbook of any
 * size costs the same memory. Payloads are deciphered as they are taken, never twice.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/xls.h"
#include "limits.h"

#include "base/poison.h"

#define WINDOW (128 * KIB) /* a record has at most 65,535 bytes and 4 before them */
#define HEAD   4u

int
xls_stream_open(struct xls_stream *x, struct reader *r, struct sink *s)
{
	*x = (struct xls_stream){.r = r, .s = s, .window = malloc(WINDOW)};
	return x->window ? 0 : -ENOMEM;
}

void
xls_stream_close(struct xls_stream *x)
{
	free(x->window);
}

void
xls_seek(struct xls_stream *x, uint64_t off)
{
	x->off = off;
	x->at = x->n = 0;
}

/* n bytes from x->at on. */
static bool
have(struct xls_stream *x, size_t n)
{
	ssize_t got = 1;

	if (x->n - x->at >= n)
		return true;
	x->off += x->at;
	if (x->n > x->at)
		memmove(x->window, x->window + x->at, x->n - x->at);
	x->n -= x->at;
	x->at = 0;
	while (x->n < n && got > 0 && x->err == 0) {
		got = reader_pread(x->r, x->window + x->n, WINDOW - x->n, x->off + x->n);
		x->n += got > 0 ? (size_t)got : 0;
		x->err = budget_tick(x->s->budget);
	}
	if (x->s->budget->blown)
		x->err = x->s->budget->blown;
	return x->n >= n && x->err == 0;
}

unsigned
xls_peek(struct xls_stream *x)
{
	return have(x, HEAD) ? le16(x->window + x->at) : UINT32_MAX;
}

bool
xls_next(struct xls_stream *x, unsigned *ret_id, struct span *ret_rec)
{
	unsigned id;
	size_t n;

	if (!have(x, HEAD))
		return false;
	id = le16(x->window + x->at);
	n = le16(x->window + x->at + 2);
	if (!have(x, HEAD + n)) {
		x->cut = true;
		return false;
	}
	x->rec_off = x->off + x->at;
	if (x->cipher.kind != XLS_PLAIN)
		xls_decipher(&x->cipher, id, x->rec_off + HEAD, x->window + x->at + HEAD, n);
	*ret_id = id;
	*ret_rec = span_of(x->window + x->at + HEAD, n);
	x->at += HEAD + n;
	return true;
}

static ssize_t
drawings_read(struct reader *r, void *p, size_t n)
{
	struct xls_drawings *d = (struct xls_drawings *)r;
	unsigned id;

	while (d->rest.n == 0) {
		id = xls_peek(d->in);
		if (id != XLS_DRAWINGS && (id != XLS_CONTINUE || !d->begun))
			return d->in->err;
		if (!xls_next(d->in, &id, &d->rest))
			return d->in->err;
		d->begun = true;
	}
	n = n < d->rest.n ? n : d->rest.n;
	memcpy(p, d->rest.p, n);
	d->rest = span_sub(d->rest, n, d->rest.n);
	return (ssize_t)n;
}

void
xls_drawings(struct xls_drawings *d, struct xls_stream *x, uint64_t off)
{
	static const struct reader_ops ops = {.read = drawings_read};

	*d = (struct xls_drawings){.in = x};
	reader_init(&d->r, &ops, UINT64_MAX);
	x->cut = false;
	xls_seek(x, off);
}
