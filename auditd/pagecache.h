/*
 * pagecache: leaves the page cache as it was found. A server's memory holds what its users read; a
 * scan that reads everything once would push that out. So pages of a file that was not there before
 * it was scanned are dropped again afterwards, and those of one that was there stay.
 *
 * Whether a page is there is asked by preadv2(RWF_NOWAIT) into memory that cannot be written to: EAGAIN
 * says no, EFAULT yes, and not one byte of content comes into this process. mincore(2) would not do: it
 * calls everything resident to whoever may not write the file (measured: Linux 6.18, ext4; 1.3 us a
 * question), and cachestat(2) needs Linux 6.5.
 */
#ifndef PAGECACHE_H
#define PAGECACHE_H

#include <stdbool.h>
#include <stdint.h>

struct pagecache {
	void *trap; /* NULL: nothing is asked and nothing dropped */
};

/* 0 or -errno; then nothing is ever cold. */
int pagecache_open(struct pagecache *ret_c);
void pagecache_close(struct pagecache *c);

/* Is the file, of `size` bytes, not in memory? False when it cannot be told. */
bool pagecache_cold(const struct pagecache *c, int fd, uint64_t size);

/* Drops clean pages that nobody has mapped. */
void pagecache_drop(int fd);

#endif
