/*
 * Which files need not be opened. A directory's rows lie together in the database and come with one
 * look-up, so an unchanged file costs a comparison in memory. A file is known by inode, size and
 * change time below one folder of one file system: whatever is written, renamed or given other
 * rights has another change time. What changed within RACY_SEC of being read is not remembered: it
 * may be written again within the same tick of the clock that stamps it.
 */
#include "store_in.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/statfs.h>

#include "base/poison.h"

#define RACY_SEC 2 /* FAT stamps every two seconds, others more often */

static int64_t
change_time(const struct stat *st)
{
	return (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

uint64_t
cache_fsid(struct store *s, int fd, dev_t dev)
{
	struct statfs fs;
	uint64_t id = 0;
	size_t n = sizeof s->fsids / sizeof *s->fsids;

	for (size_t i = 0; i < s->n_fsids && i < n; i++) {
		if (s->fsids[i].dev == dev)
			return s->fsids[i].fsid;
	}
	if (fstatfs(fd, &fs) == 0)
		memcpy(&id, &fs.f_fsid,
			sizeof id < sizeof fs.f_fsid ? sizeof id : sizeof fs.f_fsid);
	if (id == 0)
		id = (uint64_t)dev; /* some file systems have none */
	s->fsids[s->n_fsids % n].dev = dev;
	s->fsids[s->n_fsids++ % n].fsid = id;
	return id;
}

/* 15 bits of share, 48 of file system and folder: rows of a share lie together. */
static uint64_t
dir_key(const struct scan_root *root, uint64_t fsid, struct span path)
{
	return ((uint64_t)root->share & 0x7FFF) << 48 | bytes_hash(path, fsid) >> 16;
}

static int
rules_number(struct store *s)
{
	const char *text = buf_cstr(&s->rules_text);
	int r = db_begin(&s->c);

	s->rules_set = 0;
	if (r == 0)
		r = db_run(&s->c, C_RULES_PUT, "t", text);
	if (r == 0)
		r = db_row(&s->c, C_RULES_GET, "t", text);
	if (r > 0) {
		s->rules_set = (uint32_t)db_int(&s->c, C_RULES_GET, 0);
		db_leave(&s->c, C_RULES_GET);
	}
	return r < 0 ? r : 0;
}

int
cache_rules(struct store *s, const struct catalogue *c, const char *settings)
{
	buf_clear(&s->rules_text);
	buf_printf(&s->rules_text, "%s;%s", c->digest, settings ? settings : "");
	if (s->rules_text.failed)
		return -ENOMEM;
	cache_failed(s, rules_number(s));
	return s->error;
}

void
cache_failed(struct store *s, int r)
{
	if (r == -EUCLEAN) {
		store_tell(s, "cache.db is damaged: made anew, files will be read again");
		cache_forget(s);
		r = store_cache_renew(s);
		if (r == 0)
			r = rules_number(s);
	}
	if (r < 0)
		(void)store_fail(s, r, "cache.db");
}

#define MARK_BITS 0x3FFFFFFFFFFFFFFFu

/* Equal for a file that is as it was when it was read, and read with the same rules. */
static uint64_t
file_mark(const struct store *s, int64_t size, int64_t ctime, int64_t rules)
{
	const int64_t all[] = {size, ctime, rules};

	return bytes_hash(span_of(all, sizeof all), s->mark_seed) & MARK_BITS;
}

static struct cached
row_at_hand(struct store *s, unsigned statement)
{
	return (struct cached){.ino = (uint64_t)db_int(&s->c, statement, 0),
		.mark = file_mark(s, db_int(&s->c, statement, 1), db_int(&s->c, statement, 2),
				db_int(&s->c, statement, 3)) &
			MARK_BITS,
		.records = db_int(&s->c, statement, 4) != 0};
}

static int
row_add(struct cache_dir *d, size_t *cap, struct cached row)
{
	if (d->n == *cap) {
		size_t more = *cap ? *cap * 2 : 32;
		void *p = reallocarray(d->rows, more, sizeof *d->rows);

		if (!p)
			return -ENOMEM;
		d->rows = p;
		*cap = more;
	}
	d->rows[d->n++] = row;
	return 0;
}

static void
dir_drop(struct store *s, struct cache_dir *d)
{
	s->rows_held -= d->n;
	free(d->rows);
	*d = (struct cache_dir){0};
}

void
cache_forget(struct store *s)
{
	for (size_t i = 0; i < CACHE_DIRS; i++)
		dir_drop(s, &s->dirs[i]);
	s->n_fsids = 0;
}

static int
by_inode(const void *a, const void *b)
{
	const struct cached *x = a, *y = b;

	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

static bool
rows_ascend(const struct cache_dir *d)
{
	for (size_t i = 1; i < d->n; i++) {
		if (d->rows[i - 1].ino >= d->rows[i].ino)
			return false;
	}
	return true;
}

/* Directories that were not asked for lately make room; what is gone of them is looked up again. */
static void
rows_bound(struct store *s, const struct cache_dir *keep)
{
	while (s->rows_held > CACHE_ROWS) {
		struct cache_dir *oldest = NULL;

		for (size_t i = 0; i < CACHE_DIRS; i++) {
			struct cache_dir *d = &s->dirs[i];

			if (d != keep && d->n && (!oldest || d->used < oldest->used))
				oldest = d;
		}
		if (!oldest)
			return;
		dir_drop(s, oldest);
	}
}

/*
 * A directory that is come back to has its rows read again only when they are few: with large ones
 * below one another that would be done for every few thousand entries.
 */
static void
dir_load(struct store *s, struct cache_dir *d, uint64_t key, bool first)
{
	size_t cap = 0, most = first ? CACHE_ROWS : CACHE_AGAIN;
	bool single;
	int r;

	dir_drop(s, d);
	r = db_row(&s->c, C_DIR, "ii", (int64_t)key, (int64_t)most + 1);
	while (r > 0) {
		if (row_add(d, &cap, row_at_hand(s, C_DIR)) < 0) {
			db_leave(&s->c, C_DIR);
			r = -ENOMEM;
			break;
		}
		r = db_next(&s->c, C_DIR);
	}
	s->rows_held += d->n;
	if (r == -EUCLEAN)
		cache_failed(s, r);
	single = r < 0 || d->n > most;
	if (single)
		dir_drop(s, d);
	d->key = key;
	d->single = single;
	d->whole = first && !single;
	/* inodes beyond 2^63 come first */
	if (!rows_ascend(d))
		qsort(d->rows, d->n, sizeof *d->rows, by_inode);
	rows_bound(s, d);
}

/* The slot of the directory: the one at hand, one of the chain above it, or the oldest. */
static struct cache_dir *
dir_get(struct store *s, uint64_t key, bool first)
{
	struct cache_dir *d = &s->dirs[s->dir_now];
	size_t oldest = 0;

	if (d->key != key) {
		for (size_t i = 0; i < CACHE_DIRS; i++) {
			if (s->dirs[i].key == key) {
				oldest = i;
				break;
			}
			if (s->dirs[i].used < s->dirs[oldest].used)
				oldest = i;
		}
		s->dir_now = oldest;
		d = &s->dirs[oldest];
		if (d->key != key)
			dir_load(s, d, key, first);
	}
	d->used = ++s->uses;
	return d;
}

static bool
file_get(struct store *s, struct cache_dir *d, uint64_t ino, struct cached *ret_row)
{
	struct cached *row = NULL;
	int r;

	if (!d->single) {
		row = d->n ? bsearch(&(struct cached){.ino = ino}, d->rows, d->n, sizeof *d->rows,
				     by_inode)
			   : NULL;
		if (row) {
			row->asked = true;
			*ret_row = *row;
		}
		return row != NULL;
	}
	r = db_row(&s->c, C_FILE, "ii", (int64_t)d->key, (int64_t)ino);
	if (r == -EUCLEAN)
		cache_failed(s, r);
	if (r <= 0)
		return false;
	*ret_row = row_at_hand(s, C_FILE);
	db_leave(&s->c, C_FILE);
	return true;
}

enum walk_verdict
store_known(void *user, struct walk_here *here, const struct stat *st)
{
	struct store *s = user;
	struct scan_root *root;
	bool first = here->key == 0;
	struct cached row;

	if (!s->scanning || s->list || !s->c.h || s->error == -EUCLEAN)
		return WALK_READ;
	root = scan_root(s, here->root);
	if (first)
		here->key = dir_key(root, cache_fsid(s, here->fd, here->dev),
			span_of(here->path, here->path_n));
	if (first)
		sweep_note(root, here->key);
	if (!file_get(s, dir_get(s, here->key, first), st->st_ino, &row) ||
		row.mark != file_mark(s, st->st_size, change_time(st), s->rules_set))
		return WALK_READ;
	root->unchanged++;
	return row.records ? WALK_TELL : WALK_SKIP;
}

/* Files that are no longer there need no row. */
void
store_left(void *user, struct walk_here *here)
{
	struct store *s = user;
	struct cache_dir *d = NULL;

	for (size_t i = 0; i < CACHE_DIRS && here->key; i++) {
		if (s->dirs[i].key == here->key)
			d = &s->dirs[i];
	}
	if (!d)
		return;
	for (size_t i = 0; i < d->n && d->whole && store_ready(s); i++) {
		int r = 0;

		if (d->rows[i].asked)
			continue;
		r = db_begin(&s->c);
		if (r == 0)
			r = db_run(&s->c, C_DROP, "ii", (int64_t)d->key, (int64_t)d->rows[i].ino);
		if (r < 0)
			cache_failed(s, r);
	}
	dir_drop(s, d);
}

/* The folder part of an absolute path, as the walk names folders: "" is "/". */
static struct span
folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_of(path, slash ? (size_t)(slash - path) : 0);
}

void
cache_put(struct store *s, const struct store_file *f, bool records)
{
	const struct scan_root *root = scan_root(s, f->root);
	uint64_t key;
	struct stat now;
	int r;

	if (!s->c.h || s->list || f->failed || fstat(f->fd, &now) < 0 ||
		now.st_size != f->st->st_size || change_time(&now) != change_time(f->st) ||
		f->st->st_ctim.tv_sec + RACY_SEC > f->opened)
		return;
	key = dir_key(root, cache_fsid(s, f->fd, f->st->st_dev), folder(f->path));
	r = db_begin(&s->c);
	if (r == 0)
		r = db_run(&s->c, C_PUT, "iiiiii", (int64_t)key, (int64_t)f->st->st_ino,
			(int64_t)f->st->st_size, change_time(f->st), (int64_t)s->rules_set,
			(int64_t)records);
	if (r < 0)
		cache_failed(s, r);
}

bool
cache_has(struct store *s, const struct scan_root *root, const char *path, const struct stat *st)
{
	uint64_t key = dir_key(root, root->fsid, folder(path));
	struct cached row;

	if (!s->c.h || db_row(&s->c, C_FILE, "ii", (int64_t)key, (int64_t)st->st_ino) <= 0)
		return false;
	row = row_at_hand(s, C_FILE);
	db_leave(&s->c, C_FILE);
	return row.mark == file_mark(s, st->st_size, change_time(st), s->rules_set);
}
