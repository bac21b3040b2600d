/*
 * A line that would be too long is made again with the room its long values may take fixed
 * beforehand; all others are short by themselves. Names are masked where a rule matched in them
 * whatever the other outputs do: a log travels further than a report.
 */
#include "sink_syslog.h"

#include <errno.h>
#include <syslog.h>
#include <time.h>

#include "base/poison.h"

/* Bytes for escaped values of a line that had to be cut; the rest of it takes less than 640. */
#define CUT_FILE   640u
#define CUT_INNER  400u
#define CUT_DETAIL 320u

struct sink_syslog {
	struct buf b;
	struct owners owners;
	uint64_t seq;
};

static bool
bare(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] >= 0x7F || s.p[i] == '"' || s.p[i] == '=' ||
			s.p[i] == '\\')
			return false;
	}
	return s.n > 0;
}

static void
put_short(struct buf *b, const char *key, const char *value, size_t max)
{
	buf_printf(b, " %s=", key);
	if (bare(span_str(value)) && strlen(value) <= max) {
		buf_puts(b, value);
		return;
	}
	buf_putc(b, '"');
	(void)escape_cut(b, span_str(value), ESCAPE_LOGFMT, max, false);
	buf_putc(b, '"');
}

static void
put_long(struct buf *b, const char *key, struct span value, size_t max)
{
	buf_printf(b, " %s=\"", key);
	(void)escape_cut(b, value, ESCAPE_LOGFMT, max, false);
	buf_putc(b, '"');
}

static void
put_head(struct buf *b, const char *event, const struct syslog_place *at)
{
	buf_printf(b, "v=1 event=%s", event);
	put_short(b, "store", at->store, 32);
	buf_printf(b, " seq=%llu ts=", (unsigned long long)at->seq);
	put_time(b, at->ts);
}

static const char *
severity_short(enum severity s)
{
	return s == SEV_CRITICAL ? "crit" : severity_name(s);
}

static void
put_graded(struct buf *b, const struct record *r)
{
	buf_printf(b, " act=new sev=%s score=%u", severity_short(r->severity), r->score);
	put_short(b, "rule", r->rule->id, 64);
	buf_printf(b, " conf=%s count=%llu unique=%llu reach=%s", confidence_name(r->f->confidence),
		(unsigned long long)r->f->count, (unsigned long long)r->f->unique,
		reach_name(r->reach));
}

static void
put_where(struct buf *b, const struct record *r, bool mask, bool cut)
{
	struct buf t = {0};

	record_path(&t, r, mask);
	put_long(b, "file", buf_span(&t), cut ? CUT_FILE : SIZE_MAX);
	if (r->inner.n) {
		buf_clear(&t);
		record_inner(&t, r, mask);
		put_long(b, "inner", buf_span(&t), cut ? CUT_INNER : SIZE_MAX);
	}
	b->failed |= t.failed;
	buf_free(&t);
}

static void
put_why(struct buf *b, const struct finding *f, bool cut)
{
	struct buf t = {0};

	for (unsigned i = 0; i < f->n_why; i++)
		buf_printf(&t, "%s%.*s", i ? "; " : "", FINDING_TEXT - 1, f->why[i]);
	put_long(b, "why", buf_span(&t), cut ? CUT_DETAIL : SIZE_MAX);
	b->failed |= t.failed;
	buf_free(&t);
}

static void
put_line(struct buf *b, const struct record *r, const struct syslog_place *at,
	struct owners *owners, bool mask, bool cut)
{
	bool finding = r->type == RECORD_FINDING;
	char id[17];

	record_id_hex(r->id, id);
	put_head(b, finding ? "finding" : "gap", at);
	buf_printf(b, " id=%s", id);
	if (finding)
		put_graded(b, r);
	else
		buf_printf(b, " act=new reason=%s hides=%d", gap_name(r->reason), r->hides);
	put_where(b, r, mask, cut);
	if (r->st) {
		put_short(b, "owner", owner_name(owners, r->st->st_uid), 64);
		buf_printf(b, " mode=%04o", r->st->st_mode & 07777u);
	}
	if (finding)
		put_why(b, r->f, cut);
	else if (r->detail && r->detail[0])
		put_long(b, "detail", span_str(r->detail), cut ? CUT_DETAIL : SIZE_MAX);
	if (cut)
		buf_puts(b, " cut=1");
}

void
syslog_record(struct buf *b, const struct record *r, const struct syslog_place *at,
	struct owners *owners, bool mask_names)
{
	size_t start = b->n;

	put_line(b, r, at, owners, mask_names, false);
	if (b->n - start <= SYSLOG_LINE)
		return;
	b->n = start;
	put_line(b, r, at, owners, mask_names, true);
}

int
syslog_priority(const struct record *r)
{
	static const int priorities[SEVERITIES] = {
		[SEV_INFO] = LOG_INFO,
		[SEV_LOW] = LOG_INFO,
		[SEV_MEDIUM] = LOG_NOTICE,
		[SEV_HIGH] = LOG_WARNING,
		[SEV_CRITICAL] = LOG_CRIT,
	};

	return r->type == RECORD_FINDING && r->severity < SEVERITIES ? priorities[r->severity]
								     : LOG_INFO;
}

static struct syslog_place
next_place(struct sink_syslog *s)
{
	return (struct syslog_place){.store = "0", .seq = ++s->seq, .ts = (int64_t)time(NULL)};
}

static int
send_line(struct sink_syslog *s, int priority)
{
	bool failed = s->b.failed;

	if (!failed)
		syslog(priority, "%s", buf_cstr(&s->b));
	buf_clear(&s->b);
	return failed ? -ENOMEM : 0;
}

static int
syslog_begin(void *state, const struct sink_options *o, const struct scan_head *h)
{
	struct sink_syslog *s = state;
	struct syslog_place at = next_place(s);
	struct buf roots = {0};

	(void)o;
	openlog("leakaudit", LOG_PID, LOG_AUTHPRIV);
	for (size_t i = 0; i < h->n_roots; i++)
		buf_printf(&roots, "%s%s", i ? " " : "", h->roots[i]);
	put_head(&s->b, "scan-start", &at);
	put_short(&s->b, "version", h->version, 32);
	put_short(&s->b, "rules", h->rules, 64);
	put_long(&s->b, "roots", buf_span(&roots), 1500);
	s->b.failed |= roots.failed;
	buf_free(&roots);
	return send_line(s, LOG_INFO);
}

static int
syslog_on_record(void *state, const struct record *r)
{
	struct sink_syslog *s = state;
	struct syslog_place at = next_place(s);

	syslog_record(&s->b, r, &at, &s->owners, true);
	return send_line(s, syslog_priority(r));
}

static int
syslog_end(void *state, const struct summary *sum)
{
	struct sink_syslog *s = state;
	struct syslog_place at = next_place(s);

	put_head(&s->b, "scan-end", &at);
	buf_printf(&s->b,
		" complete=%d hidden=%llu files=%llu items=%llu bytes=%llu findings=%llu gaps=%llu",
		sum->complete, (unsigned long long)sum->hidden, (unsigned long long)sum->files,
		(unsigned long long)sum->items, (unsigned long long)sum->bytes,
		(unsigned long long)sum->findings, (unsigned long long)sum->gaps);
	return send_line(s, LOG_INFO);
}

static void
syslog_free(void *state)
{
	struct sink_syslog *s = state;

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
