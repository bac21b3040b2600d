/*
 * The entries of a directory, 64 KiB of them at a time, each batch in order: files first, so that
 * a chain of directories holds few names while it is gone down. A directory that had to be closed
 * is read again from where its batch began and goes on behind the name given last; order within
 * the batch makes that name a place.
 */
#include "walk_in.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define BATCH_SIZE 65536u

struct dent {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

static const struct dent *
dent_at(const uint8_t *batch, uint32_t at)
{
	return (const void *)(batch + at);
}

static int
key_compare(bool a_dir, const char *a, bool b_dir, const char *b)
{
	return a_dir != b_dir ? a_dir - b_dir : strcmp(a, b);
}

static int
by_name(const void *a, const void *b, void *batch)
{
	const struct dent *x = dent_at(batch, *(const uint32_t *)a);
	const struct dent *y = dent_at(batch, *(const uint32_t *)b);

	return key_compare(x->type == DT_DIR, x->name, y->type == DT_DIR, y->name);
}

static bool
is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static int
batch_alloc(struct dir *d)
{
	if (!d->batch)
		d->batch = malloc(BATCH_SIZE);
	/* a record is 24 bytes at least */
	if (!d->order)
		d->order = malloc(BATCH_SIZE / 24 * sizeof(*d->order));
	return d->batch && d->order ? 0 : -ENOMEM;
}

/* The next batch: 1, 0 at the end, -errno. */
static int
batch_read(struct dir *d)
{
	int r = batch_alloc(d);
	long n;

	if (r < 0)
		return r;
	d->batch_off = d->next_off;
	d->n_order = d->at = 0;
	n = syscall(SYS_getdents64, d->fd, d->batch, BATCH_SIZE);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	for (uint32_t at = 0; at < (uint32_t)n; at += dent_at(d->batch, at)->len) {
		const struct dent *e = dent_at(d->batch, at);

		d->next_off = e->off;
		if (!is_dots(e->name))
			d->order[d->n_order++] = at;
	}
	qsort_r(d->order, d->n_order, sizeof(*d->order), by_name, d->batch);
	return 1;
}

int
dir_next(struct dir *d, struct entry *ret_e)
{
	const struct dent *e;

	while (!d->end && d->at == d->n_order) {
		int r = batch_read(d);

		if (r < 0)
			return r;
		d->end = r == 0;
	}
	if (d->at == d->n_order)
		return 0;
	e = dent_at(d->batch, d->order[d->at++]);
	d->last_dir = e->type == DT_DIR;
	*ret_e = (struct entry){e->name, e->type};
	return 1;
}

int
dir_resume(struct dir *d, const char *last)
{
	int r;

	if (d->end)
		return 0;
	if (lseek(d->fd, d->batch_off, SEEK_SET) < 0)
		return -errno;
	d->next_off = d->batch_off;
	r = batch_read(d);
	d->end = r == 0;
	while (r > 0 && d->at < d->n_order) {
		const struct dent *e = dent_at(d->batch, d->order[d->at]);

		if (key_compare(e->type == DT_DIR, e->name, d->last_dir, last) > 0)
			break;
		d->at++;
	}
	return r < 0 ? r : 0;
}

void
dir_park(struct dir *d)
{
	cleanup_close(&d->fd);
	d->fd = -1;
	free(d->batch);
	free(d->order);
	d->batch = NULL;
	d->order = NULL;
	d->n_order = d->at = 0;
}

void
dir_close(struct dir *d)
{
	dir_park(d);
	buf_free(&d->held);
}
