/* store_in: what the files of the store share. Private to auditd/store*.c. */
#ifndef STORE_IN_H
#define STORE_IN_H

#include "base/buf.h"
#include "runset.h"
#include "store.h"
#include "store_sql.h"
#include "wire.h"

#define STORE_COMMIT_MS 200
#define STORE_VERSION	2 /* of the schema: number of steps in store_schema.c */
#define RULES_STORED	1000000 /* rules of all times: 500 rule sets of the largest size */

/* Statements; their texts are in store_stmt.c. */
enum {
	F_META_GET,
	F_META_SET,
	F_RULE_PUT,
	F_RULES,
	F_SHARE_PUT,
	F_SHARE_GET,
	F_SHARE_BEGIN,
	F_SHARE_RESET,
	F_SHARE_END,
	F_SHARE_DEVICE,
	F_SHARE_CONFIRM,
	F_SCAN_PUT,
	F_SCAN_END,
	F_RECORD_GET,
	F_RECORD_PUT,
	F_RECORD_SET,
	F_RECORD_GRADE,
	F_RECORD_GONE,
	F_RECORD_RESOLVE,
	F_FILE_RECORDS,
	F_FILE_GAPS,
	F_FILE_SEEN,
	F_FILE_DATA,
	F_UNSEEN,
	F_ELSEWHERE_INODE,
	F_ELSEWHERE_VALUES,
	F_LOST,
	F_GONE,
	F_ROLLUP,
	F_ROLLED_UP,
	F_COUNTS,
	F_SHARES,
	F_VALUES_PUT,
	F_VALUES_GET,
	F_LINE_PUT,
	F_LINE_NEXT,
	F_EXPIRE_RECORDS,
	F_EXPIRE_VALUES,
	F_EXPIRE_LINES,
	F_STATEMENTS
};
_Static_assert(F_STATEMENTS <= DB_STATEMENTS, "room for the statements");

enum {
	C_META_GET,
	C_META_SET,
	C_RULES_PUT,
	C_RULES_GET,
	C_DIR,
	C_FILE,
	C_PUT,
	C_DROP,
	C_DROP_BETWEEN,
	C_STATEMENTS
};

extern const char *const store_sql[F_STATEMENTS];
extern const char *const cache_sql[C_STATEMENTS];

/* logged: was a line written of it? */
enum { LOGGED_NOT, LOGGED_LINE, LOGGED_ROLLUP };

struct scan_root {
	char *path;
	char *name;
	size_t stands_for; /* the first root of the same name; its own index for most */
	int64_t share, scan; /* rows of them */
	int64_t begun;
	bool first; /* no scan of the share has been complete yet */
	bool confirmed, other_device;
	uint64_t fsid;
	uint64_t files, unchanged, findings, gaps, hidden; /* of this scan */
	uint64_t resolved;
	/* folders it came by, when those that are gone are to be swept out of the cache */
	bool sweep;
	uint64_t *noted;
	size_t n_noted, memory;
	struct runset seen;
	struct spool spool;
};

/* A file as the cache knows it, in as little room as may be: a folder may have a million. */
struct cached {
	uint64_t ino;
	uint64_t mark : 62, records : 1, asked : 1; /* mark: file_mark() */
};

struct cache_dir {
	uint64_t key, used;
	struct cached *rows; /* by inode */
	size_t n;
	bool single; /* too many: each file is looked up by itself */
	bool whole; /* all rows are here, and all its files are asked for while they are */
};

#define CACHE_DIRS  64u /* directories of the chain whose rows are held */
#define CACHE_ROWS  1048576u /* rows held of all of them: 16 MB */
#define CACHE_AGAIN 4096u /* rows read again of a directory that had to make room */

/* A record that was read from a blob, with the memory for it. */
struct decoded {
	struct record rec;
	struct finding f;
	struct stat st;
	struct wire_inner inner;
	struct buf path;
	char detail[WIRE_DETAIL];
};

struct store {
	char *dir;
	struct db f, c;
	int lock;
	bool read_only, log;
	unsigned keep_days;
	enum store_log log_wanted;
	void (*say)(void *user, const char *sentence);
	void *user;
	int64_t (*clock)(void);
	char id[9];
	int error;
	char error_text[512];
	int64_t committed_at; /* monotonic ms */
	int64_t clock_offset; /* real minus monotonic seconds at the opening */
	uint64_t generation;
	uint64_t sent, sent_written, seq, seq_committed;
	struct {
		uint64_t after, to; /* none when to <= after */
	} again, again_written; /* lines to be sent once more */
	/* rules by number in the store, and what the catalogue at hand calls them */
	struct rule_info *rules;
	size_t n_rules, cap_rules;
	uint32_t *rule_here; /* store's number -> index + 1, 0 = not in the catalogue */
	uint32_t *rule_no; /* index -> store's number */
	const struct catalogue *catalogue;
	/* the scan */
	bool scanning, list, log_known;
	enum severity log_severity;
	enum confidence log_confidence;
	uint64_t key_check;
	uint32_t rules_set; /* number in the cache of ... */
	struct buf rules_text;
	const struct scan_root *recalled; /* the root of store_recall(), while it runs */
	bool regraded; /* the finding at hand */
	int recall_error; /* of what store_recall() writes */
	struct scan_root *roots;
	size_t n_roots;
	/* the cache */
	struct cache_dir dirs[CACHE_DIRS];
	size_t dir_now, rows_held;
	uint64_t mark_seed; /* another in each process: nobody can look for files of one mark */
	uint64_t uses;
	struct {
		dev_t dev;
		uint64_t fsid;
	} fsids[64];
	size_t n_fsids;
	/* room for one thing at a time */
	struct buf blob;
	uint64_t values[STORE_VALUES];
	int64_t day, day_checked; /* of the last summary line; see store_daily() */
	struct decoded line;
	struct buf line_text;
};

