/* Archives that end at a bound: bombs, depth, members, time, a reader that fails. */
#include "archiving.h"

#include "base/poison.h"

static void
test_bomb(void **state)
{
	struct mkarchive m[3];
	struct recsink rs;
	struct span s;

	(void)state;
	mk_open(&m[0], "zip", NULL);
	mk_file(&m[0], "before.txt", "read before the bomb");
	mk_zeros(&m[0], "zeros", 20 * MIB);
	s = mk_close(&m[0]);
	for (int i = 1; i < 3; i++) {
		mk_open(&m[i], "zip", NULL);
		for (int k = 0; k < 10; k++) {
			char name[32];

			(void)snprintf(name, sizeof name, "%d-%d.zip", i, k);
			mk_member(&m[i], name, s, UINT64_MAX);
		}
		s = mk_close(&m[i]);
	}
	assert_true(s.n < 1 * MIB);
	assert_int_equal(run(&rs, "bomb.zip", s, 64 * MIB, 0), -EFBIG);
	has(recsink_log(&rs), "|read before the bomb");
	has(recsink_log(&rs), "item 2 1-3.zip");
	has(recsink_log(&rs), "gap bomb hides zip: unpacks to more than a file may (zeros)\n");
	assert_null(strstr(strstr(recsink_log(&rs), "gap bomb") + 1, "gap bomb"));
	has_not(recsink_log(&rs), "item 2 1-5.zip");
	recsink_free(&rs);
	for (int i = 0; i < 3; i++)
		mk_free(&m[i]);
}

static void
test_depth(void **state)
{
	struct mkarchive m[2] = {{0}};
	struct recsink rs;
	struct span s;

	(void)state;
	mk_open(&m[0], "zip", NULL);
	mk_file(&m[0], "core.txt", "out of reach");
	s = mk_close(&m[0]);
	for (int i = 1; i < 20; i++) {
		struct mkarchive next;

		s = wrap(&next, i % 3 ? "gnutar" : "zip", NULL, "next", s);
		mk_free(&m[0]);
		m[0] = next;
	}
	assert_int_equal(run(&rs, "deep.tar", s, 0, 0), 0);
	has(recsink_log(&rs), "item 16 note.txt");
	has(recsink_log(&rs), "gap too-deep hides containers within containers (next)\n");
	has_not(recsink_log(&rs), "out of reach");
	recsink_free(&rs);
	mk_free(&m[0]);
}

static void
test_many(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	struct span s;
	const char *p;
	char name[32];
	size_t n = 0;

	(void)state;
	mk_open(&m, "gnutar", NULL);
	for (int i = 0; i < 100000; i++) {
		(void)snprintf(name, sizeof name, "f/%06d", i);
		mk_file(&m, name, "");
	}
	s = mk_close(&m);
	assert_int_equal(run(&rs, "many.tar", s, 0, 0), 0);
	for (p = recsink_log(&rs); p; p = strchr(p, '\n')) {
		p += *p == '\n';
		n += strncmp(p, "item 1 f/", 9) == 0;
	}
	assert_int_equal(n, 100000);
	has_not(recsink_log(&rs), "gap");
	recsink_free(&rs);
	assert_int_equal(run(&rs, "many.tar", s, 0, 500), -E2BIG);
	has(recsink_log(&rs), "item 1 f/000499");
	has_not(recsink_log(&rs), "item 1 f/000500");
	has(recsink_log(&rs), "gap too-many hides tar: more members than a file may have\n");
	recsink_free(&rs);
	mk_free(&m);
}

/* The archive's own time is up: one gap, and what was read before stands. */
static void
test_timeout(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	struct reader r;
	struct item it = {.name = span_str("slow.tar"), .r = &r};
	const char *p;
	char name[32];

	(void)state;
	mk_open(&m, "gnutar", NULL);
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof name, "f%d.txt", i);
		mk_file(&m, name, "text");
	}
	reader_mem(&r, mk_close(&m));
	recsink_init(&rs, true);
	budget_start(&rs.budget, r.size, NULL);
	assert_int_equal(ident_item(&it), 0);
	rs.item = &it;
	rs.budget.item_cpu_end = 1;
	assert_int_equal(extract_item(&it, &rs.sink), -ETIME);
	has(recsink_log(&rs), "item 1 f0.txt");
	has_not(recsink_log(&rs), "item 1 f900.txt");
	p = strstr(recsink_log(&rs), "gap timeout hides tar: takes longer than an item may\n");
	assert_non_null(p);
	assert_null(strstr(p + 1, "gap "));
	reader_end(&r);
	recsink_free(&rs);
	mk_free(&m);
}

static struct span failing;

/* Gives half of the bytes, then an error. */
static ssize_t
failing_read(struct reader *r, void *p, size_t n)
{
	uint64_t at = r->pos + (r->head_n - r->head_at);
	struct span s = span_sub(failing, (size_t)at, n);

	if (at + s.n > failing.n / 2)
		s = span_sub(s, 0, at < failing.n / 2 ? failing.n / 2 - (size_t)at : 0);
	if (s.n == 0)
		return -EIO;
	memcpy(p, s.p, s.n);
	return (ssize_t)s.n;
}

static void
test_io_error(void **state)
{
	static const struct reader_ops ops = {.read = failing_read};
	struct mkarchive m;
	struct recsink rs;
	struct reader r;
	struct item it = {.name = span_str("half.tar"), .r = &r};

	(void)state;
	mk_open(&m, "gnutar", NULL);
	mk_file(&m, "first.txt", "the first one");
	mk_zeros(&m, "zeros", 1 * MIB);
	mk_file(&m, "last.txt", "the last one");
	failing = mk_close(&m);
	reader_init(&r, &ops, UINT64_MAX);
	recsink_init(&rs, true);
	budget_start(&rs.budget, failing.n, NULL);
	assert_int_equal(ident_item(&it), 0);
	rs.item = &it;
	assert_int_equal(extract_item(&it, &rs.sink), 0);
	has(recsink_log(&rs), "|the first one");
	has(recsink_log(&rs), "gap io-error hides tar: could not be read");
	has_not(recsink_log(&rs), "|the last one");
	reader_end(&r);
	recsink_free(&rs);
	mk_free(&m);
}

/* A child that reads nothing: the archive goes on all the same, whatever the format. */
static void
test_unread(void **state)
{
	static const char *const formats[] = {"zip", "7zip", "gnutar", "newc", "xar"};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct mkarchive m;
		struct recsink rs;

		mk_open(&m, formats[i], NULL);
		mk_zeros(&m, "big", 3 * MIB);
		mk_file(&m, "next", "x");
		recsink_init(&rs, false);
		assert_int_equal(recsink_bytes(&rs, "a", mk_close(&m)), 0);
		has(recsink_log(&rs), "child big\nchild next\n");
		recsink_free(&rs);
		mk_free(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_io_error),
		cmocka_unit_test(test_unread),
	};
	int r;

	(void)ident_open();
	(void)extract_open();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	extract_close();
	ident_close();
	return r;
}
