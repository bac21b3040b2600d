/* Databases that are old, damaged, of another store or cannot be written. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "store_in.h"
#include "storerig.h"

#include "base/poison.h"

static struct storerig rig;

static int
setup(void **state)
{
	(void)state;
	srig_init(&rig);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	srig_free(&rig);
	return 0;
}

static const char *
in_state(const char *name)
{
	static char path[2][256];
	static unsigned turn;

	turn ^= 1;
	(void)snprintf(path[turn], sizeof path[turn], "%s/%s", rig.state, name);
	return path[turn];
}

static void
overwrite(const char *name, off_t at, size_t n)
{
	int fd = open(in_state(name), O_WRONLY | O_CLOEXEC);
	char junk[4096];

	memset(junk, 0xA5, sizeof junk);
	assert_true(fd >= 0);
	for (size_t done = 0; done < n; done += sizeof junk)
		assert_int_equal(pwrite(fd, junk, sizeof junk, at + (off_t)done), sizeof junk);
	assert_int_equal(close(fd), 0);
}

static bool
exists(const char *name)
{
	return access(in_state(name), F_OK) == 0;
}

static bool
beside(const char *head)
{
	char command[300];

	(void)snprintf(command, sizeof command, "ls %s | grep -q '^%s'", rig.state, head);
	return system(command) == 0;
}

/* A store with two files, one of them with a finding. */
static void
filled(void)
{
	srig_open(&rig);
	srig_write(&rig, "a20", "x");
	srig_write(&rig, "b", "x");
	srig_scan(&rig, true);
	srig_close(&rig);
}

static enum walk_verdict
verdict(const char *name)
{
	enum walk_verdict v;

	srig_begin(&rig);
	v = srig_known(&rig, name);
	srig_end(&rig, false);
	return v;
}

