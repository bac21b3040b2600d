/* auditing: a walk, a pool and a sink that stand in for the real ones, for the test that includes this. */
#ifndef AUDITING_H
#define AUDITING_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "audit.h"
#include "record.h"
#include "store.h"

enum { SSN, TOKEN, LISTING, RULES };

static struct rule_info rules[RULES] = {
	[SSN] = {.id = (char *)(uintptr_t) "ssn", .ladder = LADDER_PERSONS},
	[TOKEN] = {.id = (char *)(uintptr_t) "token", .ladder = LADDER_CREDENTIAL},
	[LISTING] = {.id = (char *)(uintptr_t) "listing", .ladder = LADDER_NOTICE},
};
static const struct catalogue catalogue = {.rules = rules, .n = RULES, .digest = "d1ge57"};

/* What the fakes do and what they saw. */
static struct {
	const char *const *paths; /* the walk; "!..." is a gap */
	size_t n_paths, at;
	int walk_error, pool_error;
	struct pool_events ev;
	size_t queued, submitted;
	struct job jobs[4];
	int flushed, stop_after; /* files until a signal comes; 0 = none */
	/* the sink */
	char text[4096];
	int record_error;
	const struct walk_memory *memory; /* every file then looks like STANDS_FOR */
	struct summary summary;
	struct rule_total totals[RULES];
	bool ended;
} fake;
static volatile int stop;

/* --- walk ------------------------------------------------------------------------ */
int
walk_new(const struct walk_options *o, struct walk **ret_w, char ret_error[512])
{
	fake.memory = o->memory;
	if (fake.walk_error == -ENOENT) {
		(void)snprintf(ret_error, 512, "no such path");
		return -ENOENT;
	}
	*ret_w = (struct walk *)&fake;
	return 0;
}

const char *
walk_root(const struct walk *w, size_t i)
{
	(void)w, (void)i;
	return "/srv";
}

#define STANDS_FOR "/bin/sh" /* any file that has not changed for some seconds */

static struct walk_stats stats;

static int
walk_remembered(const char *path, struct walk_event *ret_e)
{
	int fd = open(STANDS_FOR, O_RDONLY | O_CLOEXEC);
	struct walk_here here = {
		.fd = fd, .path = path, .path_n = (size_t)(strrchr(path, '/') - path)};
	enum walk_verdict v;

	assert_int_equal(fstat(fd, &ret_e->st), 0);
	v = fake.memory->known(fake.memory->user, &here, &ret_e->st);
	if (v == WALK_READ) {
		ret_e->fd = fd;
		return 1;
	}
	stats.unchanged++;
	ret_e->type = v == WALK_TELL ? WALK_KNOWN : WALK_NONE;
	return close(fd) == 0;
}

int
walk_next(struct walk *w, struct walk_event *ret_e)
{
	const char *p;

	(void)w;
	if (fake.at == fake.n_paths)
		return fake.walk_error;
	p = fake.paths[fake.at++];
	*ret_e = (struct walk_event){.type = WALK_FILE, .path = p, .path_n = strlen(p), .fd = -1};
	ret_e->st.st_size = 100;
	if (fake.memory)
		return walk_remembered(p, ret_e);
	if (*p == '!') {
		ret_e->type = WALK_GAP;
		ret_e->reason = GAP_DENIED;
		ret_e->hides = true;
	}
	return 1;
}

const struct walk_stats *
walk_stats(const struct walk *w)
{
	(void)w;
	return &stats;
}

bool
walk_done(const struct walk *w)
{
	(void)w;
	return fake.at == fake.n_paths;
}

void
walk_free(struct walk *w)
{
	(void)w;
}

/* --- pool: a file's name says what is in it ---------------------------------------- */
int
pool_new(const struct pool_options *o, const struct pool_events *ev, struct pool **ret_p,
	char ret_error[1024])
{
	(void)o, (void)ret_error;
	fake.ev = *ev;
	*ret_p = (struct pool *)&fake;
	return fake.pool_error;
}

const struct catalogue *
pool_catalogue(const struct pool *p)
{
	(void)p;
	return &catalogue;
}

const struct confinement *
pool_confinement(const struct pool *p)
{
	static const struct confinement c;

	(void)p;
	return &c;
}

bool
pool_wants(const struct pool *p)
{
	(void)p;
	return fake.queued < 4;
}

int
pool_submit(struct pool *p, const struct job *j)
{
	(void)p;
	fake.jobs[fake.queued++] = *j;
	fake.submitted++;
	return 0;
}

