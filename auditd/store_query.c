/*
 * Reading the store: findings and gaps by filter, and the shares with their numbers. The query is
 * put together of fixed pieces and parameters; what SQL cannot say, a glob over a path, is asked of
 * each row.
 */
#include "store_in.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "exclude.h"

#include "base/poison.h"

#define BINDS 16

struct query {
	struct buf sql;
	struct {
		const char *text; /* NULL: the number */
		int64_t number;
	} binds[BINDS];
	unsigned n;
};

static void
with(struct query *q, const char *sql, const char *text, int64_t number)
{
	buf_printf(&q->sql, " AND %s", sql);
	q->binds[q->n].text = text;
	q->binds[q->n++].number = number;
}

static void
query_filter(struct query *q, const struct store_filter *f)
{
	unsigned states = f->states ? f->states : ~(1u << STORE_RESOLVED);

	with(q, "(1<<r.state)&?", NULL, states);
	if (f->type >= 0)
		with(q, "r.type=?", NULL, f->type);
	if (f->id)
		with(q, "r.id=?", NULL, (int64_t)f->id);
	if (f->share)
		with(q, "s.name=?", f->share, 0);
	if (f->rule)
		with(q, "u.id=?", f->rule, 0);
	if (f->category)
		with(q, "u.category=?", f->category, 0);
	if (f->severities)
		with(q, "(1<<r.severity)&?", NULL, f->severities);
	if (f->min_confidence)
		with(q, "(r.type=1 OR r.confidence>=?)", NULL, f->min_confidence);
	if (f->since)
		with(q, "r.since>=?", NULL, f->since);
	if (f->rows) {
		uint64_t last = f->after + f->rows;

		with(q, "r.no>?", NULL, (int64_t)f->after);
		with(q, "r.no<=?", NULL, last > INT64_MAX ? INT64_MAX : (int64_t)last);
	}
}

/* The number of a gap's reason is its place in the enumeration. */
static int
query_reason(struct query *q, const char *reason)
{
	for (unsigned i = 0; reason && i < GAP_REASONS; i++) {
		if (strcmp(gap_name((enum gap_reason)i), reason) == 0) {
			with(q, "r.type=1 AND r.rule=?", NULL, i);
			return 0;
		}
	}
	return reason ? -EINVAL : 0;
}

static void
query_order(struct query *q, const struct store_filter *f)
{
	static const char *const orders[] = {
		[STORE_BY_SCORE] = "r.severity %s,r.score %s,r.path,r.id",
		[STORE_BY_PATH] = "r.path %s,r.severity DESC,r.id",
		[STORE_BY_FIRST] = "r.first %s,r.no",
		[STORE_BY_LAST] = "r.last %s,r.no",
		[STORE_BY_COUNT] = "r.count %s,r.path,r.id",
		[STORE_BY_ROW] = "r.no %s",
	};
	/* the worst, newest and most first; paths from A on */
	bool up = f->sort == STORE_BY_PATH || f->sort == STORE_BY_ROW;
	bool down = up == f->reverse;
	const char *way = down ? "DESC" : "ASC";

	buf_puts(&q->sql, " ORDER BY ");
	for (const char *p = orders[f->sort]; *p; p++) {
		if (p[0] == '%' && p[1] == 's') {
			buf_puts(&q->sql, way);
			p++;
		} else {
			buf_putc(&q->sql, (uint8_t)*p);
		}
	}
}

static int
query_make(struct query *q, const struct store_filter *f)
{
	int r;

	/* a cross join keeps the order: a range of rows is walked by its numbers */
	buf_printf(&q->sql,
		"SELECT r.no,r.path,r.data,r.state,r.cause,r.first,r.last,r.since,r.gone,s.name"
		" FROM records r %s JOIN shares s ON s.no=r.share"
		" LEFT JOIN rules u ON u.no=r.rule AND r.type=0 WHERE 1",
		f->rows ? "CROSS" : "");
	query_filter(q, f);
	r = query_reason(q, f->reason);
	query_order(q, f);
	return r < 0 ? r : q->sql.failed ? -ENOMEM : 0;
}

static int
query_prepare(struct store *s, struct query *q, sqlite3_stmt **ret_st)
{
	int rc = sqlite3_prepare_v2(s->f.h, buf_cstr(&q->sql), -1, ret_st, NULL);

	for (unsigned i = 0; i < q->n && rc == SQLITE_OK; i++) {
		int at = (int)i + 1;

		rc = q->binds[i].text
			? sqlite3_bind_text(*ret_st, at, q->binds[i].text, -1, SQLITE_STATIC)
			: sqlite3_bind_int64(*ret_st, at, q->binds[i].number);
	}
	return db_errno(&s->f, rc);
}

static struct span
blob(sqlite3_stmt *st, int column)
{
	const void *p = sqlite3_column_blob(st, column);
	int n = sqlite3_column_bytes(st, column);

	return span_of(p, p && n > 0 ? (size_t)n : 0);
}

static bool
path_wanted(const struct exclude *x, struct span path)
{
	if (x->n == 0)
		return true;
	while (path.n && path.p[0] == '/')
		path = span_sub(path, 1, path.n);
	return exclude_match_all(x, path, false) == EXCLUDE_YES;
}

