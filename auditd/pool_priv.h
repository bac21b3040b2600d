/*
 * pool_priv: what the files of the pool share. pool.c queues and hands out, pool_worker.c starts
 * and ends processes, pool_message.c reads what they say, pool_death.c decides what is to be tried
 * again when one dies, pool_seen.c remembers what was delivered.
 */
#ifndef POOL_PRIV_H
#define POOL_PRIV_H

#include <poll.h>
#include <sys/types.h>

#include "ipc.h"
#include "pool.h"
#include "wire.h"

#define POOL_FILES_PER_WORKER                                                                      \
	100000u /* what creeps in slower than POOL_WORKER_RSS sees does not add up for ever */
#define POOL_WORKER_RSS (256 * MIB) /* an idle worker that holds more is exec'd anew */
#define POOL_START_SEC	60u /* until hello: rules are compiled in well under a second */
#define POOL_STARTS	3u /* workers in a row that die before hello: then it is an error */
#define POOL_SEEN_MAX	(4u << 20) /* findings and gaps of one file: four a member at most */
#define POOL_TICK_MS	250 /* how often heart-beats are looked at */
#define POOL_KILL_MS	2000 /* for the death of a killed worker; it holds at most 1 GiB */
#define POOL_STUCK_MAX	256u /* workers left behind whose end is still looked for */

/* Keyed 64-bit hashes of what was delivered of one file. Open addressing; 0 = free. */
struct seen {
	uint64_t *v;
	size_t n, cap;
};
/* 1 when new, 0 when already there, -ENOMEM, -E2BIG beyond POOL_SEEN_MAX. */
int seen_add(struct seen *s, uint64_t h);
bool seen_has(const struct seen *s, uint64_t h);
void seen_free(struct seen *s);

/* A job with what became of it so far. On one queue, or in one worker's hands. */
struct work {
	struct job job;
	struct work *next;
	uint32_t id;
	uint32_t skip[LIMIT_RETRIES];
	unsigned n_skip;
	unsigned deaths; /* of workers that had begun with it */
	bool killed; /* once, from outside, and not blamed for it */
	unsigned unstarted; /* of workers that should have begun with it next */
	struct seen seen;
};

struct queue {
	struct work *head, **tail;
	size_t n;
	uint64_t bytes;
};
void queue_init(struct queue *q);
void queue_push(struct queue *q, struct work *w);
void queue_unshift(struct queue *q, struct work *w);
struct work *queue_shift(struct queue *q);

enum worker_state { WORKER_NONE, WORKER_HELLO, WORKER_CATALOGUE, WORKER_READY };

/* Why a worker was killed by us; what the kernel did to it is in its wait status. */
enum verdict { VERDICT_NONE, VERDICT_STALLED, VERDICT_BAD, VERDICT_FLOOD };

struct worker {
	enum worker_state state;
	pid_t pid;
	int sock;
	struct worker_note *note;
	struct work *jobs[2 * BATCH_FILES]; /* in the order they were sent: jobs[0] is at hand */
	unsigned n_jobs;
	unsigned batch[2]; /* files left of each batch on its way; batch[0] is at hand */
	bool started; /* jobs[0] was announced */
	bool alone; /* nothing is to be sent behind what it has */
	enum verdict verdict;
	uint64_t progress; /* last heart-beat seen */
	unsigned stalled_ms;
	unsigned killed_ms; /* of stalled_ms, when it was killed for that */
	uint64_t stalled_cpu_ms; /* its CPU time when the last heart-beat was seen */
	unsigned files; /* done since exec */
	bool retire; /* gets nothing more; its place is freed when it has done what it has */
	uint16_t rules_seen;
};

