/*
 * Every call into SQLite that the store makes goes through here, so that there is one place where
 * its results become errno and one way to bind. Statements are kept: preparing one costs more than
 * running it.
 */
#include "store_sql.h"

#include <errno.h>
#include <stdarg.h>

#include "base/poison.h"

int
db_errno(const struct db *db, int rc)
{
	int system = db->h ? sqlite3_system_errno(db->h) : 0;

	switch (rc & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN:
		return system > 0 ? -system : -EACCES;
	default:
		return system == ENOSPC || system == EDQUOT || system == EROFS ? -system : -EIO;
	}
}

int
db_open(struct db *db, const char *path, int flags, const char *const *sql)
{
	int rc = sqlite3_open_v2(path, &db->h, flags | SQLITE_OPEN_NOMUTEX, NULL);
	int r = db_errno(db, rc);

	db->sql = sql;
	db->tx = false;
	if (rc != SQLITE_OK) {
		(void)sqlite3_close_v2(db->h);
		db->h = NULL;
		return r;
	}
	(void)sqlite3_extended_result_codes(db->h, 1);
	(void)sqlite3_busy_timeout(db->h, 5000);
	return 0;
}

void
db_close(struct db *db)
{
	for (unsigned i = 0; i < DB_STATEMENTS; i++)
		(void)sqlite3_finalize(db->st[i]);
	(void)sqlite3_close_v2(db->h);
	*db = (struct db){0};
}

int
db_exec(struct db *db, const char *sql)
{
	return db->h ? db_errno(db, sqlite3_exec(db->h, sql, NULL, NULL, NULL)) : -EBADF;
}

static int
bind_one(sqlite3_stmt *st, int at, char type, va_list *ap)
{
	struct span s;

	switch (type) {
	case 'i':
		return sqlite3_bind_int64(st, at, va_arg(*ap, int64_t));
	case 't':
		return sqlite3_bind_text(st, at, va_arg(*ap, const char *), -1, SQLITE_STATIC);
	default:
		s = va_arg(*ap, struct span);
		return sqlite3_bind_blob64(
			st, at, s.n ? (const void *)s.p : "", s.n, SQLITE_STATIC);
	}
}

static int
bind_all(struct db *db, unsigned i, const char *types, va_list *ap)
{
	int rc = SQLITE_OK;

	if (!db->h)
		return -EBADF;
	if (!db->st[i])
		rc = sqlite3_prepare_v3(
			db->h, db->sql[i], -1, SQLITE_PREPARE_PERSISTENT, &db->st[i], NULL);
	for (int at = 1; rc == SQLITE_OK && types[at - 1]; at++)
		rc = bind_one(db->st[i], at, types[at - 1], ap);
	return db_errno(db, rc);
}

int
db_next(struct db *db, unsigned i)
{
	int rc = sqlite3_step(db->st[i]), r;

	if (rc == SQLITE_ROW)
		return 1;
	r = db_errno(db, rc);
	db_leave(db, i);
	return r;
}

void
db_leave(struct db *db, unsigned i)
{
	(void)sqlite3_reset(db->st[i]);
	(void)sqlite3_clear_bindings(db->st[i]);
}

int
db_row(struct db *db, unsigned i, const char *types, ...)
{
	va_list ap;
	int r;

	va_start(ap, types);
	r = bind_all(db, i, types, &ap);
	va_end(ap);
	return r < 0 ? r : db_next(db, i);
}

int
db_run(struct db *db, unsigned i, const char *types, ...)
{
	va_list ap;
	int r;

	va_start(ap, types);
	r = bind_all(db, i, types, &ap);
	va_end(ap);
	if (r == 0)
		r = db_next(db, i);
	while (r > 0)
		r = db_next(db, i);
	return r;
}

int64_t
db_int(struct db *db, unsigned i, int column)
{
	return sqlite3_column_int64(db->st[i], column);
}

struct span
db_blob(struct db *db, unsigned i, int column)
{
	const void *p = sqlite3_column_blob(db->st[i], column);
	int n = sqlite3_column_bytes(db->st[i], column);

	return span_of(p, p && n > 0 ? (size_t)n : 0);
}

const char *
db_text(struct db *db, unsigned i, int column)
{
	const void *p = sqlite3_column_text(db->st[i], column);

	return p ? p : "";
}

int64_t
db_number(struct db *db, const char *sql, int64_t otherwise)
{
	sqlite3_stmt *st = NULL;
	int64_t n = otherwise;

	if (db->h && sqlite3_prepare_v2(db->h, sql, -1, &st, NULL) == SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return n;
}

int
db_begin(struct db *db)
{
	int r = db->tx ? 0 : db_exec(db, "BEGIN IMMEDIATE");

	db->tx = db->tx || r == 0;
	return r;
}

int
db_commit(struct db *db)
{
	int r = db->tx ? db_exec(db, "COMMIT") : 0;

	if (r == 0)
		db->tx = false;
	else
		db_rollback(db);
	return r;
}

void
db_rollback(struct db *db)
{
	if (db->tx && !sqlite3_get_autocommit(db->h))
		(void)db_exec(db, "ROLLBACK");
	db->tx = false;
}
