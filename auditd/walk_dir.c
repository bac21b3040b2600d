/*
 * Down and up the tree without recursion: a stack of directories, of which only the lowest ones
 * and the root hold a descriptor. A closed one is opened again from below as "..", and believed
 * only when device and inode are those noted on the way down; else by going down from the root.
 */
#include "walk_in.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

static void
path_cut(struct walk *w, size_t n)
{
	w->path.n = n;
	(void)buf_cstr(&w->path);
}

static int
path_name(struct walk *w, const char *name)
{
	path_cut(w, w->dirs[w->n_dirs - 1].path_n);
	buf_putc(&w->path, '/');
	buf_puts(&w->path, name);
	(void)buf_cstr(&w->path);
	return w->path.failed ? -ENOMEM : 0;
}

static struct span
path_rel(const struct walk *w)
{
	return span_sub(buf_span(&w->path), w->dirs[0].path_n + 1, w->path.n);
}

/* Closes the uppermost held directory below the root. False when there is none to spare. */
static bool
park_oldest(struct walk *w)
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

/* Leaves the lowest directory for the one above, which may have to be opened again. */
static int
dir_leave(struct walk *w, struct walk_event *e)
{
	size_t level = w->n_dirs - 1;
	int r = 0;

	path_cut(w, w->dirs[level].path_n);
	if (level > 0 && level - 1 < w->oldest && level > 1) {
		r = dir_reopen(w, level - 1);
		w->oldest = level - 1;
	}
	dir_close(&w->dirs[level]);
	w->n_dirs--;
	if (level == 0)
		return 0;
	path_cut(w, w->dirs[level - 1].path_n);
	if (r == 0)
		return 0;
	w->dirs[level - 1].end = true;
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
dir_enter(struct walk *w, int fd, const struct stat *st)
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
	while (w->n_dirs - w->oldest > w->max_held && park_oldest(w))
		;
	w->stats.dirs++;
	return 0;
}

static bool
on_chain(const struct walk *w, const struct stat *st)
{
	for (size_t i = w->n_dirs; i-- > 0;) {
		if (w->dirs[i].ino == st->st_ino && w->dirs[i].dev == st->st_dev)
			return true;
	}
	return false;
}

/* Counts what is not entered because of where it is mounted. */
static bool
mount_pruned(struct walk *w, int fd, const struct stat *st)
{
	enum mount_kind kind;

	if (st->st_dev == w->dirs[w->n_dirs - 1].dev)
		return false;
	if (w->one_file_system) {
		w->stats.excluded++;
		return true;
	}
	kind = mount_kind(fd, st->st_dev);
	w->stats.pruned_pseudo += kind == MOUNT_PSEUDO;
	w->stats.pruned_network += kind == MOUNT_NETWORK && !w->no_default_excludes;
	return kind == MOUNT_PSEUDO || (kind == MOUNT_NETWORK && !w->no_default_excludes);
}

/* Opens below the lowest directory; when descriptors run out, those of older ones go. */
static int
open_here(struct walk *w, const char *name, int flags, struct stat *ret_st)
{
	int fd;

	do
		fd = opener_at(&w->opener, w->dirs[w->n_dirs - 1].fd, name, flags, ret_st);
	while ((fd == -EMFILE || fd == -ENFILE) && park_oldest(w));
	return fd;
}

static int
on_dir(struct walk *w, struct walk_event *e, const char *name)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (w->max_depth && w->n_dirs >= w->max_depth) {
		w->stats.excluded++;
		return 0;
	}
	if (w->n_dirs >= LIMIT_WALK_DEPTH)
		return walk_gap(w, e, GAP_TOO_DEEP, true, "folders within folders");
	fd = open_here(w, name, O_DIRECTORY, &st);
	if (fd < 0)
		return fd == -ENOTDIR ? 0 : walk_failed(w, e, fd);
	if (mount_pruned(w, fd, &st) || idset_has(&w->root_ids, st.st_dev, st.st_ino))
		return 0;
	if (on_chain(w, &st))
		return walk_gap(w, e, GAP_EXCLUDED, false, "a folder that holds itself");
	return dir_enter(w, fd_take(&fd), &st);
}

/* One unreadable file in a folder of readable ones is a gap; a folder of such files is one gap. */
static int
on_denied(struct walk *w, struct walk_event *e, const char *name)
{
	struct dir *d = &w->dirs[w->n_dirs - 1];

	d->denied++;
	if (d->opened)
		return walk_failed(w, e, -EACCES);
	if (d->held_n < LIMIT_WALK_DENIED) {
		buf_put(&d->held, name, strlen(name) + 1);
		d->held_n++;
	}
	return 0;
}

