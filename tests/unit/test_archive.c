/*
 * Archives made here, read through the extractors and their recursion. What only other tools can
 * write (encrypted members, volumes, Deflate64) is skipped where those tools are missing.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "ident.h"
#include "limits.h"
#include "mkarchive.h"
#include "recsink.h"

#define has(log, s)	assert_non_null(strstr(log, s))
#define has_not(log, s) assert_null(strstr(log, s))

/* Reads bytes as a file with at most `bytes` unpacked and `items` members (0: the usual). */
static int
run(struct recsink *rs, const char *name, struct span bytes, uint64_t max, uint64_t items)
{
	struct reader r;
	struct item it = {.name = span_str(name), .r = &r};
	int q;

	recsink_init(rs, true);
	budget_start(&rs->budget, bytes.n, NULL);
	if (max)
		rs->budget.bytes = max;
	if (items)
		rs->budget.items = items;
	reader_mem(&r, bytes);
	assert_int_equal(ident_item(&it), 0);
	rs->item = &it;
	q = extract_item(&it, &rs->sink);
	reader_end(&r);
	return q;
}

static void
test_formats(void **state)
{
	static const char *const formats[] = {
		"zip", "7zip", "ustar", "gnutar", "pax", "newc", "odc", "iso9660", "xar", "cpio"};

	(void)state;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct mkarchive m;
		struct recsink rs;

		mk_open(&m, formats[i], NULL);
		mk_dir(&m, "dir");
		mk_file(&m, "dir/one.txt", "the first text\n");
		mk_file(&m, "empty.txt", "");
		mk_file(&m, "two.txt", "the second text\n");
		if (strcmp(formats[i], "zip") != 0)
			mk_link(&m, "link", "two.txt");
		assert_int_equal(run(&rs, "a", mk_close(&m), 0, 0), 0);
		has(recsink_log(&rs), "item 1 dir/one.txt text/plain\n");
		has(recsink_log(&rs), "|the first text");
		has(recsink_log(&rs), "item 1 two.txt text/plain\n");
		has(recsink_log(&rs), "|the second text");
		has(recsink_log(&rs), "item 1 empty.txt ");
		has_not(recsink_log(&rs), "link");
		has_not(recsink_log(&rs), "gap");
		recsink_free(&rs);
		mk_free(&m);
	}
}

/* Puts inner into a new archive under a name, beside a note. */
static struct span
wrap(struct mkarchive *m, const char *format, const char *filter, const char *name,
	struct span inner)
{
	mk_open(m, format, filter);
	mk_member(m, name, inner, UINT64_MAX);
	mk_file(m, "note.txt", "a note beside it");
	return mk_close(m);
}

static void
test_nested(void **state)
{
	struct mkarchive tgz, zip, seven, txz;
	struct recsink rs;
	const char *log;
	struct span s;

	(void)state;
	mk_open(&tgz, "gnutar", "gzip");
	mk_file(&tgz, "deep/text.txt", "found at the bottom");
	s = wrap(&zip, "zip", NULL, "in/a.tgz", mk_close(&tgz));
	s = wrap(&seven, "7zip", NULL, "b.zip", s);
	s = wrap(&txz, "pax", "xz", "c.7z", s);
	assert_int_equal(run(&rs, "all.tar.xz", s, 0, 0), 0);
	log = recsink_log(&rs);
	has(log, "item 1 c.7z application/x-7z-compressed\n");
	has(log, "item 2 b.zip application/zip\n");
	has(log, "item 3 in/a.tgz application/gzip\n");
	has(log, "item 4 deep/text.txt text/plain\n");
	has(log, "|found at the bottom");
	has(log, "item 1 note.txt");
	has(log, "item 2 note.txt");
	has(log, "item 3 note.txt");
	has_not(log, "gap");
	recsink_free(&rs);
	mk_free(&tgz);
	mk_free(&zip);
	mk_free(&seven);
	mk_free(&txz);
}

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

