/*
 * The line, on the side with rights: the walk gives open files, the pool's workers say what is in
 * them, each finding gets its id and grade here and goes to every sink. One thread and one loop: the
 * pool decides when another file is wanted, so nothing queues up however large the tree is.
 */
#include "audit_in.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "escape.h"
#include "path_tests.h"
#include "record.h"

#include "base/poison.h"

#define POLL_MS	   200 /* a signal between two polls waits no longer than this */
#define TICK_MS	   100 /* the same, when somebody counts on being called */
#define FEED_BURST 16 /* walk events before the workers' messages are looked at */

int
audit_fail(struct audit *a, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(a->error, AUDIT_ERROR, fmt, ap);
	va_end(ap);
	return r;
}

void
audit_say(struct audit *a, const char *fmt, ...)
{
	va_list ap;

	progress_clear(&a->progress);
	va_start(ap, fmt);
	escape_say(program_invocation_short_name, fmt, ap);
	va_end(ap);
}

static int
audit_emit(struct audit *a, const struct record *rec)
{
	int r;

	progress_clear(&a->progress);
	r = outs_record(&a->outs, rec);
	a->sink_failed = r < 0;
	return r;
}

/* A reason that must be seen: in the place of the last one when there is no room. */
static void
finding_add_why(struct finding *f, const char *why)
{
	unsigned i = f->n_why < LIMIT_WHY ? f->n_why++ : LIMIT_WHY - 1;

	(void)snprintf(f->why[i], FINDING_TEXT, "%s", why);
}

/* A number of distinct values that is only a lower bound never stands there without a word. */
static void
finding_at_least(struct finding *f)
{
	char why[FINDING_TEXT];

	(void)snprintf(why, sizeof why, "at least %llu distinct values: no room to count",
		(unsigned long long)f->unique);
	finding_add_why(f, why);
}

bool
audit_wanted(const struct audit *a, const struct record *r)
{
	return r->severity >= a->o->min_severity && r->f->confidence >= a->o->min_confidence &&
		!baseline_has(&a->baseline, r->id);
}

/* A finding of the store has the reason it was graded with the last time. */
static void
finding_drop_why(struct finding *f, const char *why)
{
	uint8_t kept = 0;

	for (unsigned i = 0; i < f->n_why; i++) {
		if (strcmp(f->why[i], why) == 0)
			continue;
		if (kept != i)
			memcpy(f->why[kept], f->why[i], FINDING_TEXT);
		kept++;
	}
	f->n_why = kept;
}

static bool
record_of_tests(const struct record *r)
{
	if (path_of_tests(span_str(r->path)))
		return true;
	for (size_t i = 0; i < r->inner.n; i++) {
		if (path_of_tests(r->inner.names[i]))
			return true;
	}
	return false;
}

void
audit_grade(const struct audit *a, struct record *r, struct finding *f)
{
	unsigned marks = (unsigned)f->lowered + (unsigned)f->encrypted;

	finding_drop_why(f, EXPECT_WHY);
	finding_drop_why(f, TESTS_WHY);
	r->reach = REACH_UNKNOWN;
	if (r->rule->ladder == LADDER_CREDENTIAL && record_of_tests(r)) {
		finding_add_why(f, TESTS_WHY);
		f->confidence = f->confidence > CONF_MEDIUM ? CONF_MEDIUM : f->confidence;
		marks += !f->lowered;
	}
	r->severity = finding_severity(r->rule->ladder, f->unique, r->reach, marks);
	if (a->o->expects && expect_holds(a->o->expects, r)) {
		finding_add_why(f, EXPECT_WHY);
		r->severity = r->severity > SEV_LOW ? SEV_LOW : r->severity;
	}
	r->score = finding_score(r->severity, f->confidence, f->unique);
}

int
audit_report(struct audit *a, const struct record *r, uint64_t plain)
{
	struct summary *s = &a->res.summary;
	int e = values_keep(a->values, r->id);

	if (e == 0)
		e = totals_finding(a->totals, record_file(r->path), r->f, plain);
	if (e < 0)
		return e;
	s->findings++;
	if (r->severity > s->worst)
		s->worst = r->severity;
	if (r->severity >= a->o->fail_on)
		a->res.reported = true;
	return audit_emit(a, r);
}

