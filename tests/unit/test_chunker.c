/*
 * chunker: every byte is owned by exactly one chunk, with its full context on both sides, and
 * places are right wherever the cuts fall. The engine is replaced by one that finds '@'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "chunker.h"
#include "gen.h"

struct seen {
	struct chunker *c;
	struct buf owned;
	struct place last;
	size_t hits, chunks;
	uint64_t sum_line, sum_col, sum_offset;
};

int
matcher_scan(struct matcher *m, const struct chunk *k, hit_fn *fn, void *user)
{
	struct seen *s = user;

	(void)m;
	s->chunks++;
	assert_true(k->own_lo < k->own_hi && k->own_hi <= k->n);
	assert_true(k->starts || k->own_lo == CHUNK_CONTEXT);
	assert_true(k->ends || k->n - k->own_hi == CHUNK_CONTEXT);
	buf_put(&s->owned, k->buf + k->own_lo, k->own_hi - k->own_lo);
	for (size_t i = k->own_lo; i < k->own_hi; i++) {
		if (k->buf[i] == '@') {
			const struct hit h = {.start = i, .value = span_of(k->buf + i, 1)};
			int r = fn(user, &h);

			if (r != 0)
				return r;
		}
	}
	return 0;
}

static int
on_hit(void *user, const struct hit *h)
{
	struct seen *s = user;

	chunker_place(s->c, h, &s->last);
	s->hits++;
	s->sum_line += s->last.line;
	s->sum_col += s->last.col;
	s->sum_offset += s->last.offset;
	return 0;
}

static void
open_chunker(struct seen *s)
{
	const struct chunker_out out = {.hit = on_hit, .user = s};

	*s = (struct seen){0};
	assert_int_equal(chunker_new(&out, &s->c), 0);
}

static void
close_chunker(struct seen *s)
{
	chunker_free(s->c);
	buf_free(&s->owned);
}

/* A large text with few lines, put in pieces of random length. */
static void
test_large(void **state)
{
	const struct text_at at = {.lines = true};
	struct buf text = {0};
	uint64_t line = 1, col = 1, sum_line = 0, sum_col = 0;
	size_t hits = 0;
	struct seen s;
	struct gen g;

	(void)state;
	gen_seed(&g, 1);
	while (text.n < 3 * CHUNK_SIZE + 12345) {
		uint32_t k = gen_range(&g, 0, 9999);

		buf_putc(&text, k == 0 ? '\n' : k < 30 ? '@' : 'x');
	}
	for (size_t i = 0; i < text.n; i++, col++) {
		if (text.p[i] == '@') {
			hits++;
			sum_line += line;
			sum_col += col;
		} else if (text.p[i] == '\n') {
			line++;
			col = 0;
		}
	}
	open_chunker(&s);
	assert_int_equal(chunker_begin(s.c, &at), 0);
	for (size_t i = 0; i < text.n;) {
		struct span piece = span_sub(buf_span(&text), i, gen_range(&g, 1, 100000));

		assert_int_equal(chunker_put(s.c, piece), 0);
		i += piece.n;
	}
	assert_int_equal(chunker_end(s.c), 0);
	assert_int_equal(s.owned.n, text.n);
	assert_memory_equal(s.owned.p, text.p, text.n);
	assert_int_equal(s.hits, hits);
	assert_int_equal(s.sum_line, sum_line);
	assert_int_equal(s.sum_col, sum_col);
	assert_int_equal(s.last.kind, PLACE_LINE);
	assert_true(s.chunks >= 3);
	close_chunker(&s);
	buf_free(&text);
}

/* Characters that folding shortens, drops or leaves alone, among lines and ordinary letters. */
static const char *const folded[] = {"\xC2\xA0", "\xE2\x80\x91", "\xEF\xBC\x98", "\xE3\x80\x80",
	"\xE2\x80\x99", "\xC2\xAD", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x81\xA0", "\xC3\xA9",
	"\xF0\x9F\x98\x80", "\xE4\xB8\xAD"};

/* Random text: one character in `often` is one of `folded`, one in `lines` ends a line. */
static void
fill_folded(struct gen *g, struct buf *text, size_t size, uint32_t often, uint32_t lines)
{
	while (text->n < size) {
		uint32_t k = gen_range(g, 0, 9999);

		if (k % often == 0)
			buf_puts(text, folded[gen_range(g, 0, sizeof folded / sizeof *folded - 1)]);
		else if (k % lines == 1)
			buf_putc(text, '\n');
		else
			buf_putc(text, k % 97 == 0 ? '@' : 'x');
	}
}

