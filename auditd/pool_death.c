/*
 * One bad member costs a gap that names it, not the archive, and never another file. What the dead
 * worker had not begun goes back to the front; the file it was at is read again without the item
 * the shared note names. Ordinals are given in order of appearance, so leaving one out renumbers
 * what was inside it: every ordinal behind the new one is forgotten and learnt again if need be. A
 * worker killed from outside proves nothing against its file: once, that is simply read again.
 */
#include "pool_priv.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "serve.h"

#include "base/poison.h"

#define EXIT_LIBRARY                                                                               \
	1 /* libarchive ends the process so when an allocation fails; serve never does */
#define UNSTARTED_MAX 3u /* deaths before a file could even be begun */

struct cause {
	enum gap_reason reason;
	bool outside; /* nothing in the file did it: the kernel out of memory, or somebody's kill */
	char text[80];
};

static struct cause
cause_of(const struct worker *w, int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	struct cause c = {.reason = GAP_CRASHED};

	if (w->verdict == VERDICT_STALLED) {
		c.reason = GAP_TIMEOUT;
		(void)snprintf(c.text, sizeof c.text, "no progress");
	} else if (w->verdict == VERDICT_FLOOD) {
		c.reason = GAP_TOO_MANY;
		(void)snprintf(c.text, sizeof c.text, "too many findings in one file");
	} else if (w->verdict == VERDICT_BAD) {
		(void)snprintf(c.text, sizeof c.text, "the reader sent a malformed message");
	} else if (w->note->nomem || sig == SIGKILL ||
		(WIFEXITED(status) && WEXITSTATUS(status) == SERVE_EXIT_NOMEM)) {
		c.reason = GAP_MEMORY;
		c.outside = !w->note->nomem && sig == SIGKILL;
		(void)snprintf(c.text, sizeof c.text, "the reader ran out of memory");
	} else if (sig == SIGSYS) {
		c.reason = GAP_SANDBOX;
		(void)snprintf(c.text, sizeof c.text, "the reader tried a forbidden system call");
	} else if (sig == SIGXCPU) {
		c.reason = GAP_TIMEOUT;
		(void)snprintf(c.text, sizeof c.text, "the reader used up its CPU time");
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_LIBRARY) {
		c.reason = GAP_MEMORY;
		(void)snprintf(c.text, sizeof c.text, "a library gave up, as for want of memory");
	} else if (sig) {
		(void)snprintf(c.text, sizeof c.text, "the reader died of signal %d (%s)", sig,
			strsignal(sig));
	} else {
		(void)snprintf(c.text, sizeof c.text, "the reader ended with status %d",
			WEXITSTATUS(status));
	}
	return c;
}

static void
give_up(struct pool *p, struct work *k, enum gap_reason reason, const char *detail)
{
	const struct inner whole = {NULL, 0};
	const struct pool_done d = {.failed = true};

	/* With no room to remember it the gap is said all the same. */
	if (work_gap(p, k, &whole, reason, true, detail) < 0 && p->stop == 0)
		p->stop = p->ev.gap(p->ev.user, &k->job, &whole, reason, true, detail);
	work_done(p, k, &d);
}

/* Is the item new to the list of those left out? Forgets those behind it. */
static bool
skip_add(struct work *k, uint32_t ordinal)
{
	while (k->n_skip && k->skip[k->n_skip - 1] > ordinal)
		k->n_skip--;
	if (k->n_skip == LIMIT_RETRIES || (k->n_skip && k->skip[k->n_skip - 1] == ordinal))
		return false;
	k->skip[k->n_skip++] = ordinal;
	return true;
}

/* The file at hand when its reader died. */
static void
blame(struct pool *p, const struct worker *w, struct work *k, const struct cause *c)
{
	uint8_t copy[sizeof w->note->inner];
	uint32_t ordinal = w->note->job == k->id ? w->note->ordinal : 0;
	struct wire_inner in;
	char detail[WIRE_DETAIL];

	if (c->outside && !k->killed) {
		k->killed = true;
		pool_queue(p, k, true);
		return;
	}
	if (ordinal == 0 || c->reason == GAP_TOO_MANY) {
		give_up(p, k, c->reason, c->text);
		return;
	}
	if (++k->deaths > LIMIT_RETRIES) {
		(void)snprintf(detail, sizeof detail, "gave up after %u members (%s)",
			LIMIT_RETRIES, c->text);
		give_up(p, k, GAP_CRASHED, detail);
		return;
	}
	if (!skip_add(k, ordinal)) {
		give_up(p, k, c->reason, c->text);
		return;
	}
	(void)snprintf(detail, sizeof detail, "%s", c->text);
	if (wire_note_read(w->note, copy, &in) < 0 || in.in.n == 0) {
		in.in = (struct inner){NULL, 0};
		(void)snprintf(detail, sizeof detail, "member %u: %s", ordinal, c->text);
	}
	if (work_gap(p, k, &in.in, c->reason, true, detail) < 0)
		give_up(p, k, GAP_TOO_MANY, "too many findings in one file");
	else
		pool_queue(p, k, true);
}

static void
start_failed(struct pool *p, const struct worker *w, const struct cause *c)
{
	if (w->state == WORKER_CATALOGUE)
		catalogue_free(&p->catalogue);
	if (++p->failed_starts < POOL_STARTS || p->stop)
		return;
	p->stop = -ECHILD;
	if (p->error)
		(void)snprintf(
			p->error, 1024, "'%.800s' does not start: %s", p->worker_path, c->text);
}

void
worker_died(struct pool *p, struct worker *w, int status)
{
	struct cause c = cause_of(w, status);
	bool started = w->started;
	struct work *first;

	if (w->state != WORKER_READY)
		start_failed(p, w, &c);
	else
		p->replaced++;
	while (w->n_jobs > 1)
		pool_queue(p, w->jobs[--w->n_jobs], true);
	first = w->n_jobs ? w->jobs[0] : NULL;
	w->n_jobs = 0;
	if (first && started)
		blame(p, w, first, &c);
	else if (first && ++first->unstarted >= UNSTARTED_MAX)
		give_up(p, first, c.reason, c.text);
	else if (first)
		pool_queue(p, first, true);
	if (p->report && !p->report_done && w->state == WORKER_READY)
		p->report_done = -EIO;
	worker_release(w);
}