/* Cuts an archive everywhere, in steps: no crash, and what stands before the cut is found. */
static void
test_truncated(void **state)
{
	static const char *const formats[] = {"zip", "7zip", "gnutar", "newc"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct mkarchive m;
		struct recsink rs;
		struct span s;
		struct buf noise = {0};
		uint32_t x = 1;

		for (int k = 0; k < 50000; k++)
			buf_putc(&noise, (uint8_t)((x = x * 1664525 + 1013904223) >> 24));
		mk_open(&m, formats[i], NULL);
		mk_file(&m, "first.txt", "the first member");
		mk_member(&m, "noise.bin", buf_span(&noise), UINT64_MAX);
		mk_file(&m, "last.txt", "the last member");
		s = mk_close(&m);
		for (size_t n = 40; n < s.n; n += s.n / 40) {
			assert_int_equal(run(&rs, "cut", span_sub(s, 0, n), 0, 0), 0);
			if (n > 2000 && n < 50000 && i != 1) {
				has(recsink_log(&rs), "|the first member");
				has(recsink_log(&rs), "gap corrupt hides ");
				has_not(recsink_log(&rs), "|the last member");
			}
			if (i == 1)
				has(recsink_log(&rs), "gap corrupt hides 7z: damaged");
			recsink_free(&rs);
		}
		buf_free(&noise);
		mk_free(&m);
	}
}

/* A byte changed in a member's data: its checksum fails, the next member is read. */
static void
test_checksum(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	struct span s;
	uint8_t *at;

	(void)state;
	mk_open(&m, "zip", NULL);
	mk_file(&m, "bad.txt", "zzzzzzzzzz a text that will be changed");
	mk_file(&m, "good.txt", "a good member");
	s = mk_close(&m);
	at = memmem(m.out.p, s.n, "bad.txt", 7);
	assert_non_null(at);
	at[45] ^= 1;
	assert_int_equal(run(&rs, "a.zip", s, 0, 0), 0);
	has(recsink_log(&rs), "gap corrupt hides zip: damaged data (bad.txt)\n");
	has(recsink_log(&rs), "|a good member");
	recsink_free(&rs);
	mk_free(&m);
}

static void
test_names(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	const char *log;
	char name[70000];

	(void)state;
	memset(name, 'n', sizeof name);
	name[65000] = 0;
	mk_open(&m, "gnutar", NULL);
	mk_file(&m, "../../etc/passwd", "one");
	mk_file(&m, "/abs", "two");
	mk_file(&m, "ctl\x01\x1b[31m\n", "three");
	mk_file(&m, name, "four");
	mk_file(&m, "z\x81rich", "five");
	mk_file(&m, "twin", "six");
	mk_file(&m, "twin", "seven");
	mk_file(&m, "twin", "eight");
	assert_int_equal(run(&rs, "a.tar", mk_close(&m), 0, 0), 0);
	log = recsink_log(&rs);
	has(log, "item 1 ../../etc/passwd text/plain\n");
	has(log, "item 1 /abs text/plain\n");
	has(log, "item 1 ctl\\x01\\x1b[31m\\n text/plain\n");
	has(log, "item 1 z\xc3\xbcrich text/plain\n");
	has(log, "item 1 twin text/plain\n");
	has(log, "item 1 twin#2 text/plain\n");
	has(log, "item 1 twin#3 text/plain\n");
	has(log, "|four");
	name[LIMIT_NAME + 1] = 0;
	has_not(log, name);
	name[LIMIT_NAME] = 0;
	has(log, name);
	recsink_free(&rs);
	mk_free(&m);

	name[500] = 0;
	mk_open(&m, "pax", NULL);
	mk_file(&m, name, "long pax name");
	assert_int_equal(run(&rs, "a.tar", mk_close(&m), 0, 0), 0);
	has(recsink_log(&rs), name);
	has(recsink_log(&rs), "|long pax name");
	recsink_free(&rs);
	mk_free(&m);
}

