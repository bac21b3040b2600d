/*
 * pool: the workers. Hands them open files in batches, watches their progress, replaces those that
 * crash, hang or break the message format, and tries again without the inner item that killed one.
 * Memory does not grow with the number of files.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "finding.h"

/* An open file on its way. The path stays on this side; the worker sees only its last two names. */
struct job {
	int fd; /* owned by the pool from pool_submit() on */
	struct stat st;
	char *path; /* absolute bytes, NUL-terminated, heap; owned by the pool */
	uint32_t root;
	bool cold; /* was not in the page cache: is not to stay there */
	int64_t opened; /* when, in seconds since the epoch */
};

struct pool_done {
	uint64_t items, bytes; /* inner items and unpacked bytes */
	char mime[96];
	bool failed; /* given up: a gap has said why */
};

/* Called from pool_poll(). A non-zero return stops the pool: pool_poll() returns it. */
struct pool_events {
	int (*finding)(
		void *user, const struct job *j, const struct inner *in, const struct finding *f);
	/*
	 * Before its finding, never after it: a sorted run of distinct fingerprints (scan.h). When
	 * a worker dies in between, runs may come again; those whose finding has not come when
	 * done() is called belong to nothing.
	 */
	int (*run)(void *user, const struct job *j, const struct inner *in, uint16_t rule,
		const uint64_t *fp, size_t n);
	int (*gap)(void *user, const struct job *j, const struct inner *in, enum gap_reason reason,
		bool hides, const char *detail);
	int (*done)(void *user, const struct job *j, const struct pool_done *d);
	void *user;
};

/* What a worker says of its cage; shown by -v and `version`. */
struct confinement {
	bool no_new_privs, seccomp, no_caps, unprivileged_uid, not_dumpable;
	bool reads_poppler; /* one folder can be read: see SANDBOX_READS */
	int landlock_abi; /* 0: the kernel has none */
	uint32_t uid;
	char missing[160]; /* plain words on what could not be had, "" for nothing */
};

struct pool_options {
	unsigned workers;
	const char *worker_path; /* the program to exec */
	const char *const *rule_files; /* opened here, passed as descriptors, in this order */
	size_t n_rule_files;
	const char *const *only, *const *without;
	size_t n_only, n_without;
	bool show_none;
	uint8_t key[32];
	unsigned progress_sec; /* 0 = DEADLINE_PROGRESS_SEC; tests shorten it */
	unsigned silent_cpu_sec; /* 0 = DEADLINE_SILENT_CPU_SEC */
	unsigned files_per_worker; /* exec'd anew after so many; 0 = 100,000 */
	bool worker_stderr; /* workers keep standard error: debugging only */
};

struct pool;

#define POOL_ABOUT 4096 /* bytes of pool_about(), NUL included */

/*
 * Starts the workers and waits for the first hello. 0; -EINVAL when a worker refused the rules,
 * with "FILE:LINE:COLUMN: message" in ret_error; -errno with a sentence in ret_error.
 */
int pool_new(const struct pool_options *o, const struct pool_events *ev, struct pool **ret_p,
	char ret_error[1024]);

/* The catalogue the workers' hello answered with; lives as long as the pool. */
const struct catalogue *pool_catalogue(const struct pool *p);
const struct confinement *pool_confinement(const struct pool *p);

/* What the workers read and with which libraries: "NAME: words", '|' between. Never NULL. */
const char *pool_about(const struct pool *p);

/*
 * May another file be submitted without waiting? Also says no while as many descriptors are open
 * as half of what this process may have.
 */
bool pool_wants(const struct pool *p);

/* Takes the job over (fd and path), also when it fails. Call only when pool_wants(). 0 or -errno. */
int pool_submit(struct pool *p, const struct job *j);

/* Waits up to timeout_ms (-1 = for ever) for something to happen and calls the events. */
int pool_poll(struct pool *p, int timeout_ms);

/* Nothing queued and nothing at work? */
bool pool_idle(const struct pool *p);

/* The path of the file some worker is at, for progress; "" for none. */
const char *pool_current(const struct pool *p);

/* No more files will come: a batch that is not full is sent. */
void pool_flush(struct pool *p);

/* Workers replaced so far. */
uint64_t pool_replaced(const struct pool *p);

/* Changes whenever a worker moves on in its file or is replaced. */
uint64_t pool_pulse(const struct pool *p);

/* Kills and reaps every worker. */
void pool_free(struct pool *p);

/* One example of one rule, run by a worker. Valid for the call. */
struct rule_checked {
	const struct rule_info *rule;
	const char *file; /* rule file as named in the options, and the example's line in it */
	uint32_t line;
	bool failed;
	const char *message; /* what was expected and what came of it; "" when well */
};

/*
 * Starts one confined worker, lets it run every example of its rules and calls report for each. 0,
 * or as pool_new(), or what report returned when that is not 0.
 */
int pool_check_rules(const struct pool_options *o,
	int (*report)(void *user, const struct rule_checked *c), void *user, char ret_error[1024]);

#endif