static void
made_for_us_alone(void **state)
{
	struct stat st;

	(void)state;
	filled();
	assert_int_equal(stat(rig.state, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(in_state("findings.db"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(in_state("cache.db"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
first_version_migrates(void **state)
{
	struct db old = {0};

	(void)state;
	assert_int_equal(mkdir(rig.state, 0700), 0);
	assert_int_equal(db_open(&old, in_state("findings.db"),
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, store_sql),
		0);
	assert_int_equal(store_schema_step(&old, 0), 0);
	assert_int_equal(db_exec(&old,
				 "INSERT INTO meta VALUES('store',43981);"
				 "INSERT INTO shares(name,root,complete) VALUES('old','/old',5);"),
		0);
	db_close(&old);
	srig_open(&rig);
	assert_string_equal(store_id(rig.s), "0000abcd");
	assert_int_equal(store_confirm(rig.s, "old"), 0);
	assert_int_equal(db_number(&rig.s->f, "SELECT count(*) FROM acks", -1), 0);
	assert_int_equal(db_number(&rig.s->f, "PRAGMA user_version", -1), STORE_VERSION);
	srig_write(&rig, "a2", "x");
	srig_scan(&rig, true);
	assert_string_equal(srig_records(&rig), "a2 ssn new\n");
}

static void
later_version_is_refused(void **state)
{
	const struct store_options o = {.dir = rig.state};
	struct store *s = NULL;
	struct db db = {0};
	char error[512];

	(void)state;
	filled();
	assert_int_equal(
		db_open(&db, in_state("findings.db"), SQLITE_OPEN_READWRITE, store_sql), 0);
	assert_int_equal(db_exec(&db, "PRAGMA user_version=99"), 0);
	db_close(&db);
	assert_int_equal(store_open(&o, &s, error), -EPROTONOSUPPORT);
	assert_non_null(strstr(error, "later version"));
	assert_false(beside("findings.db.damaged"));
}

static void
damaged_findings_are_kept_aside(void **state)
{
	char id[9];

	(void)state;
	filled();
	srig_open(&rig);
	(void)snprintf(id, sizeof id, "%s", store_id(rig.s));
	srig_close(&rig);
	overwrite("findings.db", 8192, 40960);
	srig_open(&rig);
	assert_true(beside("findings.db.damaged-20"));
	assert_non_null(strstr(rig.said, "was damaged"));
	assert_int_not_equal(strcmp(id, store_id(rig.s)), 0);
	assert_string_equal(srig_lines(&rig, 0), "");
	assert_int_equal(store_commit(rig.s), 0);
	assert_string_equal(srig_lines(&rig, 0), "error !\n");
	/* what the cache knew is worth nothing without them */
	assert_int_equal(verdict("b"), WALK_READ);
	srig_scan(&rig, true);
	assert_string_equal(srig_records(&rig), "a20 ssn new\n");
}

static void
no_database_at_all(void **state)
{
	(void)state;
	filled();
	overwrite("findings.db", 0, 4096);
	srig_open(&rig);
	assert_true(beside("findings.db.damaged-20"));
	srig_scan(&rig, true);
	assert_string_equal(srig_records(&rig), "a20 ssn new\n");
}

static void
damaged_cache_is_made_anew(void **state)
{
	(void)state;
	filled();
	overwrite("cache.db", 0, 4096);
	srig_open(&rig);
	assert_non_null(strstr(rig.said, "cache.db"));
	assert_false(beside("findings.db.damaged"));
	assert_int_equal(verdict("b"), WALK_READ);
	srig_scan(&rig, true);
	assert_int_equal(verdict("b"), WALK_SKIP);
	assert_string_equal(srig_records(&rig), "a20 ssn known\n");
	srig_close(&rig);
	/* damaged where only its rows are: noticed when they are read */
	overwrite("cache.db", 12288, 4096);
	srig_open(&rig);
	assert_int_equal(verdict("b"), WALK_READ);
	srig_scan(&rig, true);
	srig_scan(&rig, true);
	assert_int_equal(store_error(rig.s, NULL), 0);
	assert_int_equal(verdict("b"), WALK_SKIP);
}

/* Findings from a backup, the cache of today: it knows of findings that are not there. */
static void
older_findings_below_a_newer_cache(void **state)
{
	char command[600];

	(void)state;
	filled();
	(void)snprintf(
		command, sizeof command, "cp %s %s", in_state("findings.db"), in_state("backup"));
	assert_int_equal(system(command), 0);
	srig_open(&rig);
	srig_write(&rig, "c30", "x");
	srig_scan(&rig, true);
	assert_int_equal(verdict("c30"), WALK_TELL);
	srig_close(&rig);
	assert_int_equal(rename(in_state("backup"), in_state("findings.db")), 0);
	srig_open(&rig);
	assert_int_equal(verdict("c30"), WALK_READ);
	srig_scan(&rig, true);
	assert_string_equal(srig_records(&rig), "a20 ssn known\nc30 ssn new\n");
}

/* A folder that is gone leaves no rows for ever. */
static void
rows_of_folders_that_are_gone(void **state)
{
	char away[200];

	(void)state;
	filled();
	srig_open(&rig);
	assert_int_equal(db_number(&rig.s->c, "SELECT count(*) FROM files", -1), 2);
	assert_int_equal(db_exec(&rig.s->c,
				 "INSERT INTO files SELECT dir+1,ino,size,ctime,rules,0 FROM files;"
				 "INSERT INTO files SELECT dir-2,ino,size,ctime,rules,0 FROM "
				 "files;"),
		0);
	assert_int_equal(db_number(&rig.s->c, "SELECT count(*) FROM files", -1), 8);
	srig_scan(&rig, true);
	assert_int_equal(db_number(&rig.s->c, "SELECT count(*) FROM files", -1), 8);
	rig.now += 8 * 86400;
	srig_scan(&rig, false);
	assert_int_equal(db_number(&rig.s->c, "SELECT count(*) FROM files", -1), 8);
	srig_scan(&rig, true);
	assert_int_equal(db_number(&rig.s->c, "SELECT count(*) FROM files", -1), 2);
	assert_int_equal(verdict("b"), WALK_SKIP);
	/* and a file that is gone none at all */
	(void)snprintf(away, sizeof away, "%s", srig_path(&rig, "b"));
	assert_int_equal(unlink(away), 0);
	srig_scan(&rig, true);
	assert_int_equal(db_number(&rig.s->c, "SELECT count(*) FROM files", -1), 1);
}

static void
nothing_may_be_written(void **state)
{
	const struct store_options o = {.dir = rig.state};
	struct store *s = NULL;
	char error[512];

	(void)state;
	if (geteuid() == 0)
		skip();
	filled();
	assert_int_equal(chmod(rig.state, 0500), 0);
	assert_int_equal(unlink(in_state("lock")) < 0, 1);
	assert_int_equal(chmod(in_state("lock"), 0), 0);
	assert_int_equal(store_open(&o, &s, error), -EACCES);
	assert_int_equal(chmod(rig.state, 0700), 0);
}

static void
no_place_for_it(void **state)
{
	struct store_options o = {.dir = "/nowhere/at/all"};
	struct store *s = NULL;
	char error[512];

	(void)state;
	assert_int_equal(store_open(&o, &s, error), -ENOENT);
	assert_non_null(strstr(error, "/nowhere/at/all"));
	o.dir = rig.state;
	o.read_only = true;
	assert_int_equal(store_open(&o, &s, error), -ENOENT);
	assert_int_equal(store_probe(rig.state), -ENOENT);
	filled();
	assert_int_equal(store_probe(rig.state), 0);
	assert_true(exists("lock"));
}

/* A full disk in the middle of a scan: said once, the rest of the scan does as if there were none. */
static void
no_room(void **state)
{
	const char *why = NULL;
	char name[16];

	(void)state;
	srig_open(&rig);
	srig_write(&rig, "a20", "x");
	srig_scan(&rig, true);
	assert_int_equal(db_exec(&rig.s->f, "PRAGMA max_page_count=60"), 0);
	srig_begin(&rig);
	for (unsigned i = 0; i < 2000; i++) {
		(void)snprintf(name, sizeof name, "n%u", i);
		srig_write(&rig, name, "x");
		srig_find(&rig, name, NULL, RIG_SSN, i, 20);
		srig_done(&rig, name, false, false);
	}
	assert_int_equal(store_error(rig.s, &why), -ENOSPC);
	assert_non_null(strstr(why, "No space left"));
	assert_int_equal(srig_known(&rig, "a20"), WALK_TELL);
	assert_int_equal(srig_known(&rig, "n1"), WALK_READ);
	srig_end(&rig, true);
	assert_non_null(strstr(rig.said, "No space left"));
	/* nothing was resolved; the next scan tries anew, and then there is room */
	srig_begin(&rig);
	assert_int_equal(store_error(rig.s, NULL), 0);
	srig_end(&rig, false);
	assert_string_equal(srig_records(&rig), "a20 ssn new\n");
	(void)srig_lines(&rig, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(made_for_us_alone),
		TEST(first_version_migrates),
		TEST(later_version_is_refused),
		TEST(damaged_findings_are_kept_aside),
		TEST(no_database_at_all),
		TEST(damaged_cache_is_made_anew),
		TEST(older_findings_below_a_newer_cache),
		TEST(rows_of_folders_that_are_gone),
		TEST(nothing_may_be_written),
		TEST(no_place_for_it),
		TEST(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
