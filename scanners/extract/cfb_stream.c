/*
 * A stream is its list of sectors; neighbours are read at once. A storage handed on as an inner item
 * has no bytes of its own: it is the same file looked at from another root.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/cfb.h"
#include "limits.h"

#include "base/poison.h"

#define HEADER 512u
#define PIECE  (64u * 1024)

static struct cfb_stream *
of(struct reader *r)
{
	return (struct cfb_stream *)r;
}

/* Where in the file the i-th sector of the stream begins; UINT64_MAX: nowhere. */
static uint64_t
place_of(const struct cfb_stream *s, uint32_t i)
{
	const struct cfb *c = s->c;
	uint64_t off;
	uint32_t big;

	if (!s->mini)
		return ((uint64_t)s->sectors[i] + 1) << c->shift;
	off = (uint64_t)s->sectors[i] << c->mini_shift;
	big = (uint32_t)(off >> c->shift);
	if (big >= c->n_mini)
		return UINT64_MAX;
	return (((uint64_t)c->mini[big] + 1) << c->shift) + (off & ((1u << c->shift) - 1));
}

static ssize_t
stream_pread(struct reader *r, void *p, size_t n, uint64_t off)
{
	struct cfb_stream *s = of(r);
	unsigned shift = s->mini ? s->c->mini_shift : s->c->shift;
	uint64_t unit = UINT64_C(1) << shift, from, end;
	uint32_t i;
	ssize_t got;
	int q;

	if (off >= s->r.size)
		return 0;
	if (n > s->r.size - off)
		n = (size_t)(s->r.size - off);
	i = (uint32_t)(off >> shift);
	from = place_of(s, i);
	if (from == UINT64_MAX)
		return 0;
	end = from + unit;
	while (end - from - (off & (unit - 1)) < n && i + 1 < s->n && place_of(s, i + 1) == end) {
		end += unit;
		i++;
	}
	from += off & (unit - 1);
	if (n > end - from)
		n = (size_t)(end - from);
	q = budget_bytes(s->c->budget, n);
	got = q < 0 ? q : reader_pread(s->c->r, p, n, from);
	if (got >= 0 && (size_t)got < n)
		s->c->damaged = true;
	if (got > 0 && s->decipher)
		s->decipher(s->cipher, off, p, (size_t)got);
	return got;
}

static ssize_t
stream_read(struct reader *r, void *p, size_t n)
{
	ssize_t got = stream_pread(r, p, n, of(r)->at);
	int q = budget_tick(of(r)->c->budget);

	if (q < 0)
		return q;
	if (got > 0)
		of(r)->at += (uint64_t)got;
	return got;
}

static const struct reader_ops stream_ops = {.read = stream_read, .pread = stream_pread};

int
cfb_stream_open(struct cfb_stream *s, struct cfb *c, uint32_t entry)
{
	const uint8_t *e = c->dir.p + (size_t)entry * 128;
	uint64_t size = cfb_size(c, entry), held;
	int r;

	*s = (struct cfb_stream){.c = c, .mini = size < c->cutoff};
	r = cfb_stream_chain(c, le32(e + 116), size, s->mini, &s->sectors, &s->n);
	if (r < 0)
		return r;
	held = (uint64_t)s->n << (s->mini ? c->mini_shift : c->shift);
	if (held < size) {
		c->damaged = true;
		size = held;
	}
	reader_init(&s->r, &stream_ops, size);
	return 0;
}

void
cfb_stream_close(struct cfb_stream *s)
{
	reader_end(&s->r);
	free(s->sectors);
	s->sectors = NULL;
}

int
cfb_slurp(struct cfb *c, uint32_t entry, uint64_t max, struct buf *ret)
{
	struct cfb_stream s;
	int r = cfb_stream_open(&s, c, entry);

	while (r == 0 && max) {
		size_t n = max < PIECE ? (size_t)max : PIECE;
		uint8_t *to;
		ssize_t got;

		if (s.r.size - s.at < n)
			n = (size_t)(s.r.size - s.at);
		to = n ? buf_room(ret, n) : NULL;
		if (!to) {
			r = n ? -ENOMEM : 0;
			break;
		}
		got = stream_read(&s.r, to, n);
		if (got <= 0) {
			r = c->budget->blown;
			break;
		}
		ret->n += (size_t)got;
		max -= (uint64_t)got;
	}
	cfb_stream_close(&s);
	return r;
}

/* The next entry within the storage, those of storages within it included. */
static uint32_t
deep_next(struct cfb_storage *st)
{
	uint32_t e = st->at == CFB_NONE ? cfb_first(st->c, st->root) : cfb_next(st->c, st->at);

	if (st->at != CFB_NONE && cfb_type(st->c, st->at) == CFB_STORAGE &&
		st->depth < LIMIT_CFB_DEPTH && cfb_first(st->c, st->at) != CFB_NONE) {
		st->up[st->depth++] = e;
		e = cfb_first(st->c, st->at);
	}
	while (e == CFB_NONE && st->depth)
		e = st->up[--st->depth];
	return e;
}

static ssize_t
storage_read(struct reader *r, void *p, size_t n)
{
	struct cfb_storage *st = (struct cfb_storage *)r;
	ssize_t got;

	if (st->head_at < HEADER) {
		static const uint8_t magic[8] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};

		if (n > HEADER - st->head_at)
			n = HEADER - st->head_at;
		memset(p, 0, n);
		for (size_t i = 0; i < n && st->head_at + i < sizeof magic; i++)
			((uint8_t *)p)[i] = magic[st->head_at + i];
		st->head_at += n;
		return (ssize_t)n;
	}
	for (;;) {
		got = st->open ? stream_read(&st->s.r, p, n) : 0;
		if (got != 0)
			return got;
		if (st->open)
			cfb_stream_close(&st->s);
		st->open = false;
		if (st->left-- == 0)
			st->left = 0;
		else
			st->at = deep_next(st);
		if (st->left == 0 || st->at == CFB_NONE)
			return 0;
		if (cfb_type(st->c, st->at) != CFB_STREAM)
			continue;
		if (cfb_stream_open(&st->s, st->c, st->at) < 0)
			return -ENOMEM;
		st->open = true;
	}
}

static const struct reader_ops storage_ops = {.read = storage_read};

void
cfb_storage_open(struct cfb_storage *st, struct cfb *c, uint32_t entry)
{
	*st = (struct cfb_storage){.c = c, .root = entry, .at = CFB_NONE, .left = c->n + 1};
	reader_init(&st->r, &storage_ops, UINT64_MAX);
}

void
cfb_storage_close(struct cfb_storage *st)
{
	if (st->open)
		cfb_stream_close(&st->s);
	reader_end(&st->r);
}

bool
cfb_is_storage(const struct reader *r)
{
	return r->ops == &storage_ops;
}