static int
audit_finding(void *user, const struct job *j, const struct inner *in, const struct finding *found)
{
	struct audit *a = user;
	const struct catalogue *c = pool_catalogue(a->pool);
	struct record r = {.type = RECORD_FINDING, .path = j->path, .st = &j->st};
	struct finding f = *found;
	struct distinct d;
	int e;

	if (f.rule >= c->n)
		return -EBADMSG;
	r.rule = &c->rules[f.rule];
	r.id = record_id(j->path, in, r.rule->id, 0);
	e = values_count(a->values, r.id, &d);
	if (e < 0)
		return e;
	if (d.any)
		f.unique = d.n;
	else if (f.unique == 0)
		f.unique = f.count; /* a document judged as a whole: its entries are what counts */
	if (!d.exact)
		finding_at_least(&f);
	if (in)
		r.inner = *in;
	r.f = &f;
	audit_grade(a, &r, &f);
	memory_record(a, j->root, &r);
	if (!audit_wanted(a, &r)) {
		values_drop(a->values, r.id);
		return 0;
	}
	return audit_report(a, &r, d.any ? 0 : f.unique);
}

static int
audit_values(void *user, const struct job *j, const struct inner *in, uint16_t rule,
	const uint64_t *fp, size_t n)
{
	struct audit *a = user;
	const struct catalogue *c = pool_catalogue(a->pool);

	if (rule >= c->n)
		return -EBADMSG;
	return values_run(a->values, record_file(j->path),
		record_id(j->path, in, c->rules[rule].id, 0), rule, fp, n);
}

int
audit_report_gap(struct audit *a, const struct record *r)
{
	struct summary *s = &a->res.summary;

	s->gaps++;
	s->hidden += r->hides;
	return audit_emit(a, r);
}

static int
audit_gap(struct audit *a, uint32_t root, struct record *r)
{
	r->type = RECORD_GAP;
	r->id = record_id(r->path, &r->inner, NULL, r->reason);
	a->done++;
	memory_record(a, root, r);
	return audit_report_gap(a, r);
}

static int
audit_pool_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason,
	bool hides, const char *detail)
{
	struct record r = {
		.path = j->path, .st = &j->st, .reason = reason, .hides = hides, .detail = detail};

	if (in)
		r.inner = *in;
	return audit_gap(user, j->root, &r);
}

static int
audit_done(void *user, const struct job *j, const struct pool_done *d)
{
	struct audit *a = user;
	struct summary *s = &a->res.summary;
	uint64_t file = record_file(j->path);

	values_file_end(a->values, file);
	totals_file_end(a->totals, file);
	s->files++;
	s->items += d->items;
	s->bytes += j->st.st_size > 0 ? (uint64_t)j->st.st_size : 0;
	a->done++;
	memory_done(a, j, d->failed);
	if (j->cold)
		pagecache_drop(j->fd);
	return 0;
}

static int
audit_submit(struct audit *a, const struct walk_event *e)
{
	struct job j = {.fd = e->fd,
		.st = e->st,
		.path = strndup(e->path, e->path_n),
		.root = e->root,
		.opened = (int64_t)time(NULL)};
	uint64_t size = e->st.st_size > 0 ? (uint64_t)e->st.st_size : 0;
	int r;

	if (!j.path) {
		(void)close(e->fd);
		return -ENOMEM;
	}
	j.cold = size && pagecache_cold(&a->pages, j.fd, size);
	a->given_files++;
	a->given_bytes += size;
	r = pool_submit(a->pool, &j);
	return r < 0 ? r : 1;
}

/* One event of the walk: 2 nothing for a while, 1, 0 at its end, -errno. */
static int
audit_feed(struct audit *a)
{
	struct walk_event e;
	struct record gap;
	int r = walk_next(a->walk, &e);

	if (r < 0 && r != -EINTR)
		return audit_fail(a, r, "cannot go on: %s", strerror(-r));
	if (r <= 0)
		return r < 0;
	a->done++;
	switch (e.type) {
	case WALK_FILE:
		return audit_submit(a, &e);
	case WALK_KNOWN:
		r = memory_known(a, &e);
		return r < 0 ? r : 1;
	case WALK_NONE:
		return 2;
	default:
		gap = (struct record){
			.path = e.path, .reason = e.reason, .hides = e.hides, .detail = e.detail};
		r = audit_gap(a, e.root, &gap);
		return r < 0 ? r : 1;
	}
}

/* As much of the walk as fits between two looks at the workers. How many events, or -errno. */
static int
audit_feed_some(struct audit *a)
{
	int r = 1, n = 0;

	while (a->walking && r == 1 && n < FEED_BURST && pool_wants(a->pool) && !*a->o->stop) {
		r = audit_feed(a);
		if (r < 0)
			return r;
		n++;
		if (r == 0) {
			a->walking = false;
			pool_flush(a->pool);
		}
	}
	return n;
}

