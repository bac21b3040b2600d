/*
 * `scan --syslog`: the daemon's lines through libc, of a store "0" that counts from 1 and that nobody
 * can be asked to send again. Names are masked where a rule matched in them whatever the other
 * outputs do: a log travels further than a report.
 */
#include <errno.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>

#include "logline.h"

#include "base/poison.h"

struct sink_syslog {
	struct logline line;
	struct buf b;
	uint64_t seq;
};

static int
send_line(struct sink_syslog *s, struct store_line *e)
{
	static const struct logline_style style = {.format = LOG_LOGFMT};
	int r;

	e->store = "0";
	e->share = "";
	e->seq = ++s->seq;
	e->ts = (int64_t)time(NULL);
	r = logline_fill(&s->line, e, &style);
	buf_clear(&s->b);
	if (r == 0)
		logline_put(&s->b, &s->line, LOGLINE_MAX);
	if (r < 0 || s->b.failed)
		return -ENOMEM;
	syslog(store_priority(e->event, e->record), "%s", buf_cstr(&s->b));
	return 0;
}

static int
syslog_begin(void *state, const struct sink_options *o, const struct scan_head *h)
{
	struct sink_syslog *s = state;
	struct store_line e = {.event = STORE_SCAN_START, .n_pairs = 3};
	struct buf roots = {0};
	int r;

	(void)o;
	openlog("leakaudit", LOG_PID, LOG_AUTHPRIV);
	for (size_t i = 0; i < h->n_roots; i++)
		buf_printf(&roots, "%s%s", i ? " " : "", h->roots[i]);
	e.pairs[0] = (struct store_pair){"version", h->version, false};
	e.pairs[1] = (struct store_pair){"rules", h->rules, false};
	e.pairs[2] = (struct store_pair){"roots", buf_cstr(&roots), true};
	r = roots.failed ? -ENOMEM : send_line(s, &e);
	buf_free(&roots);
	return r;
}

static int
syslog_on_record(void *state, const struct record *r)
{
	struct store_line e = {
		.event = r->type == RECORD_FINDING ? STORE_FINDING : STORE_GAP, .record = r};

	return send_line(state, &e);
}

static int
syslog_end(void *state, const struct summary *sum)
{
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {{"complete", sum->complete}, {"hidden", sum->hidden}, {"files", sum->files},
		{"items", sum->items}, {"bytes", sum->bytes}, {"findings", sum->findings},
		{"gaps", sum->gaps}};
	struct store_line e = {.event = STORE_SCAN_END};
	char text[sizeof(numbers) / sizeof(*numbers)][24];

	for (; e.n_pairs < sizeof(numbers) / sizeof(*numbers); e.n_pairs++) {
		unsigned i = e.n_pairs;

		(void)snprintf(
			text[i], sizeof(text[i]), "%llu", (unsigned long long)numbers[i].value);
		e.pairs[i] = (struct store_pair){numbers[i].key, text[i], false};
	}
	return send_line(state, &e);
}

static void
syslog_free(void *state)
{
	struct sink_syslog *s = state;

	logline_free(&s->line);
	buf_free(&s->b);
	closelog();
}

extern const struct output output_syslog;
const struct output output_syslog = {
	.name = "syslog",
	.begin = syslog_begin,
	.record = syslog_on_record,
	.end = syslog_end,
	.free = syslog_free,
	.state_size = sizeof(struct sink_syslog),
};
