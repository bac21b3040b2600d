/*
 * The end of a scan: what did not come again is resolved, or held when it is so much that a disk
 * that is not there is the likelier cause; then the first scan of a share is rolled up.
 */
#include "store_in.h"

#include <errno.h>
#include <stdio.h>

#include "base/cleanup.h"

#include "base/poison.h"

/* A cause for every record that the scan should have seen and did not. */
static int
find_lost(struct store *s, const struct scan_root *root)
{
	_cleanup_(decoded_free) struct decoded d = {0};
	int r = db_row(&s->f, F_UNSEEN, "ii", root->share, root->scan);

	while (r > 0) {
		int64_t no = db_int(&s->f, F_UNSEEN, 0);
		enum store_cause cause;
		int q;

		if (record_decode(s, db_blob(&s->f, F_UNSEEN, 1), db_blob(&s->f, F_UNSEEN, 2), &d) <
			0) {
			db_leave(&s->f, F_UNSEEN);
			return -EUCLEAN;
		}
		cause = lost_cause(
			s, root, &d, no, db_int(&s->f, F_UNSEEN, 3), db_int(&s->f, F_UNSEEN, 4));
		q = cause ? db_run(&s->f, F_RECORD_GONE, "ii", no, (int64_t)cause) : 0;
		if (q < 0) {
			db_leave(&s->f, F_UNSEEN);
			return q;
		}
		r = db_next(&s->f, F_UNSEEN);
	}
	return r;
}

/* What makes it unlikely that all this is really gone; "" for nothing. */
static int
doubt(struct store *s, const struct scan_root *root, bool complete, char ret_why[160])
{
	int64_t all, lost;
	int r = db_row(&s->f, F_LOST, "ii", root->share, root->scan);

	ret_why[0] = 0;
	if (r <= 0)
		return r;
	all = db_int(&s->f, F_LOST, 0);
	lost = db_int(&s->f, F_LOST, 1);
	db_leave(&s->f, F_LOST);
	if (lost == 0)
		return 0;
	if (root->other_device)
		(void)snprintf(ret_why, 160, "is on another file system than before");
	else if (complete && root->files + root->unchanged == 0)
		(void)snprintf(ret_why, 160, "is empty");
	else if (lost >= STORE_LOST_MIN && lost * 100 > all * STORE_LOST_PERCENT)
		(void)snprintf(ret_why, 160, "lost %lld of %lld findings at once", (long long)lost,
			(long long)all);
	return 0;
}

static int
resolve_one(struct store *s, struct scan_root *root, int64_t now)
{
	int64_t no = db_int(&s->f, F_GONE, 0), cause = db_int(&s->f, F_GONE, 1);
	bool logged = db_int(&s->f, F_GONE, 2) != LOGGED_NOT;
	int r = db_run(&s->f, F_RECORD_RESOLVE, "ii", no, now);

	root->resolved++;
	if (r < 0 || !logged)
		return r;
	return line_put_data(s,
		&(struct line){.event = STORE_GONE,
			.cause = (enum store_cause)cause,
			.priority = store_priority(STORE_GONE, NULL),
			.share = root->share},
		db_blob(&s->f, F_GONE, 4), db_blob(&s->f, F_GONE, 5));
}

static int
resolve(struct store *s, struct scan_root *root)
{
	int64_t now = store_now(s);
	int r = db_row(&s->f, F_GONE, "i", root->share);

	while (r > 0) {
		int q = resolve_one(s, root, now);

		if (q < 0) {
			db_leave(&s->f, F_GONE);
			return q;
		}
		r = db_next(&s->f, F_GONE);
	}
	return r < 0 ? r : db_run(&s->f, F_SHARE_DEVICE, "ii", root->share, (int64_t)root->fsid);
}

/* One folder of the roll-up. */
struct folder {
	char *path;
	uint64_t findings, gaps, hidden, matches;
	enum severity worst;
	struct buf rules; /* "us-ssn:3,iban:1" */
	int64_t rule;
	uint64_t of_rule;
};

static void
folder_rule(struct store *s, struct folder *f)
{
	if (f->of_rule && f->rules.n < 400)
		buf_printf(&f->rules, "%s%s:%llu", f->rules.n ? "," : "",
			store_rule(s, f->rule)->id, (unsigned long long)f->of_rule);
	f->of_rule = 0;
}

static int
folder_line(struct store *s, const struct scan_root *root, struct folder *f)
{
	char n[4][24];
	struct store_pair pairs[7] = {{"folder", f->path[0] ? f->path : "/", true},
		{"findings", n[0], false}, {"gaps", n[1], false}, {"hidden", n[2], false},
		{"matches", n[3], false}, {"sev", severity_name(f->worst), false}};
	unsigned used = 6;

	folder_rule(s, f);
	(void)snprintf(n[0], sizeof n[0], "%llu", (unsigned long long)f->findings);
	(void)snprintf(n[1], sizeof n[1], "%llu", (unsigned long long)f->gaps);
	(void)snprintf(n[2], sizeof n[2], "%llu", (unsigned long long)f->hidden);
	(void)snprintf(n[3], sizeof n[3], "%llu", (unsigned long long)f->matches);
	if (f->rules.n)
		pairs[used++] = (struct store_pair){"rules", buf_cstr(&f->rules), false};
	return line_put(s,
		&(struct line){.event = STORE_ROLLUP,
			.priority = store_priority(STORE_ROLLUP, NULL),
			.share = root->share,
			.pairs = pairs,
			.n_pairs = used});
}

static void
folder_free(struct folder *f)
{
	free(f->path);
	buf_free(&f->rules);
	*f = (struct folder){0};
}

