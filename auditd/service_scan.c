/*
 * A pass is one audit_run() of one share. It is ended, not held, when its hours are over or a pause
 * lasts: an open folder would keep the file system from being unmounted, and going on costs no more
 * than a walk, since the store knows what was read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "cmd.h"
#include "service_in.h"
#include "sink_common.h"

#include "base/cleanup.h"
#include "base/poison.h"

#define RETRY_MS      (15 * 60 * 1000) /* after a failure: a mount may come back */
#define PAUSE_HOLD_MS (60 * 1000) /* a pause shorter than this is waited for in place */
#define PRESSURE_MS   500 /* between two looks at the machine */
#define STEP_MS	      25 /* the line asks after every few files: clients are looked at less often */
#define ENDED	      (-ECANCELED)

/* Is it time to end? */
static enum stop_why
why_stop(const struct service *s)
{
	if (service_stop)
		return STOP_SIGNAL;
	if (service_hup)
		return STOP_RELOAD;
	if (s->paused && service_now_ms() - s->paused_ms > PAUSE_HOLD_MS)
		return STOP_PAUSE;
	if (!s->run.asked && !schedule_open(&s->run.share->schedule, service_now(), NULL, NULL))
		return STOP_WINDOW;
	return STOP_NOT;
}

static enum hold
hold_now(struct service *s, const struct audit_now *now)
{
	int64_t ms = service_now_ms();

	if (ms - s->pressure_ms >= PRESSURE_MS) {
		(void)pressure_read(s->o->proc, &s->pressure);
		s->pressure_ms = ms;
	}
	return throttle_step(&s->throttle, ms, now->given_bytes, now->given_files, s->conf.workers,
		&s->pressure);
}

/* The file at hand, for whoever asks: masked as names are in the log. */
static void
keep_path(struct service *s, const char *path)
{
	struct buf b = {0};

	if (s->conf.log_mask_names)
		name_put_starred(&b, span_str(path));
	else
		buf_puts(&b, path);
	(void)snprintf(s->run.path, sizeof(s->run.path), "%s", b.failed ? "" : buf_cstr(&b));
	buf_free(&b);
}

static int
scan_tick(void *user, const struct audit_now *now)
{
	struct service *s = user;

	s->run.hold = hold_now(s, now);
	if (service_now_ms() - s->stepped_ms >= STEP_MS) {
		s->run.now = *now;
		s->run.now.path = s->run.path;
		keep_path(s, now->path);
		service_step(s);
		s->stepped_ms = service_now_ms();
		s->run.why = why_stop(s);
	}
	if (s->run.why != STOP_NOT)
		return ENDED;
	return s->paused || s->run.hold != HOLD_NONE;
}

/* The general patterns, then the share's. */
static const char **
all_excludes(const struct service_conf *c, const struct conf_share *share)
{
	const char **v = calloc(c->excludes.n + share->excludes.n + 1, sizeof(*v));

	for (size_t i = 0; v && i < c->excludes.n; i++)
		v[i] = c->excludes.v[i];
	for (size_t i = 0; v && i < share->excludes.n; i++)
		v[c->excludes.n + i] = share->excludes.v[i];
	return v;
}

static int
add_expects(const struct service_conf *c, struct expects *x)
{
	int r = 0;

	for (size_t i = 0; i < c->n_expect && r == 0; i++) {
		const struct conf_expect *e = &c->expect[i];

		r = expect_add(x, e->path, &e->categories, e->reach);
	}
	return r;
}

static void
set_pool(struct pool_options *p, const struct service *s, const struct conf_share *share)
{
	p->only = (const char *const *)share->only.v;
	p->n_only = share->only.n;
	p->without = (const char *const *)share->without.v;
	p->n_without = share->without.n;
	memcpy(p->key, s->key, sizeof(p->key));
}

