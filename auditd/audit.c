/*
 * The line, on the side with rights: the walk gives open files, the pool's workers say what is in
 * them, each finding gets its id and grade here and goes to every sink. One thread and one loop: the
 * pool decides when another file is wanted, so nothing queues up however large the tree is.
 */
#include "audit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "baseline.h"
#include "escape.h"
#include "outs.h"
#include "progress.h"
#include "record.h"
#include "spool.h"
#include "totals.h"
#include "values.h"

#include "base/poison.h"

#define POLL_MS	   200 /* a signal between two polls waits no longer than this */
#define FEED_BURST 16 /* walk events before the workers' messages are looked at */
#define ERROR_MAX  1024

struct audit {
	const struct audit_options *o;
	struct walk *walk;
	struct pool *pool;
	struct values *values;
	struct totals *totals;
	struct baseline baseline;
	struct outs outs;
	struct progress progress;
	struct audit_result res;
	bool sink_failed; /* the error at hand is the output's */
	struct timespec began;
	char *error;
};

__attribute__((format(printf, 3, 4))) static int
audit_fail(struct audit *a, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(a->error, ERROR_MAX, fmt, ap);
	va_end(ap);
	return r;
}

__attribute__((format(printf, 2, 3))) static void
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

/* A number of distinct values that is only a lower bound never stands there without a word. */
static void
finding_at_least(struct finding *f)
{
	unsigned i = f->n_why < LIMIT_WHY ? f->n_why++ : LIMIT_WHY - 1;

	(void)snprintf(f->why[i], FINDING_TEXT, "at least %llu distinct values: no room to count",
		(unsigned long long)f->unique);
}

static bool
finding_wanted(const struct audit *a, const struct record *r)
{
	return r->severity >= a->o->min_severity && r->f->confidence >= a->o->min_confidence &&
		!baseline_has(&a->baseline, r->id);
}

static void
record_grade(struct record *r)
{
	const struct finding *f = r->f;
	unsigned marks = (unsigned)f->lowered + (unsigned)f->encrypted;

	r->reach = REACH_UNKNOWN;
	r->severity = finding_severity(r->rule->ladder, f->unique, r->reach, marks);
	r->score = finding_score(r->severity, f->confidence, f->unique);
}

static int
finding_report(struct audit *a, const struct record *r, uint64_t file, bool counted)
{
	struct summary *s = &a->res.summary;
	int e = values_keep(a->values, r->id);

	if (e == 0)
		e = totals_finding(a->totals, file, r->f, counted ? 0 : r->f->unique);
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
	record_grade(&r);
	if (!finding_wanted(a, &r)) {
		values_drop(a->values, r.id);
		return 0;
	}
	return finding_report(a, &r, record_file(j->path), d.any);
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

static int
audit_gap(struct audit *a, struct record *r)
{
	struct summary *s = &a->res.summary;

	r->type = RECORD_GAP;
	r->id = record_id(r->path, &r->inner, NULL, r->reason);
	s->gaps++;
	s->hidden += r->hides;
	return audit_emit(a, r);
}

static int
audit_pool_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason,
	bool hides, const char *detail)
{
	struct record r = {
		.path = j->path, .st = &j->st, .reason = reason, .hides = hides, .detail = detail};

	if (in)
		r.inner = *in;
	return audit_gap(user, &r);
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
	return 0;
}

/* One event of the walk. 1, 0 at its end, -errno. */
static int
audit_feed(struct audit *a)
{
	struct walk_event e;
	struct job j;
	int r = walk_next(a->walk, &e);

	if (r < 0 && r != -EINTR)
		return audit_fail(a, r, "cannot go on: %s", strerror(-r));
	if (r <= 0)
		return r < 0;
	if (e.type == WALK_GAP) {
		struct record rec = {
			.path = e.path, .reason = e.reason, .hides = e.hides, .detail = e.detail};

		r = audit_gap(a, &rec);
		return r < 0 ? r : 1;
	}
	j = (struct job){.fd = e.fd, .st = e.st, .path = strndup(e.path, e.path_n), .root = e.root};
	if (!j.path) {
		(void)close(e.fd);
		return -ENOMEM;
	}
	r = pool_submit(a->pool, &j);
	return r < 0 ? r : 1;
}

static void
audit_progress(struct audit *a)
{
	const struct summary *s = &a->res.summary;

	progress_show(&a->progress,
		&(struct progress_now){.files = s->files,
			.bytes = s->bytes,
			.findings = s->findings,
			.path = pool_current(a->pool)});
}

