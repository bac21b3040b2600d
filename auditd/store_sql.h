/*
 * store_sql: SQLite in few words. A struct db is one database file with its statements, prepared
 * when they are first wanted. Private to auditd/store*.c.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define DB_STATEMENTS 40

struct db {
	sqlite3 *h;
	const char *const *sql; /* text of each statement */
	sqlite3_stmt *st[DB_STATEMENTS];
	bool tx; /* a transaction is open */
};

/* flags: SQLITE_OPEN_*. 0 or -errno; then nothing is open. */
int db_open(struct db *db, const char *path, int flags, const char *const *sql);
void db_close(struct db *db);

/* What SQLite's result means: -ENOSPC, -EROFS, -EUCLEAN (damaged), -EACCES, -EBUSY, -EIO ... */
int db_errno(const struct db *db, int rc);

/* Several statements without parameters. 0 or -errno. */
int db_exec(struct db *db, const char *sql);

/*
 * Runs statement i with parameters: types holds a letter for each: i int64_t, b struct span (blob),
 * t const char * (text, NULL is null). db_row(): 1 with the first row at hand, 0 none, -errno;
 * db_next() goes on and gives the same; a statement that gave 0 or -errno is free again, another
 * has to be left by db_leave(). db_run(): 0 when it has run to its end.
 */
int db_row(struct db *db, unsigned i, const char *types, ...);
int db_next(struct db *db, unsigned i);
void db_leave(struct db *db, unsigned i);
int db_run(struct db *db, unsigned i, const char *types, ...);

/* Columns of the row at hand, from 0. Spans and texts are valid until the next step. */
int64_t db_int(struct db *db, unsigned i, int column);
struct span db_blob(struct db *db, unsigned i, int column);
const char *db_text(struct db *db, unsigned i, int column); /* never NULL */

/* One number by a statement of its own, or `otherwise`. */
int64_t db_number(struct db *db, const char *sql, int64_t otherwise);

/* 0 or -errno. db_begin() does nothing when one is open, the others when none is. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);

#endif
