/*
 * walk_next() is a loop of small steps, each of which may give an event: the directories open at
 * present, then the next root or line of the list, then the files that were busy. No step looks at
 * content; whatever cannot be given becomes a gap with the reason, and what has gone since its
 * name was read is nothing at all.
 */
#include "walk_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

#define WALK_MS 20 /* without an event, then WALK_NONE */

static void
event_path(struct walk *w, struct walk_event *e)
{
	e->path = w->path.n ? buf_cstr(&w->path) : "/";
	e->path_n = w->path.n ? w->path.n : 1;
	e->root = w->root_now;
}

int
walk_gap(struct walk *w, struct walk_event *e, enum gap_reason reason, bool hides,
	const char *detail)
{
	*e = (struct walk_event){.type = WALK_GAP, .fd = -1, .reason = reason, .hides = hides};
	(void)snprintf(e->detail, sizeof(e->detail), "%s", detail);
	event_path(w, e);
	return 1;
}

int
walk_failed(struct walk *w, struct walk_event *e, int r)
{
	switch (r) {
	case -ENOENT:
		return 0;
	case -ENOMEM:
		return r;
	case -ELOOP:
		w->stats.links++;
		return 0;
	case -ENXIO:
	case -ENODEV:
	case -EISDIR:
		w->stats.specials++;
		return 0;
	case -EACCES:
	case -EPERM:
		return walk_gap(w, e, GAP_DENIED, true, strerrordesc_np(-r));
	case -EAGAIN:
		if (busy_add(w, buf_cstr(&w->path)) == 0)
			return 0;
		return walk_gap(w, e, GAP_BUSY, true, "leased by another program");
	case -ESTALE:
		return walk_gap(w, e, GAP_CHANGED, true, "replaced by another file meanwhile");
	default:
		return walk_gap(w, e, GAP_IO_ERROR, true, strerrordesc_np(-r));
	}
}

bool
walk_again(struct walk *w, const struct stat *st)
{
	if (w->file_roots && w->n_dirs && idset_has(&w->root_ids, st->st_dev, st->st_ino))
		return true;
	if (st->st_nlink == 1 || idset_add(&w->links, st->st_dev, st->st_ino))
		return false;
	w->stats.hardlinks++;
	return true;
}

int
walk_known(struct walk *w, struct walk_event *e, const struct stat *st)
{
	*e = (struct walk_event){.type = WALK_KNOWN, .fd = -1, .st = *st};
	event_path(w, e);
	return 1;
}

int
walk_file(struct walk *w, struct walk_event *e, int fd, const struct stat *st)
{
	_cleanup_close_ int owned = fd;

	if (!S_ISREG(st->st_mode)) {
		w->stats.specials++;
		return 0;
	}
	if (walk_again(w, st))
		return 0;
	if (w->max_file && (uint64_t)st->st_size > w->max_file)
		return walk_gap(w, e, GAP_TOO_BIG, true, "larger than --max-file");
	if (file_offline(fd, st))
		return walk_gap(
			w, e, GAP_OFFLINE, true, "its content lies elsewhere; not recalled");
	*e = (struct walk_event){.type = WALK_FILE, .fd = fd_take(&owned), .st = *st};
	event_path(w, e);
	w->stats.files++;
	return 1;
}

static int
root_step(struct walk *w, struct walk_event *e)
{
	const struct root *root = &w->roots[w->root];
	struct stat st;
	int fd;

	w->root_now = (uint32_t)w->root++;
	if (root->again)
		return 0;
	buf_clear(&w->path);
	buf_puts(&w->path, root->path);
	(void)buf_cstr(&w->path);
	if (w->path.failed)
		return -ENOMEM;
	if (root->special) {
		w->stats.specials++;
		return 0;
	}
	fd = opener_path(&w->opener, root->path[0] ? root->path : "/", root->dir ? O_DIRECTORY : 0,
		true, &st);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return walk_gap(w, e, GAP_CHANGED, true, "gone since the start");
	if (fd < 0)
		return walk_failed(w, e, fd);
	if (st.st_dev != root->dev || st.st_ino != root->ino) {
		(void)close(fd);
		return walk_failed(w, e, -ESTALE);
	}
	return root->dir ? chain_enter(w, fd, &st) : walk_file(w, e, fd, &st);
}

