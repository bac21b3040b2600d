/*
 * One thread, one poll(): the side with rights never waits for a worker in any other way, so no
 * worker can hold it up. What ends the pool is kept in p->stop and given by the next pool_poll().
 * Heart-beats are counted in time this side was awake to see them: a worker that could not go on
 * because nobody took its findings (a pager, a suspended machine) is not taken for hung.
 */
#include "pool.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/cleanup.h"
#include "pool_priv.h"

#include "base/poison.h"

#define WORKERS_MAX   256u
#define MESSAGES_READ 256u /* of one worker in one turn: then the others */
#define RSS_EVERY     256u /* files between two looks at a worker's memory */
#define OPEN_MIN      8u

int64_t
pool_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
words_copy(const char *const *v, size_t n, char ***ret_v)
{
	char **copy = calloc(n ? n : 1, sizeof *copy);

	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = strdup(v[i]);
		if (!copy[i]) {
			wire_words_free(copy, i);
			return -ENOMEM;
		}
	}
	*ret_v = copy;
	return copy ? 0 : -ENOMEM;
}

static int
copy_options(struct pool *p, const struct pool_options *o)
{
	p->o = *o;
	p->o.only = p->o.without = p->o.rule_files = NULL;
	if (p->o.progress_sec == 0)
		p->o.progress_sec = DEADLINE_PROGRESS_SEC;
	if (p->o.silent_cpu_sec == 0)
		p->o.silent_cpu_sec = DEADLINE_SILENT_CPU_SEC;
	if (p->o.files_per_worker == 0)
		p->o.files_per_worker = POOL_FILES_PER_WORKER;
	p->worker_path = strdup(o->worker_path);
	if (!p->worker_path || words_copy(o->only, o->n_only, &p->only) < 0 ||
		words_copy(o->without, o->n_without, &p->without) < 0)
		return -ENOMEM;
	p->o.only = (const char *const *)p->only;
	p->o.without = (const char *const *)p->without;
	return 0;
}

static int
make_workers(struct pool *p)
{
	struct rlimit files = {.rlim_cur = 1024};

	p->n_workers = p->o.workers < 1	     ? 1
		: p->o.workers > WORKERS_MAX ? WORKERS_MAX
					     : p->o.workers;
	p->workers = calloc(p->n_workers, sizeof *p->workers);
	p->polls = calloc(p->n_workers, sizeof *p->polls);
	if (!p->workers || !p->polls)
		return -ENOMEM;
	for (unsigned i = 0; i < p->n_workers; i++)
		p->workers[i].sock = -1;
	(void)getrlimit(RLIMIT_NOFILE, &files);
	p->max_open = files.rlim_cur / 2 < OPEN_MIN ? OPEN_MIN : (size_t)(files.rlim_cur / 2);
	p->max_queued = (size_t)BATCH_FILES * (p->n_workers + 1);
	return 0;
}

static int
wait_for_hello(struct pool *p)
{
	while (p->stop == 0 && p->workers[0].state != WORKER_READY) {
		bool happened;

		if (p->workers[0].state == WORKER_NONE)
			p->stop = worker_start(p, &p->workers[0]);
		if (p->stop == 0)
			pool_turn(p, -1, &happened);
	}
	return p->stop;
}

static int
start(struct pool *p, const struct pool_options *o, char ret_error[1024])
{
	int r;

	if (access(o->worker_path, X_OK) < 0) {
		r = -errno;
		(void)snprintf(ret_error, 1024, "'%.900s': %s", o->worker_path, strerror(-r));
		return r;
	}
	r = copy_options(p, o);
	if (r == 0)
		r = rules_copy(p, o, ret_error);
	if (r == 0)
		r = make_workers(p);
	if (r < 0)
		return r;
	p->error = ret_error;
	r = wait_for_hello(p);
	p->error = NULL;
	return r;
}

