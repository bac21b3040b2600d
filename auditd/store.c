/*
 * Opening, committing and failing. Both databases have one transaction open at most; findings are
 * committed first, then the cache, so that the cache never says of a file that it was read when what
 * was found in it can still be lost.
 */
#include "store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define EXPIRE_EVERY_SEC 86400
#define LOCK_NAP_MS	 50
#define LOCK_NAPS	 100
#define CLOCK_STEP_SEC	 3600 /* a clock that was set by more: nothing is taken for old */

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
store_now(const struct store *s)
{
	return s->clock ? s->clock() : (int64_t)time(NULL);
}

bool
store_ready(const struct store *s)
{
	return s->error == 0 && !s->read_only && s->f.h;
}

void
store_tell(struct store *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!s->say)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	s->say(s->user, text);
}

int
store_fail(struct store *s, int r, const char *what)
{
	if (s->error)
		return r;
	s->error = r;
	(void)snprintf(s->error_text, sizeof s->error_text, "state '%.120s': %s: %s", s->dir, what,
		r == -EUCLEAN ? "the database is damaged" : strerror(-r));
	db_rollback(&s->f);
	db_rollback(&s->c);
	s->seq = s->seq_committed;
	store_tell(s, "%s; nothing more is remembered of this scan", s->error_text);
	return r;
}

int
store_error(const struct store *s, const char **ret_text)
{
	if (ret_text)
		*ret_text = s->error ? s->error_text : NULL;
	return s->error;
}

static int
commit_findings(struct store *s)
{
	int r = 0;

	if (!s->f.tx)
		return 0;
	r = store_meta_set(s, "generation", (int64_t)s->generation + 1);
	if (r == 0)
		r = store_marks_write(s);
	if (r == 0)
		r = db_commit(&s->f);
	if (r < 0)
		return r;
	s->generation++;
	s->sent_written = s->sent;
	s->again_written = s->again;
	s->seq_committed = s->seq;
	return 0;
}

static int
commit_cache(struct store *s)
{
	int r;

	if (!s->c.tx)
		return 0;
	r = db_run(&s->c, C_META_SET, "ti", "generation", (int64_t)s->generation);
	return r < 0 ? r : db_commit(&s->c);
}

int
store_commit(struct store *s)
{
	int r;

	if (s->error || s->read_only)
		return s->error;
	s->committed_at = monotonic_ms();
	if (store_marks_moved(s))
		(void)db_begin(&s->f);
	r = commit_findings(s);
	if (r < 0)
		return store_fail(s, r, "findings.db");
	r = commit_cache(s);
	if (r < 0)
		cache_failed(s, r);
	return s->error;
}

static bool
clock_was_set(const struct store *s)
{
	int64_t offset = store_now(s) - monotonic_ms() / 1000;

	return offset - s->clock_offset > CLOCK_STEP_SEC ||
		s->clock_offset - offset > CLOCK_STEP_SEC;
}

static void
expire(struct store *s, int64_t now)
{
	int64_t last = store_meta(s, "expired", 0), limit = now - (int64_t)s->keep_days * 86400;
	int r;

	if (clock_was_set(s) || (now - last < EXPIRE_EVERY_SEC && last <= now))
		return;
	r = db_begin(&s->f);
	if (r == 0)
		r = db_run(&s->f, F_EXPIRE_VALUES, "i", limit);
	if (r == 0)
		r = db_run(&s->f, F_EXPIRE_RECORDS, "i", limit);
	if (r == 0)
		r = db_run(
			&s->f, F_EXPIRE_LINES, "ii", limit, s->log ? (int64_t)s->sent : INT64_MAX);
	if (r == 0)
		r = store_meta_set(s, "expired", now);
	if (r < 0)
		(void)store_fail(s, r, "findings.db");
}

void
store_tick(struct store *s)
{
	int64_t now = monotonic_ms();

	if (!store_ready(s) || now - s->committed_at < STORE_COMMIT_MS)
		return;
	store_daily(s);
	expire(s, store_now(s));
	(void)store_commit(s);
	s->committed_at = now;
}

