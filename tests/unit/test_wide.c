/* What is searched many bytes at a time finds what a slow search finds, in both its forms. */
#include "base/count.h"
#include "classify/celltext.h"
#include "classify/lines.h"
#include "classify/prose_line.h"
#include "extract/csv_block.h"
#include "item.h"
#include "testrules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/poison.h"

/* n bytes in memory of their own, so that a sanitizer sees each byte read beyond them. */
static uint8_t *
random_bytes(uint64_t *seed, const char *of, size_t n)
{
	uint8_t *p = malloc(n + 1);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)of[test_random(seed, (uint32_t)strlen(of))];
	return realloc(p, n ? n : 1);
}

static void
counts(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (size_t n = 0; n < 700; n++) {
		uint8_t *p = random_bytes(&seed, "ab\n", n);
		size_t slow = 0;

		for (size_t i = 0; i < n; i++)
			slow += p[i] == '\n';
		assert_int_equal(count_byte(span_of(p, n), '\n'), slow);
		free(p);
	}
	for (size_t n = 8000; n < 90000; n += 4099) {
		uint8_t *p = random_bytes(&seed, "\n", n);

		assert_int_equal(count_byte(span_of(p, n), '\n'), n);
		assert_int_equal(count_byte(span_of(p, n), 'a'), 0);
		free(p);
	}
}

static size_t
slow_head_line(struct span text)
{
	size_t bol = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\n')
			continue;
		if (prose_may_head(lines_given(span_sub(text, bol, i - bol))))
			return bol;
		bol = i + 1;
	}
	return bol;
}

static void
head_lines(void **state)
{
	static const char *const of[] = {"ab\n", "abcdefgh  \t|\n", "abcdefghijklmnopqrstuvwxyz \n",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa /*\t\n\n\r", "aaaaaaa=\n\n\t  "};
	uint64_t seed = 4;
	size_t heads = 0;

	(void)state;
	for (int i = 0; i < 6000; i++) {
		size_t n = test_random(&seed, i % 3 ? 300 : 40), slow;
		uint8_t *p = random_bytes(&seed, of[i % 5], n);
		struct span text = span_of(p, n);

		slow = slow_head_line(text);
		heads += slow < n && memchr(p + slow, '\n', n - slow);
		assert_int_equal(prose_head_line(text), slow);
		assert_int_equal(prose_head_line_portable(text), slow);
		free(p);
	}
	assert_true(heads > 500);
}

static void
hints(void **state)
{
	uint64_t seed = 5;
	size_t found = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		size_t n = test_random(&seed, 3000), tail = test_random(&seed, 1500), hint;
		uint8_t *p = random_bytes(&seed, "abcdefghijklmnopqrstuvwxyz abcdefghijklm.\n", n);
		uint8_t *q = random_bytes(&seed, "abcdefghijklmnopq  \t|.\n\n", tail);
		struct span text;

		tail = tail < n ? tail : n;
		memcpy(p + n - tail, q, tail);
		text = span_of(p, n);
		hint = prose_hint(text, 0);
		found += hint > 0 && hint < n;
		assert_int_equal(prose_hint_portable(text, 0), hint);
		free(p);
		free(q);
	}
	assert_true(found > 20);
}

static void
numbers(void **state)
{
	uint64_t seed = 6;
	size_t yes = 0;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		uint8_t *p = random_bytes(
			&seed, i % 2 ? "0123456789.,;-" : "000000111123456789.,", CSV_BLOCK);
		struct csv_block b = {.at = 0};

		csv_block_fill(&b, p, ';');
		for (size_t off = 0; off < CSV_BLOCK; off++) {
			assert_int_equal(b.ends >> off & 1, p[off] == ';');
			for (size_t n = 1; off + n <= CSV_BLOCK; n += 1 + n / 8) {
				struct span cell = span_of(p + off, n);
				bool is = cell_is_number(cell);

				assert_int_equal(csv_block_number(&b, off, n, *cell.p == '-'), is);
				yes += is;
			}
		}
		free(p);
	}
	assert_true(yes > 10000);
}

static void
rows(void **state)
{
	uint64_t seed = 7;
	uint8_t to[600];

	(void)state;
	for (int i = 0; i < 4000; i++) {
		size_t n = 1 + test_random(&seed, 300), slow = 0;
		uint8_t *p = random_bytes(&seed, i % 2 ? "abcdefgh;;;" : "abcdefgh\t\x01\x1f", n);

		for (size_t k = 0; k < n; k++)
			slow += p[k] < ' ';
		to[n] = '!';
		assert_int_equal(celltext_row(to, span_of(p, n)), slow);
		assert_memory_equal(to, p, n);
		assert_int_equal(to[n], '!');
		free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counts), cmocka_unit_test(head_lines),
		cmocka_unit_test(hints), cmocka_unit_test(numbers), cmocka_unit_test(rows)};

	return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}
