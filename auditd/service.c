/*
 * The loop. What has to be done in between, whether a scan is at work or not, is service_step(): it
 * never waits. Systemd's watchdog is told that all is well only while the pipeline moves, or stands
 * still for a reason we know.
 */
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <syslog.h>
#include <time.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "locate.h"
#include "service_in.h"

#include "base/poison.h"

#define IDLE_MS	  1000 /* between two looks at the clock when nothing is at work */
#define STATUS_MS 5000 /* between two lines to systemd */
/* A worker without progress is replaced after a minute, and three starts may fail in a row. */
#define STUCK_MS (5 * 60 * 1000)
#define PAUSED	 "paused" /* in the state folder: stays over a restart */

volatile int service_stop;
volatile int service_hup;

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		service_hup = 1;
	else
		service_stop = sig;
}

static void
catch_signals(void)
{
	const struct sigaction act = {.sa_handler = on_signal};

	(void)sigaction(SIGTERM, &act, NULL);
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGHUP, &act, NULL);
}

int64_t
service_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
service_now(void)
{
	return (int64_t)time(NULL);
}

void
service_say(const struct service *s, int priority, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *p = text; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
	/* libc would wait for a logger that does not read */
	if (!outlet_is_full(OUTLET_DEVLOG))
		syslog(priority, "%s", text);
	if (s->o->foreground)
		(void)fprintf(stderr, "leakauditd: %s\n", text);
}

static void
store_said(void *user, const char *sentence)
{
	service_say(user, LOG_ERR, "%s", sentence);
}

static void
tell_status(struct service *s, bool at_once)
{
	char line[sizeof(s->status)];
	int64_t now = service_now_ms();

	if (!at_once && now - s->told_ms < STATUS_MS)
		return;
	s->told_ms = now;
	status_line(s, line, sizeof(line));
	if (strcmp(line, s->status) == 0)
		return;
	memcpy(s->status, line, sizeof(line));
	(void)notify_send(&s->notify, "STATUS=%s", line);
}

/* Does it move, or stand still for a reason? */
static bool
is_well(struct service *s, int64_t now)
{
	bool waits = !s->run.share || s->paused || s->run.hold != HOLD_NONE;

	if (waits || s->run.now.done != s->moved) {
		s->moved = s->run.now.done;
		s->moved_ms = now;
	}
	return now - s->moved_ms < STUCK_MS;
}

static void
ping(struct service *s)
{
	int64_t now = service_now_ms();
	bool well = is_well(s, now);

	if (!s->notify.watchdog_ms || now - s->pinged_ms < (int64_t)s->notify.watchdog_ms / 4)
		return;
	s->pinged_ms = now;
	if (well)
		(void)notify_send(&s->notify, "WATCHDOG=1");
}

void
service_step(struct service *s)
{
	store_tick(s->store);
	service_log_step(s);
	control_step(s->control);
	tell_status(s, false);
	ping(s);
}

int
service_pause(struct service *s, bool on)
{
	_cleanup_free_ char *path = NULL;
	int fd, r = 0;

	if (on != s->paused)
		s->paused_ms = service_now_ms();
	s->paused = on;
	if (asprintf(&path, "%s/" PAUSED, s->o->state) < 0)
		return -ENOMEM;
	if (!on)
		return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		r = -errno;
	else
		(void)close(fd);
	return r;
}

static void
remember_pause(struct service *s)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/" PAUSED, s->o->state) >= 0)
		s->paused = access(path, F_OK) == 0;
	s->paused_ms = service_now_ms();
	if (s->paused)
		service_say(s, LOG_NOTICE, "paused, as before; `leakaudit control resume` goes on");
}

static void
note_first(void *user, const char *sentence)
{
	char *error = user;

	if (!error[0])
		(void)snprintf(error, 512, "%.511s", sentence);
}

int
service_try(const struct service_conf *c, char ret_error[512])
{
	ret_error[0] = 0;
	return c->n_shares ? conf_rules_check(c, note_first, ret_error) : 0;
}

static int
keep_rules(struct service *s, const struct service_conf *c, char ret_error[512])
{
	char error[1024] = "";
	int r = c->n_shares ? conf_rules_keep(&s->rules, c, error) : 0;

	if (r < 0)
		(void)snprintf(ret_error, 512, "%.511s", error);
	return r;
}

int
service_reload(struct service *s)
{
	struct service_conf fresh = {0}, old = s->conf;
	char error[512];
	int r;

	(void)notify_reloading(&s->notify);
	r = service_conf_load(s->o->config, !s->o->config_named, &fresh, error);
	if (r == 0)
		r = service_try(&fresh, error);
	if (r == 0)
		r = keep_rules(s, &fresh, error);
	if (r == 0) {
		s->conf = fresh;
		r = plan_states(s, &old, s->states);
		if (r < 0)
			(void)snprintf(error, sizeof(error), "out of memory");
	}
	if (r < 0) {
		s->conf = old;
		if (fresh.files.n)
			service_conf_free(&fresh);
		(void)snprintf(s->reload_error, sizeof(s->reload_error), "%s", error);
		service_say(
			s, LOG_ERR, "configuration not reloaded, the former one stays: %s", error);
		store_say(s->store, STORE_ERROR, LOG_ERR, NULL, "config", error);
	} else {
		service_conf_free(&old);
		s->reload_error[0] = 0;
		tzset();
		store_keep(s->store, s->conf.resolved_days);
		(void)asked_save(s);
		if (service_log_open(s) < 0)
			service_say(s, LOG_ERR, "out of memory: the log stays as it was");
		plan_refresh(s);
		service_say(s, LOG_NOTICE, "configuration reloaded: %zu share%s", s->conf.n_shares,
			s->conf.n_shares == 1 ? "" : "s");
	}
	tell_status(s, true);
	(void)notify_send(&s->notify, "READY=1");
	return r;
}