/* --- store.c ---------------------------------------------------------------------------------- */
int64_t store_now(const struct store *s);
/* May be written to: no error, not for review. */
bool store_ready(const struct store *s);
/* Notes the first failure, says it and undoes what is not committed. Gives r. */
int store_fail(struct store *s, int r, const char *what);
/* Both databases anew, after a failure. */
int store_reopen(struct store *s);
void store_tell(struct store *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- store_schema.c --------------------------------------------------------------------------- */
/* Opens both databases, whatever state they are in. 0, -errno with a sentence. */
int store_open_databases(struct store *s, char ret_error[512]);
void store_path(const struct store *s, const char *name, char ret_path[4096]);
/* Makes the file, mode 0600, when it is missing. 0 or -errno: then nothing is open. */
int store_database(struct db *db, const char *path, const char *pragmas, const char *const *sql);
/* One step of the schema (0: a first store): for tests of migration. */
int store_schema_step(struct db *db, int step);
int64_t store_meta(struct store *s, const char *key, int64_t otherwise);
int store_meta_set(struct store *s, const char *key, int64_t value);
/* What the sender has got to, when that is not written yet; and reads it. 0 or -errno. */
bool store_marks_moved(const struct store *s);
int store_marks_write(struct store *s);
void store_marks_read(struct store *s);

/* --- store_cachefile.c ------------------------------------------------------------------------ */
int store_cache_open(struct store *s);
/* A new, empty cache in the place of a damaged one. 0 or -errno. */
int store_cache_renew(struct store *s);

/* --- store_rules.c ---------------------------------------------------------------------------- */
int store_rules_load(struct store *s);
/* Numbers for every rule of the catalogue. */
int store_rules_take(struct store *s, const struct catalogue *c);
void store_rules_free(struct store *s);
/* Never NULL; one without words for a number that is not there. */
const struct rule_info *store_rule(struct store *s, int64_t no);

/* --- store_blob.c ------------------------------------------------------------------------------ */
/* The record but its path. 0, -ENOMEM, -EMSGSIZE. */
int record_encode(const struct store *s, const struct record *r, struct buf *b);
/* 0 or -EBADMSG. d->rec is valid as long as data and d are. */
int record_decode(struct store *s, struct span path, struct span data, struct decoded *d);
void decoded_free(struct decoded *d);
uint64_t record_same(const struct record *r); /* equal: count, places and the like are */
uint64_t bytes_hash(struct span s, uint64_t seed);

/* --- store_cache.c ----------------------------------------------------------------------------- */
/* A number in the cache for the rule set. 0 or -errno. */
int cache_rules(struct store *s, const struct catalogue *c, const char *settings);
/* The cache gave r: made anew when it is damaged, else the store's failure. */
void cache_failed(struct store *s, int r);
void cache_put(struct store *s, const struct store_file *f, bool records);
/* Was the file read as it is now? */
bool cache_has(
	struct store *s, const struct scan_root *root, const char *path, const struct stat *st);
void cache_forget(struct store *s); /* what is held in memory */
uint64_t cache_fsid(struct store *s, int fd, dev_t dev);

/* --- store_sweep.c ----------------------------------------------------------------------------- */
void sweep_begin(struct store *s, struct scan_root *root);
void sweep_note(struct scan_root *root, uint64_t key);
void sweep_end(struct store *s, struct scan_root *root, bool complete);
void sweep_free(struct scan_root *root);

/* --- store_begin.c ----------------------------------------------------------------------------- */
void scan_free(struct store *s);
struct scan_root *scan_root(struct store *s, uint32_t root);
/* The i-th share of the scan, NULL for one that stands for another. */
struct scan_root *scan_share(struct store *s, size_t i);

/* --- store_scan.c ------------------------------------------------------------------------------ */
/* Would the record be told to the log at all? */
bool scan_logs(const struct store *s, const struct record *r);

/* --- store_file.c ------------------------------------------------------------------------------ */
/* Notes what came of writing something during store_recall(): the store's failure. Gives r. */
int recall_wrote(struct store *s, int r);
/* The values of a record into x: only those made with the key at hand. 0 or -errno. */
int values_get(struct store *s, int64_t no, struct stored *x);

/* --- store_query.c ----------------------------------------------------------------------------- */
/* Adds the numbers of a share, 0 for all. 0 or -errno. */
int store_counts(struct store *s, int64_t share, struct store_share *c);

/* --- store_lost.c ------------------------------------------------------------------------------ */
/* Why a record of a file that was not looked at is no longer there; NONE: it is. */
enum store_cause lost_cause(struct store *s, const struct scan_root *root, const struct decoded *d,
	int64_t no, int64_t ino, int64_t values);
/* Is the record's item inside of something that could not be read in this scan? */
bool lost_hidden(struct store *s, const struct scan_root *root, const char *path, size_t path_n,
	const struct inner *in);

/* --- store_outbox.c ---------------------------------------------------------------------------- */
struct line {
	enum store_event event;
	enum store_act act;
	enum store_cause cause;
	int priority;
	int64_t share;
	const struct store_pair *pairs;
	unsigned n_pairs;
};
/* Nothing without an outbox. 0 or -errno. */
int line_put(struct store *s, const struct line *l);
/* The same from a record's blob as it lies in the database. */
int line_put_data(struct store *s, const struct line *l, struct span path, struct span data);
/* The line of numbers, once a day. */
void store_daily(struct store *s);

#endif