/* 1 when it was told, 0 when it is not wanted; else as store_each(). */
static int
row_tell(struct store *s, sqlite3_stmt *st, const struct exclude *paths, bool values,
	struct decoded *d, int (*each)(void *user, const struct stored *x), void *user)
{
	const void *name = sqlite3_column_text(st, 9);
	struct stored x = {.no = (uint64_t)sqlite3_column_int64(st, 0),
		.share = name ? name : "",
		.state = (enum store_state)sqlite3_column_int(st, 3),
		.cause = (enum store_cause)sqlite3_column_int(st, 4),
		.first = sqlite3_column_int64(st, 5),
		.last = sqlite3_column_int64(st, 6),
		.since = sqlite3_column_int64(st, 7),
		.held = sqlite3_column_int(st, 8) != 0};
	int r;

	if (!path_wanted(paths, blob(st, 1)))
		return 0;
	if (record_decode(s, blob(st, 1), blob(st, 2), d) < 0)
		return -EUCLEAN;
	r = values ? values_get(s, sqlite3_column_int64(st, 0), &x) : 0;
	x.rec = d->rec;
	if (r == 0)
		r = each(user, &x);
	return r ? r : 1;
}

static int
rows_tell(struct store *s, sqlite3_stmt *st, const struct store_filter *f,
	const struct exclude *paths, int (*each)(void *user, const struct stored *x), void *user)
{
	_cleanup_(decoded_free) struct decoded d = {0};
	uint64_t told = 0;
	int rc = SQLITE_DONE;

	while ((f->limit == 0 || told < f->limit) && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		int r = row_tell(s, st, paths, f->values, &d, each, user);

		if (r < 0 || r > 1)
			return r;
		told += r == 1;
	}
	return rc == SQLITE_ROW ? 0 : db_errno(&s->f, rc);
}

int
store_each(struct store *s, const struct store_filter *f,
	int (*each)(void *user, const struct stored *x), void *user)
{
	struct exclude paths = {0};
	struct query q = {0};
	sqlite3_stmt *st = NULL;
	const char *why;
	int r = s->f.h ? 0 : -EBADF;

	if (r == 0 && store_ready(s))
		r = store_commit(s);
	if (r == 0 && f->path)
		r = exclude_add(&paths, span_str(f->path), &why);
	if (r == 0)
		r = query_make(&q, f);
	if (r == 0)
		r = query_prepare(s, &q, &st);
	if (r == 0)
		r = rows_tell(s, st, f, &paths, each, user);
	(void)sqlite3_finalize(st);
	buf_free(&q.sql);
	exclude_free(&paths);
	return r;
}

int
store_last_row(struct store *s, uint64_t *ret_no)
{
	int64_t no;

	if (!s->f.h)
		return -EBADF;
	no = db_number(&s->f, "SELECT max(no) FROM records", 0);
	*ret_no = no > 0 ? (uint64_t)no : 0;
	return 0;
}

int
store_counts(struct store *s, int64_t share, struct store_share *c)
{
	int r = db_row(&s->f, F_COUNTS, "i", share);

	while (r > 0) {
		int64_t severity = db_int(&s->f, F_COUNTS, 1);
		uint64_t n = (uint64_t)db_int(&s->f, F_COUNTS, 2);

		if (db_int(&s->f, F_COUNTS, 0) == RECORD_GAP) {
			c->gaps += n;
			c->hidden += (uint64_t)db_int(&s->f, F_COUNTS, 3);
		} else if (severity >= 0 && severity < SEVERITIES) {
			c->open[severity] += n;
			c->held += (uint64_t)db_int(&s->f, F_COUNTS, 4);
		}
		r = db_next(&s->f, F_COUNTS);
	}
	return r;
}

int
store_shares(struct store *s, int (*each)(void *user, const struct store_share *sh), void *user)
{
	struct buf root = {0};
	int q = 0, r = db_row(&s->f, F_SHARES, "");

	while (r > 0 && q == 0) {
		struct store_share sh = {.name = db_text(&s->f, F_SHARES, 1),
			.begun = db_int(&s->f, F_SHARES, 3),
			.ended = db_int(&s->f, F_SHARES, 4),
			.complete = db_int(&s->f, F_SHARES, 5)};
		struct span path = db_blob(&s->f, F_SHARES, 2);

		buf_clear(&root);
		buf_put(&root, path.p, path.n);
		sh.root = buf_cstr(&root);
		q = store_counts(s, db_int(&s->f, F_SHARES, 0), &sh);
		if (q == 0)
			q = each(user, &sh);
		if (q == 0)
			r = db_next(&s->f, F_SHARES);
	}
	if (r > 0)
		db_leave(&s->f, F_SHARES);
	buf_free(&root);
	return q ? q : r;
}

int
store_confirm(struct store *s, const char *share)
{
	int r = store_ready(s) ? db_begin(&s->f) : s->error ? s->error : -EROFS;

	if (r == 0)
		r = db_run(&s->f, F_SHARE_CONFIRM, "t", share);
	if (r == 0 && share && sqlite3_changes(s->f.h) == 0)
		return -ENOENT;
	return r < 0 ? r : store_commit(s);
}
