/* Plain text comes through whole, whatever its encoding, size and line lengths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/charset.h"
#include "recsink.h"

#include "base/poison.h"

static void
expect(struct span in, const char *want)
{
	struct recsink rs;
	const char *log;

	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.txt", in), 0);
	log = strchr(recsink_log(&rs), '\n');
	assert_non_null(log);
	assert_string_equal(log + 1, want);
	recsink_free(&rs);
}

#define EXPECT(in, want) expect(span_of(in, sizeof(in) - 1), want)

static void
test_encodings(void **state)
{
	(void)state;
	EXPECT("one\ntwo\n", "text body|one\\ntwo\\n\n");
	EXPECT("\xEF\xBB\xBFmark\n", "text body|mark\\n\n");
	EXPECT("caf\xE9 cr\xE8me\n", "text body|caf\xC3\xA9 cr\xC3\xA8me\\n\n");
	EXPECT("\xFF\xFEh\0i\0", "text body|hi\n");
	EXPECT("x <meta charset=koi8-r>\xD0\xC1\xD2",
		"text body|x <meta charset=koi8-r>\xD0\xBF\xD0\xB0\xD1\x80\n");
	EXPECT("x <meta charset=koi8-r>\xC3\xA9\xC3\xA9",
		"text body|x <meta charset=koi8-r>\xC3\xA9\xC3\xA9\n");
}

struct count {
	struct sink sink;
	uint64_t bytes, pieces;
	uint32_t sum;
	bool ended;
};

static int
on_begin(struct sink *s, const struct text_at *at)
{
	(void)s;
	assert_int_equal(at->part, PART_BODY);
	assert_true(at->lines);
	return 0;
}

static int
on_text(struct sink *s, struct span utf8)
{
	struct count *c = (struct count *)s;

	c->bytes += utf8.n;
	c->pieces++;
	for (size_t i = 0; i < utf8.n; i++)
		c->sum = c->sum * 31 + utf8.p[i];
	return 0;
}

static int
on_end(struct sink *s)
{
	((struct count *)s)->ended = true;
	return 0;
}

struct endless {
	struct reader r;
	uint64_t left;
};

static ssize_t
endless_read(struct reader *r, void *p, size_t n)
{
	struct endless *e = (struct endless *)r;

	n = n > 1000 ? 1000 : n;
	n = n > e->left ? (size_t)e->left : n;
	memset(p, 'x', n);
	e->left -= n;
	return (ssize_t)n;
}

/* One line far larger than any buffer, from a reader that gives little at a time. */
static void
test_long_line(void **state)
{
	static const struct sink_ops ops = {
		.text_begin = on_begin, .text = on_text, .text_end = on_end};
	static const struct reader_ops rops = {.read = endless_read};
	extern const struct extractor extract_text;
	struct arena arena = {0};
	struct budget budget;
	struct count c = {.sink = {&ops, &budget, &arena}};
	struct endless e = {.left = 50000000};
	struct item it = {.name = span_str("x"), .r = &e.r};

	(void)state;
	budget_start(&budget, 1, NULL);
	reader_init(&e.r, &rops, UINT64_MAX);
	assert_int_equal(reader_peek(&e.r, READER_HEAD, &it.head), 0);
	it.format = FORMAT_TEXT;
	it.charset = "us-ascii";
	assert_int_equal(extract_text.run(&it, &c.sink), 0);
	assert_true(c.ended);
	assert_int_equal(c.bytes, 50000000);
	assert_true(arena.used < 1000000);
	reader_end(&e.r);
	arena_free(&arena);
}

static int
set_up(void **state)
{
	(void)state;
	return charset_open();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
