/*
 * Batches fill by themselves: an idle worker takes what is there, be it one file; a busy one is
 * given a second batch only when that is full, so that it never waits and files are not spread
 * thin. A large file, and one that killed a worker before, goes alone to an idle worker: nothing
 * waits behind it. Further workers are started when there is more to do than the living can take.
 */
#include "pool_priv.h"

#include <errno.h>

#include "base/poison.h"

#define NAME_SENT     800u /* bytes: 255 of UTF-16 on some file systems are 765 here */
#define FLUSH_WAIT_MS 20 /* the last few files are not worth another worker's start */

void
queue_init(struct queue *q)
{
	*q = (struct queue){.tail = &q->head};
}

void
queue_push(struct queue *q, struct work *w)
{
	w->next = NULL;
	*q->tail = w;
	q->tail = &w->next;
	q->n++;
	q->bytes += (uint64_t)w->job.st.st_size;
}

void
queue_unshift(struct queue *q, struct work *w)
{
	w->next = q->head;
	if (!q->head)
		q->tail = &w->next;
	q->head = w;
	q->n++;
	q->bytes += (uint64_t)w->job.st.st_size;
}

struct work *
queue_shift(struct queue *q)
{
	struct work *w = q->head;

	if (!w)
		return NULL;
	q->head = w->next;
	if (!q->head)
		q->tail = &q->head;
	q->n--;
	q->bytes -= (uint64_t)w->job.st.st_size;
	return w;
}

static bool
goes_alone(const struct work *k)
{
	return k->deaths || k->killed || k->unstarted || (uint64_t)k->job.st.st_size > BATCH_BYTES;
}

void
pool_queue(struct pool *p, struct work *k, bool front)
{
	struct queue *q = goes_alone(k) ? &p->alone : &p->small;

	if (front)
		queue_unshift(q, k);
	else
		queue_push(q, k);
}

struct work *
worker_take(struct worker *w)
{
	struct work *k = w->jobs[0];

	w->n_jobs--;
	memmove(w->jobs, w->jobs + 1, w->n_jobs * sizeof *w->jobs);
	w->started = false;
	if (--w->batch[0] == 0) {
		w->batch[0] = w->batch[1];
		w->batch[1] = 0;
		w->alone = false;
	}
	return k;
}

/* The last component, and the one above it. */
static void
last_names(const char *path, struct span *ret_name, struct span *ret_folder)
{
	struct span s = span_str(path);
	struct span *const out[2] = {ret_name, ret_folder};

	for (unsigned k = 0; k < 2; k++) {
		size_t at = s.n;

		while (at && s.p[at - 1] != '/')
			at--;
		*out[k] = span_sub(s, at, s.n);
		/* The end of a name says what it is. */
		if (out[k]->n > NAME_SENT)
			*out[k] = span_sub(*out[k], out[k]->n - NAME_SENT, NAME_SENT);
		s = span_sub(s, 0, at ? at - 1 : 0);
	}
}

static void
put_work(struct ipc_out *o, const struct work *k)
{
	struct wire_job j = {.id = k->id, .size = (uint64_t)k->job.st.st_size, .n_skip = k->n_skip};

	last_names(k->job.path, &j.name, &j.folder);
	memcpy(j.skip, k->skip, k->n_skip * sizeof *k->skip);
	wire_put_job(o, &j);
	ipc_fd(o, k->job.fd);
}

/*
 * Sends up to max files of a queue as one batch. What cannot be sent now stays queued: the socket
 * is full, too many descriptors are under way, or the worker is gone and will be noticed.
 */
static bool
send_batch(struct pool *p, struct worker *w, struct queue *q, size_t max)
{
	struct work *b[BATCH_FILES];
	uint64_t bytes = 0;
	unsigned n = 0;
	int r;

	while (n < BATCH_FILES && n < max && q->head &&
		(n == 0 || (uint64_t)q->head->job.st.st_size <= BATCH_BYTES - bytes)) {
		b[n] = queue_shift(q);
		bytes += (uint64_t)b[n++]->job.st.st_size;
	}
	ipc_begin(&p->out, IPC_BATCH);
	ipc_u32(&p->out, n);
	for (unsigned i = 0; i < n; i++)
		put_work(&p->out, b[i]);
	r = ipc_send(w->sock, &p->out);
	if (r < 0) {
		while (n)
			queue_unshift(q, b[--n]);
		if (r != -EAGAIN && r != -EPIPE && r != -ETOOMANYREFS && p->stop == 0)
			p->stop = r;
		return false;
	}
	if (w->n_jobs == 0)
		w->stalled_ms = 0;
	memcpy(w->jobs + w->n_jobs, b, n * sizeof *b);
	w->n_jobs += n;
	w->batch[w->batch[0] ? 1 : 0] = n;
	w->alone = q == &p->alone;
	return true;
}

static bool
is_idle(const struct worker *w)
{
	return w->state == WORKER_READY && w->n_jobs == 0 && !w->retire;
}

static void
feed_idle(struct pool *p)
{
	size_t idle = 0;

	for (unsigned i = 0; i < p->n_workers; i++)
		idle += is_idle(&p->workers[i]);
	for (unsigned i = 0; i < p->n_workers && idle; i++) {
		struct worker *w = &p->workers[i];

		if (!is_idle(w))
			continue;
		if (p->alone.head)
			(void)send_batch(p, w, &p->alone, 1);
		else if (p->small.head)
			(void)send_batch(p, w, &p->small, (p->small.n + idle - 1) / idle);
		idle--;
	}
}

static bool
batch_is_full(const struct pool *p)
{
	return p->small.n >= BATCH_FILES || p->small.bytes >= BATCH_BYTES;
}

static void
feed_busy(struct pool *p)
{
	/* Large files wait for a worker to become idle: then none is to be kept busy. */
	if (p->alone.head)
		return;
	for (unsigned i = 0; i < p->n_workers && batch_is_full(p); i++) {
		struct worker *w = &p->workers[i];

		if (w->state == WORKER_READY && w->n_jobs && !w->batch[1] && !w->alone &&
			!w->retire && !send_batch(p, w, &p->small, BATCH_FILES))
			return;
	}
}

/* How many more workers the files still waiting are worth. */
static size_t
worth_starting(const struct pool *p, size_t alive)
{
	size_t n = p->alone.n + p->small.n / BATCH_FILES;

	if (alive == 0 && (p->alone.n || p->small.n))
		return 1;
	if (n == 0 && p->flush && p->small.n && pool_now_ms() - p->flushed_ms >= FLUSH_WAIT_MS)
		n = 1;
	return n;
}

static void
start_some(struct pool *p)
{
	size_t alive = 0, starting = 0, worth;

	for (unsigned i = 0; i < p->n_workers; i++) {
		alive += p->workers[i].state != WORKER_NONE;
		starting +=
			p->workers[i].state != WORKER_NONE && p->workers[i].state != WORKER_READY;
	}
	worth = worth_starting(p, alive);
	for (unsigned i = 0; i < p->n_workers && starting < worth && p->stop == 0; i++) {
		if (p->workers[i].state != WORKER_NONE)
			continue;
		p->stop = worker_start(p, &p->workers[i]);
		starting++;
	}
}

void
pool_dispatch(struct pool *p)
{
	if (p->stop)
		return;
	feed_idle(p);
	feed_busy(p);
	start_some(p);
}
