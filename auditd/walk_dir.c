/*
 * What becomes of an entry: counted, entered, given or a gap. Unreadable files wait until it is
 * known whether others beside them can be read, so that a tree that is closed to us costs a gap a
 * folder and not one a file.
 */
#include "walk_in.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

static int
path_name(struct walk *w, const char *name)
{
	walk_cut(w, w->dirs[w->n_dirs - 1].path_n);
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
	while ((fd == -EMFILE || fd == -ENFILE) && chain_park(w));
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
	return chain_enter(w, fd_take(&fd), &st);
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

static struct walk_here
here(const struct walk *w)
{
	const struct dir *d = &w->dirs[w->n_dirs - 1];

	return (struct walk_here){.fd = d->fd,
		.dev = d->dev,
		.root = w->root_now,
		.path = (const char *)w->path.p,
		.path_n = d->path_n,
		.key = d->key};
}

/* A file that is as it was need not be opened. 1 an event, 0 it is dealt with, -EAGAIN: open it. */
static int
on_remembered(struct walk *w, struct walk_event *e, const char *name)
{
	struct dir *d = &w->dirs[w->n_dirs - 1];
	struct walk_here h = here(w);
	enum walk_verdict v = WALK_READ;
	struct stat st;

	if (!w->memory || fstatat(d->fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0 ||
		!S_ISREG(st.st_mode))
		return -EAGAIN;
	v = w->memory->known(w->memory->user, &h, &st);
	d->key = h.key;
	if (v == WALK_READ)
		return -EAGAIN;
	d->opened = true;
	if (walk_again(w, &st))
		return 0;
	w->stats.unchanged++;
	return v == WALK_TELL ? walk_known(w, e, &st) : 0;
}

void
dir_left(struct walk *w)
{
	struct dir *d = &w->dirs[w->n_dirs - 1];
	struct walk_here h = here(w);

	if (w->memory && w->memory->left && !d->cut)
		w->memory->left(w->memory->user, &h);
}

static int
on_file(struct walk *w, struct walk_event *e, const char *name)
{
	struct stat st;
	int fd = on_remembered(w, e, name);

	if (fd != -EAGAIN)
		return fd;
	fd = open_here(w, name, 0, &st);
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
	walk_cut(w, d->path_n);
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
	walk_cut(w, d->path_n);
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
	walk_cut(w, d->path_n);
	r = dir_next(d, &entry);
	if (r > 0)
		return on_entry(w, e, &entry);
	d->cut |= r < 0;
	if (r < 0 && r != -ENOENT) {
		d->end = true;
		d->at = d->n_order;
		return r == -ENOMEM ? r : walk_failed(w, e, r);
	}
	d->opened |= d->denied == 1;
	if (d->held_n)
		return d->opened ? give_held(w, e) : give_all_denied(w, e);
	return chain_leave(w, e);
}
