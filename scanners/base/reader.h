/*
 * reader: the bytes of one item, from a descriptor, from memory, or from whatever unpacks them.
 * Reading is sequential; a head may be peeked at without consuming it; some readers can also be
 * read at an offset. A reader never logs and never retries forever.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/span.h"
#include <sys/types.h>

#define READER_HEAD (64u * 1024) /* the most that can be peeked at: iso9660's mark is at 32,769 */

struct reader;

struct reader_ops {
	/* Next bytes, at most n: > 0 bytes, 0 at the end, or -errno. Never called after 0 or < 0. */
	ssize_t (*read)(struct reader *r, void *p, size_t n);
	/* Bytes at an offset without moving the reader; NULL when it cannot seek. */
	ssize_t (*pread)(struct reader *r, void *p, size_t n, uint64_t off);
};

struct reader {
	const struct reader_ops *ops;
	uint64_t size; /* bytes in all, UINT64_MAX when not known beforehand */
	uint64_t pos; /* bytes consumed so far */
	uint8_t *head; /* peeked and not yet consumed; freed by reader_end() */
	size_t head_n, head_at;
	int error; /* the first -errno of ops->read, kept; 0 while well */
	bool eof;
	bool cut; /* the file ended before the size it had */
	bool at_once; /* the file came in one read, which saw its end at the size it had */
	/* for the two readers of this file */
	int fd;
	uint64_t data_to; /* no hole of the file begins before this offset */
	struct span mem;
};

/* Reads fd by pread from offset 0; fd stays the caller's. size = its length by fstat. */
void reader_fd(struct reader *r, int fd, uint64_t size);

/* Reads the bytes of mem, which must outlive the reader. */
void reader_mem(struct reader *r, struct span mem);

/* Reads through ops; size UINT64_MAX when unknown. Embed struct reader as first member. */
void reader_init(struct reader *r, const struct reader_ops *ops, uint64_t size);

/*
 * Up to n bytes (n <= READER_HEAD) from the present position without consuming them. Shorter only
 * at the end of the data or after an error. 0 or -errno when nothing at all could be had.
 */
int reader_peek(struct reader *r, size_t n, struct span *ret_head);

/* Next bytes: > 0, 0 at the end, -errno. May give fewer than asked before the end. */
ssize_t reader_read(struct reader *r, void *p, size_t n);

/* As reader_read() but goes on until n bytes are there or the end is reached. */
ssize_t reader_fill(struct reader *r, void *p, size_t n);

/*
 * Passes over the hole of a sparse file that the next byte lies in: how many zero bytes were
 * consumed, 0 when there is none. For those to whom zeros say nothing.
 */
uint64_t reader_skip_hole(struct reader *r);

/* Can reader_pread() be used? */
bool reader_seekable(const struct reader *r);

/* Bytes at an offset, full unless the end is reached; -ESPIPE when not seekable. */
ssize_t reader_pread(struct reader *r, void *p, size_t n, uint64_t off);

/* Frees what peeking allocated. The source stays its owner's. */
void reader_end(struct reader *r);

#endif
