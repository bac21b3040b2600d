/*
 * Lines for the log, written with what they tell of in one transaction. A line has its number from
 * the database, which gives a number back when the transaction is undone: so there are no holes, and
 * nothing is sent that could still be taken back.
 */
#include "store_in.h"

#include <errno.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>

#include "base/poison.h"

#define PAIRS (sizeof((struct store_line *)0)->pairs / sizeof(struct store_pair))

static int
put(struct store *s, const struct line *l, struct span path, struct span data)
{
	int r;

	if (!s->log)
		return 0;
	r = db_run(&s->f, F_LINE_PUT, "iiiiiibb", store_now(s), (int64_t)l->event, (int64_t)l->act,
		(int64_t)l->cause, (int64_t)l->priority, l->share, path, data);
	if (r == 0)
		s->seq = (uint64_t)sqlite3_last_insert_rowid(s->f.h);
	return r;
}

int
line_put_data(struct store *s, const struct line *l, struct span path, struct span data)
{
	return put(s, l, path, data);
}

int
line_put(struct store *s, const struct line *l)
{
	struct ipc_out o = {0};
	int r;

	ipc_u8(&o, (uint8_t)l->n_pairs);
	for (unsigned i = 0; i < l->n_pairs; i++) {
		ipc_bytes(&o, span_str(l->pairs[i].key));
		ipc_bytes(&o, span_str(l->pairs[i].value));
		ipc_u8(&o, l->pairs[i].path);
	}
	r = o.b.failed ? -ENOMEM : put(s, l, (struct span){0}, buf_span(&o.b));
	buf_free(&o.b);
	return r;
}

/* A copy with a NUL behind it; its place in line_text, which may still move. */
static size_t
keep(struct store *s, struct span t)
{
	size_t at = s->line_text.n;

	buf_put(&s->line_text, t.p, t.n);
	buf_putc(&s->line_text, 0);
	return at;
}

static int
pairs_read(struct store *s, struct span data, struct store_line *l)
{
	struct ipc_in i = {.p = (uint8_t *)(uintptr_t)data.p, .n = data.n};
	size_t key[PAIRS], value[PAIRS];

	l->n_pairs = ipc_get_u8(&i);
	if (l->n_pairs > PAIRS)
		return -EUCLEAN;
	for (unsigned k = 0; k < l->n_pairs; k++) {
		key[k] = keep(s, ipc_get_bytes(&i, LIMIT_MESSAGE));
		value[k] = keep(s, ipc_get_bytes(&i, LIMIT_MESSAGE));
		l->pairs[k].path = ipc_get_u8(&i) != 0;
	}
	if (ipc_end(&i) < 0)
		return -EUCLEAN;
	for (unsigned k = 0; k < l->n_pairs && !s->line_text.failed; k++) {
		l->pairs[k].key = (const char *)s->line_text.p + key[k];
		l->pairs[k].value = (const char *)s->line_text.p + value[k];
	}
	return s->line_text.failed ? -ENOMEM : 0;
}

static int
line_read(struct store *s, struct store_line *l)
{
	struct db *db = &s->f;
	struct span path = db_blob(db, F_LINE_NEXT, 7), data = db_blob(db, F_LINE_NEXT, 8);
	int64_t event = db_int(db, F_LINE_NEXT, 2);
	int r;

	*l = (struct store_line){.seq = (uint64_t)db_int(db, F_LINE_NEXT, 0),
		.ts = db_int(db, F_LINE_NEXT, 1),
		.act = (enum store_act)db_int(db, F_LINE_NEXT, 3),
		.cause = (enum store_cause)db_int(db, F_LINE_NEXT, 4),
		.priority = (int)db_int(db, F_LINE_NEXT, 5),
		.store = s->id};
	if (event < 0 || event >= STORE_EVENTS)
		return -EUCLEAN;
	l->event = (enum store_event)event;
	l->sent = l->seq <= s->sent;
	buf_clear(&s->line_text);
	(void)keep(s, span_str(db_text(db, F_LINE_NEXT, 6)));
	if (event <= STORE_GONE) {
		r = record_decode(s, path, data, &s->line) < 0 ? -EUCLEAN : 0;
		l->record = &s->line.rec;
	} else {
		r = pairs_read(s, data, l);
	}
	l->share = s->line_text.failed ? "" : (const char *)s->line_text.p;
	return r;
}

int
store_line_next(struct store *s, uint64_t after, struct store_line *ret_l)
{
	struct store_line l;
	int r;

	if (after >= s->seq_committed || !s->f.h)
		return 0;
	r = db_row(&s->f, F_LINE_NEXT, "ii", (int64_t)after, (int64_t)s->seq_committed);
	if (r <= 0)
		return r;
	r = line_read(s, &l);
	db_leave(&s->f, F_LINE_NEXT);
	if (r < 0)
		return r;
	*ret_l = l;
	return 1;
}

void
store_sent(struct store *s, uint64_t seq)
{
	if (seq > s->sent && seq <= s->seq_committed)
		s->sent = seq;
}

uint64_t
store_sent_seq(const struct store *s)
{
	return s->sent;
}

