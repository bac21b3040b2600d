/* Compressed streams: names, tars inside, members one after the other, cuts and quine-like nests. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "extract/archive_open.h"
#include "ident.h"
#include "limits.h"
#include "mkarchive.h"
#include "recsink.h"

#define has(log, s)	assert_non_null(strstr(log, s))
#define has_not(log, s) assert_null(strstr(log, s))

static const struct {
	const char *filter, *suffix;
} filters[] = {{"gzip", "gz"}, {"bzip2", "bz2"}, {"xz", "xz"}, {"lzma", "lzma"}, {"zstd", "zst"},
	{"lz4", "lz4"}, {"lzip", "lz"}, {"compress", "Z"}};

#define N_FILTERS (sizeof filters / sizeof *filters)

static void
read_bytes(struct recsink *rs, const char *name, struct span s)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, name, s), 0);
}

static void
test_single(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FILTERS; i++) {
		struct mkarchive m;
		struct recsink rs;
		struct buf text = {0};
		char name[32];

		for (int k = 0; k < 20000; k++)
			buf_printf(&text, "line %d\n", k);
		buf_puts(&text, "the last line");
		(void)snprintf(name, sizeof name, "x.txt.%s", filters[i].suffix);
		read_bytes(&rs, name, mk_stream(&m, filters[i].filter, buf_span(&text)));
		has(recsink_log(&rs), "item 1 x.txt text/plain\n");
		has(recsink_log(&rs), "|line 0\\nline 1\\n");
		has(recsink_log(&rs), "the last line");
		has_not(recsink_log(&rs), "gap");
		recsink_free(&rs);
		mk_free(&m);
		buf_free(&text);
	}
}

/* A head that does not end is not followed to the end of the input. */
static void
test_endless_head(void **state)
{
	static const uint8_t head[] = {0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3};
	const size_t n = 4 * LIMIT_STREAM_HEAD;
	uint8_t *bytes = malloc(n);
	struct archive_source src;
	struct archive_entry *e;
	struct archive *a = NULL;
	struct budget b;
	struct reader r;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'a', n);
	memcpy(bytes, head, sizeof head);
	reader_mem(&r, span_of(bytes, n));
	budget_start(&b, n, NULL);
	archive_source_init(&src, &r, &b);
	if (archive_open(&src, FORMAT_GZIP, &a) == 0)
		assert_int_not_equal(archive_read_next_header(a, &e), ARCHIVE_OK);
	assert_true(src.pos < LIMIT_STREAM_HEAD + MIB);
	archive_source_end(&src, a);
	free(bytes);
}

static void
test_tar(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FILTERS; i++) {
		struct mkarchive m;
		struct recsink rs;

		mk_open(&m, "gnutar", filters[i].filter);
		mk_file(&m, "dir/member", "one level only");
		mk_zeros(&m, "zeros", 100000);
		mk_file(&m, "second", "another");
		read_bytes(&rs, "a.tar.gz", mk_close(&m));
		has(recsink_log(&rs), "item 1 dir/member text/plain\n");
		has(recsink_log(&rs), "item 1 second text/plain\n");
		has_not(recsink_log(&rs), "item 2");
		has_not(recsink_log(&rs), "gap");
		recsink_free(&rs);
		mk_free(&m);
	}
}

/* A gzip member that keeps a name. */
static void
put_named(struct buf *b, const char *name, size_t n, struct span gz)
{
	static const uint8_t head[10] = {0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3};

	buf_put(b, head, sizeof head);
	buf_put(b, name, n);
	buf_put(b, gz.p + 10, gz.n - 10);
}

static void
test_names(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	struct buf b = {0};
	struct span gz = mk_stream(&m, "gzip", span_str("some words"));

	(void)state;
	put_named(&b, "kept name.txt", 14, gz);
	read_bytes(&rs, "x.gz", buf_span(&b));
	has(recsink_log(&rs), "item 1 kept name.txt text/plain\n");
	recsink_free(&rs);
	buf_clear(&b);
	put_named(&b, "../../f\xfcr.txt", 14, gz);
	read_bytes(&rs, "x.gz", buf_span(&b));
	has(recsink_log(&rs), "item 1 f\xc3\xbcr.txt text/plain\n");
	recsink_free(&rs);
	read_bytes(&rs, "dir/old.tgz", gz);
	has(recsink_log(&rs), "item 1 old.tar text/plain\n");
	recsink_free(&rs);
	read_bytes(&rs, "noname", gz);
	has(recsink_log(&rs), "item 1 noname text/plain\n");
	recsink_free(&rs);
	buf_free(&b);
	mk_free(&m);
}

