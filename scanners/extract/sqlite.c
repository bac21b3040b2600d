/*
 * Every table comes out as rows under its columns' names, in the order it is stored in, straight from
 * the file: views, triggers and virtual tables are the schema's own programs and are never run. Values
 * too long for a cell, and bytes that are files or text, come in a second pass as inner items, so that
 * a table's rows stay in one piece. A damaged table is read from both ends; then all words are searched.
 */
#include "extract/sqlite.h"

#include <errno.h>

#include "extract/archive_names.h"
#include "extract/extract.h"
#include "extract/grid.h"
#include "extract/slurp.h"
#include "ident_table.h"
#include "limits.h"
#include "text_test.h"

#include "base/cleanup.h"
#include "base/utf8.h"

#include "base/poison.h"

#define BLOB_MIN 16 /* bytes shorter than this hold no file */

struct table {
	struct sqlite_source *d;
	struct sink *s;
	struct names *names;
	struct grid g;
	const char *name;
	uint64_t rows; /* that were given */
	bool has_long; /* some value belongs to the second pass */
	bool damaged;
	struct buf loose;
};

static const char select_up[] = "SELECT * FROM \"%w\"";
static const char select_down[] = "SELECT * FROM \"%w\" ORDER BY rowid DESC";

/* NULL when it cannot be compiled. */
static sqlite3_stmt *
prepare(struct table *t, const char *sql)
{
	char *text = sqlite3_mprintf(sql, t->name);
	sqlite3_stmt *q = NULL;

	if (text)
		(void)sqlite3_prepare_v2(t->d->db, text, -1, &q, NULL);
	sqlite3_free(text);
	return q;
}

static struct span
column(sqlite3_stmt *q, int i)
{
	const void *p = sqlite3_column_type(q, i) == SQLITE_BLOB ? sqlite3_column_blob(q, i)
								 : sqlite3_column_text(q, i);
	int n = sqlite3_column_bytes(q, i);

	return p && n > 0 ? span_of(p, (size_t)n) : (struct span){0};
}

/* Text as it stands, or repaired in the row's buffer. */
static struct span
clean(struct table *t, struct span s)
{
	size_t from = t->g.text.n;

	if (s.n > LIMIT_CELL) {
		t->has_long = true;
		s = span_sub(s, 0, utf8_fit(s, LIMIT_CELL));
	}
	if (utf8_valid(s) == s.n)
		return s;
	utf8_repair(&t->g.text, s);
	s = span_of(t->g.text.p + from, t->g.text.n - from);
	return span_sub(s, 0, utf8_fit(s, LIMIT_CELL));
}

static int
cell(struct table *t, sqlite3_stmt *q, int i)
{
	const struct span none = {0};
	int type = sqlite3_column_type(q, i);

	if (type == SQLITE_NULL)
		return 0;
	if (type == SQLITE_BLOB) {
		t->has_long |= sqlite3_column_bytes(q, i) >= BLOB_MIN;
		return 0;
	}
	return grid_cell(&t->g, (uint32_t)i + 1, clean(t, column(q, i)), none, type != SQLITE_TEXT);
}

static int
header(struct table *t, sqlite3_stmt *q)
{
	int r = grid_row(&t->g, 1);

	for (int i = 0; i < sqlite3_column_count(q) && r == 0; i++) {
		const char *name = sqlite3_column_name(q, i);

		r = grid_cell(
			&t->g, (uint32_t)i + 1, clean(t, span_str(name)), (struct span){0}, false);
	}
	return r;
}

/* Goes to the next row: 1, 0 at the end (also of what can be read) or the budget's -errno. */
static int
step(struct table *t, sqlite3_stmt *q)
{
	int is = sqlite3_step(q);

	if (t->s->budget->blown < 0)
		return t->s->budget->blown;
	if (is == SQLITE_ROW)
		return 1;
	t->damaged |= is != SQLITE_DONE;
	return is == SQLITE_NOMEM ? -ENOMEM : 0;
}

/* The rows leave before the next step, as the library's memory goes with it. */
static int
rows(struct table *t, sqlite3_stmt *q)
{
	int r = 0, more;

	if (t->rows == 0)
		r = header(t, q);
	while (r == 0 && (r = grid_row(&t->g, t->rows + 2)) == 0 && (more = step(t, q)) != 0) {
		r = more < 0 ? more : 0;
		for (int i = 0; i < sqlite3_column_count(q) && r == 0; i++)
			r = cell(t, q, i);
		t->rows++;
	}
	return r;
}

/* --- the second pass --- */

static int
loose_flush(struct table *t)
{
	struct reader rd;
	int r = 0;

	if (t->loose.failed)
		return -ENOMEM;
	if (!t->loose.n)
		return 0;
	reader_mem(&rd, buf_span(&t->loose));
	r = extract_strings(&rd, t->s);
	reader_end(&rd);
	buf_clear(&t->loose);
	return r;
}

static int
child(struct table *t, const char *col, uint64_t row, struct span bytes)
{
	struct buf name = {.max = LIMIT_NAME}, raw = {.max = LIMIT_NAME};
	struct reader rd;
	struct item it = {.r = &rd};
	int r = budget_bytes(t->s->budget, bytes.n);

	buf_printf(&raw, "%s.%s.%llu", t->name, col ? col : "", (unsigned long long)row);
	(void)name_decode(&name, buf_span(&raw), false);
	names_number(t->names, &name);
	it.name = buf_span(&name);
	reader_mem(&rd, bytes);
	if (r == 0)
		r = t->s->ops->child(t->s, &it);
	reader_end(&rd);
	buf_free(&name);
	buf_free(&raw);
	return r;
}

