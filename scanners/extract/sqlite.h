/* sqlite: a database file of SQLite 3 while it is read, through a file system that is one reader. */
#ifndef EXTRACT_SQLITE_H
#define EXTRACT_SQLITE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "item.h"

struct sqlite_source {
	struct reader *src; /* seeks */
	struct budget *budget;
	sqlite3_vfs vfs;
	char name[32]; /* of vfs */
	sqlite3 *db;
};

/* The library's own memory and random numbers, before files are out of reach. 0 or -ENOMEM. */
int sqlite_prepare(void);

/* Opens the database read-only, distrusting its schema. 0, -ENOMEM, or -EBADMSG: it is none. */
int sqlite_source_open(struct sqlite_source *d, struct reader *src, struct budget *b);
void sqlite_source_close(struct sqlite_source *d);

/* Words on pages that were freed and not yet used again. 0 or -errno. */
int sqlite_freed(struct reader *src, struct sink *s);

#endif
