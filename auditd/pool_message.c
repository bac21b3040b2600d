/*
 * Bytes from a worker are hostile: it may have been taken over by the file it read. A message is
 * believed only when it speaks of the file at hand and everything in it is in range; the first one
 * that is not ends the worker. Decoding is finished before any event is called.
 */
#include "pool_priv.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "bundle.h"

#include "base/poison.h"

/* The job at hand when it is the one the message names, else NULL. */
static struct work *
at_hand(struct pool *p, const struct worker *w)
{
	uint32_t id = ipc_get_u32(&p->in);

	if (p->in.bad || w->n_jobs == 0 || !w->started || w->jobs[0]->id != id)
		return NULL;
	return w->jobs[0];
}

/* Names go in with their lengths, so that no two chains give the same bytes. */
static uint64_t
key_of(struct pool *p, char kind, uint32_t number, const struct inner *in)
{
	uint8_t h[crypto_shorthash_BYTES];

	buf_clear(&p->key);
	buf_putc(&p->key, (uint8_t)kind);
	buf_put(&p->key, &number, sizeof number);
	for (size_t i = 0; i < in->n; i++) {
		buf_put(&p->key, &in->names[i].n, sizeof in->names[i].n);
		buf_put(&p->key, in->names[i].p, in->names[i].n);
	}
	(void)crypto_shorthash(h, p->key.p, p->key.n, p->seed);
	return le64(h);
}

static int
on_start(struct pool *p, struct worker *w)
{
	uint32_t id = ipc_get_u32(&p->in);

	if (ipc_end(&p->in) < 0 || w->n_jobs == 0 || w->started || w->jobs[0]->id != id)
		return -EBADMSG;
	w->started = true;
	return 0;
}

static int
on_finding(struct pool *p, struct worker *w)
{
	struct work *k = at_hand(p, w);
	struct wire_inner in;
	struct finding f;
	int r;

	if (!k || wire_get_inner(&p->in, &in) < 0 || wire_get_finding(&p->in, &f) < 0 ||
		ipc_end(&p->in) < 0 || f.rule >= p->catalogue.n)
		return -EBADMSG;
	r = seen_add(&k->seen, key_of(p, 'f', f.rule, &in.in));
	if (r == 1)
		p->stop = p->ev.finding(p->ev.user, &k->job, &in.in, &f);
	return r < 0 ? r : 0;
}

static int
on_run(struct pool *p, struct worker *w)
{
	struct work *k = at_hand(p, w);
	struct wire_inner in;
	uint16_t rule;
	size_t n;

	if (!k || wire_get_inner(&p->in, &in) < 0)
		return -EBADMSG;
	rule = ipc_get_u16(&p->in);
	if (wire_get_run(&p->in, p->run, &n) < 0 || ipc_end(&p->in) < 0 || rule >= p->catalogue.n)
		return -EBADMSG;
	if (p->ev.run && !seen_has(&k->seen, key_of(p, 'f', rule, &in.in)))
		p->stop = p->ev.run(p->ev.user, &k->job, &in.in, rule, p->run, n);
	return 0;
}

int
work_gap(struct pool *p, struct work *k, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail)
{
	uint32_t number = (uint32_t)reason << 1 | hides;
	int r = seen_add(&k->seen, key_of(p, 'g', number, in));

	if (r == 1 && p->stop == 0)
		p->stop = p->ev.gap(p->ev.user, &k->job, in, reason, hides, detail);
	return r < 0 ? r : 0;
}

static int
on_gap(struct pool *p, struct worker *w)
{
	struct work *k = at_hand(p, w);
	char detail[WIRE_DETAIL];
	struct wire_inner in;
	uint8_t reason, hides;

	if (!k || wire_get_inner(&p->in, &in) < 0)
		return -EBADMSG;
	reason = ipc_get_u8(&p->in);
	hides = ipc_get_u8(&p->in);
	if (wire_get_text(&p->in, detail, sizeof detail, false) < 0 || ipc_end(&p->in) < 0 ||
		reason >= GAP_REASONS || hides > 1)
		return -EBADMSG;
	return work_gap(p, k, &in.in, reason, hides, detail);
}

void
work_free(struct pool *p, struct work *k)
{
	if (k->job.fd >= 0)
		(void)close(k->job.fd);
	free(k->job.path);
	seen_free(&k->seen);
	free(k);
	p->n_open--;
}

void
work_done(struct pool *p, struct work *k, const struct pool_done *d)
{
	if (p->stop == 0)
		p->stop = p->ev.done(p->ev.user, &k->job, d);
	work_free(p, k);
}

static int
on_done(struct pool *p, struct worker *w)
{
	struct work *k = at_hand(p, w);
	uint32_t next = ipc_get_u32(&p->in);
	struct pool_done d = {0};

	d.items = ipc_get_u64(&p->in);
	d.bytes = ipc_get_u64(&p->in);
	if (!k || wire_get_text(&p->in, d.mime, sizeof d.mime, false) < 0 || ipc_end(&p->in) < 0)
		return -EBADMSG;
	w->files++;
	work_done(p, worker_take(w), &d);
	if (next && (w->n_jobs == 0 || w->jobs[0]->id != next))
		return -EBADMSG;
	w->started = next != 0;
	return 0;
}

static bool
is_digest(const char *s)
{
	return strspn(s, "0123456789abcdef") == 64 && s[64] == 0;
}

static void
now_ready(struct pool *p, struct worker *w)
{
	w->state = WORKER_READY;
	p->failed_starts = 0;
}

