/*
 * Zips read by ourselves beside the library, which reads the same bytes when it is told where they
 * end; and raw deflate beside zlib, between pages that must not be touched.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <zlib.h>

#include <cmocka.h>

#include "extract/archive_walk.h"
#include "mkarchive.h"
#include "recsink.h"

#define PAGE 4096u

static uint32_t
next(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

static bool
is_plain(struct span bytes)
{
	struct zip_plain z = {0};
	struct budget b;
	struct reader r;
	int q;

	budget_start(&b, bytes.n, NULL);
	reader_mem(&r, bytes);
	q = zip_plain_read(&r, &b, &z);
	assert_in_range(q, 0, 1);
	zip_plain_free(&z);
	reader_end(&r);
	return q == 1;
}

/* What the walk gives; library: it reads whatever the zip is. */
static const char *
walk(struct recsink *rs, struct span bytes, bool library)
{
	struct archive_view v;
	struct reader r;
	struct item it = {.name = span_str("x.zip"), .r = &r};
	int q;

	recsink_init(rs, true);
	budget_start(&rs->budget, bytes.n, NULL);
	reader_mem(&r, bytes);
	rs->item = &it;
	assert_int_equal(archive_look(&it, &r, &rs->budget, FORMAT_ZIP, 0, &v), 0);
	if (library)
		v.end = bytes.n;
	q = archive_walk(&rs->sink, &r, &v);
	if (q == -EBADMSG)
		(void)sink_gap(&rs->sink, GAP_CORRUPT, true, "no zip");
	archive_view_end(&v);
	reader_end(&r);
	return recsink_log(rs);
}

static void
put_text(struct buf *b, uint32_t *x, unsigned words)
{
	buf_clear(b);
	for (unsigned i = 0; i < words; i++)
		buf_printf(b, "%s%u%c", next(x) % 3 ? "word " : "number ", next(x) % 1000,
			next(x) % 9 ? ' ' : '\n');
}

static void
make_zip(struct mkarchive *m, uint32_t seed)
{
	struct mkarchive inner;
	struct buf text = {0};
	uint32_t x = seed;

	mk_open(&inner, "zip", NULL);
	mk_file(&inner, "within.txt", "a zip within a zip\n");
	mk_open(m, "zip", NULL);
	mk_dir(m, "folder");
	for (unsigned i = 0; i < 6; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "folder/%u \xc3\xa9.txt", next(&x) % 4);
		mk_store(m, next(&x) % 3 == 0);
		put_text(&text, &x, next(&x) % 3000);
		mk_member(m, name, buf_span(&text), UINT64_MAX);
	}
	mk_file(m, "empty", "");
	mk_member(m, "inner.zip", mk_close(&inner), UINT64_MAX);
	buf_free(&text);
	mk_free(&inner);
}

static void
test_same_as_library(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 20; seed++) {
		struct mkarchive m;
		struct recsink a, b;
		struct span z;

		make_zip(&m, seed);
		z = mk_close(&m);
		assert_true(is_plain(z));
		assert_string_equal(walk(&a, z, false), walk(&b, z, true));
		assert_non_null(strstr(recsink_log(&a), "a zip within a zip"));
		assert_null(strstr(recsink_log(&a), "gap "));
		recsink_free(&a);
		recsink_free(&b);
		mk_free(&m);
	}
}

/* What the library finds whole comes out the same; what it finds damaged we find damaged. */
static void
test_damage(void **state)
{
	unsigned plain = 0, damaged = 0;
	uint32_t x = 5;

	(void)state;
	for (uint32_t seed = 1; seed <= 1500; seed++) {
		struct mkarchive m;
		struct recsink a, b;
		struct span z;
		uint8_t *p;
		bool gaps;

		make_zip(&m, seed % 7);
		z = mk_close(&m);
		p = (uint8_t *)(uintptr_t)z.p;
		for (unsigned i = next(&x) % 3; i < 3; i++)
			p[next(&x) % z.n] ^= (uint8_t)(1u << next(&x) % 8);
		gaps = strstr(walk(&b, z, true), "gap ");
		walk(&a, z, false);
		plain += is_plain(z);
		damaged += is_plain(z) && gaps;
		if (!is_plain(z) || !gaps)
			assert_string_equal(recsink_log(&a), recsink_log(&b));
		else
			assert_non_null(strstr(recsink_log(&a), "gap "));
		recsink_free(&a);
		recsink_free(&b);
		mk_free(&m);
	}
	assert_true(plain > 300 && damaged > 200);
}

