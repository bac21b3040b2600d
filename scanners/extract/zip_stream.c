/* Bytes of a member never come from beyond it, whatever its data say. */
#include "extract/zip_stream.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define BLOCK (64 * KIB)

int
zip_stream_new(struct zip_stream *s, struct reader *r)
{
	*s = (struct zip_stream){.r = r, .block = malloc(BLOCK)};
	if (!s->block || inflater_new(&s->inflater) < 0) {
		zip_stream_free(s);
		return -ENOMEM;
	}
	return 0;
}

void
zip_stream_free(struct zip_stream *s)
{
	inflater_free(s->inflater);
	free(s->block);
	*s = (struct zip_stream){0};
}

void
zip_stream_begin(struct zip_stream *s, const struct zip_member *m)
{
	s->m = m;
	s->in = (struct span){0};
	s->at = m->data;
	s->left = m->packed;
	s->given = 0;
	s->crc = 0;
	s->ended = false;
	if (m->deflated)
		inflater_reset(s->inflater);
}

/* More packed bytes. 0, -EBADMSG when there are none, or the reader's -errno. */
static int
refill(struct zip_stream *s)
{
	ssize_t n = s->left ? reader_pread(s->r, s->block, s->left < BLOCK ? s->left : BLOCK, s->at)
			    : 0;

	if (n <= 0)
		return n < 0 ? (int)n : -EBADMSG;
	s->in = span_of(s->block, (size_t)n);
	s->at += (uint64_t)n;
	s->left -= (uint32_t)n;
	return 0;
}

static ssize_t
read_stored(struct zip_stream *s, uint8_t *p, size_t n)
{
	ssize_t got;

	if (n > s->left)
		n = s->left;
	if (n == 0)
		return 0;
	got = reader_pread(s->r, p, n, s->at);
	if (got <= 0)
		return got < 0 ? got : -EBADMSG;
	s->at += (uint64_t)got;
	s->left -= (uint32_t)got;
	return got;
}

static ssize_t
read_deflated(struct zip_stream *s, uint8_t *p, size_t n)
{
	for (;;) {
		ssize_t got = inflater_run(s->inflater, &s->in, p, n);
		int q;

		if (got != 0 || inflater_ended(s->inflater))
			return got;
		q = refill(s);
		if (q < 0)
			return q;
	}
}

/* The end of the data: is it the end of the member, and the same bytes that were packed? */
static ssize_t
at_end(struct zip_stream *s)
{
	bool all = s->left == 0 && s->in.n == 0 &&
		(!s->m->deflated || inflater_spare(s->inflater) == 0);

	s->ended = true;
	return all && s->given == s->m->size && s->crc == s->m->crc ? 0 : -EILSEQ;
}

ssize_t
zip_stream_read(struct zip_stream *s, uint8_t *p, size_t n)
{
	ssize_t got;

	if (s->ended || n == 0)
		return 0;
	got = s->m->deflated ? read_deflated(s, p, n) : read_stored(s, p, n);
	if (got == 0)
		return at_end(s);
	s->ended = got < 0;
	if (got > 0) {
		s->crc = inflater_crc(s->crc, span_of(p, (size_t)got));
		s->given += (uint64_t)got;
	}
	return got;
}