int
pool_new(const struct pool_options *o, const struct pool_events *ev, struct pool **ret_p,
	char ret_error[1024])
{
	struct pool *p = calloc(1, sizeof *p);
	int r;

	ret_error[0] = 0;
	if (!p || sodium_init() < 0) {
		free(p);
		(void)snprintf(ret_error, 1024, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	p->ev = *ev;
	p->checked_ms = pool_now_ms();
	queue_init(&p->small);
	queue_init(&p->alone);
	randombytes_buf(p->seed, sizeof p->seed);
	r = start(p, o, ret_error);
	if (r < 0) {
		if (!ret_error[0])
			(void)snprintf(
				ret_error, 1024, "a worker could not be started: %s", strerror(-r));
		pool_free(p);
		return r;
	}
	*ret_p = p;
	return 0;
}

const struct catalogue *
pool_catalogue(const struct pool *p)
{
	return &p->catalogue;
}

const char *
pool_about(const struct pool *p)
{
	return p->about;
}

const struct confinement *
pool_confinement(const struct pool *p)
{
	return &p->confinement;
}

bool
pool_wants(const struct pool *p)
{
	return p->stop == 0 && p->n_open < p->max_open && p->small.n + p->alone.n < p->max_queued;
}

int
pool_submit(struct pool *p, const struct job *j)
{
	struct work *k = p->stop ? NULL : calloc(1, sizeof *k);

	if (!k) {
		(void)close(j->fd);
		free(j->path);
		return p->stop ? p->stop : -ENOMEM;
	}
	k->job = *j;
	k->id = ++p->next_id;
	p->n_open++;
	pool_queue(p, k, false);
	pool_dispatch(p);
	return 0;
}

/*
 * A worker that has done its share, or holds too much memory, makes room for a fresh one. files: what
 * it had done when that was last asked.
 */
static void
retire(struct pool *p, struct worker *w, unsigned files)
{
	if (w->files + w->n_jobs >= p->o.files_per_worker)
		w->retire = true;
	if (w->files / RSS_EVERY != files / RSS_EVERY && worker_rss(w) > POOL_WORKER_RSS)
		w->retire = true;
	if (w->retire && w->n_jobs == 0) {
		(void)worker_kill(p, w);
		worker_release(w);
	}
}

static void
worker_lost(struct pool *p, struct worker *w, int why)
{
	int status;

	if (why < 0 && w->verdict == VERDICT_NONE)
		w->verdict = why == -E2BIG || why == -ENOMEM ? VERDICT_FLOOD : VERDICT_BAD;
	status = why < 0 ? worker_kill(p, w) : worker_reap(p, w);
	worker_last_words(p, w);
	worker_died(p, w, status);
}

static void
worker_read(struct pool *p, struct worker *w)
{
	unsigned files = w->files;
	int r = 0;

	for (unsigned i = 0; i < MESSAGES_READ && p->stop == 0 && r >= 0; i++) {
		int type = ipc_recv(w->sock, &p->in);

		if (type == -EAGAIN)
			break;
		if (type == 0) {
			worker_lost(p, w, 0);
			return;
		}
		r = type < 0 ? type : worker_message(p, w, type);
	}
	if (r < 0)
		worker_lost(p, w, r);
	else if (files != w->files)
		retire(p, w, files);
}

static bool
is_busy(const struct pool *p, const struct worker *w)
{
	return w->n_jobs || w->state != WORKER_READY || p->report;
}

/* Computing all the while: a loop that nothing will end. */
static bool
is_looping(const struct pool *p, struct worker *w)
{
	uint64_t cpu = w->stalled_ms >= 1000 ? worker_cpu_ms(w) : 0;

	if (cpu && !w->stalled_cpu_ms)
		w->stalled_cpu_ms = cpu;
	return cpu && (cpu - w->stalled_cpu_ms) / 1000 >= p->o.silent_cpu_sec;
}

/* What it still had to say is read before its death is. */
static void
look_at_heart(struct pool *p, struct worker *w, unsigned elapsed)
{
	unsigned limit = w->state == WORKER_READY ? p->o.progress_sec : POOL_START_SEC;
	uint64_t now = w->note->progress;

	if (now != w->progress || !is_busy(p, w)) {
		w->progress = now;
		w->stalled_ms = 0;
		w->stalled_cpu_ms = 0;
		return;
	}
	w->stalled_ms += elapsed;
	if (w->verdict == VERDICT_STALLED && w->stalled_ms - w->killed_ms > POOL_KILL_MS) {
		worker_lost(p, w, -ETIMEDOUT);
	} else if (w->verdict == VERDICT_NONE &&
		(w->stalled_ms / 1000 >= limit || is_looping(p, w))) {
		w->verdict = VERDICT_STALLED;
		w->killed_ms = w->stalled_ms;
		(void)kill(w->pid, SIGKILL);
	}
}

static void
look_at_hearts(struct pool *p)
{
	int64_t now = pool_now_ms(), elapsed = now - p->checked_ms;

	if (elapsed < POOL_TICK_MS / 5)
		return;
	p->checked_ms = now;
	if (elapsed > 2 * POOL_TICK_MS)
		elapsed = 2 * POOL_TICK_MS;
	for (unsigned i = 0; i < p->n_workers; i++) {
		if (p->workers[i].pid > 0 && p->workers[i].note)
			look_at_heart(p, &p->workers[i], (unsigned)elapsed);
	}
}

void
pool_turn(struct pool *p, int timeout_ms, bool *ret_happened)
{
	int tick = p->flush && p->small.n ? POOL_TICK_MS / 10 : POOL_TICK_MS;
	int n;

	*ret_happened = false;
	for (unsigned i = 0; i < p->n_workers; i++)
		p->polls[i] = (struct pollfd){.fd = p->workers[i].sock, .events = POLLIN};
	n = poll(p->polls, p->n_workers, timeout_ms < 0 || timeout_ms > tick ? tick : timeout_ms);
	if (n < 0)
		*ret_happened = true; /* a signal: the caller looks */
	for (unsigned i = 0; i < p->n_workers && n > 0 && p->stop == 0; i++) {
		if (p->polls[i].revents && p->workers[i].sock >= 0) {
			worker_read(p, &p->workers[i]);
			*ret_happened = true;
		}
	}
	look_at_hearts(p);
}

int
pool_poll(struct pool *p, int timeout_ms)
{
	int64_t end = pool_now_ms() + timeout_ms;
	bool happened = false;

	pool_dispatch(p);
	while (p->stop == 0 && !happened && !pool_idle(p)) {
		int64_t left = timeout_ms < 0 ? -1 : end - pool_now_ms();

		if (timeout_ms >= 0 && left < 0)
			left = 0;
		pool_turn(p, (int)left, &happened);
		pool_dispatch(p);
		if (left == 0)
			break;
	}
	return p->stop;
}

bool
pool_idle(const struct pool *p)
{
	return p->n_open == 0;
}

const char *
pool_current(const struct pool *p)
{
	for (unsigned i = 0; i < p->n_workers; i++) {
		const struct worker *w = &p->workers[i];
		uint32_t at = w->n_jobs ? w->note->job : 0;

		for (unsigned k = 0; k < w->n_jobs; k++) {
			if (w->jobs[k]->id == at)
				return w->jobs[k]->job.path;
		}
	}
	return "";
}

void
pool_flush(struct pool *p)
{
	if (!p->flush)
		p->flushed_ms = pool_now_ms();
	p->flush = true;
	pool_dispatch(p);
}

uint64_t
pool_replaced(const struct pool *p)
{
	return p->replaced;
}

uint64_t
pool_pulse(const struct pool *p)
{
	uint64_t sum = p->replaced;

	for (unsigned i = 0; i < p->n_workers; i++)
		sum += p->workers[i].progress;
	return sum;
}

static void
drop_worker(struct pool *p, struct worker *w)
{
	(void)worker_kill(p, w);
	for (unsigned i = 0; i < w->n_jobs; i++)
		work_free(p, w->jobs[i]);
	worker_release(w);
}

void
pool_free(struct pool *p)
{
	struct work *k;

	if (!p)
		return;
	/* All at once, then one after the other: they die side by side. */
	for (unsigned i = 0; i < p->n_workers && p->workers; i++) {
		if (p->workers[i].pid > 0)
			(void)kill(p->workers[i].pid, SIGKILL);
	}
	p->end_ms = pool_now_ms() + POOL_KILL_MS;
	for (unsigned i = 0; i < p->n_workers && p->workers; i++)
		drop_worker(p, &p->workers[i]);
	while ((k = queue_shift(&p->small)) || (k = queue_shift(&p->alone)))
		work_free(p, k);
	catalogue_free(&p->catalogue);
	rules_copy_free(p);
	wire_words_free(p->only, p->o.n_only);
	wire_words_free(p->without, p->o.n_without);
	free(p->worker_path);
	free(p->workers);
	free(p->polls);
	buf_free(&p->key);
	ipc_out_free(&p->out);
	ipc_in_free(&p->in);
	explicit_bzero(p, sizeof *p);
	free(p);
}