static bool
rollup_wanted(struct store *s)
{
	return db_int(&s->f, F_ROLLUP, 1) == RECORD_GAP ||
		(db_int(&s->f, F_ROLLUP, 3) >= (int64_t)s->log_severity &&
			db_int(&s->f, F_ROLLUP, 4) >= (int64_t)s->log_confidence);
}

static void
folder_add(struct store *s, struct folder *f)
{
	int64_t rule = db_int(&s->f, F_ROLLUP, 2);
	enum severity severity = (enum severity)db_int(&s->f, F_ROLLUP, 3);

	if (db_int(&s->f, F_ROLLUP, 1) == RECORD_GAP) {
		f->gaps++;
		f->hidden += db_int(&s->f, F_ROLLUP, 5) != 0;
		return;
	}
	if (rule != f->rule)
		folder_rule(s, f);
	f->rule = rule;
	f->of_rule++;
	f->findings++;
	f->matches += (uint64_t)db_int(&s->f, F_ROLLUP, 6);
	if (severity > f->worst)
		f->worst = severity;
}

/* Another folder begins: the line of the one before it is written. */
static int
folder_turn(struct store *s, const struct scan_root *root, struct folder *f)
{
	struct span path = db_blob(&s->f, F_ROLLUP, 0);
	int r = 0;

	if (f->path && span_eq(path, span_str(f->path)))
		return 0;
	if (f->path)
		r = folder_line(s, root, f);
	folder_free(f);
	f->path = strndup(path.n ? (const char *)path.p : "", path.n);
	return r == 0 && !f->path ? -ENOMEM : r;
}

static int
rollup(struct store *s, const struct scan_root *root)
{
	_cleanup_(folder_free) struct folder f = {0};
	int r = s->log ? db_row(&s->f, F_ROLLUP, "i", root->share) : 0;

	while (r > 0) {
		if (rollup_wanted(s)) {
			int q = folder_turn(s, root, &f);

			if (q < 0) {
				db_leave(&s->f, F_ROLLUP);
				return q;
			}
			folder_add(s, &f);
		}
		r = db_next(&s->f, F_ROLLUP);
	}
	if (r == 0 && f.path)
		r = folder_line(s, root, &f);
	return r < 0 ? r
		     : db_run(&s->f, F_ROLLED_UP, "iii", root->share, (int64_t)s->log_severity,
			       (int64_t)s->log_confidence);
}

static int
end_line(struct store *s, const struct scan_root *root, const struct summary *sum)
{
	struct {
		const char *key;
		uint64_t value;
	} const numbers[] = {{"complete", sum->complete}, {"hidden", root->hidden},
		{"files", root->files + root->unchanged}, {"unchanged", root->unchanged},
		{"findings", root->findings}, {"gaps", root->gaps}, {"resolved", root->resolved},
		{"seconds", sum->seconds > 0 ? (uint64_t)sum->seconds : 0}, {"items", sum->items},
		{"bytes", sum->bytes}};
	struct store_pair pairs[16];
	char text[16][24];
	/* of several roots only their sum is known */
	unsigned n = s->n_roots == 1 ? 10 : 8;

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(
			text[i], sizeof text[i], "%llu", (unsigned long long)numbers[i].value);
		pairs[i] = (struct store_pair){numbers[i].key, text[i], false};
	}
	return line_put(s,
		&(struct line){.event = STORE_SCAN_END,
			.priority = store_priority(STORE_SCAN_END, NULL),
			.share = root->share,
			.pairs = pairs,
			.n_pairs = n});
}

static int
hold(struct store *s, const struct scan_root *root, const char *why)
{
	const struct store_pair pair = {"detail", why, false};

	store_tell(s, "share '%.200s' %s: nothing of it is resolved until that is confirmed",
		root->name, why);
	return line_put(s,
		&(struct line){.event = STORE_ERROR,
			.priority = store_priority(STORE_ERROR, NULL),
			.share = root->share,
			.pairs = &pair,
			.n_pairs = 1});
}

static int
share_end(struct store *s, struct scan_root *root, const struct summary *sum)
{
	bool whole = sum->complete && !s->list;
	char why[160] = "";
	int r = whole ? find_lost(s, root) : 0;

	if (r == 0 && !root->confirmed)
		r = doubt(s, root, whole, why);
	if (r == 0)
		r = why[0] ? hold(s, root, why) : resolve(s, root);
	if (r == 0 && whole && root->first)
		r = rollup(s, root);
	if (r == 0 && !s->list)
		r = end_line(s, root, sum);
	if (r == 0)
		r = db_run(&s->f, F_SHARE_END, "iii", root->share, store_now(s), (int64_t)whole);
	if (r == 0)
		r = db_run(&s->f, F_SCAN_END, "iiiiiiii", root->scan, store_now(s), (int64_t)whole,
			(int64_t)(root->files + root->unchanged), (int64_t)root->unchanged,
			(int64_t)root->findings, (int64_t)root->gaps, (int64_t)root->hidden);
	return r;
}

void
store_scan_end(struct store *s, const struct summary *sum)
{
	int r = s->scanning && store_ready(s) ? db_begin(&s->f) : 0;

	for (size_t i = 0; r == 0 && i < s->n_roots && s->scanning && store_ready(s); i++) {
		struct scan_root *root = scan_share(s, i);

		r = root ? share_end(s, root, sum) : 0;
		if (r == 0 && root)
			sweep_end(s, root, sum->complete && !s->list);
	}
	if (r < 0)
		(void)store_fail(s, r, "findings.db");
	(void)store_commit(s);
	cache_forget(s);
	s->scanning = false;
}
