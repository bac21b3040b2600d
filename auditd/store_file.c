/*
 * A file that was read, and a file that was not because it is as it was. After reading, whatever
 * stood in the store and did not come again is marked as gone, unless the place it was found in
 * could not be looked into this time.
 */
#include "store_in.h"

#include <errno.h>

#include "base/cleanup.h"
#include "record.h"

#include "base/poison.h"

/* What may go better the next time: such a file is read again by every scan. */
static bool
passing(enum gap_reason reason)
{
	switch (reason) {
	case GAP_TIMEOUT:
	case GAP_MEMORY:
	case GAP_CRASHED:
	case GAP_SANDBOX:
	case GAP_DENIED:
	case GAP_BUSY:
	case GAP_OFFLINE:
	case GAP_CHANGED:
	case GAP_IO_ERROR:
		return true;
	default:
		return false;
	}
}

/* What the records of a file come to. */
struct tally {
	bool records; /* some are of this scan */
	bool passing; /* among them a gap that may not be there the next time */
};

static int
mark_gone(struct store *s, const struct scan_root *root, int64_t no, const struct decoded *d)
{
	enum store_cause cause = STORE_CLEAN;

	if (d->rec.type == RECORD_FINDING && d->f.rule == UINT16_MAX)
		cause = STORE_RULE_CHANGED;
	else if (d->rec.type == RECORD_FINDING &&
		lost_hidden(s, root, d->rec.path, strlen(d->rec.path), &d->rec.inner))
		return 0;
	return db_run(&s->f, F_RECORD_GONE, "ii", no, (int64_t)cause);
}

static int
look_at_record(struct store *s, const struct scan_root *root, const struct store_file *f,
	struct decoded *d, struct tally *t)
{
	int64_t no = db_int(&s->f, F_FILE_RECORDS, 0);
	bool gap = db_int(&s->f, F_FILE_RECORDS, 1) == RECORD_GAP;

	if (db_int(&s->f, F_FILE_RECORDS, 3) == root->scan) {
		t->records = true;
		t->passing |= gap && passing((enum gap_reason)db_int(&s->f, F_FILE_RECORDS, 2));
		return 0;
	}
	if (f->failed)
		return 0;
	if (record_decode(
		    s, db_blob(&s->f, F_FILE_RECORDS, 4), db_blob(&s->f, F_FILE_RECORDS, 5), d) < 0)
		return -EUCLEAN;
	return mark_gone(s, root, no, d);
}

static int
look_at_file(
	struct store *s, const struct scan_root *root, const struct store_file *f, struct tally *t)
{
	_cleanup_(decoded_free) struct decoded d = {0};
	int q = 0, r = db_begin(&s->f);

	if (r == 0)
		r = db_row(&s->f, F_FILE_RECORDS, "ii", root->share, (int64_t)record_file(f->path));
	while (r > 0) {
		q = look_at_record(s, root, f, &d, t);
		if (q < 0) {
			db_leave(&s->f, F_FILE_RECORDS);
			return q;
		}
		r = db_next(&s->f, F_FILE_RECORDS);
	}
	return r;
}

void
store_file_done(struct store *s, const struct store_file *f)
{
	struct tally t = {0};
	struct scan_root *root;
	int r;

	if (!s->scanning || !store_ready(s))
		return;
	root = scan_root(s, f->root);
	root->files++;
	r = look_at_file(s, root, f, &t);
	if (r < 0)
		(void)store_fail(s, r, "findings.db");
	else if (!t.passing)
		cache_put(s, f, t.records);
}

