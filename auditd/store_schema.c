/*
 * The tables, and how a database is brought from whatever it is to what this version needs. A new store goes through the same steps as an old one, so the steps cannot
 * rot. findings.db is the record and is never thrown away, only set aside.
 */
#include "store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define CHECK_BYTES (256 * MIB) /* a larger findings.db is not gone through whole at each start */

static const char *const steps[STORE_VERSION] = {
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE rules(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, category TEXT,"
	" title TEXT, advice TEXT, about TEXT, refs TEXT, ladder INTEGER NOT NULL);"
	"CREATE TABLE shares(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, root BLOB,"
	" fsid INTEGER NOT NULL DEFAULT 0, begun INTEGER NOT NULL DEFAULT 0,"
	" ended INTEGER NOT NULL DEFAULT 0, complete INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE scans(no INTEGER PRIMARY KEY AUTOINCREMENT, share INTEGER NOT NULL,"
	" begun INTEGER NOT NULL, ended INTEGER, complete INTEGER, rules TEXT, files INTEGER,"
	" unchanged INTEGER, findings INTEGER, gaps INTEGER, hidden INTEGER);"
	/*
	 * type: RECORD_*; file: hash of the path; folder: bytes of the path that name its folder;
	 * rule: number in rules, of a gap its reason; ino: inode; vals: hash of all values, 0 for
	 * none; same: record_same(); gone: the cause it is to be resolved with; first, last, since:
	 * times; scan: the last that saw it
	 */
	"CREATE TABLE records(no INTEGER PRIMARY KEY, share INTEGER NOT NULL, id INTEGER NOT NULL,"
	" type INTEGER NOT NULL, file INTEGER NOT NULL, path BLOB NOT NULL, folder INTEGER NOT "
	"NULL,"
	" rule INTEGER NOT NULL, severity INTEGER NOT NULL, score INTEGER NOT NULL,"
	" confidence INTEGER NOT NULL, count INTEGER NOT NULL, hides INTEGER NOT NULL,"
	" ino INTEGER NOT NULL, vals INTEGER NOT NULL, same INTEGER NOT NULL,"
	" state INTEGER NOT NULL, cause INTEGER NOT NULL, gone INTEGER NOT NULL,"
	" first INTEGER NOT NULL, last INTEGER NOT NULL, since INTEGER NOT NULL,"
	" scan INTEGER NOT NULL, logged INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE(share, id));"
	"CREATE INDEX records_file ON records(share, file);"
	"CREATE INDEX records_ino ON records(ino);"
	"CREATE INDEX records_vals ON records(vals) WHERE vals <> 0;"
	/* key: check of the fingerprint key; whole: these are all; fp: 8 bytes each */
	"CREATE TABLE fingerprints(record INTEGER PRIMARY KEY, key INTEGER NOT NULL,"
	" whole INTEGER NOT NULL, fp BLOB NOT NULL);"
	"CREATE TABLE outbox(seq INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER NOT NULL,"
	" event INTEGER NOT NULL, act INTEGER NOT NULL, cause INTEGER NOT NULL,"
	" priority INTEGER NOT NULL, share INTEGER NOT NULL, path BLOB, data BLOB NOT NULL);",
	/* 2: shares wait for a confirmation; acknowledgements have their place */
	"ALTER TABLE shares ADD COLUMN confirm INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE acks(id INTEGER PRIMARY KEY, who TEXT, at INTEGER NOT NULL, until INTEGER,"
	" note TEXT);",
};

int
store_schema_step(struct db *db, int step)
{
	char version[48];
	int r = db_exec(db, steps[step]);

	(void)snprintf(version, sizeof version, "PRAGMA user_version=%d", step + 1);
	return r < 0 ? r : db_exec(db, version);
}

static int
schema_migrate(struct db *db)
{
	int64_t version = db_number(db, "PRAGMA user_version", -1);
	int r;

	if (version < 0)
		return -EUCLEAN;
	if (version > STORE_VERSION)
		return -EPROTONOSUPPORT;
	if (version == STORE_VERSION)
		return 0;
	r = db_begin(db);
	for (; r == 0 && version < STORE_VERSION; version++)
		r = store_schema_step(db, (int)version);
	if (r == 0)
		return db_commit(db);
	db_rollback(db);
	return r;
}

int64_t
store_meta(struct store *s, const char *key, int64_t otherwise)
{
	int r = db_row(&s->f, F_META_GET, "t", key);

	if (r > 0) {
		otherwise = db_int(&s->f, F_META_GET, 0);
		db_leave(&s->f, F_META_GET);
	}
	return otherwise;
}

int
store_meta_set(struct store *s, const char *key, int64_t value)
{
	return db_run(&s->f, F_META_SET, "ti", key, value);
}

void
store_path(const struct store *s, const char *name, char ret_path[4096])
{
	(void)snprintf(ret_path, 4096, "%s/%s", s->dir, name);
}

/* The file with the mode that databases of ours have; SQLite gives its companions the same. */
static int
file_make(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

static bool
sound(struct db *db, const char *path)
{
	struct stat st;
	bool ok = false;
	sqlite3_stmt *q = NULL;

	if (stat(path, &st) == 0 && (uint64_t)st.st_size > CHECK_BYTES)
		return true;
	if (sqlite3_prepare_v2(db->h, "PRAGMA quick_check(1)", -1, &q, NULL) == SQLITE_OK &&
		sqlite3_step(q) == SQLITE_ROW)
		ok = strcmp((const char *)sqlite3_column_text(q, 0), "ok") == 0;
	(void)sqlite3_finalize(q);
	return ok;
}

int
store_database(struct db *db, const char *path, const char *pragmas, const char *const *sql)
{
	int r = file_make(path);

	if (r == 0)
		r = db_open(db, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, sql);
	if (r == 0)
		r = db_exec(db, pragmas);
	if (r < 0)
		db_close(db);
	return r;
}

static int
findings_try(struct store *s, const char *path)
{
	int r = store_database(&s->f, path,
		"PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-4096;"
		"PRAGMA journal_size_limit=67108864;",
		store_sql);

	if (r == 0 && !sound(&s->f, path))
		r = -EUCLEAN;
	if (r == 0)
		r = schema_migrate(&s->f);
	if (r < 0)
		db_close(&s->f);
	return r;
}

/* The damaged database and its companions get another name, for whoever can repair it. */
static int
set_aside(struct store *s, const char *path, char ret_name[4200])
{
	static const char *const ends[] = {"-wal", "-shm", ""};
	time_t now = (time_t)store_now(s);
	char date[32] = "", to[4300], from[4200];
	struct tm tm;

	if (gmtime_r(&now, &tm))
		(void)strftime(date, sizeof date, "%Y-%m-%dT%H%M%SZ", &tm);
	(void)snprintf(ret_name, 4200, "%s.damaged-%s", path, date);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		(void)snprintf(from, sizeof from, "%s%s", path, ends[i]);
		(void)snprintf(to, sizeof to, "%s%s", ret_name, ends[i]);
		if (rename(from, to) < 0 && (errno != ENOENT || !ends[i][0]))
			return -errno;
	}
	return 0;
}

static int
findings_open(struct store *s, char ret_damaged[4200])
{
	char path[4096];
	int r;

	store_path(s, "findings.db", path);
	r = findings_try(s, path);
	if (r != -EUCLEAN)
		return r;
	r = set_aside(s, path, ret_damaged);
	return r < 0 ? r : findings_try(s, path);
}

/* What is remembered beside the tables; a new store gets its name. */
static int
meta_load(struct store *s)
{
	int64_t id = store_meta(s, "store", -1);
	int r = 0;

	if (id < 0 && !s->read_only) {
		id = randombytes_random();
		r = store_meta_set(s, "store", id);
	}
	(void)snprintf(s->id, sizeof s->id, "%08llx", (unsigned long long)id & 0xFFFFFFFFu);
	s->generation = (uint64_t)store_meta(s, "generation", 0);
	store_marks_read(s);
	s->seq = s->seq_committed = (uint64_t)db_number(
		&s->f, "SELECT seq FROM sqlite_sequence WHERE name='outbox'", 0);
	s->log = s->log_wanted == STORE_LOG_KEEP ? store_meta(s, "log", 0) != 0
						 : s->log_wanted == STORE_LOG_ON;
	if (r == 0 && !s->read_only && s->log_wanted != STORE_LOG_KEEP)
		r = store_meta_set(s, "log", s->log);
	return r < 0 ? r : store_rules_load(s);
}

static int
review_open(struct store *s)
{
	char path[4096];
	int r;

	store_path(s, "findings.db", path);
	r = access(path, R_OK) < 0 ? -errno : 0;
	if (r == 0)
		r = db_open(&s->f, path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, store_sql);
	if (r == 0 && db_number(&s->f, "PRAGMA user_version", -1) != STORE_VERSION)
		r = db_number(&s->f, "PRAGMA user_version", -1) < 0 ? -EUCLEAN : -EPROTONOSUPPORT;
	return r;
}

static int
open_error(const struct store *s, int r, const char *name, char ret_error[512])
{
	const char *why = r == -EPROTONOSUPPORT ? s->read_only ? "has another schema: a scan by "
								 "this version brings it up to date"
							       : "was made by a later version"
		: r == -EUCLEAN			? "is damaged"
						: strerror(-r);

	(void)snprintf(ret_error, 512, "state '%.300s/%s': %s", s->dir, name, why);
	return r;
}

int
store_open_databases(struct store *s, char ret_error[512])
{
	char damaged[4200] = "";
	int r = s->read_only ? review_open(s) : findings_open(s, damaged);

	if (r == 0)
		r = meta_load(s);
	if (r < 0)
		return open_error(s, r, "findings.db", ret_error);
	if (damaged[0]) {
		store_tell(s, "findings.db was damaged and is kept as '%.300s'; a new one is begun",
			damaged);
		store_say(s, STORE_ERROR, 3, NULL, "detail", "findings.db was damaged");
	}
	r = s->read_only ? 0 : store_cache_open(s);
	return r < 0 ? open_error(s, r, "cache.db", ret_error) : 0;
}