static int
run_share(struct service *s, const struct conf_share *share, struct audit_result *ret_r,
	char ret_error[1024])
{
	const char *roots[] = {share->path}, *names[] = {share->name};
	_cleanup_free_ const char **excludes = all_excludes(&s->conf, share);
	_cleanup_(cmd_setup_free) struct cmd_setup setup = {0};
	_cleanup_(expect_free) struct expects expects = {0};
	struct audit_options o;
	bool fresh = s->rules.paths.n == 0;
	int r = excludes
		? cmd_setup(&setup, fresh ? &s->conf.rules : NULL, NULL, s->conf.workers, ret_error)
		: -ENOMEM;

	if (r == 0)
		r = add_expects(&s->conf, &expects);
	/* the first pass of all is given the files themselves; when they are good their copies stay */
	if (r == 0 && fresh)
		r = conf_rules_keep(&s->rules, &s->conf, ret_error);
	if (r < 0)
		return r;
	if (!fresh)
		conf_rules_use(&s->rules, &setup);
	o = (struct audit_options){
		.walk = {.roots = roots,
			.n_roots = 1,
			.excludes = excludes,
			.n_excludes = s->conf.excludes.n + share->excludes.n,
			.one_file_system = share->one_file_system,
			.max_depth = share->max_depth,
			.max_file = share->max_file},
		.pool = setup.pool,
		.min_severity = SEV_LOW,
		.min_confidence = CONF_MEDIUM,
		.stop = &service_stop,
		.memory = {.store = s->store,
			.shares = names,
			.log_severity = SEV_LOW,
			.log_confidence = CONF_MEDIUM,
			.log_known = s->conf.log_known,
			.confirm = s->run.confirm},
		.expects = &expects,
		.keep_cache = true,
		.tick = scan_tick,
		.tick_user = s,
	};
	set_pool(&o.pool, s, share);
	r = audit_run(&o, ret_r, ret_error);
	if (r < 0 && fresh)
		conf_rules_free(&s->rules);
	explicit_bzero(&o.pool.key, sizeof(o.pool.key));
	return r;
}

static void
say_result(const struct service *s, const struct audit_result *r)
{
	static const char *const why[] = {"left off", "stopped", "stopped for a reload",
		"stopped at the end of its hours", "stopped for a pause"};
	const struct summary *m = &r->summary;

	service_say(s, LOG_INFO,
		"share '%s': %s; %llu files, %llu of them as before, %llu bytes read, %llu "
		"findings, "
		"%llu gaps, %.0f s",
		s->run.share->name, m->complete ? "complete" : why[s->run.why],
		(unsigned long long)m->files, (unsigned long long)m->unchanged,
		(unsigned long long)m->bytes, (unsigned long long)m->findings,
		(unsigned long long)m->gaps, m->seconds);
}

static void
scan_ended(struct service *s, const struct audit_result *r)
{
	struct share_state *st = s->run.state;

	st->error[0] = 0;
	say_result(s, r);
	if (r->summary.complete) {
		st->complete = service_now();
		st->retry_ms = 0;
	} else if (s->run.why == STOP_NOT)
		st->retry_ms = service_now_ms() + RETRY_MS;
	else if (s->run.asked) {
		st->asked = true; /* it was asked for: gone on with as soon as may be */
		st->confirm |= s->run.confirm;
	}
}

static void
scan_failed(struct service *s, const char *error)
{
	struct share_state *st = s->run.state;

	(void)snprintf(st->error, sizeof(st->error), "%.*s", (int)sizeof(st->error) - 1, error);
	st->retry_ms = service_now_ms() + RETRY_MS;
	service_say(s, LOG_ERR, "share '%s' cannot be scanned: %s", s->run.share->name, error);
	store_trouble(s->store, s->run.share->name, error);
}

/* What was asked for is done, or goes on: that has to be written down. */
static void
scan_unasked(const struct service *s)
{
	int r = asked_save(s);

	if (r < 0)
		service_say(s, LOG_WARNING, "what is asked for cannot be written down: %s",
			strerror(-r));
}

void
service_scan(struct service *s, const struct conf_share *share)
{
	struct share_state *st = plan_state(s, share);
	struct audit_result result = {0};
	char error[1024] = "";
	bool asked;
	int r;

	s->run = (struct running){.share = share,
		.state = st,
		.asked = st->asked,
		.confirm = st->confirm,
		.began = service_now()};
	st->asked = st->confirm = false;
	throttle_init(&s->throttle, &s->conf.throttle, service_now_ms());
	s->moved_ms = service_now_ms();
	r = run_share(s, share, &result, error);
	if (r < 0)
		scan_failed(s, error[0] ? error : strerror(-r));
	else
		scan_ended(s, &result);
	plan_refresh(s);
	asked = s->run.asked;
	s->run = (struct running){0};
	if (asked)
		scan_unasked(s);
}
