/*
 * spool: a temporary file without a name, mode 0600, in $TMPDIR or /tmp, made at the first write.
 * Space given back is given back to the file system as well.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>
#include <stdint.h>

struct spool {
	int fd; /* -1 until the first write */
	uint64_t end; /* bytes ever appended since it was last empty */
	uint64_t held; /* bytes not given back */
	uint64_t max; /* bytes it may hold: -ENOSPC beyond; 0 = what the disk has */
};

void spool_init(struct spool *s, uint64_t max);

/* Appends n bytes and tells where they begin. 0; -ENOSPC, -errno: then nothing was appended. */
int spool_write(struct spool *s, const void *p, size_t n, uint64_t *ret_at);

/* Reads exactly n bytes. 0, -EIO when they are not there, -errno. */
int spool_read(const struct spool *s, void *p, size_t n, uint64_t at);

/* The bytes are no longer needed. */
void spool_drop(struct spool *s, uint64_t at, uint64_t n);

void spool_free(struct spool *s);

/* The folder temporary files go to. */
const char *spool_folder(void);

#endif
