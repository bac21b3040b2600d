/*
 * audit: the line walk -> pool -> sinks. Start reading here. `leakaudit scan` and, later, the daemon
 * run the same audit_run() with other sinks.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "pool.h"
#include "sink.h"
#include "walk.h"

struct audit_sink {
	const struct output *output;
	struct sink_options options;
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
	unsigned verbose;
	const volatile int *stop; /* becomes the signal's number when one came */
};

struct audit_result {
	struct summary summary;
	bool reported; /* something at fail_on or above was reported */
	int signal; /* 0, SIGINT, SIGTERM */
};

/*
 * Scans and reports. 0 when it ran (even if interrupted); -errno with a sentence in ret_error when
 * it could not run or its output could not be written; -EPIPE when the reader of the output left.
 */
int audit_run(const struct audit_options *o, struct audit_result *ret_r, char ret_error[1024]);

#endif
