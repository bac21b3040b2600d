/* SQLite: databases are made by the library itself, in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "readtest.h"

#include "base/poison.h"

/* The bytes of a database made by sql. To be freed with sqlite3_free(). */
static struct span
database(const char *sql)
{
	sqlite3 *db;
	sqlite3_int64 n = 0;
	uint8_t *p;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	p = sqlite3_serialize(db, "main", &n, 0);
	assert_non_null(p);
	sqlite3_close(db);
	return span_of(p, (size_t)n);
}

static void
drop(struct span s)
{
	sqlite3_free((void *)(uintptr_t)s.p);
}

static void
test_rows(void **state)
{
	struct span s = database("CREATE TABLE \"st\"\"aff\"(name TEXT, ssn TEXT, pay INT, x);"
				 "INSERT INTO \"st\"\"aff\" VALUES('Ann','078-05-1120',1000,NULL),"
				 "('B\xC3\xB6"
				 "b','219-09-9999',2.5,'y');"
				 "CREATE TABLE kv(k PRIMARY KEY, v) WITHOUT ROWID;"
				 "INSERT INTO kv VALUES('key','value');");
	struct recsink rs;

	(void)state;
	read_bytes(&rs, "a.db", s);
	read_has(&rs,
		"table [st\"aff]\nrow 1|1=name|2=ssn|3=pay|4=x\nrow "
		"2|1=Ann|2=078-05-1120|3=1000\n");
	read_has(&rs,
		"row 3|1=B\xC3\xB6"
		"b|2=219-09-9999|3=2.5|4=y\nend\n");
	read_has(&rs, "table [kv]\nrow 1|1=k|2=v\nrow 2|1=key|2=value\nend\n");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	drop(s);
}

/* Bytes 18 and 19 say WAL: the file is read all the same. */
static void
test_wal(void **state)
{
	struct span s = database("CREATE TABLE t(a); INSERT INTO t VALUES('written ahead');");
	uint8_t *p = (uint8_t *)(uintptr_t)s.p;
	struct recsink rs;

	(void)state;
	p[18] = p[19] = 2;
	read_bytes(&rs, "a.db", s);
	read_has(&rs, "row 2|1=written ahead");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	drop(s);
}

/* Views, triggers and virtual tables never run; a full-text table's words are in its own tables. */
static void
test_hostile_schema(void **state)
{
	struct span s = database("CREATE TABLE t(a, b AS (upper(a)));"
				 "INSERT INTO t VALUES('plain');"
				 "CREATE VIEW v AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL "
				 "SELECT n+1 FROM c)"
				 " SELECT n FROM c;"
				 "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;"
				 "CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f "
				 "VALUES('indexed words');");
	struct recsink rs;

	(void)state;
	read_bytes(&rs, "a.db", s);
	read_has(&rs, "indexed words");
	read_lacks(&rs, "table [v]");
	read_lacks(&rs, "table [f]");
	recsink_free(&rs);
	drop(s);
}

static void
test_blobs(void **state)
{
	struct span s = database("CREATE TABLE t(doc, note);"
				 "INSERT INTO t VALUES(CAST('{\"password\": \"a file of text\"}' "
				 "AS BLOB),'n1'),"
				 "(x'0001020304050607' || 'words in bytes' || x'0000FFFE','n2'),"
				 "(CAST(x'0001020304050607' || 'words in bytes' || x'0000FFFE' AS "
				 "BLOB),'n3');"
				 "INSERT INTO t VALUES(1, hex(zeroblob(20000)) || 'the end');");
	struct recsink rs;

	(void)state;
	read_bytes(&rs, "a.db", s);
	read_has(&rs, "item 1 t.doc.2");
	read_has(&rs, "a file of text");
	read_has(&rs, "words in bytes");
	read_has(&rs, "item 1 t.note.5");
	read_has(&rs, "000the end");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	drop(s);
}

static void
test_freed_pages(void **state)
{
	struct span s = database("PRAGMA secure_delete = OFF; CREATE TABLE t(a);"
				 "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c "
				 "WHERE n < 2000)"
				 " INSERT INTO t SELECT 'forgotten ' || n FROM c;"
				 "CREATE TABLE kept(b); DROP TABLE t;");
	struct recsink rs;

	(void)state;
	read_bytes(&rs, "a.db", s);
	read_has(&rs, "text raw");
	read_has(&rs, "forgotten 1500");
	read_lacks(&rs, "table [t]");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	drop(s);
}

/* Rows on both sides of a page that is gone are read, and the loss is said. */
static void
test_damage(void **state)
{
	struct span s = database("CREATE TABLE t(a);"
				 "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c "
				 "WHERE n < 9000)"
				 " INSERT INTO t SELECT 'row number ' || n FROM c;");
	uint8_t *p = (uint8_t *)(uintptr_t)s.p;
	size_t page = be16(s.p + 16);
	struct recsink rs;

	(void)state;
	memset(p + page * (s.n / page / 2), 0xFF, page);
	read_bytes(&rs, "a.db", s);
	read_has(&rs, "1=row number 1\n");
	read_has(&rs, "1=row number 9000\n");
	read_has(&rs, "gap corrupt hides SQLite database");
	recsink_free(&rs);
	/* the first page, which says what tables there are */
	memset(p + 100, 0xFF, 200);
	read_bytes(&rs, "a.db", s);
	read_has(&rs, "gap corrupt hides SQLite database");
	read_has(&rs, "row number 9000");
	recsink_free(&rs);
	drop(s);
}

/* Every prefix of a file is read to its end, and the loss is said. */
static void
test_cut_short(void **state)
{
	struct span s = database("CREATE TABLE t(a);"
				 "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c "
				 "WHERE n < 900)"
				 " INSERT INTO t SELECT 'row number ' || n FROM c;");
	struct recsink rs;

	(void)state;
	for (size_t n = 16; n < s.n; n += 1021) {
		read_bytes(&rs, "a.db", span_sub(s, 0, n));
		read_has(&rs, "gap corrupt hides SQLite database");
		recsink_free(&rs);
	}
	drop(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_wal),
		cmocka_unit_test(test_hostile_schema),
		cmocka_unit_test(test_blobs),
		cmocka_unit_test(test_freed_pages),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_cut_short),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