void
store_resend(struct store *s, uint64_t from, uint64_t to)
{
	uint64_t after = from ? from - 1 : 0;

	if (store_resending(s, NULL)) {
		after = after < s->again.after ? after : s->again.after;
		to = to > s->again.to ? to : s->again.to;
	}
	s->again.after = after;
	s->again.to = to;
}

uint64_t
store_resending(const struct store *s, uint64_t *ret_after)
{
	if (ret_after)
		*ret_after = s->again.after;
	return s->again.to > s->again.after ? s->again.to - s->again.after : 0;
}

void
store_resent(struct store *s, uint64_t seq)
{
	s->again.after = seq < s->again.to ? seq : s->again.to;
}

bool
store_marks_moved(const struct store *s)
{
	return s->sent != s->sent_written || s->again.after != s->again_written.after ||
		s->again.to != s->again_written.to;
}

int
store_marks_write(struct store *s)
{
	int r;

	if (!store_marks_moved(s))
		return 0;
	r = store_meta_set(s, "sent", (int64_t)s->sent);
	if (r == 0)
		r = store_meta_set(s, "again_after", (int64_t)s->again.after);
	if (r == 0)
		r = store_meta_set(s, "again_to", (int64_t)s->again.to);
	return r;
}

void
store_marks_read(struct store *s)
{
	s->sent = s->sent_written = (uint64_t)store_meta(s, "sent", 0);
	if (s->read_only)
		return; /* what another is to send */
	s->again.after = (uint64_t)store_meta(s, "again_after", 0);
	s->again.to = (uint64_t)store_meta(s, "again_to", 0);
	s->again_written = s->again;
}

uint64_t
store_last_seq(const struct store *s)
{
	return s->seq_committed;
}

uint64_t
store_first_seq(struct store *s)
{
	return (uint64_t)db_number(&s->f, "SELECT coalesce(min(seq),0) FROM outbox", 0);
}

/* A line that belongs to no scan. */
static void
say(struct store *s, const struct line *l)
{
	int r = store_ready(s) ? db_begin(&s->f) : -EROFS;

	if (r == 0)
		r = line_put(s, l);
	if (r < 0 && store_ready(s))
		(void)store_fail(s, r, "findings.db");
}

static int64_t
share_no(struct store *s, const char *name)
{
	int64_t no = 0;

	if (name && store_ready(s) && db_begin(&s->f) == 0 &&
		db_run(&s->f, F_SHARE_PUT, "t", name) == 0 &&
		db_row(&s->f, F_SHARE_GET, "t", name) > 0) {
		no = db_int(&s->f, F_SHARE_GET, 0);
		db_leave(&s->f, F_SHARE_GET);
	}
	return no;
}

void
store_say(struct store *s, enum store_event event, int priority, const char *share, const char *key,
	const char *value)
{
	const struct store_pair pair = {key, value, false};

	say(s,
		&(struct line){.event = event,
			.priority = priority,
			.share = share_no(s, share),
			.pairs = &pair,
			.n_pairs = 1});
}

void
store_trouble(struct store *s, const char *share, const char *text)
{
	store_say(s, STORE_ERROR, LOG_ERR, share, "detail", text);
}

static void
number(struct store_pair *pairs, char (*text)[24], unsigned i, const char *key, uint64_t n)
{
	(void)snprintf(text[i], sizeof text[i], "%llu", (unsigned long long)n);
	pairs[i] = (struct store_pair){key, text[i], false};
}

static void
summary_line(struct store *s)
{
	static const char *const keys[SEVERITIES] = {"info", "low", "medium", "high", "critical"};
	uint64_t first = store_first_seq(s);
	struct store_share all = {0};
	struct store_pair pairs[12];
	char text[12][24];
	unsigned n = 0;

	if (store_counts(s, 0, &all) < 0)
		return;
	for (unsigned i = SEV_LOW; i < SEVERITIES; i++, n++)
		number(pairs, text, n, keys[i], all.open[i]);
	number(pairs, text, n++, "gaps", all.gaps);
	number(pairs, text, n++, "hidden", all.hidden);
	number(pairs, text, n++, "held", all.held);
	number(pairs, text, n++, "first_seq", first);
	number(pairs, text, n++, "last_seq", s->seq + 1);
	say(s,
		&(struct line){.event = STORE_SUMMARY,
			.priority = store_priority(STORE_SUMMARY, NULL),
			.pairs = pairs,
			.n_pairs = n});
}

void
store_daily(struct store *s)
{
	time_t now = (time_t)store_now(s);
	struct tm tm;
	int64_t today;
	int r;

	if (!s->log || now == s->day_checked || !localtime_r(&now, &tm))
		return;
	s->day_checked = now;
	today = (int64_t)(tm.tm_year + 1900) * 1000 + tm.tm_yday;
	if (s->day == 0)
		s->day = store_meta(s, "day", 0);
	if (s->day == today)
		return;
	if (s->day)
		summary_line(s);
	s->day = today;
	r = store_ready(s) ? db_begin(&s->f) : 0;
	if (r == 0 && store_ready(s))
		r = store_meta_set(s, "day", today);
	if (r < 0)
		(void)store_fail(s, r, "findings.db");
}
