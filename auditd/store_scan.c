/*
 * What a scan tells the store while it runs: a share begins, a finding or gap was found, a file is
 * done or was not read again. Nothing is resolved here: what a file no longer has is only marked
 * with the cause, and store_end.c decides when the scan is over whether that can be true.
 */
#include "store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "record.h"

#include "base/poison.h"

struct scan_root *
scan_root(struct store *s, uint32_t root)
{
	return &s->roots[s->roots[root < s->n_roots ? root : 0].stands_for];
}

struct scan_root *
scan_share(struct store *s, size_t i)
{
	return s->roots[i].stands_for == i ? &s->roots[i] : NULL;
}

static int
by_name(const void *a, const void *b, void *user)
{
	const struct store *s = user;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int r = strcmp(s->roots[x].name, s->roots[y].name);

	return r ? r : x < y ? -1 : x > y;
}

/* A root that is given twice, or two of one name, are one share: the first stands for the others. */
static int
roots_join(struct store *s)
{
	_cleanup_free_ size_t *order = calloc(s->n_roots, sizeof *order);

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < s->n_roots; i++)
		order[i] = s->roots[i].stands_for = i;
	qsort_r(order, s->n_roots, sizeof *order, by_name, s);
	for (size_t i = 1; i < s->n_roots; i++) {
		const struct scan_root *last = &s->roots[order[i - 1]];

		if (strcmp(last->name, s->roots[order[i]].name) == 0)
			s->roots[order[i]].stands_for = last->stands_for;
	}
	return 0;
}

void
scan_free(struct store *s)
{
	for (size_t i = 0; i < s->n_roots; i++) {
		free(s->roots[i].path);
		free(s->roots[i].name);
		sweep_free(&s->roots[i]);
	}
	free(s->roots);
	s->roots = NULL;
	s->n_roots = 0;
	s->scanning = false;
}

static int
share_begin(struct store *s, struct scan_root *root, const char *digest)
{
	_cleanup_close_ int fd = open(root->path, O_PATH | O_CLOEXEC);
	struct stat st;
	int64_t fsid = 0;
	int r = db_run(&s->f, F_SHARE_PUT, "t", root->name);

	if (r == 0)
		r = db_row(&s->f, F_SHARE_GET, "t", root->name);
	if (r <= 0)
		return r < 0 ? r : -EUCLEAN;
	root->share = db_int(&s->f, F_SHARE_GET, 0);
	fsid = db_int(&s->f, F_SHARE_GET, 1);
	root->first = db_int(&s->f, F_SHARE_GET, 2) == 0;
	root->confirmed |= db_int(&s->f, F_SHARE_GET, 3) != 0;
	db_leave(&s->f, F_SHARE_GET);
	root->fsid = fd >= 0 && fstat(fd, &st) == 0 ? cache_fsid(s, fd, st.st_dev) : 0;
	root->other_device = fsid != 0 && root->fsid != 0 && fsid != (int64_t)root->fsid;
	root->begun = store_now(s);
	sweep_begin(s, root);
	r = db_run(&s->f, F_SHARE_BEGIN, "ibi", root->share, span_str(root->path), root->begun);
	if (r == 0)
		r = db_run(&s->f, F_SHARE_RESET, "i", root->share);
	if (r == 0)
		r = db_run(&s->f, F_SCAN_PUT, "iit", root->share, root->begun, digest);
	root->scan = sqlite3_last_insert_rowid(s->f.h);
	return r;
}

static int
share_line(struct store *s, const struct scan_root *root, const char *digest)
{
	const struct store_pair pairs[] = {
		{"version", VERSION, false}, {"rules", digest, false}, {"root", root->path, true}};

	return line_put(s,
		&(struct line){.event = STORE_SCAN_START,
			.priority = line_priority(STORE_SCAN_START, NULL),
			.share = root->share,
			.pairs = pairs,
			.n_pairs = 3});
}

static int
roots_take(struct store *s, const struct store_scan *o)
{
	size_t n = o->n ? o->n : 1;

	s->roots = calloc(n, sizeof *s->roots);
	if (!s->roots)
		return -ENOMEM;
	for (s->n_roots = 0; s->n_roots < n; s->n_roots++) {
		struct scan_root *root = &s->roots[s->n_roots];
		const char *path = o->n ? o->roots[s->n_roots] : "";
		const char *name =
			o->n && o->names && o->names[s->n_roots] ? o->names[s->n_roots] : path;

		root->path = strdup(path);
		root->name = strdup(name);
		root->confirmed = o->confirm;
		if (!root->path || !root->name) {
			s->n_roots++;
			return -ENOMEM;
		}
	}
	return roots_join(s);
}

static int
scan_begin(struct store *s, const struct store_scan *o)
{
	int r = db_begin(&s->f);

	if (r == 0)
		r = store_rules_take(s, o->rules);
	if (r == 0)
		r = cache_rules(s, o->rules, o->settings);
	if (r == 0)
		r = roots_take(s, o);
	for (size_t i = 0; r == 0 && i < s->n_roots; i++) {
		struct scan_root *root = scan_share(s, i);

		r = root ? share_begin(s, root, o->rules->digest) : 0;
		if (r == 0 && root && !s->list)
			r = share_line(s, root, o->rules->digest);
	}
	return r;
}

int
store_scan_begin(struct store *s, const struct store_scan *o)
{
	int r = s->read_only ? -EROFS : s->error ? store_reopen(s) : 0;

	if (r < 0)
		return r;
	scan_free(s);
	cache_forget(s);
	s->list = o->n == 0;
	s->key_check = o->key_check;
	s->log_severity = o->log_severity;
	s->log_confidence = o->log_confidence;
	s->log_known = o->log_known;
	r = scan_begin(s, o);
	if (r == 0)
		r = store_commit(s);
	if (r < 0) {
		(void)store_fail(s, r, "findings.db");
		scan_free(s);
		return r;
	}
	s->scanning = true;
	return 0;
}

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
			.priority = line_priority(STORE_FINDING, r),
			.share = root->share},
		span_str(r->path), buf_span(&s->blob));
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
