/* What is in memory stays there, what was not does not; and nobody reads content to find out. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "pagecache.h"

#include "base/poison.h"

#define SIZE (1u << 20)

static char name[] = "/tmp/leakaudit-pages-XXXXXX";

static int
make(void)
{
	static char bytes[SIZE];
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(write(fd, bytes, SIZE), SIZE);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(unlink(name), 0);
	return fd;
}

static void
tells_cold_from_warm(void **state)
{
	struct pagecache c = {0};
	static char bytes[SIZE];
	int fd = make();

	(void)state;
	assert_int_equal(pagecache_open(&c), 0);
	assert_false(pagecache_cold(&c, fd, SIZE)); /* just written */
	pagecache_drop(fd);
	if (!pagecache_cold(&c, fd, SIZE)) {
		(void)close(fd);
		pagecache_close(&c);
		skip(); /* a file system that keeps its pages, or cannot say */
	}
	assert_int_equal(pread(fd, bytes, SIZE, 0), SIZE);
	assert_false(pagecache_cold(&c, fd, SIZE));
	pagecache_drop(fd);
	assert_true(pagecache_cold(&c, fd, SIZE));
	assert_true(pagecache_cold(&c, fd, 1));
	assert_false(pagecache_cold(&c, fd, 0));
	pagecache_close(&c);
	assert_false(pagecache_cold(&c, fd, SIZE));
	assert_int_equal(close(fd), 0);
}

static void
what_is_no_file(void **state)
{
	struct pagecache c = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pagecache_open(&c), 0);
	assert_int_equal(pipe(ends), 0);
	assert_false(pagecache_cold(&c, ends[0], 100));
	assert_false(pagecache_cold(&c, -1, 100));
	pagecache_drop(ends[0]);
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(close(ends[1]), 0);
	pagecache_close(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_cold_from_warm),
		cmocka_unit_test(what_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