static int
on_hello(struct pool *p, struct worker *w)
{
	struct catalogue *c = &p->catalogue;
	struct confinement cage;
	char digest[65], about[POOL_ABOUT];
	bool first = !c->rules, told;
	uint16_t n;

	if (w->state != WORKER_HELLO || ipc_get_u32(&p->in) != IPC_VERSION ||
		wire_get_confinement(&p->in, &cage) < 0 ||
		wire_get_text(&p->in, digest, sizeof digest, false) < 0)
		return -EBADMSG;
	n = ipc_get_u16(&p->in);
	told = ipc_get_u8(&p->in);
	if (told != first || wire_get_text(&p->in, about, sizeof about, false) < 0 ||
		ipc_end(&p->in) < 0 || !is_digest(digest))
		return -EBADMSG;
	if (!first && (n != c->n || memcmp(digest, c->digest, sizeof digest) != 0))
		return -EBADMSG;
	if (first) {
		c->rules = calloc(n ? n : 1u, sizeof *c->rules);
		if (!c->rules)
			return -ENOMEM;
		c->n = n;
		memcpy(c->digest, digest, sizeof digest);
		p->confinement = cage;
		memcpy(p->about, about, sizeof about);
	}
	if (first && n)
		w->state = WORKER_CATALOGUE;
	else
		now_ready(p, w);
	return 0;
}

static int
on_rule_info(struct pool *p, struct worker *w)
{
	struct rule_info info;

	if (w->state != WORKER_CATALOGUE || ipc_get_u16(&p->in) != w->rules_seen ||
		wire_get_rule(&p->in, &info) < 0)
		return -EBADMSG;
	if (ipc_end(&p->in) < 0) {
		wire_rule_free(&info);
		return -EBADMSG;
	}
	p->catalogue.rules[w->rules_seen++] = info;
	if (w->rules_seen == p->catalogue.n)
		now_ready(p, w);
	return 0;
}

/* Refused rules end pool_new(); later a worker cannot refuse what the first one took. */
static int
on_bad(struct pool *p, const struct worker *w)
{
	char file[256], message[256];
	uint32_t line, column;

	if (wire_get_text(&p->in, file, sizeof file, false) < 0)
		return -EBADMSG;
	line = ipc_get_u32(&p->in);
	column = ipc_get_u32(&p->in);
	if (wire_get_text(&p->in, message, sizeof message, false) < 0 || ipc_end(&p->in) < 0 ||
		!p->error || w->state != WORKER_HELLO)
		return -EBADMSG;
	if (file[0])
		(void)snprintf(p->error, 1024, "%s:%u:%u: %s", file, line, column, message);
	else
		(void)snprintf(p->error, 1024, "%s", message);
	p->stop = -EINVAL;
	return 0;
}

static int
on_checked(struct pool *p, const struct worker *w)
{
	_cleanup_free_ char *message = NULL;
	struct rule_checked c = {0};
	char file[WIRE_DETAIL];
	uint8_t failed, end = ipc_get_u8(&p->in);
	uint16_t rule;

	if (!p->report || p->report_done || w->state != WORKER_READY || end > 1)
		return -EBADMSG;
	if (end) {
		uint32_t error = ipc_get_u32(&p->in);

		if (ipc_end(&p->in) < 0 || error > 4095)
			return -EBADMSG;
		p->report_done = error ? -(int)error : 1;
		return 0;
	}
	rule = ipc_get_u16(&p->in);
	if (wire_get_text(&p->in, file, sizeof file, false) < 0)
		return -EBADMSG;
	c.line = ipc_get_u32(&p->in);
	failed = ipc_get_u8(&p->in);
	if (wire_get_text_new(&p->in, WIRE_TEXT, false, &message) < 0 || ipc_end(&p->in) < 0 ||
		failed > 1 || rule >= p->catalogue.n)
		return -EBADMSG;
	c.rule = &p->catalogue.rules[rule];
	c.file = file;
	c.failed = failed;
	c.message = message;
	p->stop = p->report(p->report_user, &c);
	return 0;
}

static int
one_message(struct pool *p, struct worker *w, int type)
{
	switch (type) {
	case IPC_HELLO:
		return on_hello(p, w);
	case IPC_RULE_INFO:
		return on_rule_info(p, w);
	case IPC_BAD:
		return on_bad(p, w);
	case IPC_START:
		return on_start(p, w);
	case IPC_FINDING:
		return on_finding(p, w);
	case IPC_RUN:
		return on_run(p, w);
	case IPC_GAP:
		return on_gap(p, w);
	case IPC_DONE:
		return on_done(p, w);
	case IPC_CHECKED:
		return on_checked(p, w);
	default:
		return -EBADMSG;
	}
}

static int
on_bundle(struct pool *p, struct worker *w)
{
	size_t end = p->in.n;
	int r = 0, type;

	while (r == 0 && p->stop == 0 && (type = bundle_next(&p->in, end)) != 0)
		r = type < 0 ? type : one_message(p, w, type);
	return r;
}

int
worker_message(struct pool *p, struct worker *w, int type)
{
	if (p->in.n_fds)
		return -EBADMSG;
	return type == IPC_BUNDLE ? on_bundle(p, w) : one_message(p, w, type);
}

void
worker_last_words(struct pool *p, struct worker *w)
{
	if (w->verdict != VERDICT_BAD && w->verdict != VERDICT_FLOOD && w->note && p->stop == 0 &&
		bundle_left(w->note, &p->in))
		(void)on_bundle(p, w);
}
