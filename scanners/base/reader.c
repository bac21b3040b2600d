/*
 * The two plain readers and the peek buffer that all readers share. Files are read with pread into
 * the caller's buffer and never mapped: a file cut short by its writer must not kill the worker.
 */
#include "base/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/poison.h"

static ssize_t
fd_pread(struct reader *r, void *p, size_t n, uint64_t off)
{
	ssize_t got;

	if (off > INT64_MAX)
		return 0;
	do
		got = pread(r->fd, p, n, (off_t)off);
	while (got < 0 && errno == EINTR);
	r->cut |= got == 0 && n > 0 && off < r->size && r->size != UINT64_MAX;
	return got < 0 ? -errno : got;
}

static ssize_t
mem_pread(struct reader *r, void *p, size_t n, uint64_t off)
{
	struct span s;

	if (off >= r->mem.n)
		return 0;
	s = span_sub(r->mem, (size_t)off, n);
	memcpy(p, s.p, s.n);
	return (ssize_t)s.n;
}

/* What the source has already given: bytes consumed and bytes peeked. */
static uint64_t
source_pos(const struct reader *r)
{
	return r->pos + (r->head_n - r->head_at);
}

static ssize_t
fd_read(struct reader *r, void *p, size_t n)
{
	return fd_pread(r, p, n, source_pos(r));
}

static ssize_t
mem_read(struct reader *r, void *p, size_t n)
{
	return mem_pread(r, p, n, source_pos(r));
}

static const struct reader_ops fd_ops = {.read = fd_read, .pread = fd_pread};
static const struct reader_ops mem_ops = {.read = mem_read, .pread = mem_pread};

void
reader_init(struct reader *r, const struct reader_ops *ops, uint64_t size)
{
	*r = (struct reader){.ops = ops, .size = size, .fd = -1};
}

void
reader_fd(struct reader *r, int fd, uint64_t size)
{
	reader_init(r, &fd_ops, size);
	r->fd = fd;
}

void
reader_mem(struct reader *r, struct span mem)
{
	reader_init(r, &mem_ops, mem.n);
	r->mem = mem;
}

static ssize_t
source_read(struct reader *r, void *p, size_t n)
{
	uint64_t pos;
	ssize_t got;

	if (r->eof || r->error)
		return r->error;
	pos = source_pos(r);
	got = r->ops->read(r, p, n);
	/* a file's short read at the size it had is its end: no second one to be told so */
	if (got == 0 ||
		(got > 0 && r->fd >= 0 && (size_t)got < n && pos + (uint64_t)got >= r->size))
		r->eof = true;
	r->at_once |= r->eof && r->fd >= 0 && pos == 0 && (uint64_t)got == r->size;
	if (got < 0)
		r->error = (int)got;
	return got;
}

int
reader_peek(struct reader *r, size_t n, struct span *ret_head)
{
	ssize_t got = 1;

	if (n > READER_HEAD)
		n = READER_HEAD;
	if (!r->head) {
		r->head = malloc(READER_HEAD);
		if (!r->head)
			return -ENOMEM;
	}
	if (r->head_at) {
		memmove(r->head, r->head + r->head_at, r->head_n - r->head_at);
		r->head_n -= r->head_at;
		r->head_at = 0;
	}
	while (r->head_n < n) {
		got = source_read(r, r->head + r->head_n, n - r->head_n);
		if (got <= 0)
			break;
		r->head_n += (size_t)got;
	}
	if (got < 0 && r->head_n == 0)
		return (int)got;
	*ret_head = span_of(r->head, r->head_n < n ? r->head_n : n);
	return 0;
}

ssize_t
reader_read(struct reader *r, void *p, size_t n)
{
	ssize_t got;

	if (r->head_n > r->head_at) {
		if (n > r->head_n - r->head_at)
			n = r->head_n - r->head_at;
		memcpy(p, r->head + r->head_at, n);
		r->head_at += n;
		r->pos += n;
		return (ssize_t)n;
	}
	got = source_read(r, p, n);
	if (got > 0)
		r->pos += (size_t)got;
	return got;
}

ssize_t
reader_fill(struct reader *r, void *p, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = reader_read(r, (uint8_t *)p + have, n - have);

		if (got < 0 && have == 0)
			return got;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* Where data begin again at or behind `from`, the file's end when there are none; -errno. */
static off_t
next_data(int fd, off_t from)
{
	off_t at = lseek(fd, from, SEEK_DATA);

	if (at < 0 && errno == ENXIO)
		at = lseek(fd, 0, SEEK_END);
	return at < 0 ? -errno : at;
}

uint64_t
reader_skip_hole(struct reader *r)
{
	off_t from = (off_t)r->pos, to;

	if (r->ops != &fd_ops || r->head_n > r->head_at || r->eof || r->error ||
		r->pos < r->data_to || r->pos > INT64_MAX)
		return 0;
	to = next_data(r->fd, from);
	if (to > from) {
		r->pos = (uint64_t)to;
		return (uint64_t)(to - from);
	}
	to = to < from ? -1 : lseek(r->fd, from, SEEK_HOLE);
	/* a file that cannot say is all data */
	r->data_to = to > from ? (uint64_t)to : UINT64_MAX;
	return 0;
}

bool
reader_seekable(const struct reader *r)
{
	return r->ops->pread != NULL;
}

ssize_t
reader_pread(struct reader *r, void *p, size_t n, uint64_t off)
{
	size_t have = 0;

	if (!r->ops->pread)
		return -ESPIPE;
	while (have < n) {
		ssize_t got = r->ops->pread(r, (uint8_t *)p + have, n - have, off + have);

		if (got < 0 && have == 0)
			return got;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

void
reader_end(struct reader *r)
{
	free(r->head);
	r->head = NULL;
	r->head_n = r->head_at = 0;
}
