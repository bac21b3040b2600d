/*
 * A finding or gap was found. Nothing is resolved here: what a file no longer has is only marked with
 * the cause (store_file.c), and store_end.c decides when the scan is over whether that can be true.
 */
#include "store_in.h"

#include <errno.h>

#include "record.h"

#include "base/poison.h"

bool
scan_logs(const struct store *s, const struct record *r)
{
	return r->type == RECORD_GAP ||
		(r->severity >= s->log_severity && r->f->confidence >= s->log_confidence);
}

/* What the store had of a record before. */
struct former {
	int64_t no, state, same, severity, since, logged;
};

static int
former_get(struct store *s, int64_t share, uint64_t id, struct former *ret_f)
{
	int r = db_row(&s->f, F_RECORD_GET, "ii", share, (int64_t)id);

	if (r <= 0)
		return r;
	*ret_f = (struct former){.no = db_int(&s->f, F_RECORD_GET, 0),
		.state = db_int(&s->f, F_RECORD_GET, 1),
		.same = db_int(&s->f, F_RECORD_GET, 2),
		.severity = db_int(&s->f, F_RECORD_GET, 3),
		.since = db_int(&s->f, F_RECORD_GET, 4),
		.logged = db_int(&s->f, F_RECORD_GET, 5)};
	db_leave(&s->f, F_RECORD_GET);
	return 1;
}

static enum store_act
act_of(const struct former *old, bool there, const struct record *r, uint64_t same)
{
	if (!there || old->state == STORE_RESOLVED)
		return STORE_ACT_NEW;
	if (old->same != (int64_t)same)
		return STORE_ACT_CHANGED;
	return r->type == RECORD_FINDING && old->severity != (int64_t)r->severity
		? STORE_ACT_REGRADED
		: STORE_ACT_KNOWN;
}

/*
 * Is a line written? During a share's first scan only of what is critical or high; the rest is
 * rolled up when that scan is over.
 */
static bool
line_wanted(const struct store *s, const struct scan_root *root, const struct record *r,
	enum store_act act)
{
	if (!scan_logs(s, r) || (act == STORE_ACT_KNOWN && !s->log_known))
		return false;
	return s->list || !root->first || (r->type == RECORD_FINDING && r->severity >= SEV_HIGH);
}

static uint64_t
values_hash(const struct record *r, const struct store_values *v)
{
	uint64_t h = v && v->n && v->all && r->type == RECORD_FINDING
		? bytes_hash(span_of(v->fp, v->n * sizeof *v->fp), 1)
		: 0;

	return h;
}

static int
values_put(struct store *s, int64_t no, const struct record *r, const struct store_values *v)
{
	if (r->type == RECORD_GAP || !v || (!v->n && v->all))
		return 0;
	return db_run(&s->f, F_VALUES_PUT, "iiib", no, (int64_t)s->key_check, (int64_t)v->all,
		span_of(v->fp, v->n * sizeof *v->fp));
}

/* A row's columns out of a record. */
struct row {
	int64_t rule, severity, score, confidence, count, hides, ino, vals, same, logged, state,
		since;
};

static struct row
row_of(const struct store *s, const struct record *r, const struct store_values *v)
{
	struct row w = {.ino = r->st ? (int64_t)r->st->st_ino : 0,
		.vals = (int64_t)values_hash(r, v),
		.same = (int64_t)record_same(r)};

	if (r->type == RECORD_FINDING) {
		w.rule = s->rule_no[r->f->rule];
		w.severity = r->severity;
		w.score = r->score;
		w.confidence = r->f->confidence;
		w.count = (int64_t)r->f->count;
	} else {
		w.rule = r->reason;
		w.hides = r->hides;
	}
	return w;
}

static int
row_insert(struct store *s, const struct scan_root *root, const struct record *r,
	const struct row *w, int64_t now)
{
	const char *slash = strrchr(r->path, '/');

	return db_run(&s->f, F_RECORD_PUT, "iiiibiiiiiiiiiiiiib", root->share, (int64_t)r->id,
		(int64_t)r->type, (int64_t)record_file(r->path), span_str(r->path),
		(int64_t)(slash ? slash - r->path : 0), w->rule, w->severity, w->score,
		w->confidence, w->count, w->hides, w->ino, w->vals, w->same, now, root->scan,
		w->logged, buf_span(&s->blob));
}