/* Until everything is done or a signal came. */
static int
audit_loop(struct audit *a)
{
	bool walking = true;

	while (!*a->o->stop) {
		unsigned burst = 0;
		int r = 1;

		while (walking && burst < FEED_BURST && pool_wants(a->pool) && !*a->o->stop) {
			r = audit_feed(a);
			if (r < 0)
				return r;
			burst++;
			if (r == 0) {
				walking = false;
				pool_flush(a->pool);
			}
		}
		if (!walking && pool_idle(a->pool))
			return 0;
		r = pool_poll(a->pool, burst && walking ? 0 : POLL_MS);
		if (r < 0 && r != -EINTR)
			return r;
		audit_progress(a);
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

static double
seconds_since(const struct timespec *from)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

/* The summary and the sinks' last words; also after an interruption or a failure. */
static int
audit_end(struct audit *a, bool complete)
{
	struct summary *s = &a->res.summary;
	_cleanup_free_ struct rule_total *totals = NULL;
	bool exact = true;
	int r = totals_list(a->totals, a->values, &totals, &s->n_totals, &exact);

	if (r < 0)
		return r;
	s->complete = complete;
	s->totals = totals;
	s->seconds = seconds_since(&a->began);
	progress_clear(&a->progress);
	r = outs_end(&a->outs, s);
	a->sink_failed = r < 0;
	s->totals = NULL;
	s->n_totals = 0;
	if (!exact || values_error(a->values) < 0)
		audit_say(a,
			"counting in '%s' failed (%s): numbers of distinct values are lower bounds",
			spool_folder(), strerror(-values_error(a->values)));
	return r;
}

static void
say_confinement(struct audit *a)
{
	const struct confinement *c = pool_confinement(a->pool);

	audit_say(a, "confinement: uid %u%s, %s capabilities, %s, %s, %s, Landlock %s%d%s%s%s",
		c->uid, c->unprivileged_uid ? "" : " (privileged)", c->no_caps ? "no" : "with",
		c->no_new_privs ? "no new privileges" : "new privileges possible",
		c->not_dumpable ? "not dumpable" : "dumpable",
		c->seccomp ? "seccomp filter" : "no seccomp filter",
		c->landlock_abi ? "ABI " : "absent, ABI ", c->landlock_abi,
		c->reads_poppler ? "; can read: /usr/share/poppler" : "",
		c->missing[0] ? "; missing: " : "", c->missing);
}

static void
say_end(struct audit *a)
{
	const struct walk_stats *w = walk_stats(a->walk);

	audit_say(a, "access times %s", w->atime_kept ? "kept" : "not kept for every file");
	audit_say(a,
		"%llu folders; left out: %llu snapshot folders, %llu network file systems, %llu by "
		"patterns, %llu links, %llu special files, %llu further names of one file",
		(unsigned long long)w->dirs, (unsigned long long)w->pruned_snapshot,
		(unsigned long long)w->pruned_network, (unsigned long long)w->excluded,
		(unsigned long long)w->links, (unsigned long long)w->specials,
		(unsigned long long)w->hardlinks);
	audit_say(a, "workers replaced: %llu", (unsigned long long)pool_replaced(a->pool));
}

static int
audit_begin_sinks(struct audit *a)
{
	size_t n = a->o->walk.files_from ? 0 : a->o->walk.n_roots;
	_cleanup_free_ const char **roots = calloc(n + 1, sizeof(*roots));
	char host[256] = "";
	struct scan_head h;
	int r;

	if (!roots)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		roots[i] = walk_root(a->walk, i);
	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = 0;
	h = (struct scan_head){.host = host,
		.version = VERSION,
		.rules = pool_catalogue(a->pool)->digest,
		.roots = roots,
		.n_roots = n,
		.started = time(NULL)};
	r = outs_begin(&a->outs, a->o->sinks, a->o->n_sinks, &h);
	a->sink_failed = r < 0;
	return r;
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
	int r = walk_new(&o->walk, &a->walk, a->error);

	if (r == 0 && o->baseline)
		r = baseline_load(o->baseline, &a->baseline, a->error);
	if (r == 0)
		r = pool_new(&o->pool, &ev, &a->pool, a->error);
	if (r == 0)
		r = values_new(NULL, pool_catalogue(a->pool)->n, &a->values);
	if (r == 0)
		r = totals_new(pool_catalogue(a->pool), &a->totals);
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
	if (a->walk)
		walk_free(a->walk);
}

static int
audit_scan(struct audit *a)
{
	int r, e;

	(void)clock_gettime(CLOCK_MONOTONIC, &a->began);
	progress_start(&a->progress, a->o->progress);
	if (a->o->verbose)
		say_confinement(a);
	r = audit_explain(a, audit_loop(a));
	a->res.signal = *a->o->stop;
	if (r < 0 && a->sink_failed)
		return r;
	e = audit_end(a, r == 0 && !a->res.signal && walk_done(a->walk));
	if (a->o->verbose)
		say_end(a);
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
