/*
 * SQLite reads through a file system of ours that has one file and no journal, and cannot write. Bytes
 * 18 and 19 are always 1: a database in WAL mode would otherwise ask for its log and for shared
 * memory; what is only in the log is in another file, which is searched for words by itself.
 */
#include <errno.h>
#include <stdio.h>

#include "extract/sqlite.h"
#include "limits.h"

#include "base/poison.h"

#define MODES_AT 18u

struct file {
	sqlite3_file base; /* first */
	struct sqlite_source *d;
};

static int
file_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int
file_read(sqlite3_file *f, void *to, int n, sqlite3_int64 off)
{
	struct sqlite_source *d = ((struct file *)f)->d;
	ssize_t got;

	if (n < 0 || off < 0 || budget_tick(d->budget) < 0)
		return SQLITE_IOERR_READ;
	got = reader_pread(d->src, to, (size_t)n, (uint64_t)off);
	if (got < 0)
		return SQLITE_IOERR_READ;
	for (unsigned at = MODES_AT; at < MODES_AT + 2; at++) {
		if (off <= at && at - (uint64_t)off < (uint64_t)got)
			((uint8_t *)to)[at - (uint64_t)off] = 1;
	}
	if (got == n)
		return SQLITE_OK;
	memset((uint8_t *)to + got, 0, (size_t)(n - got));
	return SQLITE_IOERR_SHORT_READ;
}

static int
file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
	(void)f;
	(void)p;
	(void)n;
	(void)off;
	return SQLITE_READONLY;
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	(void)f;
	(void)size;
	return SQLITE_READONLY;
}

static int
file_flags(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	return SQLITE_OK;
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *ret_size)
{
	uint64_t size = ((struct file *)f)->d->src->size;

	*ret_size = size > INT64_MAX ? INT64_MAX : (sqlite3_int64)size;
	return SQLITE_OK;
}

static int
file_reserved(sqlite3_file *f, int *ret_is)
{
	(void)f;
	*ret_is = 0;
	return SQLITE_OK;
}

static int
file_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
file_sector(sqlite3_file *f)
{
	(void)f;
	return 512;
}

static int
file_traits(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_flags,
	.xFileSize = file_size,
	.xLock = file_flags,
	.xUnlock = file_flags,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

static int
vfs_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *ret_flags)
{
	(void)name;
	f->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	f->pMethods = &methods;
	((struct file *)f)->d = v->pAppData;
	if (ret_flags)
		*ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
	(void)v;
	(void)name;
	(void)sync;
	return SQLITE_IOERR_DELETE;
}

static int
vfs_access(sqlite3_vfs *v, const char *name, int flags, int *ret_is)
{
	(void)v;
	(void)name;
	(void)flags;
	*ret_is = 0;
	return SQLITE_OK;
}

static int
vfs_path(sqlite3_vfs *v, const char *name, int n, char *to)
{
	(void)v;
	(void)snprintf(to, (size_t)n, "%s", name);
	return SQLITE_OK;
}

/* A schema may ask for them; what it gets is the same every time. */
static int
vfs_random(sqlite3_vfs *v, int n, char *to)
{
	(void)v;
	memset(to, 0, (size_t)n);
	return n;
}

static int
vfs_sleep(sqlite3_vfs *v, int us)
{
	(void)v;
	return us;
}

static int
vfs_time(sqlite3_vfs *v, double *ret_day)
{
	(void)v;
	*ret_day = 2440587.5;
	return SQLITE_OK;
}

int
sqlite_prepare(void)
{
	uint8_t seed;

	if (sqlite3_initialize() != SQLITE_OK)
		return -ENOMEM;
	sqlite3_randomness(1, &seed);
	(void)sqlite3_hard_heap_limit64((sqlite3_int64)LIMIT_SQLITE_HEAP);
	return 0;
}

/* Says whether to stop. */
static int
progress(void *budget)
{
	return budget_tick(budget) < 0;
}

/* Reading, and nothing else: no ATTACH, no PRAGMA, no function of a hostile schema. */
static int
authorize(void *none, int what, const char *a, const char *b, const char *c, const char *d)
{
	(void)none;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return what == SQLITE_SELECT || what == SQLITE_READ ? SQLITE_OK : SQLITE_DENY;
}

static void
distrust(struct sqlite_source *d)
{
	static const struct {
		int what, value;
	} limits[] = {{SQLITE_LIMIT_LENGTH, (int)LIMIT_SQLITE_VALUE},
		{SQLITE_LIMIT_SQL_LENGTH, 1 << 20}, {SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_VDBE_OP, 100000}, {SQLITE_LIMIT_EXPR_DEPTH, 200},
		{SQLITE_LIMIT_COMPOUND_SELECT, 10}, {SQLITE_LIMIT_FUNCTION_ARG, 8},
		{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
		{SQLITE_LIMIT_WORKER_THREADS, 0}};
	static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
		SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, SQLITE_DBCONFIG_DQS_DDL};

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		(void)sqlite3_limit(d->db, limits[i].what, limits[i].value);
	for (size_t i = 0; i < sizeof off / sizeof *off; i++)
		(void)sqlite3_db_config(d->db, off[i], 0, NULL);
	(void)sqlite3_db_config(d->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_set_authorizer(d->db, authorize, NULL);
	sqlite3_progress_handler(d->db, 1000, progress, d->budget);
}

int
sqlite_source_open(struct sqlite_source *d, struct reader *src, struct budget *b)
{
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	int r;

	d->src = src;
	d->budget = b;
	(void)snprintf(d->name, sizeof d->name, "leakaudit-%p", (void *)d);
	d->vfs = (sqlite3_vfs){.iVersion = 1,
		.szOsFile = sizeof(struct file),
		.mxPathname = 16,
		.zName = d->name,
		.pAppData = d,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_path,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time};
	if (sqlite3_vfs_register(&d->vfs, 0) != SQLITE_OK)
		return -ENOMEM;
	r = sqlite3_open_v2("item", &d->db, flags, d->name);
	if (r == SQLITE_OK)
		distrust(d);
	return r == SQLITE_OK ? 0 : r == SQLITE_NOMEM ? -ENOMEM : -EBADMSG;
}

void
sqlite_source_close(struct sqlite_source *d)
{
	(void)sqlite3_close(d->db);
	(void)sqlite3_vfs_unregister(&d->vfs);
}