static int
row_update(
	struct store *s, const struct scan_root *root, const struct row *w, int64_t no, int64_t now)
{
	return db_run(&s->f, F_RECORD_SET, "iiiiiiiiiiiiiibi", no, w->severity, w->score,
		w->confidence, w->count, w->hides, w->ino, w->vals, w->same, w->state, now,
		w->since, root->scan, w->logged, buf_span(&s->blob), w->rule);
}

static int
record_put(struct store *s, const struct scan_root *root, const struct record *r,
	const struct store_values *v)
{
	static const enum store_state after[STORE_ACTS] = {
		[STORE_ACT_CHANGED] = STORE_CHANGED,
		[STORE_ACT_REGRADED] = STORE_CHANGED,
		[STORE_ACT_KNOWN] = STORE_KNOWN,
	};
	struct row w = row_of(s, r, v);
	struct former old = {0};
	int64_t now = store_now(s);
	int there = former_get(s, root->share, r->id, &old);
	enum store_act act;
	bool line;
	int e;

	if (there < 0)
		return there;
	act = act_of(&old, there, r, (uint64_t)w.same);
	line = line_wanted(s, root, r, act);
	w.logged = line ? LOGGED_LINE : old.logged;
	w.state = after[act];
	w.since = act == STORE_ACT_KNOWN && old.state == STORE_KNOWN ? old.since : now;
	e = record_encode(s, r, &s->blob);
	if (e == 0)
		e = there ? row_update(s, root, &w, old.no, now) : row_insert(s, root, r, &w, now);
	if (e == 0)
		e = values_put(s, there ? old.no : sqlite3_last_insert_rowid(s->f.h), r, v);
	if (e < 0 || !line)
		return e;
	return line_put_data(s,
		&(struct line){.event = r->type == RECORD_FINDING ? STORE_FINDING : STORE_GAP,
			.act = act,
			.priority = store_priority(STORE_FINDING, r),
			.share = root->share},
		span_str(r->path), buf_span(&s->blob));
}

static int
record_regrade(struct store *s, const struct scan_root *root, const struct record *r)
{
	struct former old = {0};
	int64_t now = store_now(s);
	int e = former_get(s, root->share, r->id, &old);
	bool other = old.severity != (int64_t)r->severity;
	bool line = other && line_wanted(s, root, r, STORE_ACT_REGRADED);

	if (e <= 0)
		return e;
	e = record_encode(s, r, &s->blob);
	if (e == 0)
		e = db_run(&s->f, F_RECORD_GRADE, "iiiiiiiib", old.no, (int64_t)r->severity,
			(int64_t)r->score, other ? STORE_CHANGED : old.state, now,
			other ? now : old.since, root->scan, line ? LOGGED_LINE : old.logged,
			buf_span(&s->blob));
	if (e < 0 || !line)
		return e;
	return line_put_data(s,
		&(struct line){.event = STORE_FINDING,
			.act = STORE_ACT_REGRADED,
			.priority = store_priority(STORE_FINDING, r),
			.share = root->share},
		span_str(r->path), buf_span(&s->blob));
}

int
store_regrade(struct store *s, const struct record *r)
{
	if (!s->recalled || !store_ready(s))
		return 0;
	s->regraded = true;
	return recall_wrote(s, record_regrade(s, s->recalled, r));
}

void
store_record(struct store *s, uint32_t root, const struct record *r, const struct store_values *v)
{
	struct scan_root *at;
	int e;

	if (!s->scanning || !store_ready(s))
		return;
	at = scan_root(s, root);
	at->findings += r->type == RECORD_FINDING;
	at->gaps += r->type == RECORD_GAP;
	at->hidden += r->type == RECORD_GAP && r->hides;
	e = db_begin(&s->f);
	if (e == 0)
		e = record_put(s, at, r, v);
	if (e < 0)
		(void)store_fail(s, e, "findings.db");
}