static void
test_sparse(void **state)
{
	struct mkarchive m;
	struct recsink rs;

	(void)state;
	mk_open(&m, "pax", NULL);
	mk_member(&m, "sparse.bin", span_str("words behind a hole"), 64 * MIB);
	mk_file(&m, "after.txt", "behind the sparse one");
	assert_int_equal(run(&rs, "s.tar", mk_close(&m), 4 * MIB, 0), 0);
	has(recsink_log(&rs), "words behind a hole");
	has(recsink_log(&rs), "|behind the sparse one");
	has_not(recsink_log(&rs), "gap bomb");
	has_not(recsink_log(&rs), "gap corrupt");
	recsink_free(&rs);
	mk_free(&m);
}

/* A stub in front of an archive, as self-extracting ones have it; without one, no archive. */
static void
test_stub(void **state)
{
	static const char *const formats[] = {"zip", "7zip"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct mkarchive m;
		struct recsink rs;
		struct buf b = {0};
		struct span s;

		mk_open(&m, formats[i], NULL);
		mk_file(&m, "inside.txt", "behind the program");
		s = mk_close(&m);
		buf_put(&b,
			"\x7f"
			"ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0\1\0\0\0",
			24);
		while (b.n < 70000)
			buf_puts(&b, "7z\xbc\xaf\x27\x1c Rar!\x1a\x07 are no archives;");
		assert_int_equal(run(&rs, "plain", buf_span(&b), 0, 0), 0);
		has_not(recsink_log(&rs), "item 1");
		recsink_free(&rs);
		buf_put(&b, s.p, s.n);
		assert_int_equal(run(&rs, "setup", buf_span(&b), 0, 0), 0);
		has(recsink_log(&rs), "item 1 inside.txt text/plain\n");
		has(recsink_log(&rs), "|behind the program");
		recsink_free(&rs);
		buf_free(&b);
		mk_free(&m);
	}
}

static void
test_deb(void **state)
{
	struct mkarchive control, data, deb;
	struct recsink rs;

	(void)state;
	mk_open(&control, "gnutar", "gzip");
	mk_file(&control, "./control", "Package: example");
	mk_open(&data, "gnutar", "xz");
	mk_file(&data, "./etc/example.conf", "key = value");
	mk_open(&deb, "ar", NULL);
	mk_file(&deb, "debian-binary", "2.0\n");
	mk_member(&deb, "control.tar.gz", mk_close(&control), UINT64_MAX);
	mk_member(&deb, "data.tar.xz", mk_close(&data), UINT64_MAX);
	assert_int_equal(run(&rs, "a.deb", mk_close(&deb), 0, 0), 0);
	has(recsink_log(&rs), "item 1 control.tar.gz application/gzip\nitem 2 ./control ");
	has(recsink_log(&rs), "item 1 data.tar.xz application/x-xz\nitem 2 ./etc/example.conf ");
	has(recsink_log(&rs), "|key = value");
	has_not(recsink_log(&rs), "gap");
	recsink_free(&rs);
	mk_free(&control);
	mk_free(&data);
	mk_free(&deb);
}