/* The caller waits long enough: it has signals and workers to look after. */
static bool
walk_long(unsigned step, struct timespec *began)
{
	struct timespec now;

	if (step % 16)
		return false;
	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (step == 0)
		*began = now;
	return (now.tv_sec - began->tv_sec) * 1000 + (now.tv_nsec - began->tv_nsec) / 1000000 >=
		WALK_MS;
}

int
walk_next(struct walk *w, struct walk_event *ret_e)
{
	struct timespec began;

	for (unsigned step = 0; !w->done; step++) {
		int r;

		if (walk_long(step, &began)) {
			*ret_e = (struct walk_event){.type = WALK_NONE, .fd = -1, .path = ""};
			return 1;
		}
		if (w->n_dirs)
			r = dir_step(w, ret_e);
		else if (w->list)
			r = list_step(w, ret_e);
		else if (w->root < w->n_roots)
			r = root_step(w, ret_e);
		else
			r = busy_step(w, ret_e);
		w->stats.atime_kept = w->opener.atime_kept;
		if (r == -ENODATA)
			w->done = true;
		else if (r != 0)
			return r;
	}
	return 0;
}

static size_t
held_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur / 4 > LIMIT_WALK_FDS)
		return LIMIT_WALK_FDS;
	return rl.rlim_cur / 4 < 4 ? 4 : (size_t)rl.rlim_cur / 4;
}

static void
cleanup_walk(struct walk **w)
{
	walk_free(*w);
}

int
walk_new(const struct walk_options *o, struct walk **ret_w, char ret_error[512])
{
	_cleanup_(cleanup_walk) struct walk *w = calloc(1, sizeof(*w));
	int r = w ? 0 : -ENOMEM;

	ret_error[0] = 0;
	if (r == 0) {
		opener_init(&w->opener);
		w->stats.atime_kept = true;
		w->max_held = held_limit();
		w->no_default_excludes = o->no_default_excludes;
		w->one_file_system = o->one_file_system;
		w->max_depth = o->max_depth;
		w->max_file = o->max_file;
		w->memory = o->memory;
		w->cwd = getcwd(NULL, 0);
		r = w->cwd ? walk_roots(w, o, ret_error) : -errno;
	}
	if (r < 0) {
		if (!ret_error[0])
			(void)snprintf(ret_error, 512, "%s", strerrordesc_np(-r));
		return r;
	}
	*ret_w = w;
	w = NULL;
	return 0;
}

const char *
walk_root(const struct walk *w, size_t i)
{
	if (i >= w->n_roots)
		return NULL;
	return w->roots[i].path[0] ? w->roots[i].path : "/";
}

const struct walk_stats *
walk_stats(const struct walk *w)
{
	return &w->stats;
}

bool
walk_done(const struct walk *w)
{
	return w->done;
}

void
walk_free(struct walk *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n_dirs; i++)
		dir_close(&w->dirs[i]);
	for (size_t i = 0; i < w->n_roots; i++)
		free(w->roots[i].path);
	for (size_t i = 0; i < w->n_busy; i++)
		free(w->busy[i].path);
	if (w->list && w->list != stdin)
		(void)fclose(w->list);
	free(w->busy);
	free(w->roots);
	free(w->dirs);
	free(w->line);
	free(w->cwd);
	buf_free(&w->path);
	exclude_free(&w->excludes);
	exclude_free(&w->includes);
	idset_free(&w->root_ids);
	idset_free(&w->links);
	free(w);
}
