/*
 * audit: the line walk -> pool -> sinks. Start reading here. `leakaudit scan` and, later, the daemon
 * run the same audit_run() with other sinks.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "expect.h"
#include "pool.h"
#include "sink.h"
#include "walk.h"

struct store;

struct audit_sink {
	const struct output *output;
	struct sink_options options;
};

/* Where a scan is. Valid for the call. */
struct audit_now {
	uint64_t files, unchanged, bytes; /* read; not read again; of those that were read */
	uint64_t findings, gaps, dirs;
	uint64_t given_files, given_bytes; /* to the workers; some of them may be at work yet */
	uint64_t done; /* changes whenever anything moves, in a worker too: for a watchdog */
	const char *path; /* a file at work, hostile bytes; "" for none */
	bool walking; /* the walk has not reached its end */
};

/* What is remembered from scan to scan (store.h); all may be 0 but the store. */
struct audit_memory {
	struct store *store; /* NULL: no memory */
	const char *const *shares; /* the name of each root; NULL, or NULL in it: its path */
	/*
	 * The sinks get what stands in the store of files that are not read again, so that a report
	 * is whole. Without it (the daemon) they get what was read only.
	 */
	bool recall;
	enum severity log_severity; /* of the outbox; see struct store_scan */
	enum confidence log_confidence;
	bool log_known, confirm;
};

struct audit_options {
	struct walk_options walk;
	struct pool_options pool;
	const struct audit_sink *sinks;
	size_t n_sinks;
	enum severity min_severity;
	enum confidence min_confidence;
	enum severity fail_on; /* exit 1 from here up; SEV_INFO = any reported */
	const char *baseline; /* former jsonl: ids in it are not reported; or NULL */
	bool progress; /* on standard error */
	bool mask_names; /* there; the sinks have their own */
	unsigned verbose;
	const volatile int *stop; /* becomes the signal's number when one came */
	struct audit_memory memory;
	const struct expects *expects; /* NULL: nothing is expected anywhere */
	bool keep_cache; /* what was not in the page cache before is dropped from it again */
	/*
	 * Called at least every 200 ms, whatever is at work. > 0: no new file is begun until it says
	 * otherwise (throttle, pause); < 0: the scan ends as after a signal. May be NULL.
	 */
	int (*tick)(void *user, const struct audit_now *now);
	void *tick_user;
};

struct audit_result {
	struct summary summary;
	bool reported; /* something at fail_on or above was reported */
	int signal; /* 0, SIGINT, SIGTERM */
	int stopped; /* what tick gave when it ended the scan, else 0 */
};

/*
 * Scans and reports. 0 when it ran (even if interrupted); -errno with a sentence in ret_error when
 * it could not run or its output could not be written; -EPIPE when the reader of the output left.
 */
int audit_run(const struct audit_options *o, struct audit_result *ret_r, char ret_error[1024]);

#endif