/* One damaged member costs that member. */
static void
test_rest_is_read(void **state)
{
	struct mkarchive m;
	struct recsink a;
	struct span z;
	const char *log;

	(void)state;
	mk_open(&m, "zip", NULL);
	mk_file(&m, "a.txt", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa the first");
	mk_file(&m, "b.txt", "the second");
	z = mk_close(&m);
	*(uint8_t *)(uintptr_t)(z.p + 30 + le16(z.p + 26) + le16(z.p + 28)) = 0xff;
	assert_true(is_plain(z));
	log = walk(&a, z, false);
	assert_non_null(strstr(log, "gap corrupt hides zip: damaged data (a.txt)"));
	assert_non_null(strstr(log, "the second"));
	recsink_free(&a);
	mk_free(&m);
}

static void
test_odd(void **state)
{
	struct buf b = {0};
	struct mkarchive m;
	struct span z;
	uint8_t *end, *dir;

	(void)state;
	make_zip(&m, 1);
	z = mk_close(&m);
	assert_true(is_plain(z));
	buf_puts(&b, "#");
	buf_put(&b, z.p, z.n);
	assert_false(is_plain(buf_span(&b))); /* a stub */
	buf_clear(&b);
	buf_put(&b, z.p, z.n);
	buf_puts(&b, "#");
	assert_false(is_plain(buf_span(&b))); /* and something behind */
	for (size_t n = 0; n < z.n; n += 7)
		assert_false(is_plain(span_sub(z, 0, n)));
	b.n = z.n;
	end = b.p + z.n - 22;
	dir = b.p + le32(end + 16);
	assert_true(is_plain(buf_span(&b)));
	dir[8] |= 1; /* encrypted */
	assert_false(is_plain(buf_span(&b)));
	dir[8] &= 0xfe;
	dir[10] = 9; /* another method */
	assert_false(is_plain(buf_span(&b)));
	memcpy(b.p, z.p, z.n);
	/* the second is the first: it would be read twice */
	dir += 46u + le16(dir + 28) + le16(dir + 30) + le16(dir + 32);
	memset(dir + 42, 0, 4);
	assert_false(is_plain(buf_span(&b)));
	memcpy(b.p, z.p, z.n);
	b.p[30] ^= 1; /* another name in the local header */
	assert_false(is_plain(buf_span(&b)));
	buf_free(&b);
	mk_free(&m);
	mk_open_protected(&m, "secret");
	mk_file(&m, "a.txt", "text");
	assert_false(is_plain(mk_close(&m)));
	mk_free(&m);
}

/* --- raw deflate ---------------------------------------------------------------------- */

/* n bytes that end where a page begins that no one may touch. */
struct fence {
	uint8_t *map;
	size_t all;
};

static uint8_t *
fence_make(struct fence *f, size_t n)
{
	size_t pages = (n + PAGE - 1) / PAGE * PAGE;

	f->all = pages + PAGE;
	f->map = mmap(NULL, f->all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(f->map, MAP_FAILED);
	assert_int_equal(mprotect(f->map + pages, PAGE, PROT_NONE), 0);
	return f->map + pages - n;
}

static void
fence_free(struct fence *f)
{
	assert_int_equal(munmap(f->map, f->all), 0);
}

/*
 * By zlib: all that comes before the end or an error. 1 the end, 0 cut, -1 bad, -2 a set of codes that
 * is not complete: ISA-L takes those, and reads what they can say.
 */
static int
reference(struct span in, struct buf *out)
{
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)in.p, .avail_in = (uInt)in.n};
	int r;

	assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
	do {
		uint8_t piece[1000];

		z.next_out = piece;
		z.avail_out = sizeof piece;
		r = inflate(&z, Z_NO_FLUSH);
		buf_put(out, piece, sizeof piece - z.avail_out);
	} while (r == Z_OK);
	(void)inflateEnd(&z);
	if (r == Z_STREAM_END || r == Z_BUF_ERROR)
		return r == Z_STREAM_END;
	return z.msg && strstr(z.msg, " set") ? -2 : -1;
}