static void
wait_idle(const struct service *s)
{
	struct pollfd fds[CONTROL_CLIENTS + 1];
	int wait = s->outlet_ms >= 0 && s->outlet_ms < IDLE_MS ? s->outlet_ms : IDLE_MS;

	(void)poll(fds, control_polls(s->control, fds), wait);
}

static void
service_loop(struct service *s)
{
	while (!service_stop) {
		const struct conf_share *share;

		if (service_hup) {
			service_hup = 0;
			(void)service_reload(s);
		}
		service_step(s);
		share = s->paused ? NULL : plan_next(s);
		if (share)
			service_scan(s, share);
		else
			wait_idle(s);
	}
}

/* --- starting --- */

static gid_t
group_id(const char *name)
{
	const struct group *g = getgrnam(name);

	return g ? g->gr_gid : CONTROL_NOBODY;
}

static int
open_key(struct service *s, char error[512])
{
	_cleanup_close_ int fd = -1;
	int r = key_make(s->o->key);

	(void)sodium_mlock(s->key, sizeof(s->key));
	if (r < 0 && r != -EEXIST && r != -EROFS && r != -EACCES && r != -ENOENT && r != -EPERM)
		service_say(s, LOG_WARNING, "'%s' could not be made: %s", s->o->key, strerror(-r));
	/* Not access(): that asks for the real user, who has no rights of ours. */
	fd = open(s->o->key, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		service_say(s, LOG_WARNING,
			"no key at '%s': equal values are not known again after a restart",
			s->o->key);
	return key_load(s->o->key, s->key, error);
}

static int
open_all(struct service *s, char error[512])
{
	const struct store_options so = {.dir = s->o->state,
		.log = STORE_LOG_ON,
		.keep_days = s->conf.resolved_days,
		.say = store_said,
		.user = s};
	const struct control_options co = {.path = s->o->socket,
		.operators = group_id("leakaudit"),
		.reviewers = group_id("leakaudit-review"),
		.request = service_request,
		.user = s};
	int r = open_key(s, error);

	if (r == 0)
		r = store_open(&so, &s->store, error);
	if (r == 0)
		r = control_open(&co, &s->control, error);
	if (r == 0 && service_log_open(s) < 0)
		r = -ENOMEM;
	if (r == 0 && plan_states(s, NULL, NULL) < 0) {
		(void)snprintf(error, 512, "out of memory");
		r = -ENOMEM;
	}
	return r;
}

static void
service_close(struct service *s)
{
	control_free(s->control);
	outlet_free(s->outlet);
	store_close(s->store);
	notify_close(&s->notify);
	service_conf_free(&s->conf);
	conf_rules_free(&s->rules);
	free(s->states);
	(void)sodium_munlock(s->key, sizeof(s->key));
}

static int
service_start(struct service *s, char error[512])
{
	int r = notify_open(&s->notify);

	if (r < 0) {
		(void)snprintf(error, 512, "NOTIFY_SOCKET: %s", strerror(-r));
		return r;
	}
	r = service_conf_load(s->o->config, !s->o->config_named, &s->conf, error);
	if (r == 0)
		r = open_all(s, error);
	if (r < 0)
		return r;
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	plan_refresh(s);
	remember_pause(s);
	asked_load(s);
	return 0;
}

int
service_main(const struct service_options *o)
{
	_cleanup_(service_close) struct service s = {.o = o, .started = service_now()};
	char error[512] = "";

	s.notify.fd = -1;
	openlog("leakauditd", LOG_PID, LOG_DAEMON);
	catch_signals();
	if (service_start(&s, error) < 0) {
		service_say(&s, LOG_ERR, "cannot start: %s", error);
		if (!o->foreground)
			(void)fprintf(stderr, "leakauditd: cannot start: %s\n", error);
		return STATUS_TROUBLE;
	}
	service_say(&s, LOG_NOTICE, "version %s, %zu share%s%s", VERSION, s.conf.n_shares,
		s.conf.n_shares == 1 ? "" : "s",
		s.conf.n_shares ? ""
				: ": nothing is scanned until one is named in the configuration");
	status_line(&s, s.status, sizeof(s.status));
	(void)notify_send(&s.notify, "READY=1\nSTATUS=%s", s.status);
	service_loop(&s);
	(void)notify_send(&s.notify, "STOPPING=1\nSTATUS=Stopping");
	service_say(&s, LOG_NOTICE, "stopped by signal %d", (int)service_stop);
	return STATUS_CLEAN;
}
