/*
 * The side with rights reading a worker that was taken over. The first byte chooses how far the
 * conversation is, then come messages, each a u16 length and bytes; they go through the very
 * handler that pool_poll() uses. The note and its reader get the bytes as well.
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define RULES 3

static size_t events;

static void
look(const void *p, size_t n)
{
	const volatile uint8_t *q = p;

	for (size_t i = 0; i < n; i++)
		events += q[i];
}

static int
on_finding(void *user, const struct job *j, const struct inner *in, const struct finding *f)
{
	(void)user;
	(void)j;
	for (size_t i = 0; i < in->n; i++)
		look(in->names[i].p, in->names[i].n);
	if (f->rule >= RULES || f->confidence >= CONFIDENCES || f->via >= VIAS ||
		f->n_at > LIMIT_PLACES || f->n_samples > LIMIT_SAMPLES || f->n_why > LIMIT_WHY)
		abort();
	for (unsigned i = 0; i < f->n_samples; i++) {
		if (memchr(f->samples[i], '\033', FINDING_TEXT) ||
			!memchr(f->samples[i], 0, FINDING_TEXT))
			abort();
	}
	return 0;
}

static int
on_run(void *user, const struct job *j, const struct inner *in, uint16_t rule, const uint64_t *fp,
	size_t n)
{
	(void)user;
	(void)j;
	(void)in;
	if (rule >= RULES || n == 0 || n > WIRE_RUN)
		abort();
	for (size_t i = 1; i < n; i++) {
		if (fp[i] <= fp[i - 1])
			abort();
	}
	return 0;
}

static int
on_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail)
{
	(void)user;
	(void)j;
	(void)hides;
	look(detail, strlen(detail));
	if (reason >= GAP_REASONS || in->n > WIRE_NAMES)
		abort();
	return 0;
}

static int
on_done(void *user, const struct job *j, const struct pool_done *d)
{
	(void)user;
	(void)j;
	look(d->mime, strlen(d->mime));
	return 0;
}

static int
on_checked(void *user, const struct rule_checked *c)
{
	(void)user;
	look(c->rule->id, strlen(c->rule->id));
	look(c->message, strlen(c->message));
	return 0;
}

static void
set_up(struct pool *p, struct worker *w, uint8_t how)
{
	*p = (struct pool){.workers = w, .n_workers = 1};
	p->ev = (struct pool_events){on_finding, on_run, on_gap, on_done, NULL};
	queue_init(&p->small);
	queue_init(&p->alone);
	*w = (struct worker){.sock = -1, .state = (enum worker_state)(1 + how % 3)};
	if (w->state == WORKER_HELLO)
		return;
	p->catalogue.rules = calloc(RULES, sizeof *p->catalogue.rules);
	p->catalogue.n = RULES;
	for (unsigned i = 0; w->state == WORKER_READY && i < RULES; i++)
		p->catalogue.rules[i].id = strdup("rule");
	if (how & 64)
		p->report = on_checked;
	for (uint32_t i = 1; w->state == WORKER_READY && i <= 3; i++) {
		struct work *k = calloc(1, sizeof *k);

		k->job = (struct job){.fd = -1, .path = strdup("/share/file")};
		k->id = i;
		p->n_open++;
		w->jobs[w->n_jobs++] = k;
	}
	w->batch[0] = w->n_jobs;
	w->started = w->n_jobs && how & 128;
}

static void
read_note(const uint8_t *p, size_t n)
{
	static struct worker_note note;
	static uint8_t copy[sizeof note.inner];
	struct wire_inner in;

	if (n < 2)
		return;
	memset(note.inner, 0xEE, sizeof note.inner);
	memcpy(note.inner, p, n < sizeof note.inner ? n : sizeof note.inner);
	note.inner_n = le16(p) % (2 * sizeof note.inner);
	if (wire_note_read(&note, copy, &in) == 0) {
		for (size_t i = 0; i < in.in.n; i++)
			look(in.names[i].p, in.names[i].n);
	}
}

/* What a dead worker left in the shared page goes through the same handlers. */
static void
read_last_words(struct pool *p, struct worker *w, const uint8_t *said, size_t n)
{
	static struct worker_note note;

	note.said_n = n < sizeof note.said ? (uint32_t)n : UINT32_MAX;
	memcpy(note.said, said, n < sizeof note.said ? n : sizeof note.said);
	w->note = &note;
	worker_last_words(p, w);
	w->note = NULL;
	ipc_in_free(&p->in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct worker w;
	struct pool pool;
	int r = 0;

	if (n < 1 || sodium_init() < 0)
		return 0;
	set_up(&pool, &w, p[0]);
	for (size_t at = 1; n - at >= 3 && r == 0 && pool.stop == 0;) {
		size_t len = le16(p + at);

		at += 2;
		len = len < 1 ? 1 : len > n - at ? n - at : len;
		/* a copy of just that size: a sanitizer sees every byte beyond it */
		pool.in = (struct ipc_in){.p = malloc(len), .n = len, .at = 1};
		memcpy(pool.in.p, p + at, len);
		if (pool.in.p[0])
			r = worker_message(&pool, &w, pool.in.p[0]);
		ipc_in_free(&pool.in);
		at += len;
	}
	read_note(p + 1, n - 1);
	read_last_words(&pool, &w, p + 1, n - 1);
	while (w.n_jobs)
		work_free(&pool, w.jobs[--w.n_jobs]);
	catalogue_free(&pool.catalogue);
	buf_free(&pool.key);
	return 0;
}
