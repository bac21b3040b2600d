/*
 * Paths that come as a list, and files that were leased when their turn came. A holder of a lease
 * is asked by the kernel to give it up as soon as somebody opens the file; so the end of the walk,
 * a moment later, is the time to come back.
 */
#include "walk_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

#define ROUNDS 3u

static int
path_set(struct walk *w, const char *path)
{
	buf_clear(&w->path);
	buf_puts(&w->path, path);
	(void)buf_cstr(&w->path);
	return w->path.failed ? -ENOMEM : 0;
}

static bool
list_left_out(struct walk *w, const char *given)
{
	struct span path;

	while (strncmp(given, "./", 2) == 0 || given[0] == '/')
		given += given[0] == '/' ? 1 : 2;
	path = span_str(given);
	if (exclude_match_all(&w->excludes, path, false) != EXCLUDE_YES &&
		(w->includes.n == 0 || exclude_match_all(&w->includes, path, false) == EXCLUDE_YES))
		return false;
	w->stats.excluded++;
	return true;
}

/* Not opened before it is known to be a regular file: opening a device can do things. */
static int
list_type(const char *path, mode_t *ret_mode)
{
	_cleanup_close_ int dirfd = -1;
	const char *name;
	struct stat st;
	int r = path_parent(path, &dirfd, &name);

	if (r < 0)
		return r;
	if (fstatat(dirfd < 0 ? AT_FDCWD : dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	*ret_mode = st.st_mode;
	return 0;
}

static int
list_file(struct walk *w, struct walk_event *e)
{
	const char *path = buf_cstr(&w->path);
	struct stat st;
	mode_t mode = 0;
	int fd, r = list_type(path, &mode);

	if (r == -ENOENT || r == -ENOTDIR)
		return walk_gap(w, e, GAP_IO_ERROR, true, "no such file");
	if (r < 0)
		return walk_failed(w, e, r);
	w->stats.dirs += S_ISDIR(mode);
	w->stats.links += S_ISLNK(mode);
	w->stats.specials += !S_ISDIR(mode) && !S_ISLNK(mode) && !S_ISREG(mode);
	if (!S_ISREG(mode))
		return 0;
	fd = opener_path(&w->opener, path, 0, false, &st);
	return fd < 0 ? walk_failed(w, e, fd) : walk_file(w, e, fd, &st);
}

/* As for roots, except that a link at the end of it is not followed. Malloc'd; NULL: no memory. */
static char *
list_path(const struct walk *w, char *given)
{
	_cleanup_free_ char *folder = NULL, *whole = NULL;
	char *name = strrchr(given, '/');

	if (!name || !has_dotdot(given))
		return path_absolute(w->cwd, given);
	*name = 0;
	folder = realpath(given[0] ? given : "/", NULL);
	*name = '/';
	if (!folder && errno != ENOMEM)
		return path_absolute(w->cwd, given);
	if (!folder || asprintf(&whole, "%s%s", folder, name) < 0) {
		whole = NULL;
		return NULL;
	}
	return path_absolute(w->cwd, whole);
}

int
list_step(struct walk *w, struct walk_event *e)
{
	_cleanup_free_ char *path = NULL;
	ssize_t n;
	int r;

	errno = 0;
	n = getdelim(&w->line, &w->line_cap, w->list_sep, w->list);
	if (n < 0) {
		r = ferror(w->list) || !feof(w->list) ? -(errno ? errno : EIO) : 0;
		if (w->list != stdin)
			(void)fclose(w->list);
		w->list = NULL;
		return r;
	}
	if (w->line[n - 1] == (char)w->list_sep)
		w->line[n - 1] = 0;
	if (!w->line[0] || list_left_out(w, w->line))
		return 0;
	path = list_path(w, w->line);
	if (!path)
		return -ENOMEM;
	r = path_set(w, path[0] ? path : "/");
	return r < 0 ? r : list_file(w, e);
}

int
busy_add(struct walk *w, const char *path)
{
	if (w->n_busy >= LIMIT_WALK_BUSY)
		return -ENOSPC;
	if (!w->busy)
		w->busy = calloc(LIMIT_WALK_BUSY, sizeof(*w->busy));
	if (!w->busy)
		return -ENOMEM;
	w->busy[w->n_busy].path = strdup(path);
	if (!w->busy[w->n_busy].path)
		return -ENOMEM;
	w->busy[w->n_busy++].root = w->root_now;
	return 0;
}

/* Below a root that is a directory every component is opened as the walk does, links refused. */
static int
busy_open(struct walk *w, const struct busy *b, struct stat *ret_st)
{
	const struct root *root = b->root < w->n_roots ? &w->roots[b->root] : NULL;
	_cleanup_close_ int top = -1, parent = -1;
	struct span rel;
	size_t base;
	int r;

	if (!root || !root->dir)
		return opener_path(&w->opener, b->path, 0, root != NULL, ret_st);
	rel = span_str(b->path + strlen(root->path) + 1);
	for (base = rel.n; base > 0 && rel.p[base - 1] != '/'; base--)
		;
	top = opener_path(&w->opener, root->path[0] ? root->path : "/", O_DIRECTORY, true, ret_st);
	if (top < 0)
		return top;
	if (ret_st->st_dev != root->dev || ret_st->st_ino != root->ino)
		return -ESTALE;
	r = descend(top, span_sub(rel, 0, base ? base - 1 : 0), &parent);
	if (r < 0)
		return r;
	return opener_at(&w->opener, parent, (const char *)rel.p + base, 0, ret_st);
}

static void
pause_ms(unsigned ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	(void)nanosleep(&t, NULL);
}

/* The next round over those that are still left: 1 when there is one. */
static int
busy_round(struct walk *w)
{
	if (w->busy_round > 0)
		w->n_busy = w->busy_kept;
	w->busy_at = w->busy_kept = 0;
	if (w->n_busy == 0 || w->busy_round == ROUNDS)
		return 0;
	pause_ms(w->busy_round == 0 ? 50 : w->busy_round == 1 ? 200 : 800);
	w->busy_round++;
	return 1;
}

/* 1 event, 0 nothing yet, -ENODATA when all is done. */
int
busy_step(struct walk *w, struct walk_event *e)
{
	struct busy b;
	struct stat st;
	int fd, r;

	if (w->busy_round == 0 || w->busy_at == w->n_busy)
		return busy_round(w) ? 0 : -ENODATA;
	b = w->busy[w->busy_at++];
	fd = busy_open(w, &b, &st);
	if (fd == -EAGAIN && w->busy_round < ROUNDS) {
		w->busy[w->busy_at - 1].path = NULL;
		w->busy[w->busy_kept++] = b;
		return 0;
	}
	r = path_set(w, b.path);
	w->root_now = b.root;
	w->busy[w->busy_at - 1].path = NULL;
	free(b.path);
	if (r < 0) {
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	if (fd == -EAGAIN)
		return walk_gap(w, e, GAP_BUSY, true, "leased by another program");
	return fd < 0 ? walk_failed(w, e, fd) : walk_file(w, e, fd, &st);
}