static struct audit_now
audit_now(const struct audit *a)
{
	const struct summary *s = &a->res.summary;
	const struct walk_stats *w = walk_stats(a->walk);

	return (struct audit_now){.files = s->files,
		.unchanged = w->unchanged,
		.bytes = s->bytes,
		.findings = s->findings,
		.gaps = s->gaps,
		.dirs = w->dirs,
		.given_files = a->given_files,
		.given_bytes = a->given_bytes,
		.done = a->done + pool_pulse(a->pool),
		.path = pool_current(a->pool),
		.walking = a->walking};
}

/* Whoever waits for a turn gets it: progress, the store, the caller. What the caller says. */
static int
audit_tick(struct audit *a)
{
	struct audit_now now = audit_now(a);

	progress_show(&a->progress,
		&(struct progress_now){.files = now.files + now.unchanged,
			.bytes = now.bytes,
			.findings = now.findings,
			.path = now.path,
			.mask_names = a->o->mask_names});
	if (a->o->memory.store)
		store_tick(a->o->memory.store);
	return a->o->tick ? a->o->tick(a->o->tick_user, &now) : 0;
}

/* Until everything is done, a signal came or the caller has had enough. */
static int
audit_loop(struct audit *a)
{
	a->walking = true;
	while (!*a->o->stop) {
		int hold = audit_tick(a), fed = 0, r;

		if (hold < 0) {
			a->res.stopped = hold;
			return 0;
		}
		if (hold == 0)
			fed = audit_feed_some(a);
		if (fed < 0)
			return fed;
		if (!a->walking && pool_idle(a->pool))
			return 0;
		r = pool_poll(a->pool, fed && a->walking ? 0 : a->o->tick ? TICK_MS : POLL_MS);
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

/* A word for a failure nobody has put into words yet. */
static int
audit_explain(struct audit *a, int r)
{
	if (r >= 0 || a->error[0])
		return r;
	if (a->sink_failed)
		return audit_fail(a, r, "cannot write the output: %s", strerror(-r));
	return audit_fail(a, r, "the scan cannot go on: %s", strerror(-r));
}

static int
audit_open(struct audit *a)
{
	const struct audit_options *o = a->o;
	const struct pool_events ev = {.finding = audit_finding,
		.run = audit_values,
		.gap = audit_pool_gap,
		.done = audit_done,
		.user = a};
	struct walk_options walk = o->walk;
	int r;

	if (o->memory.store) {
		a->memory = (struct walk_memory){
			.known = store_known, .left = store_left, .user = o->memory.store};
		walk.memory = &a->memory;
	}
	if (o->keep_cache)
		(void)pagecache_open(&a->pages);
	r = walk_new(&walk, &a->walk, a->error);
	if (r == 0 && o->baseline)
		r = baseline_load(o->baseline, &a->baseline, a->error);
	if (r == 0)
		r = pool_new(&o->pool, &ev, &a->pool, a->error);
	if (r == 0)
		r = values_new(NULL, pool_catalogue(a->pool)->n, &a->values);
	if (r == 0)
		r = totals_new(pool_catalogue(a->pool), &a->totals);
	if (r == 0)
		r = memory_open(a);
	if (r == 0)
		r = audit_begin_sinks(a);
	return r;
}

static void
audit_close(struct audit *a)
{
	progress_clear(&a->progress);
	outs_free(&a->outs);
	totals_free(a->totals);
	values_free(a->values);
	if (a->pool)
		pool_free(a->pool);
	baseline_free(&a->baseline);
	pagecache_close(&a->pages);
	if (a->walk)
		walk_free(a->walk);
	free(a->fp);
}

static int
audit_scan(struct audit *a)
{
	int r, e;

	(void)clock_gettime(CLOCK_MONOTONIC, &a->began);
	progress_start(&a->progress, a->o->progress);
	if (a->o->verbose)
		audit_say_confinement(a);
	r = audit_explain(a, audit_loop(a));
	a->res.signal = *a->o->stop;
	if (r < 0 && a->sink_failed)
		return r;
	e = audit_end(a,
		r == 0 && !a->res.signal && !a->walking && pool_idle(a->pool) &&
			walk_done(a->walk));
	if (a->o->verbose)
		audit_say_end(a);
	return r < 0 ? r : audit_explain(a, e);
}

int
audit_run(const struct audit_options *o, struct audit_result *ret_r, char ret_error[1024])
{
	_cleanup_(audit_close) struct audit a = {.o = o, .error = ret_error};
	int r;

	ret_error[0] = 0;
	r = audit_explain(&a, audit_open(&a));
	if (r == 0)
		r = audit_scan(&a);
	if (r < 0)
		return r;
	*ret_r = a.res;
	return 0;
}
