/*
 * Values that do not fit into memory wait here, sorted. The file never has a name (O_TMPFILE, or
 * unlinked at once), so a killed scan leaves nothing behind; it holds keyed fingerprints only.
 */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#include "base/poison.h"

const char *
spool_folder(void)
{
	const char *dir = secure_getenv("TMPDIR");

	return dir && dir[0] == '/' ? dir : "/tmp";
}

/* For file systems without O_TMPFILE. */
static int
spool_open_named(const char *dir)
{
	struct buf name = {.max = 4096};
	int fd;

	buf_printf(&name, "%s/leakaudit-XXXXXX", dir);
	if (name.failed) {
		buf_free(&name);
		return -ENAMETOOLONG;
	}
	(void)buf_cstr(&name);
	fd = mkostemp((char *)name.p, O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	else
		(void)unlink((char *)name.p);
	buf_free(&name);
	return fd;
}

static int
spool_open(struct spool *s)
{
	int fd;

	if (s->fd >= 0)
		return 0;
	fd = open(spool_folder(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = spool_open_named(spool_folder());
	if (fd < 0)
		return fd;
	s->fd = fd;
	return 0;
}

void
spool_init(struct spool *s, uint64_t max)
{
	*s = (struct spool){.fd = -1, .max = max};
}

int
spool_write(struct spool *s, const void *p, size_t n, uint64_t *ret_at)
{
	size_t done = 0;
	int r = spool_open(s);

	if (r < 0)
		return r;
	if (s->max && (s->held > s->max || n > s->max - s->held))
		return -ENOSPC;
	while (done < n) {
		ssize_t w = pwrite(s->fd, (const char *)p + done, n - done, (off_t)(s->end + done));

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return w < 0 ? -errno : -EIO;
		done += (size_t)w;
	}
	*ret_at = s->end;
	s->end += n;
	s->held += n;
	return 0;
}

int
spool_read(const struct spool *s, void *p, size_t n, uint64_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(s->fd, (char *)p + done, n - done, (off_t)(at + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -EIO;
		done += (size_t)r;
	}
	return 0;
}

void
spool_drop(struct spool *s, uint64_t at, uint64_t n)
{
	s->held = n < s->held ? s->held - n : 0;
	if (s->held == 0) {
		if (ftruncate(s->fd, 0) == 0)
			s->end = 0;
		return;
	}
	(void)fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)n);
}

void
spool_free(struct spool *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	spool_init(s, s->max);
}
