/* The progress line never wraps and never carries a file name's control bytes; keys; output files. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "key.h"
#include "outfile.h"
#include "progress.h"

#include "base/poison.h"

static const char *
line(struct buf *b, const char *path, double seconds, unsigned width)
{
	const struct progress_now now = {
		.files = 1200, .bytes = 5u << 20, .findings = 3, .path = path};

	buf_clear(b);
	progress_line(b, &now, seconds, width);
	return buf_cstr(b);
}

static void
fits_the_width(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_string_equal(line(&b, "", 0.5, 80), "1200 files, 5.0 MiB, 3 findings");
	assert_string_equal(
		line(&b, "/srv/a", 2, 80), "1200 files, 5.0 MiB, 2.5 MiB/s, 3 findings  /srv/a");
	assert_string_equal(line(&b, "/a/very/long/path/to/a/file.txt", 0, 48),
		"1200 files, 5.0 MiB, 3 findings  ...o/a/file.txt");
	for (unsigned w = 20; w < 120; w++) {
		size_t least = strlen("1200 files, 5.0 MiB, 3 findings");
		size_t n = strlen(
			line(&b, "/some/path/that/is/somewhat/longer/than/most/of/them", 0, w));

		assert_true(n <= (w > least ? w : least));
	}
	buf_free(&b);
}

static void
names_are_harmless(void **state)
{
	struct buf b = {0};
	const char *s;

	(void)state;
	s = line(&b,
		"/a\033[2J\nb\r\x7f\xc2\x9b\xff\xe2\x80\xae"
		"c",
		0, 200);
	assert_string_equal(s, "1200 files, 5.0 MiB, 3 findings  /a?[2J?b?????c");
	s = line(&b, "/\xe6\xbc\xa2\xe5\xad\x97", 0, 200);
	assert_non_null(strstr(s, "/\xe6\xbc\xa2\xe5\xad\x97"));
	/* Four characters of two columns do not fit into eight less three. */
	s = line(&b, "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 0, 41);
	assert_non_null(strstr(s, "  ...\xe6\xbc\xa2\xe6\xbc\xa2"));
	assert_null(strstr(s, "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2"));
	buf_free(&b);
}

static void
names_are_masked(void **state)
{
	struct progress_now now = {.path = "/srv/862-43-5549/2014-11-24.txt"};
	struct buf b = {0};

	(void)state;
	progress_line(&b, &now, 0, 80);
	assert_string_equal(
		buf_cstr(&b), "0 files, 0 B, 0 findings  /srv/862-43-5549/2014-11-24.txt");
	now.mask_names = true;
	buf_clear(&b);
	progress_line(&b, &now, 0, 80);
	assert_string_equal(
		buf_cstr(&b), "0 files, 0 B, 0 findings  /srv/***-**-5549/2014-11-24.txt");
	buf_free(&b);
}

static void
put_file(const char *path, const void *p, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static void
keys(void **state)
{
	char dir[] = "/tmp/leakaudit-key-XXXXXX", path[64], error[512];
	uint8_t raw[40], a[KEY_BYTES], b[KEY_BYTES];

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/key", dir);
	/* None: random, another each time. */
	assert_int_equal(key_load(path, a, error), 0);
	assert_int_equal(key_load(path, b, error), 0);
	assert_memory_not_equal(a, b, KEY_BYTES);
	memset(raw, 7, sizeof(raw));
	put_file(path, raw, sizeof(raw), 0600);
	assert_int_equal(key_load(path, a, error), 0);
	assert_int_equal(key_load(path, b, error), 0);
	assert_memory_equal(a, b, KEY_BYTES);
	assert_memory_not_equal(a, raw, KEY_BYTES);
	put_file(path, raw, 31, 0600);
	assert_int_equal(key_load(path, b, error), -EINVAL);
	assert_non_null(strstr(error, "at least 32 bytes"));
	put_file(path, raw, sizeof(raw), 0640);
	assert_int_equal(key_load(path, b, error), -EINVAL);
	assert_non_null(strstr(error, "mode 0600"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void
content_is(const char *path, const char *text)
{
	char got[64] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, got, sizeof(got) - 1) >= 0);
	assert_int_equal(close(fd), 0);
	assert_string_equal(got, text);
}

static void
output_files(void **state)
{
	char dir[] = "/tmp/leakaudit-out-XXXXXX", path[64], link[64], error[512];
	struct outfile o;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/report", dir);
	(void)snprintf(link, sizeof(link), "%s/link", dir);
	put_file(path, "old", 3, 0644);
	assert_int_equal(symlink("report", link), 0);
	/* Given up: the old one stays, and nothing beside it (rmdir below would fail). */
	assert_int_equal(outfile_open(path, &o, error), 0);
	assert_true(fputs("new", o.f) >= 0);
	outfile_abort(&o);
	content_is(path, "old");
	/* Through a link: the file behind it is replaced, the link stays. */
	assert_int_equal(outfile_open(link, &o, error), 0);
	assert_true(fputs("new", o.f) >= 0);
	assert_int_equal(fflush(o.f), 0);
	content_is(path, "old");
	assert_int_equal(outfile_commit(&o), 0);
	content_is(path, "new");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(outfile_open("/dev/null", &o, error), 0);
	assert_int_equal(outfile_commit(&o), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(outfile_open(dir, &o, error), -EISDIR);
	assert_int_equal(outfile_open("/nonexistent/x", &o, error), -ENOENT);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_the_width),
		cmocka_unit_test(names_are_harmless),
		cmocka_unit_test(names_are_masked),
		cmocka_unit_test(keys),
		cmocka_unit_test(output_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
