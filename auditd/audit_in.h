/* audit_in: what the files of the line share. Private to auditd/audit*.c. */
#ifndef AUDIT_IN_H
#define AUDIT_IN_H

#include <time.h>

#include "audit.h"
#include "baseline.h"
#include "outs.h"
#include "pagecache.h"
#include "progress.h"
#include "store.h"
#include "totals.h"
#include "values.h"

#define AUDIT_ERROR 1024

struct audit {
	const struct audit_options *o;
	struct walk *walk;
	struct walk_memory memory; /* of the store, for the walk */
	struct pool *pool;
	struct values *values;
	struct totals *totals;
	struct baseline baseline;
	struct outs outs;
	struct progress progress;
	struct audit_result res;
	bool walking; /* the walk has not reached its end */
	bool remembers; /* the store takes part: a scan was begun in it */
	bool inexact; /* some number of distinct values is a lower bound */
	struct pagecache pages;
	uint64_t given_files, given_bytes; /* to the pool */
	uint64_t done, gaps; /* whatever moved; all gaps */
	uint64_t *fp; /* a finding's values on their way to the store */
	bool sink_failed; /* the error at hand is the output's */
	struct timespec began;
	char *error;
};

/* audit.c: notes the sentence and gives r; a sentence on standard error. */
int audit_fail(struct audit *a, int r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void audit_say(struct audit *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Does it pass the filters? */
bool audit_wanted(const struct audit *a, const struct record *r);

/* Severity, score and the reasons that go with them; f is r's finding, of a worker or of the store. */
void audit_grade(const struct audit *a, struct record *r, struct finding *f);

/* A finding that passed them: counted and given to the sinks. plain: see totals_finding(). */
int audit_report(struct audit *a, const struct record *r, uint64_t plain);

/* A gap: the same. */
int audit_report_gap(struct audit *a, const struct record *r);

/* audit_end.c: the sinks' first and last words, and -v's. */
int audit_begin_sinks(struct audit *a);
int audit_end(struct audit *a, bool complete);
void audit_say_confinement(struct audit *a);
void audit_say_end(struct audit *a);

/* audit_memory.c: what the line does with a store. All do nothing without one. */
int memory_open(struct audit *a);
int memory_known(struct audit *a, const struct walk_event *e);
void memory_record(struct audit *a, uint32_t root, const struct record *r);
void memory_done(struct audit *a, const struct job *j, bool failed);
void memory_end(struct audit *a);

#endif