/* A column is a number of bytes of the text as it came, whatever was folded in front of it. */
static void
check_columns(struct gen *g, struct span text, uint32_t piece)
{
	const struct text_at at = {.lines = true};
	uint64_t line = 1, col = 1, sum_line = 0, sum_col = 0;
	size_t hits = 0;
	struct seen s;

	for (size_t i = 0; i < text.n; i++, col++) {
		if (text.p[i] == '@') {
			hits++;
			sum_line += line;
			sum_col += col;
		} else if (text.p[i] == '\n') {
			line++;
			col = 0;
		}
	}
	open_chunker(&s);
	assert_int_equal(chunker_begin(s.c, &at), 0);
	for (size_t i = 0; i < text.n;) {
		size_t n = gen_range(g, 1, piece);

		while (i + n < text.n && (text.p[i + n] & 0xC0) == 0x80)
			n++;
		assert_int_equal(chunker_put(s.c, span_sub(text, i, n)), 0);
		i += n;
	}
	assert_int_equal(chunker_end(s.c), 0);
	assert_int_equal(s.hits, hits);
	assert_int_equal(s.sum_line, sum_line);
	assert_int_equal(s.sum_col, sum_col);
	close_chunker(&s);
}

static void
test_columns_of_folded(void **state)
{
	static const struct {
		size_t size;
		uint32_t often, lines, piece;
	} t[] = {{40, 2, 20, 9}, {3000, 3, 60, 50}, {2 * CHUNK_SIZE, 2, 5000, 3000},
		{3 * CHUNK_SIZE, 40, 9000, 100000}, {4 * CHUNK_SIZE, 2, 100000, 700000},
		{2 * CHUNK_SIZE, 5000, 200, 70000}};
	struct gen g;

	(void)state;
	gen_seed(&g, 22);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		for (int k = t[i].size < CHUNK_SIZE ? 200 : 4; k > 0; k--) {
			struct buf text = {0};

			fill_folded(&g, &text, t[i].size, t[i].often, t[i].lines);
			check_columns(&g, buf_span(&text), t[i].piece);
			buf_free(&text);
		}
	}
}

/* Megabytes of characters that leave nothing behind, in front of the match and in a line of its own. */
static void
test_columns_of_dropped(void **state)
{
	struct buf text = {0};
	struct gen g;

	(void)state;
	gen_seed(&g, 23);
	for (int lines = 0; lines < 2; lines++) {
		buf_puts(&text, "ab");
		for (size_t i = 0; i < 2 * CHUNK_SIZE; i++)
			buf_puts(&text, "\xE2\x80\x8B");
		buf_puts(&text, "@\xC2\xAD@\n\xC2\xAD@");
	}
	check_columns(&g, buf_span(&text), 5000);
	buf_free(&text);
}

static void
test_places_by_part(void **state)
{
	const struct text_at page = {.page = 3}, note = {.part = PART_NOTE, .name = "slide 2"};
	struct seen s;

	(void)state;
	open_chunker(&s);
	chunker_begin(s.c, &page);
	chunker_put(s.c, span_str("one\ntwo @"));
	chunker_end(s.c);
	assert_int_equal(s.last.kind, PLACE_PAGE);
	assert_int_equal(s.last.page, 3);
	chunker_begin(s.c, &note);
	chunker_put(s.c, span_str("@"));
	chunker_end(s.c);
	assert_int_equal(s.last.kind, PLACE_PART);
	assert_int_equal(s.last.part, PART_NOTE);
	assert_string_equal(s.last.name, "slide 2");
	close_chunker(&s);
}

/* Printable runs are scanned together but keep their own offsets. */
static void
test_raw_runs(void **state)
{
	uint64_t sum = 0;
	struct seen s;

	(void)state;
	open_chunker(&s);
	for (uint64_t i = 0; i < 20000; i++) {
		const struct text_at at = {.part = PART_RAW, .offset = i * 1000};

		assert_int_equal(chunker_begin(s.c, &at), 0);
		assert_int_equal(chunker_put(s.c, span_str("printable @ run")), 0);
		assert_int_equal(chunker_end(s.c), 0);
		sum += i * 1000 + 10;
	}
	assert_int_equal(chunker_flush(s.c), 0);
	assert_int_equal(s.hits, 20000);
	assert_int_equal(s.sum_offset, sum);
	assert_true(s.chunks < 100);
	close_chunker(&s);
}

/* One run far larger than a chunk: offsets stay right behind the cuts. */
static void
test_raw_long(void **state)
{
	const struct text_at at = {.part = PART_RAW, .offset = 5000};
	struct seen s;
	char block[1000];

	(void)state;
	memset(block, 'x', sizeof block);
	open_chunker(&s);
	chunker_begin(s.c, &at);
	for (int i = 0; i < 1000; i++)
		chunker_put(s.c, span_of(block, sizeof block));
	chunker_put(s.c, span_str("@"));
	chunker_end(s.c);
	chunker_flush(s.c);
	assert_int_equal(s.hits, 1);
	assert_int_equal(s.last.offset, 5000 + 1000000);
	close_chunker(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_large),
		cmocka_unit_test(test_columns_of_folded), cmocka_unit_test(test_columns_of_dropped),
		cmocka_unit_test(test_places_by_part), cmocka_unit_test(test_raw_runs),
		cmocka_unit_test(test_raw_long)};

	return cmocka_run_group_tests_name("chunker", tests, NULL, NULL);
}
