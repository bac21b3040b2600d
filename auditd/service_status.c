/*
 * What the daemon says of itself: a line to systemd that anybody may read, so it names no file, and
 * the longer answers for those who may ask.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "escape.h"
#include "service_in.h"

#include "base/poison.h"

static const char *
state_name(const struct service *s)
{
	if (s->paused)
		return "paused";
	return s->run.share ? "scanning" : "idle";
}

static void
local_time(int64_t when, char *ret_text, size_t size)
{
	time_t t = (time_t)when;
	struct tm tm = {0};

	(void)localtime_r(&t, &tm);
	if (strftime(ret_text, size, "%a %Y-%m-%d %H:%M", &tm) == 0)
		ret_text[0] = 0;
}

static void
put_size(struct buf *b, uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double n = (double)bytes;
	unsigned u = 0;

	for (; n >= 1024 && u < 6; u++)
		n /= 1024;
	buf_printf(b, u && n < 10 ? "%.1f %s" : "%.0f %s", n, units[u]);
}

static void
put_run(const struct service *s, struct buf *b)
{
	const struct audit_now *n = &s->run.now;

	buf_printf(b, "'%s', %" PRIu64 " files read, ", s->run.share->name, n->files);
	put_size(b, n->bytes);
	buf_printf(b, ", %" PRIu64 " as before, %" PRIu64 " findings, %" PRIu64 " gaps",
		n->unchanged, n->findings, n->gaps);
	if (s->run.hold != HOLD_NONE)
		buf_printf(b, ", slowed (%s)", hold_name(s->run.hold));
}

static void
put_next(const struct service *s, struct buf *b)
{
	const struct conf_share *share = NULL;
	int64_t when = plan_when(s, &share);
	char text[64];

	if (s->conf.n_shares == 0) {
		buf_puts(b, "no share is named in the configuration");
		return;
	}
	if (!when) {
		buf_puts(b, "nothing scheduled");
		return;
	}
	local_time(when, text, sizeof(text));
	buf_printf(b, "next '%s' at %s", share->name, text);
}

static void
sum_open(const struct service *s, uint64_t sum[SEVERITIES], uint64_t *hidden)
{
	for (size_t i = 0; i < s->conf.n_shares; i++) {
		for (int v = 0; v < SEVERITIES; v++)
			sum[v] += s->states[i].open[v];
		*hidden += s->states[i].hidden;
	}
}

int
status_exit(const struct service *s)
{
	uint64_t open[SEVERITIES] = {0}, hidden = 0;

	sum_open(s, open, &hidden);
	for (int v = SEV_LOW; v < SEVERITIES; v++) {
		if (open[v])
			return STATUS_FOUND;
	}
	return hidden ? STATUS_HIDDEN : STATUS_CLEAN;
}

static void
put_open(const struct service *s, struct buf *b)
{
	uint64_t open[SEVERITIES] = {0}, hidden = 0;

	sum_open(s, open, &hidden);
	buf_printf(b,
		"open: %" PRIu64 " critical, %" PRIu64 " high, %" PRIu64 " medium, %" PRIu64 " low",
		open[SEV_CRITICAL], open[SEV_HIGH], open[SEV_MEDIUM], open[SEV_LOW]);
}

void
status_line(const struct service *s, char *ret_line, size_t size)
{
	struct buf b = {.max = 2048};

	if (s->paused)
		buf_puts(&b, "Paused; ");
	if (s->run.share) {
		buf_puts(&b, "Scanning ");
		put_run(s, &b);
	} else {
		buf_puts(&b, "Idle; ");
		put_next(s, &b);
		buf_puts(&b, "; ");
		put_open(s, &b);
	}
	if (s->reload_error[0])
		buf_puts(&b, "; the configuration is bad, the former one is in use");
	if (store_error(s->store, NULL) < 0)
		buf_puts(&b, "; the store cannot be written");
	if (outlet_error(s->outlet) < 0)
		buf_puts(&b, "; the log takes no lines, they wait");
	(void)snprintf(ret_line, size, "%s", buf_cstr(&b));
	buf_free(&b);
}

static void
put_share_text(const struct service *s, const struct conf_share *share, struct buf *b)
{
	const struct share_state *st = plan_state(s, share);
	char last[64] = "never", hours[SCHEDULE_TEXT], days[SCHEDULE_TEXT];

	if (st->complete)
		local_time(st->complete, last, sizeof(last));
	schedule_text(&share->schedule, hours, days);
	buf_printf(b, share == s->run.share ? "  %-16s being scanned\n" : "  %s\n", share->name);
	buf_puts(b, "    path      ");
	escape_put(b, span_str(share->path), ESCAPE_PLAIN);
	buf_printf(b, "\n    hours     %s, %s", hours, days);
	if (share->schedule.every > 1)
		buf_printf(b, ", every %u days", share->schedule.every);
	buf_printf(b, "\n    complete  %s\n", last);
	buf_printf(b,
		"    open      %" PRIu64 " critical, %" PRIu64 " high, %" PRIu64 " medium, %" PRIu64
		" low; %" PRIu64 " gaps, %" PRIu64 " of them hide content\n",
		st->open[SEV_CRITICAL], st->open[SEV_HIGH], st->open[SEV_MEDIUM], st->open[SEV_LOW],
		st->gaps, st->hidden);
	if (st->held)
		buf_printf(b,
			"    held      %" PRIu64 " findings look resolved: "
			"`leakaudit control rescan %s --confirm` if so\n",
			st->held, share->name);
	if (st->error[0]) {
		buf_puts(b, "    error     ");
		escape_put(b, span_str(st->error), ESCAPE_PLAIN);
		buf_putc(b, '\n');
	}
}

void
status_text(const struct service *s, struct buf *b)
{
	const char *trouble = NULL;
	char started[64];

	local_time(s->started, started, sizeof(started));
	buf_printf(b, "leakauditd %s, process %d, since %s: %s\n", VERSION, (int)getpid(), started,
		state_name(s));
	if (s->run.share) {
		buf_puts(b, "  scanning ");
		put_run(s, b);
		if (s->run.path[0])
			buf_puts(b, "\n  at ");
		escape_put(b, span_str(s->run.path), ESCAPE_PLAIN);
	} else {
		buf_puts(b, "  ");
		put_next(s, b);
	}
	buf_puts(b, "\n  ");
	put_open(s, b);
	buf_putc(b, '\n');
	service_log_text(s, b);
	if (store_error(s->store, &trouble) < 0)
		buf_printf(b, "  store: %s\n", trouble ? trouble : "cannot be written");
	if (s->reload_error[0]) {
		buf_puts(b, "  configuration not reloaded: ");
		escape_put(b, span_str(s->reload_error), ESCAPE_PLAIN);
		buf_putc(b, '\n');
	}
	for (size_t i = 0; i < s->conf.n_shares; i++)
		put_share_text(s, &s->conf.shares[i], b);
}

static void
put_string(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "\"%s\":\"", key);
	escape_put(b, span_str(value), ESCAPE_JSON);
	buf_putc(b, '"');
}

/* Seconds as the contract writes times; null for 0. */
static void
put_time(struct buf *b, const char *key, int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm = {0};
	char text[32] = "";

	(void)gmtime_r(&t, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (when)
		put_string(b, key, text);
	else
		buf_printf(b, "\"%s\":null", key);
}

static void
put_run_json(const struct service *s, struct buf *b)
{
	const struct audit_now *n = &s->run.now;

	if (!s->run.share) {
		buf_puts(b, ",\"scan\":null");
		return;
	}
	buf_puts(b, ",\"scan\":{");
	put_string(b, "share", s->run.share->name);
	buf_putc(b, ',');
	put_time(b, "began", s->run.began);
	buf_printf(b,
		",\"asked\":%s,\"files\":%" PRIu64 ",\"unchanged\":%" PRIu64 ",\"bytes\":%" PRIu64
		",\"findings\":%" PRIu64 ",\"gaps\":%" PRIu64 ",\"dirs\":%" PRIu64 ",",
		s->run.asked ? "true" : "false", n->files, n->unchanged, n->bytes, n->findings,
		n->gaps, n->dirs);
	put_string(b, "slowed", hold_name(s->run.hold));
	buf_putc(b, ',');
	put_string(b, "path", s->run.path);
	buf_putc(b, '}');
}

static void
put_share_json(const struct service *s, const struct conf_share *share, struct buf *b)
{
	const struct share_state *st = plan_state(s, share);
	char hours[SCHEDULE_TEXT], days[SCHEDULE_TEXT];

	schedule_text(&share->schedule, hours, days);
	buf_putc(b, '{');
	put_string(b, "name", share->name);
	buf_putc(b, ',');
	put_string(b, "path", share->path);
	buf_putc(b, ',');
	put_string(b, "hours", hours);
	buf_putc(b, ',');
	put_string(b, "days", days);
	buf_printf(b, ",\"every\":%u,", share->schedule.every);
	put_time(b, "complete", st->complete);
	buf_putc(b, ',');
	put_time(b, "next", schedule_next(&share->schedule, service_now()));
	buf_puts(b, ",\"open\":{");
	for (int v = SEV_CRITICAL; v >= SEV_LOW; v--)
		buf_printf(b, "%s\"%s\":%" PRIu64, v == SEV_CRITICAL ? "" : ",",
			severity_name((enum severity)v), st->open[v]);
	buf_printf(b, "},\"gaps\":%" PRIu64 ",\"hidden\":%" PRIu64 ",\"held\":%" PRIu64 ",",
		st->gaps, st->hidden, st->held);
	put_string(b, "error", st->error);
	buf_putc(b, '}');
}

void
status_json(const struct service *s, struct buf *b)
{
	const char *trouble = NULL;
	int r = store_error(s->store, &trouble);

	buf_puts(b, "{\"type\":\"status\",\"v\":1,");
	put_string(b, "version", VERSION);
	buf_printf(b, ",\"pid\":%d,", (int)getpid());
	put_time(b, "started", s->started);
	buf_putc(b, ',');
	put_string(b, "state", state_name(s));
	buf_putc(b, ',');
	put_string(b, "store", store_id(s->store));
	buf_putc(b, ',');
	put_string(b, "store_error", r < 0 ? trouble ? trouble : "cannot be written" : "");
	buf_putc(b, ',');
	put_string(b, "config", s->o->config);
	buf_putc(b, ',');
	put_string(b, "config_error", s->reload_error);
	service_log_json(s, b);
	put_run_json(s, b);
	buf_puts(b, ",\"shares\":[");
	for (size_t i = 0; i < s->conf.n_shares; i++) {
		if (i)
			buf_putc(b, ',');
		put_share_json(s, &s->conf.shares[i], b);
	}
	buf_puts(b, "]}\n");
}
