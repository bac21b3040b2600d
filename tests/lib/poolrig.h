/* poolrig: a pool whose events are written down, one a line, on workers that obey scripts. */
#ifndef POOLRIG_H
#define POOLRIG_H

#include "base/buf.h"
#include "pool.h"

#define MAX_FILES 4096

struct rig {
	struct pool *pool;
	struct pool_options o;
	struct buf log; /* one line an event, in order */
	unsigned done[MAX_FILES];
	uint64_t n_done, n_findings, n_gaps;
	int stop_at; /* an event number that returns -ECANCELED */
	bool quiet;
	char error[1024];
};

extern char worker_path[4096]; /* tests/tools/test-worker, beside the test */
extern char rule_path[]; /* rules rule-a, rule-b, rule-c */
extern const char *const rule_files[1];

/* cmocka's group set-up and tear-down: finds the worker, makes and removes the rule file. */
int rig_find_worker(void **state);
int rig_remove_rules(void **state);

/* Starts g->pool with g->o; asserts that it worked. */
void rig_start(struct rig *g, unsigned workers);

/* Ends it and asserts that no child is left. */
void rig_free(struct rig *g);

/* A file that holds the script. */
int rig_script(const char *script);

/* Submits it as /share/folder/fNUMBER, waiting until the pool wants it. */
void rig_submit(struct rig *g, uint32_t number, const char *script);
void rig_finish(struct rig *g);

/* One file on one worker; the events as text. */
const char *rig_run_one(struct rig *g, const char *script);

/* How often a text stands in another. */
unsigned rig_lines(const char *log, const char *what);

/* The events of the pool: they write to the rig's log. */
int on_finding(void *user, const struct job *j, const struct inner *in, const struct finding *f);
int on_run(void *user, const struct job *j, const struct inner *in, uint16_t rule,
	const uint64_t *fp, size_t n);
int on_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason,
	bool hides, const char *detail);
int on_done(void *user, const struct job *j, const struct pool_done *d);

#endif