static void
test_concatenated(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FILTERS; i++) {
		struct mkarchive m[2];
		struct recsink rs;
		struct buf b = {0};
		struct span s;

		if (i == 3 || i == 7) /* lzma alone and .Z have no members */
			continue;
		s = mk_stream(&m[0], filters[i].filter, span_str("first part, "));
		buf_put(&b, s.p, s.n);
		s = mk_stream(&m[1], filters[i].filter, span_str("second part"));
		buf_put(&b, s.p, s.n);
		read_bytes(&rs, "two.gz", buf_span(&b));
		has(recsink_log(&rs), "|first part, second part\n");
		has_not(recsink_log(&rs), "gap");
		recsink_free(&rs);
		buf_free(&b);
		mk_free(&m[0]);
		mk_free(&m[1]);
	}
}

static void
test_truncated(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	struct buf text = {0};
	uint32_t x = 1;
	struct span gz;

	(void)state;
	buf_puts(&text, "the beginning of it ");
	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "%u ", (x = x * 1664525 + 1013904223) >> 8);
	gz = mk_stream(&m, "gzip", buf_span(&text));
	read_bytes(&rs, "x.gz", span_sub(gz, 0, gz.n / 2));
	has(recsink_log(&rs), "|the beginning of it ");
	has(recsink_log(&rs), "gap corrupt hides gzip: damaged data (x)\n");
	recsink_free(&rs);
	for (size_t n = 70; n < 300; n += 7) {
		read_bytes(&rs, "x.gz", span_sub(gz, 0, n));
		has(recsink_log(&rs), "gap corrupt hides ");
		recsink_free(&rs);
	}
	mk_free(&m);
	mk_open(&m, "gnutar", "gzip");
	mk_file(&m, "early", "in front of the cut");
	mk_member(&m, "late", buf_span(&text), UINT64_MAX);
	gz = mk_close(&m);
	read_bytes(&rs, "x.tgz", span_sub(gz, 0, gz.n / 2));
	has(recsink_log(&rs), "|in front of the cut");
	has(recsink_log(&rs), "item 1 late text/plain\n");
	has(recsink_log(&rs), "gap corrupt hides ");
	recsink_free(&rs);
	mk_free(&m);
	buf_free(&text);
}

/* Streams within streams, as a quine has them: the depth limit speaks, not the library. */
static void
test_nest(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	struct span s = mk_stream(&m, "gzip", span_str("the core"));

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct mkarchive next;

		s = mk_stream(&next, "gzip", s);
		mk_free(&m);
		m = next;
	}
	read_bytes(&rs, "x.gz", s);
	has(recsink_log(&rs), "item 16 x application/gzip\n");
	has(recsink_log(&rs), "gap too-deep hides containers within containers (x)\n");
	has_not(recsink_log(&rs), "the core");
	recsink_free(&rs);
	mk_free(&m);
}

static void
test_bomb(void **state)
{
	struct mkarchive m;
	struct recsink rs;
	struct reader r;
	struct item it = {.name = span_str("zeros.gz"), .r = &r};
	struct span s;

	(void)state;
	mk_open(&m, "raw", "gzip");
	mk_zeros(&m, "data", 20 * MIB);
	s = mk_close(&m);
	recsink_init(&rs, true);
	reader_mem(&r, s);
	budget_start(&rs.budget, s.n, NULL);
	rs.budget.bytes = 5 * MIB;
	assert_int_equal(ident_item(&it), 0);
	rs.item = &it;
	assert_int_equal(extract_item(&it, &rs.sink), -EFBIG);
	has(recsink_log(&rs), "gap bomb hides gzip: unpacks to more than a file may (zeros)\n");
	reader_end(&r);
	recsink_free(&rs);
	mk_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_endless_head),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_concatenated),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_nest),
		cmocka_unit_test(test_bomb),
	};
	int r;

	(void)ident_open();
	(void)extract_open();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	extract_close();
	ident_close();
	return r;
}