/* A lead, two empty headers, and a compressed cpio: what an rpm is. */
static void
test_rpm(void **state)
{
	static const uint8_t header[16] = {0x8e, 0xad, 0xe8, 1};
	uint8_t lead[96] = {0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 0, 0, 1, 'x'};
	struct buf b = {0};
	struct mkarchive m;
	struct recsink rs;
	struct span s;

	(void)state;
	lead[79] = 5;
	buf_put(&b, lead, sizeof lead);
	buf_put(&b, header, sizeof header);
	buf_put(&b, header, sizeof header);
	mk_open(&m, "newc", "xz");
	mk_file(&m, "./etc/one", "in the payload");
	s = mk_close(&m);
	buf_put(&b, s.p, s.n);
	assert_int_equal(run(&rs, "a.rpm", buf_span(&b), 0, 0), 0);
	has(recsink_log(&rs), "item 1 ./etc/one text/plain\n");
	has(recsink_log(&rs), "|in the payload");
	recsink_free(&rs);
	buf_free(&b);
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

/* --- what other tools write ------------------------------------------------------- */

static char folder[] = "/tmp/test_archive.XXXXXX";

/* Runs a shell line in an empty folder with three texts; skips the test when it cannot be run. */
static void
make(const char *line)
{
	char command[1024];

	(void)snprintf(command, sizeof command,
		"cd %s && rm -f * && printf 'the open text' >open.txt && printf 'a secret' "
		">secret.txt && seq 1 20000 >long.txt && %s",
		folder, line);
	if (system(command) != 0)
		skip();
}

static void
read_made(struct recsink *rs, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	recsink_init(rs, true);
	assert_int_equal(recsink_file(rs, path), 0);
}

static int
folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int
folder_drop(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static void
encrypted(const char *line, const char *name, const char *gap, bool open)
{
	struct recsink rs;

	make(line);
	read_made(&rs, name);
	has(recsink_log(&rs), gap);
	has_not(recsink_log(&rs), "a secret");
	if (open)
		has(recsink_log(&rs), "|the open text");
	recsink_free(&rs);
}

static void
test_zipcrypto(void **state)
{
	(void)state;
	encrypted("zip -q -P pass a.zip secret.txt && zip -q a.zip open.txt", "a.zip",
		"gap encrypted hides zip ZipCrypto (secret.txt)\n", true);
}

static void
test_zip_aes(void **state)
{
	(void)state;
	encrypted("7z a -tzip -mem=AES256 -ppass a.zip secret.txt >/dev/null && 7z a -tzip a.zip "
		  "open.txt >/dev/null",
		"a.zip", "gap encrypted hides zip AES-256 (secret.txt)\n", true);
	encrypted("7z a -tzip -mem=AES128 -ppass a.zip secret.txt >/dev/null", "a.zip",
		"gap encrypted hides zip AES-128 (secret.txt)\n", false);
}

static void
test_7z_encrypted(void **state)
{
	(void)state;
	encrypted("7z a -ppass a.7z secret.txt >/dev/null && 7z a a.7z open.txt >/dev/null", "a.7z",
		"gap encrypted hides 7z AES-256 (secret.txt)\n", true);
	encrypted("7z a -ppass -mhe=on a.7z secret.txt open.txt >/dev/null", "a.7z",
		"gap encrypted hides 7z, names are hidden too\n", false);
}

static void
test_deflate64(void **state)
{
	struct recsink rs;

	(void)state;
	make("7z a -tzip -mm=Deflate64 a.zip long.txt >/dev/null && zip -q a.zip open.txt");
	read_made(&rs, "a.zip");
	has(recsink_log(&rs), "gap unsupported hides zip Deflate64 (long.txt)\n");
	has(recsink_log(&rs), "|the open text");
	recsink_free(&rs);
}

static void
test_volumes(void **state)
{
	struct recsink rs;

	(void)state;
	make("head -c 200000 /dev/urandom >noise && zip -q -0 -s 64k a.zip open.txt noise");
	read_made(&rs, "a.z01");
	has(recsink_log(&rs), "gap missing-volume hides one volume of several\n");
	has(recsink_log(&rs), "|the open text");
	recsink_free(&rs);
	read_made(&rs, "a.zip");
	has(recsink_log(&rs), "gap missing-volume hides one volume of several\n");
	recsink_free(&rs);
	make("head -c 200000 /dev/urandom >noise && 7z a -v64k a.7z open.txt noise >/dev/null");
	read_made(&rs, "a.7z.001");
	has(recsink_log(&rs), "gap missing-volume hides one volume of several\n");
	recsink_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_stub),
		cmocka_unit_test(test_deb),
		cmocka_unit_test(test_rpm),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_io_error),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_zipcrypto),
		cmocka_unit_test(test_zip_aes),
		cmocka_unit_test(test_7z_encrypted),
		cmocka_unit_test(test_deflate64),
		cmocka_unit_test(test_volumes),
	};
	int r;

	(void)ident_open();
	(void)extract_open();
	r = cmocka_run_group_tests(tests, folder_make, folder_drop);
	extract_close();
	ident_close();
	return r;
}
