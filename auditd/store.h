/*
 * store: what is remembered between scans. One directory (0700) with two databases: findings.db
 * (findings, gaps, scans, the outbox; every commit is on the disk) and cache.db (which files need
 * not be read again; may be thrown away at any time). One process writes; others may read.
 *
 * Nothing becomes visible to anybody (readers, the outbox, the next scan) before it is committed,
 * and a file is only remembered as read when what was found in it is committed. So after kill -9 or
 * a power cut the next scan reads again what was not committed, and nothing is lost.
 *
 * A failure to write (disk full, damaged, taken away) never stops a scan: it is said once by `say`,
 * store_error() tells it, and every later call does nothing and gives 0 until store_scan_begin()
 * tries anew. Functions that are marked "reads" give -errno instead.
 *
 * No call blocks for long: a commit is one fsync(), made by store_tick() at most every 200 ms.
 */
#ifndef STORE_H
#define STORE_H

#include "sink.h"
#include "walk.h"

#define STORE_DIR_DEFAULT "/var/lib/leakaudit"
#define STORE_KEEP_DAYS	  90u /* resolved findings, sent lines */
#define STORE_VALUES	  4096u /* fingerprints kept of one finding */

enum store_state { STORE_NEW, STORE_KNOWN, STORE_CHANGED, STORE_RESOLVED, STORE_STATES };
enum store_cause {
	STORE_CAUSE_NONE,
	STORE_DELETED, /* the file is gone */
	STORE_CLEAN, /* it was read again, and it is not in it any more */
	STORE_MOVED, /* the same stands elsewhere now */
	STORE_EXCLUDED, /* the file is there, but no longer looked at */
	STORE_RULE_CHANGED, /* there is no such rule any more */
	STORE_CAUSES
};
enum store_event {
	STORE_FINDING,
	STORE_GAP,
	STORE_GONE, /* event=resolved */
	STORE_ROLLUP,
	STORE_SCAN_START,
	STORE_SCAN_END,
	STORE_SUMMARY,
	STORE_ACK,
	STORE_ERROR,
	STORE_EVENTS
};
enum store_act {
	STORE_ACT_NEW,
	STORE_ACT_CHANGED,
	STORE_ACT_REGRADED,
	STORE_ACT_KNOWN,
	STORE_ACTS
};

/* The contract's words. Never NULL. store_state_parse() gives -EINVAL for any other. */
const char *store_state_name(enum store_state s);
const char *store_cause_name(enum store_cause c); /* "" for none */
const char *store_event_name(enum store_event e);
const char *store_act_name(enum store_act a);
int store_state_parse(const char *s, enum store_state *ret_s);

/* critical LOG_CRIT, high LOG_WARNING, medium LOG_NOTICE; STORE_ERROR LOG_ERR; else LOG_INFO. */
int store_priority(enum store_event e, const struct record *r);

/* --- opening -------------------------------------------------------------------------------- */

enum store_log {
	STORE_LOG_KEEP, /* as the store was opened last; a new one has no outbox */
	STORE_LOG_OFF,
	STORE_LOG_ON, /* the daemon: every event becomes a line of the outbox */
};

struct store_options {
	const char *dir; /* made with mode 0700 when it is missing; its parent is there */
	bool read_only; /* for review: takes no lock, changes nothing, needs findings.db */
	enum store_log log;
	unsigned keep_days; /* 0 = STORE_KEEP_DAYS */
	/* A sentence for people: something was damaged, rebuilt, or can no longer be written. */
	void (*say)(void *user, const char *sentence); /* NULL: nobody wants to know */
	void *user;
	int64_t (*now)(void); /* seconds since the epoch; NULL = the clock. For tests */
};

struct store;

/*
 * Opens or makes the store, migrates an older schema, sets a damaged findings.db aside as
 * findings.db.damaged-DATE (and says so by `say` and as a line event=error) and rebuilds a damaged
 * cache. 0; -EBUSY another process has it open for writing; -EACCES, -EROFS, -ENOSPC, -ENOENT,
 * -EPROTONOSUPPORT (made by a later version), -errno; with a sentence in ret_error.
 */
int store_open(const struct store_options *o, struct store **ret_s, char ret_error[512]);

/* Another keep_days, as after a reload of the configuration. */
void store_keep(struct store *s, unsigned keep_days);

/* Commits what is open. NULL is allowed. */
void store_close(struct store *s);

/* 8 hex digits, the `store=` of every line; another after findings.db was lost. */
const char *store_id(const struct store *s);

/* 0 while all is well, else the -errno since which nothing is written; ret_text may be NULL. */
int store_error(const struct store *s, const char **ret_text);