struct pool {
	struct pool_options o; /* strings and lists are copied: see pool_new() */
	char *worker_path;
	char **only, **without;
	struct rule_copy {
		char *name;
		int fd; /* sealed copy, so that every worker compiles the same rules */
	} * rules;
	size_t n_rules;
	struct pool_events ev;
	struct catalogue catalogue;
	struct confinement confinement;
	char about[POOL_ABOUT];
	struct worker *workers;
	unsigned n_workers;
	struct queue small, alone; /* waiting; `alone`: large, or killed a worker before */
	size_t n_open; /* jobs in the pool, each with an open descriptor */
	size_t max_open, max_queued;
	uint32_t next_id;
	bool flush;
	int stop; /* what an event returned, or why the pool cannot go on */
	unsigned failed_starts;
	char *error; /* during pool_new(): 1024 bytes to be filled */
	uint64_t replaced;
	int64_t flushed_ms; /* when pool_flush() was called */
	struct pollfd *polls; /* one for each worker */
	struct buf key; /* what is being hashed */
	int64_t checked_ms; /* when heart-beats were last looked at */
	uint8_t seed[16]; /* of the hashes in seen */
	struct ipc_out out;
	struct ipc_in in;
	uint64_t run[WIRE_RUN];
	int (*report)(void *user, const struct rule_checked *c);
	void *report_user;
	pid_t stuck[POOL_STUCK_MAX]; /* killed, but waiting for a disk that does not answer */
	unsigned n_stuck;
	int64_t end_ms; /* all were killed: until then their ends are waited for; 0 = not yet */
	int report_done; /* 1 = all examples were run, < 0 = they could not be */
};

int64_t pool_now_ms(void);

/* --- pool_rules.c --- */
int rules_copy(struct pool *p, const struct pool_options *o, char ret_error[1024]);
void rules_copy_free(struct pool *p);

/* --- pool_worker.c --- */
/* Starts a process and sends it options and rules; hello comes later by message. */
int worker_start(struct pool *p, struct worker *w);
/* Kills and reaps, or leaves behind what does not die; the wait status. Jobs and note stay. */
int worker_kill(struct pool *p, struct worker *w);
/* The socket is at its end: waits a moment for a death of its own, kills if it lingers. */
int worker_reap(struct pool *p, struct worker *w);
/* Its place is empty again. */
void worker_release(struct worker *w);
/* Resident bytes, 0 when not known. */
uint64_t worker_rss(const struct worker *w);
/* CPU time it has used, 0 when not known. */
uint64_t worker_cpu_ms(const struct worker *w);

/* --- pool_message.c --- */
/*
 * One message of a worker is in p->in. 0, or -EBADMSG, -E2BIG, -ENOMEM: the worker is to be killed.
 * What an event returned is in p->stop.
 */
int worker_message(struct pool *p, struct worker *w, int type);
/* Reads what a worker that is gone had said but not sent, unless it was killed for what it said. */
void worker_last_words(struct pool *p, struct worker *w);
/* Delivers a gap once. 0, or -E2BIG or -ENOMEM as seen_add(). */
int work_gap(struct pool *p, struct work *k, const struct inner *in, enum gap_reason reason,
	bool hides, const char *detail);
/* The job leaves the pool: done() is called, descriptor and memory go. */
void work_done(struct pool *p, struct work *k, const struct pool_done *d);
void work_free(struct pool *p, struct work *k);

/* --- pool_death.c --- */
/* After the process is gone: what it had goes back, is tried again, or is given up. */
void worker_died(struct pool *p, struct worker *w, int status);

/* --- pool.c --- */
/* What the workers do next stands in p->stop when it is an end. */
void pool_turn(struct pool *p, int timeout_ms, bool *ret_happened);

/* --- pool_dispatch.c --- */
/* Takes jobs[0] off the worker's list. */
struct work *worker_take(struct worker *w);
/* Queues at the end, or in front when it comes back from a worker. */
void pool_queue(struct pool *p, struct work *k, bool front);
/* Sends what can be sent, starts workers that are needed; failures are in p->stop. */
void pool_dispatch(struct pool *p);

#endif
