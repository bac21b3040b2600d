/* Long cells and rows of separated tables: nothing is left out, nothing counts twice, places are true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/charset.h"
#include "gen.h"
#include "limits.h"
#include "recsink.h"
#include "scanrig.h"

#include "base/poison.h"

static struct scanrig rig;

/* n bytes of words; with `lines`, a newline among them now and then. */
static void
put_words(struct buf *b, size_t n, bool lines)
{
	static const char words[] = "an ordinary sentence about nothing. ";

	for (size_t i = 0; i < n; i++)
		buf_putc(b, lines && i % 997 == 996 ? '\n' : (uint8_t)words[i % 36]);
}

static void
put_head(struct buf *b)
{
	buf_puts(b, "Name,Notes,Id\n");
	for (unsigned i = 0; i < 5; i++)
		buf_printf(b, "n%u,hello,%u\n", i, i);
}

/* Where in b its last number begins, as a place of a log. */
static void
number_place(const struct buf *b, const char *number, char ret[64])
{
	const uint8_t *at = memmem(b->p, b->n, number, strlen(number)), *bol = b->p;
	unsigned line = 1;

	assert_non_null(at);
	for (const uint8_t *p = b->p; p < at; p++) {
		if (*p == '\n') {
			line++;
			bol = p + 1;
		}
	}
	(void)snprintf(ret, 64, "body::%u:%zu:", line, (size_t)(at - bol) + 1);
}

/* A number that is `before` bytes deep in a cell of a row is found there, once. */
static void
expect_found(size_t before, size_t behind, bool quoted)
{
	struct buf b = {0};
	char ssn[16], place[64];
	struct gen g;

	gen_seed(&g, before);
	gen_ssn(&g, "-", ssn);
	put_head(&b);
	buf_puts(&b, quoted ? "x,y,\"" : "x,y,");
	put_words(&b, before, quoted);
	buf_printf(&b, " her SSN: %s ", ssn);
	put_words(&b, behind, quoted);
	buf_puts(&b, quoted ? "\",7\n" : ",7\n");
	number_place(&b, ssn, place);
	assert_int_equal(scanrig_bytes(&rig, "a.csv", buf_span(&b)), 0);
	assert_non_null(strstr(scanrig_log(&rig), "finding us-ssn high count=1 unique=1"));
	assert_non_null(strstr(scanrig_log(&rig), place));
	assert_int_equal(rig.gaps, 0);
	buf_clear(&rig.log);
	buf_free(&b);
}

/* A plain cell goes out of the window piece by piece: a number lies across every kind of cut. */
static void
test_plain_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 40; i += 3) {
		expect_found(LIMIT_CELL - i, 100, false);
		expect_found(64 * KIB - 76 - i, 70000, false);
		expect_found(128 * KIB - 76 - i, 70000, false);
	}
	expect_found(3 * MIB, 3 * MIB, false);
}

static void
test_quoted_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 40; i += 3)
		expect_found(LIMIT_CELL - i, 20000, true);
	expect_found(LIMIT_CSV_QUOTED - 200, 0, true);
}

static const char *
events(struct recsink *rs, const struct buf *in)
{
	const char *log;

	recsink_init(rs, false);
	assert_int_equal(recsink_bytes(rs, "a.csv", buf_span(in)), 0);
	log = strchr(recsink_log(rs), '\n');
	assert_non_null(log);
	return log + 1;
}

/* The cells on both sides of a long one keep their row; the text is whole, its place true. */
static void
test_neighbours(void **state)
{
	struct buf in = {0}, want = {0};
	struct recsink rs;

	(void)state;
	buf_puts(&in, "a,b,c,d\n1,\"u \"\"\nv\"\"w\",");
	buf_puts(&want, "table []\nrow 1|1=a|2=b|3=c|4=d\ntext body 3:7|");
	put_words(&in, 5 * MIB, false);
	put_words(&want, 5 * MIB, false);
	buf_puts(&in, ",z\n2,\"\"\"\"\"");
	buf_puts(&want, "\nrow 2|1=1|2=u \"\\nv\"w|4=z\ntext body 4:4|\"\"");
	put_words(&in, LIMIT_CELL, false);
	put_words(&want, LIMIT_CELL, false);
	buf_puts(&in, "\",y\n3,last\n");
	buf_puts(&want, "\nrow 4|1=2|3=y\nrow 5|1=3|2=last\nend\n");
	assert_string_equal(events(&rs, &in), buf_cstr(&want));
	recsink_free(&rs);
	buf_free(&in);
	buf_free(&want);
}

/*
 * A quoted cell that is longer than a quote is looked for: behind it are no rows of this table, so it is
 * believed, and what lies on both sides of a newline or separator in it is found as in any text.
 */