/*
 * To be called often, at least every 200 ms while a scan is on and every minute otherwise: commits
 * when there is something and 200 ms have passed, writes the daily summary line, and takes away
 * what is older than keep_days. Does nothing most times.
 */
void store_tick(struct store *s);

/* Commits now. 0 or -errno. */
int store_commit(struct store *s);

/* --- a scan ---------------------------------------------------------------------------------- */

struct store_scan {
	/*
	 * Each root is a share of its own, two of one name are one. A share is known by its name; names[i] may be NULL: then
	 * it is the path. n 0: a list of files; it belongs to the share "" of which nothing is
	 * resolved but what is read.
	 */
	const char *const *names, *const *roots;
	size_t n;
	const struct catalogue *rules;
	/*
	 * All else that decides what a file gives (--only, --show, version ...). A file read with
	 * other rules or settings counts as not read.
	 */
	const char *settings;
	uint64_t key_check; /* tells whether stored fingerprints are of the same key */
	/* Of the log only; the store keeps all. A resolved finding is said if it was. */
	enum severity log_severity;
	enum confidence log_confidence;
	bool log_known; /* also a line act=known for what is as before */
	bool confirm; /* what looks lost is lost: as store_confirm() for each share */
};

/*
 * Begins a scan: lines scan-start. Takes the catalogue's texts over; nothing of *o is used later
 * but `rules`. 0 or -errno (the store is out of order for this scan: say it and go on).
 */
int store_scan_begin(struct store *s, const struct store_scan *o);

/*
 * The hook of the walk (walk.h, struct walk_memory): pass store_known and store_left with the store
 * as `user`.
 */
enum walk_verdict store_known(void *s, struct walk_here *here, const struct stat *st);
void store_left(void *s, struct walk_here *here);

/* A finding's distinct values, for later scans. */
struct store_values {
	const uint64_t *fp; /* sorted */
	size_t n; /* at most STORE_VALUES */
	bool all; /* these are all of them */
};

/*
 * A finding or gap of root `root` as it was just found, graded, before any filter. v NULL: none.
 * Gaps: r->st may be NULL.
 */
void store_record(
	struct store *s, uint32_t root, const struct record *r, const struct store_values *v);

/* A file that was read to its end, or given up. */
struct store_file {
	uint32_t root;
	const char *path;
	const struct stat *st; /* when it was opened */
	int fd; /* still open: asked whether the file has changed meanwhile */
	int64_t opened; /* seconds since the epoch */
	bool failed; /* given up by the pool: what was found in it before stays */
};

/* It is remembered, unless it changed meanwhile, or something may go better the next time. */
void store_file_done(struct store *s, const struct store_file *f);

/* A finding or gap as it stands in the store. Borrowed for the call. */
struct stored {
	uint64_t no; /* its row: a place to go on behind, for store_filter.after */
	struct record
		rec; /* rec.rule is the store's own copy: id, category, title, advice, ladder */
	const char *share;
	enum store_state state;
	enum store_cause cause; /* STORE_RESOLVED only */
	int64_t first, last; /* first seen, last seen; seconds since the epoch */
	int64_t since; /* when it came into this state */
	struct store_values values; /* n 0 when none were asked for or none are comparable */
	bool held; /* looks resolved, but waits for store_confirm() */
};

/*
 * Called for the file the walk had WALK_KNOWN for: each of its findings and gaps, which count as
 * seen. 0, -errno, or the first non-zero that `each` gave.
 */
int store_recall(struct store *s, uint32_t root, const char *path,
	int (*each)(void *user, const struct stored *r), void *user);

/*
 * A finding that store_recall() just gave has another grade (severity, score, reasons) than is stored,
 * its file being as it was: a line act=regraded when the severity is another. Only from
 * `each`, which has to give what this gives.
 */
int store_regrade(struct store *s, const struct record *r);

/*
 * Ends the scan: resolves (all that was not seen, when sum->complete; else only what was read again
 * and is gone), rolls up, writes lines scan-end, commits. A share that looks emptied
 * (STORE_LOST_PERCENT of its findings gone, root empty or on another device) gives a line
 * event=error and a `say`, and resolves nothing until it is confirmed.
 */
void store_scan_end(struct store *s, const struct summary *sum);

#define STORE_LOST_PERCENT 20u
#define STORE_LOST_MIN	   5u /* fewer lost than this is one person tidying up */

/* The next scan of the share (NULL: of every share) resolves whatever is gone. 0, -ENOENT, -errno. */
int store_confirm(struct store *s, const char *share);

/* A share could not be scanned (its root is missing): a line event=error with that text. */
void store_trouble(struct store *s, const char *share, const char *text);

/* --- reading ----------------------------------------------------------------------------------- */