static int
long_value(struct table *t, sqlite3_stmt *q, int i, uint64_t row)
{
	bool blob = sqlite3_column_type(q, i) == SQLITE_BLOB;
	struct span s =
		blob || sqlite3_column_type(q, i) == SQLITE_TEXT ? column(q, i) : (struct span){0};
	struct span head = span_sub(s, 0, READER_HEAD);

	if (s.n < BLOB_MIN || (!blob && s.n <= LIMIT_CELL))
		return 0;
	if (!blob || signature_find(head) || text_test(head, head.n == s.n))
		return child(t, sqlite3_column_name(q, i), row, s);
	buf_put(&t->loose, s.p, s.n);
	buf_put(&t->loose, "\0\0", 2);
	return t->loose.n < LIMIT_SQLITE_LOOSE ? 0 : loose_flush(t);
}

static int
long_values(struct table *t)
{
	sqlite3_stmt *q = prepare(t, select_up);
	uint64_t row = 1;
	int r = 0, more;

	while (q && r == 0 && (more = step(t, q)) != 0) {
		row++;
		r = more < 0 ? more : 0;
		for (int i = 0; i < sqlite3_column_count(q) && r == 0; i++)
			r = long_value(t, q, i, row);
	}
	(void)sqlite3_finalize(q);
	return r < 0 ? r : loose_flush(t);
}

/* --- tables --- */

static int
pass(struct table *t, const char *sql)
{
	sqlite3_stmt *q = prepare(t, sql);
	int r;

	if (!q) {
		t->damaged = true;
		return t->s->budget->blown;
	}
	r = rows(t, q);
	(void)sqlite3_finalize(q);
	return r;
}

static int
table(struct sqlite_source *d, struct sink *s, struct names *names, const char *name, bool *damaged)
{
	struct table t = {.d = d, .s = s, .names = names, .name = name};
	struct buf shown = {.max = LIMIT_NAME};
	int r;

	utf8_repair(&shown, span_sub(span_str(name), 0, 256));
	grid_init(&t.g, s);
	grid_begin(&t.g, buf_cstr(&shown), false);
	r = pass(&t, select_up);
	if (r == 0 && t.damaged)
		r = pass(&t, select_down);
	if (r == 0)
		r = grid_end(&t.g);
	if (r == 0 && t.has_long)
		r = long_values(&t);
	*damaged |= t.damaged;
	grid_free(&t.g);
	buf_free(&t.loose);
	buf_free(&shown);
	return r;
}

/* The names go first: a statement that stays open would hold its page of a damaged schema. */
static int
table_names(struct sqlite_source *d, struct sink *s, struct buf *out, bool *damaged)
{
	static const char sql[] = "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
				  "rootpage > 0";
	sqlite3_stmt *q = NULL;
	int is = sqlite3_prepare_v2(d->db, sql, -1, &q, NULL);

	out->max = LIMIT_SQLITE_NAMES;
	while (is == SQLITE_OK || is == SQLITE_ROW) {
		is = sqlite3_step(q);
		if (is == SQLITE_ROW && sqlite3_column_text(q, 0)) {
			buf_puts(out, (const char *)sqlite3_column_text(q, 0));
			buf_putc(out, 0);
		}
	}
	*damaged |= is != SQLITE_DONE || out->failed;
	(void)sqlite3_finalize(q);
	return is == SQLITE_NOMEM ? -ENOMEM : s->budget->blown;
}

static int
tables(struct sqlite_source *d, struct sink *s, bool *damaged)
{
	struct buf list = {0};
	struct names names = {0};
	int r = table_names(d, s, &list, damaged);

	for (size_t at = 0; at < list.n && r == 0; at += strlen((const char *)list.p + at) + 1)
		r = table(d, s, &names, (const char *)list.p + at, damaged);
	names_free(&names);
	buf_free(&list);
	return r;
}

/* The header counts more pages than there are (when its count can be relied on). */
static bool
is_cut(struct reader *src)
{
	uint8_t h[96];
	uint64_t page;

	if (reader_pread(src, h, sizeof h, 0) != (ssize_t)sizeof h)
		return true;
	page = be16(h + 16) == 1 ? 65536 : be16(h + 16);
	return page < 512 || src->size < page ||
		(be32(h + 24) == be32(h + 92) && src->size / page < be32(h + 28));
}

static int
read_db(struct reader *src, struct sink *s)
{
	struct sqlite_source d = {0};
	bool damaged = is_cut(src);
	int r = sqlite_source_open(&d, src, s->budget);

	if (r == 0)
		r = tables(&d, s, &damaged);
	sqlite_source_close(&d);
	damaged |= r == -EBADMSG;
	if (r < 0 && r != -EBADMSG)
		return r;
	if (!damaged)
		return sqlite_freed(src, s);
	r = sink_gap(s, GAP_CORRUPT, true, "SQLite database");
	return r < 0 ? r : extract_strings(src, s);
}

static int
run(struct item *it, struct sink *s)
{
	struct buf b = {0};
	struct reader mem;
	int r;

	if (reader_seekable(it->r) && it->r->size != UINT64_MAX)
		return read_db(it->r, s);
	r = reader_slurp(it->r, s->budget, LIMIT_SLURP, &b);
	if (r == 0) {
		reader_mem(&mem, buf_span(&b));
		r = read_db(&mem, s);
		reader_end(&mem);
	} else if (r == -EOVERFLOW) {
		r = sink_gap(s, GAP_TOO_BIG, true, "SQLite database within a container");
	}
	buf_free(&b);
	return r;
}

static int
bid(const struct item *it)
{
	return it->format == FORMAT_SQLITE ? 90 : 0;
}

const struct extractor extract_sqlite = {
	.name = "sqlite",
	.formats = "SQLite databases",
	.open = sqlite_prepare,
	.bid = bid,
	.run = run,
};