/* The same by ours, fed and drained in pieces of `step` bytes at the most. */
static int
ours(struct inflater *f, struct span in, struct buf *out, size_t step)
{
	int end = 2;

	inflater_reset(f);
	while (end == 2) {
		struct fence fi, fo;
		size_t n = in.n < step ? in.n : step;
		uint8_t *p = fence_make(&fi, n), *o = fence_make(&fo, step);
		struct span piece = span_of(p, n);
		ssize_t got;

		memcpy(p, in.p, n);
		got = inflater_run(f, &piece, o, step);
		in = span_sub(in, n - piece.n, in.n);
		if (got > 0)
			buf_put(out, o, (size_t)got);
		if (got < 0)
			end = -1;
		else if (inflater_ended(f))
			end = 1;
		else if (got == 0 && in.n == 0)
			end = 0;
		fence_free(&fi);
		fence_free(&fo);
	}
	return end;
}

static void
compare(struct inflater *f, struct span packed, size_t step)
{
	struct buf a = {0}, b = {0};
	int want = reference(packed, &a), got = ours(f, packed, &b, step);

	if (want != -2 || got < 0)
		assert_int_equal(got, want < 0 ? -1 : want);
	if (want >= 0)
		assert_true(span_eq(buf_span(&a), buf_span(&b)));
	else if (got >= 0)
		assert_true(span_has(buf_span(&b), 0, a.p ? a.p : (uint8_t *)"", a.n));
	if (want > 0)
		assert_int_equal(inflater_crc(0, buf_span(&b)), crc32_z(0, a.p, a.n));
	buf_free(&a);
	buf_free(&b);
}

static void
test_inflater(void **state)
{
	const unsigned rounds =
		getenv("LEAKAUDIT_MUTANTS") ? (unsigned)atoi(getenv("LEAKAUDIT_MUTANTS")) : 3000;
	struct inflater *f;
	struct buf text = {0};
	uint32_t x = 11;

	(void)state;
	assert_int_equal(inflater_new(&f), 0);
	for (unsigned i = 0; i < rounds; i++) {
		static const size_t steps[] = {1u << 20, 65536, 32768, 4097, 700, 61};
		uint8_t packed[120000];
		z_stream z = {.next_out = packed, .avail_out = sizeof packed};
		size_t n;

		put_text(&text, &x, next(&x) % (i % 10 ? 300 : 9000));
		assert_int_equal(deflateInit2(&z, (int)(next(&x) % 10), Z_DEFLATED, -MAX_WBITS, 8,
					 (int)(next(&x) % 5)),
			Z_OK);
		z.next_in = text.p;
		z.avail_in = (uInt)text.n;
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		n = sizeof packed - z.avail_out;
		assert_int_equal(deflateEnd(&z), Z_OK);
		for (unsigned k = i % 4; k; k--)
			packed[next(&x) % n] ^= (uint8_t)(1u << next(&x) % 8);
		if (i % 16 == 5)
			n -= next(&x) % n;
		compare(f, span_of(packed, n), steps[i % 6 == 5 && text.n > 9000 ? 4 : i % 6]);
	}
	inflater_free(f);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_library),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_rest_is_read),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_inflater),
	};

	if (extract_open() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
