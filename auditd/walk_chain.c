/*
 * Down and up the tree without recursion: a stack of directories, of which only the lowest ones
 * and the root hold a descriptor. A closed one is opened again from below as "..", and believed
 * only when device and inode are those noted on the way down; else by going down from the root.
 */
#include "walk_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"

#include "base/poison.h"

void
walk_cut(struct walk *w, size_t n)
{
	w->path.n = n;
	(void)buf_cstr(&w->path);
}

bool
chain_park(struct walk *w)
{
	if (w->oldest + 1 >= w->n_dirs)
		return false;
	dir_park(&w->dirs[w->oldest++]);
	return true;
}

static bool
same_dir(int fd, const struct dir *d)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == d->dev && st.st_ino == d->ino;
}

/* From the root down, every step the directory that was there before. */
static int
descend_again(const struct walk *w, size_t level)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	for (size_t i = 1; i <= level; i++) {
		size_t at = w->dirs[i - 1].path_n + 1;
		struct span name = span_sub(buf_span(&w->path), at, w->dirs[i].path_n - at);
		int next, r = descend(i == 1 ? w->dirs[0].fd : fd, name, &next);

		if (r < 0)
			return r;
		cleanup_close(&fd);
		fd = next;
		if (!same_dir(fd, &w->dirs[i]))
			return -ESTALE;
	}
	return opener_at(&(struct opener){.openat2 = w->opener.openat2}, fd, ".", O_DIRECTORY, &st);
}

static int
dir_reopen(struct walk *w, size_t level)
{
	struct dir *d = &w->dirs[level];
	int fd = -1;

	if (w->dirs[level + 1].fd >= 0)
		fd = openat(w->dirs[level + 1].fd, "..",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && !same_dir(fd, d)) {
		(void)close(fd);
		fd = -1;
	}
	if (fd < 0)
		fd = descend_again(w, level);
	if (fd < 0)
		return fd;
	(void)fcntl(fd, F_SETFL, O_NOATIME);
	d->fd = fd;
	return dir_resume(d, (const char *)w->path.p + d->path_n + 1);
}

int
chain_leave(struct walk *w, struct walk_event *e)
{
	size_t level = w->n_dirs - 1;
	int r = 0;

	walk_cut(w, w->dirs[level].path_n);
	dir_left(w);
	if (level > 0 && level - 1 < w->oldest && level > 1) {
		r = dir_reopen(w, level - 1);
		w->oldest = level - 1;
	}
	dir_close(&w->dirs[level]);
	w->n_dirs--;
	if (level == 0)
		return 0;
	walk_cut(w, w->dirs[level - 1].path_n);
	if (r == 0)
		return 0;
	w->dirs[level - 1].end = w->dirs[level - 1].cut = true;
	w->dirs[level - 1].at = w->dirs[level - 1].n_order;
	return walk_gap(w, e, GAP_CHANGED, true, "the folder was moved or removed meanwhile");
}

static int
dirs_room(struct walk *w)
{
	size_t cap = w->cap_dirs ? 2 * w->cap_dirs : 32;
	void *p;

	if (w->n_dirs < w->cap_dirs)
		return 0;
	p = reallocarray(w->dirs, cap, sizeof(*w->dirs));
	if (!p)
		return -ENOMEM;
	w->dirs = p;
	w->cap_dirs = cap;
	return 0;
}

int
chain_enter(struct walk *w, int fd, const struct stat *st)
{
	int r = dirs_room(w);

	if (r < 0) {
		(void)close(fd);
		return r;
	}
	if (w->n_dirs == 0)
		w->oldest = 1;
	w->dirs[w->n_dirs++] =
		(struct dir){.fd = fd, .dev = st->st_dev, .ino = st->st_ino, .path_n = w->path.n};
	while (w->n_dirs - w->oldest > w->max_held && chain_park(w))
		;
	w->stats.dirs++;
	return 0;
}