void
store_keep(struct store *s, unsigned keep_days)
{
	s->keep_days = keep_days ? keep_days : STORE_KEEP_DAYS;
}

const char *
store_id(const struct store *s)
{
	return s->id;
}

int
store_probe(const char *dir)
{
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/findings.db", dir);
	return access(path, F_OK) < 0 ? -errno : 0;
}

static int
dir_error(const char *dir, int r, char ret_error[512])
{
	(void)snprintf(ret_error, 512, "state '%.300s': %s", dir,
		r == -EBUSY ? "another process is at work with it" : strerror(-r));
	return r;
}

/* A daemon that was killed may leave a child between fork and exec, which still holds its lock. */
static int
lock_take(int fd)
{
	const struct timespec nap = {.tv_nsec = LOCK_NAP_MS * 1000000};

	for (unsigned i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK || i == LOCK_NAPS)
			return errno == EWOULDBLOCK ? -EBUSY : -errno;
		(void)nanosleep(&nap, NULL);
	}
	return 0;
}

/*
 * An administrator may have put the state on another disk with a symbolic link. Databases are opened
 * without following any, so the link is followed here, once.
 */
static int
dir_resolve(struct store *s)
{
	char *real = realpath(s->dir, NULL);
	struct stat st;

	if (!real)
		return -errno;
	free(s->dir);
	s->dir = real;
	return stat(real, &st) < 0 ? -errno : S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

static int
dir_open(struct store *s, char ret_error[512])
{
	char path[4096];
	int r;

	if (strlen(s->dir) > 3800)
		return dir_error(s->dir, -ENAMETOOLONG, ret_error);
	if (!s->read_only && mkdir(s->dir, 0700) < 0 && errno != EEXIST)
		return dir_error(s->dir, -errno, ret_error);
	r = dir_resolve(s);
	if (r < 0)
		return dir_error(s->dir, r, ret_error);
	if (s->read_only)
		return 0;
	(void)snprintf(path, sizeof path, "%s/lock", s->dir);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		return dir_error(s->dir, -errno, ret_error);
	r = lock_take(s->lock);
	return r < 0 ? dir_error(s->dir, r, ret_error) : 0;
}

static void
cleanup_store(struct store **s)
{
	store_close(*s);
}

int
store_open(const struct store_options *o, struct store **ret_s, char ret_error[512])
{
	_cleanup_(cleanup_store) struct store *s = calloc(1, sizeof *s);
	int r;

	(void)snprintf(ret_error, 512, "out of memory");
	if (!s)
		return -ENOMEM;
	s->lock = -1;
	randombytes_buf(&s->mark_seed, sizeof s->mark_seed);
	s->read_only = o->read_only;
	s->log_wanted = o->log;
	s->keep_days = o->keep_days ? o->keep_days : STORE_KEEP_DAYS;
	s->say = o->say;
	s->user = o->user;
	s->clock = o->now;
	s->clock_offset = store_now(s) - monotonic_ms() / 1000;
	s->dir = strdup(o->dir);
	r = s->dir ? dir_open(s, ret_error) : -ENOMEM;
	if (r == 0)
		r = store_open_databases(s, ret_error);
	if (r < 0)
		return r;
	*ret_s = s;
	s = NULL;
	return 0;
}

int
store_reopen(struct store *s)
{
	int r;

	db_close(&s->f);
	db_close(&s->c);
	cache_forget(s);
	s->error = 0;
	r = store_open_databases(s, s->error_text);
	s->error = r;
	return r;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	if (s->f.h)
		(void)store_commit(s);
	db_close(&s->f);
	db_close(&s->c);
	scan_free(s);
	cache_forget(s);
	store_rules_free(s);
	decoded_free(&s->line);
	buf_free(&s->line_text);
	buf_free(&s->blob);
	buf_free(&s->rules_text);
	if (s->lock >= 0)
		(void)close(s->lock);
	free(s->dir);
	free(s);
}