static void
test_quoted_whole(void **state)
{
	static const size_t sizes[] = {70000, 131000, 131072 - 40, 1000000, 3000000};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		for (unsigned closed = 0; closed < 2; closed++) {
			struct buf b = {0};
			char ssn[16], place[64];
			struct gen g;

			gen_seed(&g, sizes[i]);
			gen_ssn(&g, "-", ssn);
			put_head(&b);
			buf_puts(&b, "x,\"");
			put_words(&b, sizes[i], true);
			buf_printf(&b, "his social security number, he says, is\n%s", ssn);
			number_place(&b, ssn, place);
			buf_puts(&b, closed ? "\",7\ny,its SSN:,8\n" : "\nthanks");
			assert_int_equal(scanrig_bytes(&rig, "a.csv", buf_span(&b)), 0);
			assert_non_null(
				strstr(scanrig_log(&rig), "finding us-ssn high count=1 unique=1"));
			assert_non_null(strstr(scanrig_log(&rig), place));
			assert_int_equal(rig.gaps, 0);
			buf_clear(&rig.log);
			buf_free(&b);
		}
	}
}

/* Its doubled quotes are one each wherever it is cut, the rows behind it are rows with their lines. */
static void
test_quoted_cuts(void **state)
{
	(void)state;
	for (size_t pad = 0; pad < 9; pad++) {
		struct buf in = {0}, want = {0};
		struct recsink rs;

		buf_puts(&in, "a,b,c\n1,2,3\n4,\"");
		buf_puts(&want, "table []\nrow 1|1=a|2=b|3=c\nrow 2|1=1|2=2|3=3\ntext body 3:4|");
		put_words(&in, pad, false);
		put_words(&want, pad, false);
		for (size_t i = 0; i < 100000; i++) {
			buf_puts(&in, "\"\"x\n\"\"");
			buf_puts(&want, "\"x\\n\"");
		}
		buf_puts(&in, "\",z\n5,6,7\n8,\"");
		buf_puts(&want, "\nrow 3|1=4|3=z\nrow 100004|1=5|2=6|3=7\ntext body 100005:4|");
		put_words(&in, 200000, false);
		put_words(&want, 200000, false);
		buf_puts(&in, "\"odd,z\n");
		buf_puts(&want, "\"odd\nrow 100005|1=8|3=z\nend\n");
		assert_string_equal(events(&rs, &in), buf_cstr(&want));
		recsink_free(&rs);
		buf_free(&in);
		buf_free(&want);
	}
}

/* A row of more cells or bytes than are held is several rows of the same number. */
static void
test_long_rows(void **state)
{
	struct buf in = {0};
	struct recsink rs;
	const char *log;
	size_t cells = 0;

	(void)state;
	buf_puts(&in, "a,b,c\n");
	for (int i = 0; i < 20000; i++)
		buf_puts(&in, "x,");
	buf_puts(&in, "\n");
	for (int i = 0; i < 100; i++) {
		put_words(&in, 30000, false);
		buf_puts(&in, ",");
	}
	buf_puts(&in, "\"last\"\n4,next,z\n");
	log = events(&rs, &in);
	assert_non_null(strstr(log, "|16384=x\nrow 2|16385=x|"));
	assert_non_null(strstr(log, "|101=last\nrow 4|1=4|2=next|3=z\nend\n"));
	for (const char *p = log; (p = strstr(p, "=an ordinary")); p++)
		cells++;
	assert_int_equal(cells, 100);
	assert_null(strstr(log, "gap"));
	recsink_free(&rs);
	buf_free(&in);
}

/* Of a table whose one quote never closes all is read. */
static void
test_stray_quote(void **state)
{
	struct buf in = {0};
	struct gen g;
	char ssn[16];

	(void)state;
	gen_seed(&g, 1);
	put_head(&in);
	buf_puts(&in, "x,\"stray\n");
	for (unsigned i = 0; i < 400; i++) {
		put_words(&in, 9000, false);
		gen_ssn(&g, "-", ssn);
		buf_printf(&in, ",her SSN: %s,%u\n", ssn, i);
	}
	assert_int_equal(scanrig_bytes(&rig, "a.csv", buf_span(&in)), 0);
	assert_non_null(strstr(scanrig_log(&rig), "finding us-ssn high count=400 unique=400"));
	assert_int_equal(rig.gaps, 0);
	buf_clear(&rig.log);
	buf_free(&in);
}

static int
set_up(void **state)
{
	(void)state;
	scanrig_open(&rig);
	return charset_open();
}

static int
tear_down(void **state)
{
	(void)state;
	scanrig_close(&rig);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_found),
		cmocka_unit_test(test_quoted_found),
		cmocka_unit_test(test_quoted_whole),
		cmocka_unit_test(test_quoted_cuts),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_long_rows),
		cmocka_unit_test(test_stray_quote),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