static int
on_file(struct walk *w, struct walk_event *e, const char *name)
{
	struct stat st;
	int fd = open_here(w, name, 0, &st);

	if (fd == -EACCES || fd == -EPERM)
		return on_denied(w, e, name);
	if (fd < 0)
		return walk_failed(w, e, fd);
	w->dirs[w->n_dirs - 1].opened = true;
	return walk_file(w, e, fd, &st);
}

static bool
snapshot_name(const char *name)
{
	static const char *const names[] = {".snapshot", ".zfs", ".snapshots", ".recycle"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return strncmp(name, "@GMT-", 5) == 0;
}

static bool
left_out(struct walk *w, const char *name, bool dir)
{
	enum exclude_verdict v = exclude_match(&w->excludes, path_rel(w), dir);

	if (v == EXCLUDE_NONE && dir && !w->no_default_excludes && snapshot_name(name)) {
		w->stats.pruned_snapshot++;
		return true;
	}
	if (v != EXCLUDE_YES && !dir && w->includes.n &&
		exclude_match_all(&w->includes, path_rel(w), false) != EXCLUDE_YES)
		v = EXCLUDE_YES;
	w->stats.excluded += v == EXCLUDE_YES;
	return v == EXCLUDE_YES;
}

static int
type_of(const struct walk *w, const struct entry *entry)
{
	struct stat st;

	if (entry->type != DT_UNKNOWN)
		return entry->type;
	if (fstatat(w->dirs[w->n_dirs - 1].fd, entry->name, &st,
		    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
		return -errno;
	return (int)IFTODT(st.st_mode);
}

static int
on_entry(struct walk *w, struct walk_event *e, const struct entry *entry)
{
	int type = type_of(w, entry), r = path_name(w, entry->name);

	if (r < 0)
		return r;
	if (type < 0)
		return walk_failed(w, e, type);
	if (type == DT_LNK)
		w->stats.links++;
	else if (type != DT_DIR && type != DT_REG)
		w->stats.specials++;
	else if (!left_out(w, entry->name, type == DT_DIR))
		return type == DT_DIR ? on_dir(w, e, entry->name) : on_file(w, e, entry->name);
	return 0;
}

/* The unreadable files noted by name, one at a time, then those beyond. */
static int
give_held(struct walk *w, struct walk_event *e)
{
	struct dir *d = &w->dirs[w->n_dirs - 1];
	uint64_t more = d->denied - d->held_n;
	char text[64];
	int r;

	if (d->held_at < d->held.n) {
		const char *name = (const char *)d->held.p + d->held_at;

		d->held_at += strlen(name) + 1;
		r = path_name(w, name);
		return r < 0 ? r : walk_failed(w, e, -EACCES);
	}
	buf_free(&d->held);
	d->held_n = d->held_at = d->denied = 0;
	path_cut(w, d->path_n);
	(void)snprintf(text, sizeof(text), "%llu more files", (unsigned long long)more);
	return more ? walk_gap(w, e, GAP_DENIED, true, text) : 0;
}

/* At the end of a directory in which not one file could be opened. */
static int
give_all_denied(struct walk *w, struct walk_event *e)
{
	struct dir *d = &w->dirs[w->n_dirs - 1];
	char text[64];

	(void)snprintf(text, sizeof(text), "%llu files, none of them readable",
		(unsigned long long)d->denied);
	buf_free(&d->held);
	d->held_n = d->held_at = d->denied = 0;
	path_cut(w, d->path_n);
	return walk_gap(w, e, GAP_DENIED, true, text);
}

int
dir_step(struct walk *w, struct walk_event *e)
{
	struct dir *d = &w->dirs[w->n_dirs - 1];
	struct entry entry;
	int r;

	if (d->held_n && (d->opened || d->held_at))
		return give_held(w, e);
	path_cut(w, d->path_n);
	r = dir_next(d, &entry);
	if (r > 0)
		return on_entry(w, e, &entry);
	if (r < 0 && r != -ENOENT) {
		d->end = true;
		d->at = d->n_order;
		return r == -ENOMEM ? r : walk_failed(w, e, r);
	}
	d->opened |= d->denied == 1;
	if (d->held_n)
		return d->opened ? give_held(w, e) : give_all_denied(w, e);
	return dir_leave(w, e);
}