/* n values from `from` on, in one run, then their finding. */
static int
say_values(const struct job *j, const struct inner *in, uint16_t rule, enum confidence c,
	uint64_t from, size_t n)
{
	struct finding f = {.rule = rule, .confidence = c, .count = n};
	uint64_t fp[2000];
	int r;

	for (size_t i = 0; i < n; i++)
		fp[i] = from + i;
	r = fake.ev.run(fake.ev.user, j, in, rule, fp, n);
	return r ? r : fake.ev.finding(fake.ev.user, j, in, &f);
}

static int
say_file(const struct job *j)
{
	const struct span zip[] = {span_str("a.zip"), span_str("x")};
	const struct inner file = {0}, member = {.names = zip, .n = 2};
	const struct finding listing = {.rule = LISTING, .confidence = CONF_MEDIUM, .count = 50};
	const struct finding bad = {.rule = RULES};
	int r = 0;

	if (strstr(j->path, "ssn"))
		r = say_values(j, &file, SSN, CONF_HIGH, 1000, 12);
	if (r == 0 && strstr(j->path, "zip"))
		r = say_values(j, &member, SSN, CONF_MEDIUM, 1006, 1000);
	if (r == 0 && strstr(j->path, "token"))
		r = say_values(j, &file, TOKEN, CONF_LOW, 5, 1);
	if (r == 0 && strstr(j->path, "listing"))
		r = fake.ev.finding(fake.ev.user, j, &file, &listing);
	if (r == 0 && strstr(j->path, "gap"))
		r = fake.ev.gap(fake.ev.user, j, &member, GAP_ENCRYPTED, false, "zip AES-256");
	if (r == 0 && strstr(j->path, "liar"))
		r = fake.ev.finding(fake.ev.user, j, &file, &bad);
	return r;
}

int
pool_poll(struct pool *p, int timeout_ms)
{
	const struct pool_done d = {.items = 2};
	int r = 0;

	(void)p, (void)timeout_ms;
	while (fake.queued > 0 && r == 0) {
		struct job *j = &fake.jobs[--fake.queued];

		r = say_file(j);
		if (r == 0)
			r = fake.ev.done(fake.ev.user, j, &d);
		free(j->path);
		if (j->fd >= 0)
			(void)close(j->fd);
	}
	if (fake.stop_after && fake.submitted >= (size_t)fake.stop_after)
		stop = SIGINT;
	return r;
}

bool
pool_idle(const struct pool *p)
{
	(void)p;
	return fake.queued == 0;
}

const char *
pool_current(const struct pool *p)
{
	(void)p;
	return "";
}

void
pool_flush(struct pool *p)
{
	(void)p;
	fake.flushed++;
}

uint64_t
pool_replaced(const struct pool *p)
{
	(void)p;
	return 0;
}

uint64_t
pool_pulse(const struct pool *p)
{
	(void)p;
	return 0;
}

void
pool_free(struct pool *p)
{
	(void)p;
	while (fake.queued > 0)
		free(fake.jobs[--fake.queued].path);
}

/* --- sink ------------------------------------------------------------------------------ */
__attribute__((format(printf, 1, 2))) static void
note(const char *fmt, ...)
{
	size_t n = strlen(fake.text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(fake.text + n, sizeof(fake.text) - n, fmt, ap);
	va_end(ap);
}

static int
sink_begin(void *state, const struct sink_options *o, const struct scan_head *h)
{
	(void)state, (void)o;
	note("begin %s %s\n", h->rules, h->n_roots ? h->roots[0] : "-");
	return 0;
}

static int
sink_record(void *state, const struct record *r)
{
	(void)state;
	if (r->type == RECORD_GAP)
		note("gap %s %s %d\n", r->path, gap_name(r->reason), r->hides);
	else
		note("%s %s %zu %s %u %llu\n", r->path, r->rule->id, r->inner.n,
			severity_name(r->severity), r->score, (unsigned long long)r->f->unique);
	return fake.record_error;
}

static int
sink_end(void *state, const struct summary *s)
{
	(void)state;
	fake.ended = true;
	fake.summary = *s;
	assert_true(s->n_totals <= RULES);
	memcpy(fake.totals, s->totals, s->n_totals * sizeof(*s->totals));
	return 0;
}

static const struct output recorder = {
	.name = "recorder", .begin = sink_begin, .record = sink_record, .end = sink_end};

#endif
