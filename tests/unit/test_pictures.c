/* Pictures out of drawings: each whole, wherever its record stands, and nothing that is none. */
#include <stdio.h>

#include "extract/pictures.h"

#include "doctest.h"
#include "cfbmake.h"
#include "olemake.h"

struct seen {
	struct sink sink; /* first */
	struct budget budget;
	struct buf log;
	size_t leave; /* bytes of a picture that are not read */
};

/* Writes down what it is and its bytes' number and sum. */
static int
on_image(struct sink *s, struct reader *r, const char *mime, uint32_t page)
{
	struct seen *seen = (struct seen *)s;
	uint8_t b[1000];
	size_t n = 0, sum = 0;
	ssize_t got;

	(void)page;
	while (r->size - n > seen->leave && (got = reader_read(r, b, sizeof b)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			sum += b[i];
		n += (size_t)got;
	}
	buf_printf(&seen->log, "%s %zu %zu\n", mime, n, sum);
	return 0;
}

static void
seen_init(struct seen *seen)
{
	static const struct sink_ops ops = {.image = on_image};

	*seen = (struct seen){.sink = {.ops = &ops}};
	budget_start(&seen->budget, 1, NULL);
	seen->sink.budget = &seen->budget;
}

static void
noise(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putc(b, i % 5 == 0 ? 0x1D : i % 5 == 1 ? 0xF0 : 0x33);
}

#define PNG_SUM	 (0x89 + 'P' + 'N' + 'G')
#define JPEG_SUM (0xFF + 0xD8 + 0xFF)

static void
test_records(void **state)
{
	struct buf b = {0};
	char want[200];

	(void)state;
	/* at every place of the window's end, and the picture behind it */
	for (size_t at = 32768 - 64; at < 32768 + 8; at++) {
		struct seen seen;
		struct reader r;

		buf_clear(&b);
		noise(&b, at);
		olemake_blip(&b, 0xF01E, 1, "\x89PNG", 50000);
		olemake_blip(&b, 0xF01D, 2, "\xFF\xD8\xFF", 100);
		noise(&b, 100);
		olemake_blip(&b, 0xF01F, 1, "no picture that is known", 100);
		seen_init(&seen);
		seen.leave = at % 2 ? 0 : 40000;
		reader_mem(&r, buf_span(&b));
		assert_int_equal(pictures_run(&r, &seen.sink), 0);
		if (at % 2) {
			(void)snprintf(want, sizeof want, "image/png 50000 %u\nimage/jpeg 100 %u\n",
				PNG_SUM + 49996, JPEG_SUM + 97);
			assert_string_equal(buf_cstr(&seen.log), want);
		} else {
			if (!strstr(buf_cstr(&seen.log), "\nimage/jpeg"))
				fail_msg("%zu: %s", at, buf_cstr(&seen.log));
		}
		buf_free(&seen.log);
		reader_end(&r);
	}
	buf_free(&b);
}

/* The last picture is longer than the stream. */
static void
test_cut(void **state)
{
	struct buf b = {0};
	struct seen seen;
	struct reader r;

	(void)state;
	olemake_blip(&b, 0xF01E, 1, "\x89PNG", 1000);
	b.n -= 500;
	seen_init(&seen);
	reader_mem(&r, buf_span(&b));
	assert_int_equal(pictures_run(&r, &seen.sink), 0);
	assert_string_equal(buf_cstr(&seen.log), "image/png 500 862\n");
	buf_free(&seen.log);
	buf_free(&b);
}

/* In the stream of a presentation, and in records of a workbook that go on in others. */
static void
test_documents(void **state)
{
	struct buf blip = {0}, book = {0};
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	olemake_blip(&blip, 0xF01D, 1, "\xFF\xD8\xFF", 9000);
	cfbmake_begin(&m, 9);
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "PowerPoint Document", span_str("12345678"));
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "Pictures", buf_span(&blip));
	cfbmake_end(&m);
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "a.ppt", buf_span(&m.out)), 0);
	doc_has(&rs, "image image/jpeg");
	recsink_free(&rs);
	cfbmake_free(&m);

	olemake_book(&book);
	book.n -= 4; /* the sheet's end comes later */
	biff_put(&book, 0xEB, blip.p, 5000);
	biff_put(&book, 0x3C, blip.p + 5000, blip.n - 5000);
	biff_put(&book, 0x0A, NULL, 0);
	cfbmake_begin(&m, 9);
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "Workbook", buf_span(&book));
	cfbmake_end(&m);
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "a.xls", buf_span(&m.out)), 0);
	doc_has(&rs, "image image/jpeg");
	doc_lacks(&rs, "gap");
	recsink_free(&rs);
	cfbmake_free(&m);
	buf_free(&blip);
	buf_free(&book);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