enum store_sort {
	STORE_BY_SCORE,
	STORE_BY_PATH,
	STORE_BY_FIRST,
	STORE_BY_LAST,
	STORE_BY_COUNT,
	STORE_BY_ROW
};

struct store_filter {
	int type; /* RECORD_FINDING, RECORD_GAP, -1 = both */
	unsigned states; /* 1 << enum store_state, or'ed; 0 = all but resolved */
	uint64_t id; /* 0 = any */
	const char *share, *rule, *category, *reason; /* NULL = any; equal */
	const char *path; /* gitignore-style glob over the absolute path; NULL = any */
	unsigned severities; /* 1 << enum severity, or'ed; 0 = any */
	enum confidence min_confidence;
	int64_t since; /* came into its state at or after; 0 = any */
	enum store_sort sort;
	bool reverse;
	bool values; /* fingerprints too */
	uint64_t limit; /* 0 = none */
	/* Only `rows` rows behind `after` are looked at, by their numbers: bounded work. 0 = all */
	uint64_t after, rows;
};

/* Reads: calls each. 0, -errno, or the first non-zero that `each` gave. May be used during a scan. */
int store_each(struct store *s, const struct store_filter *f,
	int (*each)(void *user, const struct stored *r), void *user);

/* Reads: the number of the last row, 0 for none. 0 or -errno. */
int store_last_row(struct store *s, uint64_t *ret_no);

struct store_share {
	const char *name, *root;
	int64_t begun, ended; /* of the last scan; ended 0 while it runs or when it was cut off */
	int64_t complete; /* when the last complete one ended; 0 = never: the first scan is still on */
	uint64_t open[SEVERITIES]; /* findings that are not resolved */
	uint64_t gaps, hidden;
	uint64_t held; /* findings that look resolved and wait for store_confirm() */
};

/* Reads: every share by name. */
int store_shares(
	struct store *s, int (*each)(void *user, const struct store_share *sh), void *user);

/* A store opened by nobody yet: is there one? 0, -ENOENT, -errno. */
int store_probe(const char *dir);

/* --- the outbox --------------------------------------------------------------------------------
 * A line is kept as what it says, not as text: the sender formats it (logfmt, json, journal
 * fields), and the same seq always says the same. A line is kept for keep_days, and until it is
 * sent. What it says of a file was true at `ts`.
 */
struct store_line {
	uint64_t seq; /* from 1, without holes */
	int64_t ts; /* when it happened, by the clock of then */
	enum store_event event;
	int priority; /* LOG_CRIT ... LOG_INFO, by the contract */
	bool sent; /* a repeat */
	const char *store; /* store_id() */
	const char *share; /* "" for none */
	/* STORE_FINDING, STORE_GAP, STORE_GONE */
	const struct record *record; /* else NULL; its rule is record->rule, not record->f->rule */
	enum store_act act;
	enum store_cause cause;
	/*
	 * The others: keys and values in order, to be printed as they stand (values unescaped).
	 * scan-start: version rules root. scan-end: complete hidden files unchanged findings gaps
	 * resolved seconds, of a scan of one root also items bytes. rollup: folder findings gaps
	 * hidden matches sev and rules ("us-ssn:3,iban:1"). summary: low medium high critical gaps
	 * hidden held first_seq last_seq. error: detail.
	 */
	struct store_pair {
		const char *key, *value;
		bool path; /* a file name, may be cut in the middle */
	} pairs[16];
	unsigned n_pairs;
};

/*
 * Reads: the first committed line behind `after` (0: from the beginning; store_sent_seq(): what is
 * to be sent). 1, 0 when there is none, -errno. Valid until the next call. A sender reads on with
 * the seq it got; `resend --from N` begins with after = N - 1.
 */
int store_line_next(struct store *s, uint64_t after, struct store_line *ret_l);

/* Up to and with seq all is sent. Written with the next commit; a crash before it repeats lines. */
void store_sent(struct store *s, uint64_t seq);
uint64_t store_sent_seq(const struct store *s);
uint64_t store_last_seq(const struct store *s); /* committed */
uint64_t store_first_seq(struct store *s); /* the oldest kept; 0 for none */

/*
 * The lines from `from` to `to`, both included, are to be sent again; a second call widens the first.
 * Written with the next commit, and known after a restart; a store open for review forgets it.
 */
void store_resend(struct store *s, uint64_t from, uint64_t to);
/* How many are still to be sent again; the number before the first of them. */
uint64_t store_resending(const struct store *s, uint64_t *ret_after);
/* Of them all up to and with seq are done. */
void store_resent(struct store *s, uint64_t seq);

/* A line of the daemon's own (STORE_ERROR, STORE_ACK ...): share may be NULL. */
void store_say(struct store *s, enum store_event event, int priority, const char *share,
	const char *key, const char *value);

#endif
