/* Archives made here: what is in them, in each format and one in another, whole and damaged. */
#include "archiving.h"

#include "base/poison.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_stub),
		cmocka_unit_test(test_deb),
		cmocka_unit_test(test_rpm),
	};
	int r;

	(void)ident_open();
	(void)extract_open();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	extract_close();
	ident_close();
	return r;
}
