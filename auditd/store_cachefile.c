/*
 * The file of the cache. It may go at any time, and does when it is damaged, of another store, or
 * newer than the findings it stands for: what it says of a file is only worth something as long as
 * what was found in that file is there.
 */
#include "store_in.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/poison.h"

static const char cache_schema[] = "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
				   "CREATE TABLE rules(no INTEGER PRIMARY KEY, digest TEXT NOT "
				   "NULL UNIQUE);"
				   "CREATE TABLE files(dir INTEGER NOT NULL, ino INTEGER NOT NULL, "
				   "size INTEGER NOT NULL,"
				   " ctime INTEGER NOT NULL, rules INTEGER NOT NULL, records "
				   "INTEGER NOT NULL,"
				   " PRIMARY KEY(dir, ino)) WITHOUT ROWID;"
				   "PRAGMA user_version=1;";

static int
cache_try(struct store *s, const char *path)
{
	int r = store_database(&s->c, path,
		"PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-16384;"
		"PRAGMA journal_size_limit=67108864;",
		cache_sql);
	int64_t version = r == 0 ? db_number(&s->c, "PRAGMA user_version", -1) : 0;

	if (r == 0 && version == 0)
		r = db_exec(&s->c, cache_schema);
	else if (r == 0 && version != 1)
		r = -EUCLEAN;
	if (r < 0)
		db_close(&s->c);
	return r;
}

static int64_t
cache_meta(struct store *s, const char *key)
{
	int64_t value = -1;

	if (db_row(&s->c, C_META_GET, "t", key) > 0) {
		value = db_int(&s->c, C_META_GET, 0);
		db_leave(&s->c, C_META_GET);
	}
	return value;
}

/* It stands for findings of this store, and for none that are not in it? */
static bool
cache_fits(struct store *s)
{
	int64_t id = (int64_t)strtoull(s->id, NULL, 16);
	int64_t theirs = cache_meta(s, "store"), generation = cache_meta(s, "generation");

	if (theirs == -1 && generation == -1)
		return db_run(&s->c, C_META_SET, "ti", "store", id) == 0;
	return theirs == id && generation <= (int64_t)s->generation;
}

static void
cache_remove(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[4200];

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		(void)snprintf(name, sizeof name, "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

int
store_cache_renew(struct store *s)
{
	char path[4096];
	int r;

	store_path(s, "cache.db", path);
	db_close(&s->c);
	cache_remove(path);
	r = cache_try(s, path);
	return r == 0 && !cache_fits(s) ? -EIO : r;
}

int
store_cache_open(struct store *s)
{
	char path[4096];
	int r;

	store_path(s, "cache.db", path);
	r = cache_try(s, path);
	if (r == 0 && cache_fits(s))
		return 0;
	if (r != 0 && r != -EUCLEAN && r != -EIO)
		return r;
	store_tell(s, "cache.db %s: made anew, files will be read again",
		r < 0 ? "is damaged" : "does not belong to findings.db");
	return store_cache_renew(s);
}
