/* Rar5 headers made by hand: nobody here writes rar. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "extract/rar5_head.h"
#include "recsink.h"

extern const struct extractor extract_archive;

static void
put_block(struct buf *b, struct span body)
{
	struct buf h = {0};
	uint32_t crc;

	if (body.n > 127)
		buf_putc(&h, (uint8_t)(body.n | 128));
	buf_putc(&h, (uint8_t)(body.n > 127 ? body.n >> 7 : body.n));
	buf_put(&h, body.p, body.n);
	crc = head_crc32(buf_span(&h));
	for (int i = 0; i < 4; i++)
		buf_putc(b, (uint8_t)(crc >> 8 * i));
	buf_put(b, h.p, h.n);
	buf_free(&h);
}

static void
put_start(struct buf *b, const char *main_body, size_t n)
{
	buf_put(b, "Rar!\x1a\x07\x01\x00", 8);
	put_block(b, span_of(main_body, n));
}

/* A stored file with its data; flags as in the block's header besides extra and data. */
static void
put_file(struct buf *b, const char *name, const char *data, bool encrypted, unsigned flags)
{
	struct buf h = {0};
	uint8_t n = (uint8_t)strlen(data);

	buf_putc(&h, 2);
	buf_putc(&h, (uint8_t)(flags | 2 | (encrypted ? 1 : 0)));
	if (encrypted)
		buf_putc(&h, 4);
	buf_putc(&h, n);
	buf_put(&h, "\0", 1); /* file flags */
	buf_putc(&h, n);
	buf_put(&h, "\xa4\x83\x02\0\1", 5); /* attributes, stored, unix */
	buf_putc(&h, (uint8_t)strlen(name));
	buf_puts(&h, name);
	if (encrypted)
		buf_put(&h, "\3\1\0\0", 4); /* a record of size 3, type 1 */
	put_block(b, buf_span(&h));
	buf_puts(b, data);
	buf_free(&h);
}

static void
test_crc(void **state)
{
	(void)state;
	assert_int_equal(head_crc32(span_str("123456789")), 0xcbf43926);
	assert_int_equal(head_crc32(span_str("")), 0);
}

static void
test_walk(void **state)
{
	struct buf b = {0};
	struct budget budget;
	struct rar5_file f;
	struct reader r;
	struct rar5 w;

	(void)state;
	buf_puts(&b, "stub");
	put_start(&b, "\1\0\0", 3);
	put_file(&b, "open.txt", "hello", false, 0);
	put_file(&b, "shut.txt", "xxxx", true, 0);
	put_file(&b, "half.txt", "yy", false, 0x10);
	put_block(&b, span_of("\5\0\1", 3));
	budget_start(&budget, b.n, NULL);
	reader_mem(&r, buf_span(&b));
	assert_int_equal(rar5_open(&w, &r, &budget, 4), 0);
	assert_false(w.locked);
	assert_int_equal(rar5_next(&w, &f), 1);
	assert_true(span_eq(f.name, span_str("open.txt")));
	assert_false(f.encrypted);
	assert_int_equal(f.size, 5);
	assert_int_equal(rar5_next(&w, &f), 1);
	assert_true(span_eq(f.name, span_str("shut.txt")));
	assert_true(f.encrypted);
	assert_int_equal(rar5_next(&w, &f), 1);
	assert_true(f.after);
	assert_int_equal(rar5_next(&w, &f), 0);
	assert_true(w.more);
	rar5_end(&w);
	buf_free(&b);
}

/* Every cut and every flipped byte: the walk ends, in bounds. */
static void
test_damage(void **state)
{
	struct buf b = {0};
	struct budget budget;
	struct rar5_file f;
	struct reader r;
	struct rar5 w;

	(void)state;
	put_start(&b, "\1\0\1\1", 4);
	put_file(&b, "shut.txt", "xxxx", true, 0);
	budget_start(&budget, b.n, NULL);
	for (size_t i = 0; i < b.n; i++) {
		size_t seen = 0;

		reader_mem(&r, span_sub(buf_span(&b), 0, i));
		for (int q = rar5_open(&w, &r, &budget, 0); q >= 0 && rar5_next(&w, &f) > 0;)
			seen++;
		rar5_end(&w);
		assert_true(seen <= 1);
		b.p[i] ^= 0x80;
		reader_mem(&r, buf_span(&b));
		for (int q = rar5_open(&w, &r, &budget, 0); q >= 0 && rar5_next(&w, &f) > 0;)
			assert_true(i >= 8 && ++seen < 3);
		rar5_end(&w);
		b.p[i] ^= 0x80;
	}
	buf_free(&b);
}

static void
extract(struct buf *b, const char *name, struct recsink *rs)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_force(rs, &extract_archive, name, buf_span(b)), 0);
}

static void
test_gaps(void **state)
{
	struct buf b = {0};
	struct recsink rs;

	(void)state;
	put_start(&b, "\1\0\0", 3);
	put_file(&b, "open.txt", "the open text", false, 0);
	put_file(&b, "shut.txt", "xxxx", true, 0);
	put_block(&b, span_of("\5\0\0", 3));
	extract(&b, "some.rar", &rs);
	assert_non_null(strstr(recsink_log(&rs), "|the open text\n"));
	assert_non_null(strstr(recsink_log(&rs), "gap encrypted hides rar5 (shut.txt)\n"));
	recsink_free(&rs);

	buf_clear(&b);
	put_start(&b, "\1\0\0", 3);
	put_file(&b, "one", "xxxx", true, 0);
	put_file(&b, "one", "yyyy", true, 0);
	extract(&b, "all.rar", &rs);
	assert_non_null(strstr(recsink_log(&rs), "gap encrypted hides rar5 (one)\n"));
	assert_non_null(strstr(recsink_log(&rs), "gap encrypted hides rar5 (one#2)\n"));
	recsink_free(&rs);

	buf_clear(&b);
	put_start(&b, "\1\0\3\1", 4);
	put_file(&b, "tail.txt", "tail", false, 0x08);
	put_file(&b, "open.txt", "the open text", false, 0);
	put_block(&b, span_of("\5\0\1", 3));
	extract(&b, "x.part2.rar", &rs);
	assert_non_null(strstr(recsink_log(&rs),
		"gap missing-volume hides rar5: begins in another volume (tail.txt)\n"));
	recsink_free(&rs);

	buf_clear(&b);
	put_start(&b, "\4\0\0\0\x0f", 5);
	buf_puts(&b, "nothing of this can be read");
	extract(&b, "locked.rar", &rs);
	assert_non_null(
		strstr(recsink_log(&rs), "gap encrypted hides rar5, names are hidden too\n"));
	recsink_free(&rs);
	buf_free(&b);
}

/* Behind a program: found by its header, which must check out. */
static void
test_stub(void **state)
{
	struct buf b = {0};
	struct recsink rs;

	(void)state;
	buf_put(&b, "MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", 16);
	while (b.n < 100000)
		buf_put(&b, "Rar!\x1a\x07\x01\x00 is only a constant", 27);
	put_start(&b, "\1\0\0", 3);
	put_file(&b, "open.txt", "the open text", false, 0);
	put_block(&b, span_of("\5\0\0", 3));
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "setup.exe", buf_span(&b)), 0);
	assert_non_null(strstr(recsink_log(&rs), "item 1 open.txt text/plain\n"));
	assert_non_null(strstr(recsink_log(&rs), "|the open text\n"));
	recsink_free(&rs);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_stub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
