/* Findings on their way through the socket: what is asked, what is told, and bytes that are neither. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "review_page.h"

#include "base/poison.h"

static void
filters_come_through(void **state)
{
	const struct store_filter f = {.type = RECORD_GAP,
		.states = 5,
		.id = UINT64_MAX,
		.severities = 0x1e,
		.min_confidence = CONF_HIGH,
		.since = 1700000000,
		.share = "h r",
		.rule = "",
		.category = "identity",
		.reason = "denied",
		.path = "*=*.csv",
		.after = 77};
	struct store_filter g;
	struct review_words w;

	(void)state;
	assert_int_equal(review_words_make("gaps", &f, &w), 0);
	assert_string_equal(w.v[0], "gaps");
	assert_int_equal(review_words_read(w.v, w.n, &g), 0);
	assert_int_equal(g.type, RECORD_GAP);
	assert_int_equal(g.states, 5);
	assert_true(g.id == UINT64_MAX && g.since == f.since && g.after == 77);
	assert_int_equal(g.severities, 0x1e);
	assert_int_equal(g.min_confidence, CONF_HIGH);
	assert_string_equal(g.share, "h r");
	assert_string_equal(g.rule, "");
	assert_string_equal(g.category, "identity");
	assert_string_equal(g.reason, "denied");
	assert_string_equal(g.path, "*=*.csv");
	assert_int_equal(g.sort, STORE_BY_ROW);
	assert_int_equal(g.rows, REVIEW_ROWS);
	review_words_free(&w);
}

static void
nothing_asked_is_everything(void **state)
{
	const struct store_filter f = {.type = -1};
	struct store_filter g;
	struct review_words w;

	(void)state;
	assert_int_equal(review_words_make("show", &f, &w), 0);
	assert_int_equal(w.n, 1);
	assert_int_equal(review_words_read(w.v, w.n, &g), 0);
	assert_true(g.type == -1 && !g.id && !g.share && !g.path && !g.after && !g.limit);
	review_words_free(&w);
}

static void
words_that_are_no_question(void **state)
{
	static const char *const bad[] = {"", "=", "share", "=hr", "type=2", "type=-1",
		"type=", "states=16", "severities=32", "confidence=4", "after=-1", "after= 1",
		"after=0x1", "after=9223372036854775808", "id=18446744073709551616", "rows=1000000",
		"limit=1", "sort=0", "values=1", "typ=0", "types=0"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *const words[] = {"findings", bad[i]};
		struct store_filter f = {.id = 4711};

		assert_int_equal(review_words_read(words, 2, &f), -EINVAL);
		assert_true(f.id == 4711);
	}
}

/* A finding whose name is a value, and a gap behind it. */
static void
make_page(struct buf *b, bool whole)
{
	struct span inner[] = {span_str("a"), span_str("512-38-1176.txt")};
	char id[] = "us-ssn", category[] = "identity", title[] = "Numbers", about[] = "about it",
	     none[] = "";
	const struct rule_info rule = {.id = id,
		.category = category,
		.title = title,
		.about = about,
		.advice = none,
		.refs = none,
		.ladder = LADDER_PERSONS};
	struct finding f = {.confidence = CONF_HIGH, .via = VIA_NAME, .count = 3, .unique = 2};
	struct stat st = {.st_ino = 9, .st_mode = 0100640, .st_uid = 12, .st_size = 345};
	struct stored x = {.no = 41, .share = "hr", .state = STORE_CHANGED, .first = 1, .last = 2};

	x.rec = (struct record){.type = RECORD_FINDING,
		.id = 0xabc,
		.path = "/srv/a.zip",
		.inner = {inner, 2},
		.st = &st,
		.f = &f,
		.rule = &rule,
		.severity = SEV_HIGH,
		.score = 77};
	review_page_begin(b);
	review_page_row(b, &x, whole);
	x.no = 42;
	x.rec = (struct record){.type = RECORD_GAP,
		.id = 0xdef,
		.path = "/srv/b",
		.reason = GAP_DENIED,
		.hides = true,
		.detail = "no right"};
	review_page_row(b, &x, whole);
	review_page_next(b, 4096);
	assert_false(b->failed);
}

static void
rows_come_through(void **state)
{
	struct buf b = {0};
	struct review_row row = {0};
	struct ipc_in in;

	(void)state;
	make_page(&b, true);
	assert_true(le64(b.p) == 4096);
	in = (struct ipc_in){.p = b.p, .n = b.n, .at = 8};
	assert_true(span_eq(review_row_path(span_of(b.p + 8, b.n - 8)), span_str("/srv/a.zip")));
	assert_int_equal(review_row_read(&in, &row), 1);
	assert_true(row.x.no == 41 && row.x.state == STORE_CHANGED && row.x.rec.id == 0xabc);
	assert_string_equal(row.x.share, "hr");
	assert_string_equal(row.x.rec.path, "/srv/a.zip");
	assert_int_equal(row.x.rec.inner.n, 2);
	assert_true(span_eq(row.x.rec.inner.names[1], span_str("512-38-1176.txt")));
	assert_string_equal(row.x.rec.rule->about, "about it");
	assert_int_equal(row.x.rec.f->count, 3);
	assert_int_equal(row.x.rec.st->st_size, 345);
	assert_int_equal(review_row_read(&in, &row), 1);
	assert_int_equal(row.x.rec.type, RECORD_GAP);
	assert_true(row.x.rec.hides && !row.x.rec.st);
	assert_string_equal(row.x.rec.detail, "no right");
	assert_int_equal(review_row_read(&in, &row), 0);
	review_row_free(&row);
	buf_free(&b);
}

static void
a_list_bears_no_value(void **state)
{
	struct buf b = {0};

	(void)state;
	make_page(&b, false);
	assert_null(memmem(b.p, b.n, "38-1176", 7));
	assert_null(memmem(b.p, b.n, "about it", 8));
	make_page(&b, true);
	assert_non_null(memmem(b.p, b.n, "38-1176", 7));
	buf_free(&b);
}

/* Each length of a page, and pages with wrong bytes: read to an end, whatever is in them. */
static void
pages_that_are_none(void **state)
{
	struct buf b = {0};
	struct review_row row = {0};
	unsigned seed = 7, refused = 0;

	(void)state;
	make_page(&b, true);
	for (unsigned round = 0; round < 20000; round++) {
		size_t n = round < b.n ? round : b.n;
		uint8_t *p = malloc(n ? n : 1); /* of this length, for the sanitizer */
		struct ipc_in in = {.p = p, .n = n, .at = n < 8 ? n : 8};
		int r = 1;

		assert_non_null(p);
		memcpy(p, b.p, n);
		for (unsigned i = 0; round >= b.n && i < 1 + round % 3; i++)
			p[(unsigned)rand_r(&seed) % n] = (uint8_t)rand_r(&seed);
		for (unsigned rows = 0; r == 1 && rows < 1000; rows++)
			r = review_row_read(&in, &row);
		assert_true(r == 0 || r == -EBADMSG);
		(void)review_row_path(span_of(p, n));
		refused += r < 0;
		free(p);
	}
	assert_true(refused > 1000);
	review_row_free(&row);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_come_through),
		cmocka_unit_test(nothing_asked_is_everything),
		cmocka_unit_test(words_that_are_no_question),
		cmocka_unit_test(rows_come_through),
		cmocka_unit_test(a_list_bears_no_value),
		cmocka_unit_test(pages_that_are_none),
	};

	return cmocka_run_group_tests_name("review", tests, NULL, NULL);
}