int
values_get(struct store *s, int64_t no, struct stored *x)
{
	struct span fp;
	int r = db_row(&s->f, F_VALUES_GET, "i", no);

	x->values = (struct store_values){.all = r == 0};
	if (r <= 0)
		return r;
	fp = db_blob(&s->f, F_VALUES_GET, 2);
	if (db_int(&s->f, F_VALUES_GET, 0) == (int64_t)s->key_check && fp.n <= sizeof s->values) {
		memcpy(s->values, fp.p, fp.n / 8 * 8);
		x->values = (struct store_values){
			.fp = s->values, .n = fp.n / 8, .all = db_int(&s->f, F_VALUES_GET, 1) != 0};
	}
	db_leave(&s->f, F_VALUES_GET);
	return 0;
}

int
recall_wrote(struct store *s, int r)
{
	if (r < 0)
		s->recall_error = r;
	return r;
}

/* It is as before, and that is to be told. */
static int
recall_line(struct store *s, const struct scan_root *root, const struct record *r, struct span data)
{
	if (!store_ready(s) || !scan_logs(s, r))
		return 0;
	return recall_wrote(s,
		line_put_data(s,
			&(struct line){
				.event = r->type == RECORD_FINDING ? STORE_FINDING : STORE_GAP,
				.act = STORE_ACT_KNOWN,
				.priority = store_priority(STORE_FINDING, r),
				.share = root->share},
			span_str(r->path), data));
}

/* Recalled findings with the rule of today's catalogue; one whose rule is gone would have been read. */
static int
recall_row(struct store *s, struct scan_root *root, struct decoded *d,
	int (*each)(void *user, const struct stored *x), void *user)
{
	struct stored x = {.share = root->name,
		.state = (enum store_state)db_int(&s->f, F_FILE_DATA, 3),
		.first = db_int(&s->f, F_FILE_DATA, 5),
		.last = db_int(&s->f, F_FILE_DATA, 6),
		.since = db_int(&s->f, F_FILE_DATA, 7),
		.held = db_int(&s->f, F_FILE_DATA, 8) != 0};
	struct span data = db_blob(&s->f, F_FILE_DATA, 2);
	bool finding;
	int r;

	if (record_decode(s, db_blob(&s->f, F_FILE_DATA, 1), data, d) < 0)
		return -EUCLEAN;
	finding = d->rec.type == RECORD_FINDING;
	root->findings += finding;
	root->gaps += !finding;
	root->hidden += !finding && d->rec.hides;
	s->regraded = false;
	if (each && !(finding && d->f.rule == UINT16_MAX)) {
		r = values_get(s, db_int(&s->f, F_FILE_DATA, 0), &x);
		x.rec = d->rec;
		r = r < 0 ? r : each(user, &x);
		if (r != 0)
			return r;
	}
	return s->log_known && !s->regraded ? recall_line(s, root, &d->rec, data) : 0;
}

static int
recall_all(struct store *s, struct scan_root *root, uint64_t file,
	int (*each)(void *user, const struct stored *x), void *user)
{
	_cleanup_(decoded_free) struct decoded d = {0};
	int q = 0, r = db_row(&s->f, F_FILE_DATA, "ii", root->share, (int64_t)file);

	while (r > 0) {
		q = recall_row(s, root, &d, each, user);
		if (q != 0) {
			db_leave(&s->f, F_FILE_DATA);
			return q;
		}
		r = db_next(&s->f, F_FILE_DATA);
	}
	return r;
}

int
store_recall(struct store *s, uint32_t root, const char *path,
	int (*each)(void *user, const struct stored *x), void *user)
{
	struct scan_root *at = scan_root(s, root);
	uint64_t file = record_file(path);
	int r;

	s->recall_error = 0;
	s->recalled = at;
	r = store_ready(s) ? recall_wrote(s, db_begin(&s->f)) : 0;
	if (r == 0)
		r = recall_all(s, at, file, each, user);
	if (r == 0 && store_ready(s))
		r = recall_wrote(s,
			db_run(&s->f, F_FILE_SEEN, "iiii", at->share, (int64_t)file, at->scan,
				store_now(s)));
	s->recalled = NULL;
	if (s->recall_error == 0)
		return r;
	(void)store_fail(s, s->recall_error, "findings.db");
	return 0;
}
