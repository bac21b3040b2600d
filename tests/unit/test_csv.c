/* Rows and cells of separated text, and what a hostile one cannot do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/charset.h"
#include "recsink.h"

#include "base/poison.h"

static void
expect(const char *name, struct span in, const char *want)
{
	struct recsink rs;
	const char *log;

	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, name, in), 0);
	log = strchr(recsink_log(&rs), '\n');
	assert_non_null(log);
	assert_string_equal(log + 1, want);
	recsink_free(&rs);
}

static void
test_plain(void **state)
{
	(void)state;
	expect("a.csv", span_str("a,b\n1,2\n\n,3\n4"),
		"table []\nrow 1|1=a|2=b\nrow 2|1=1|2=2\nrow 4|2=3\nrow 5|1=4\nend\n");
	expect("a.csv", span_str("a;b\r\n1;2\r\n"),
		"table []\nrow 1|1=a|2=b\nrow 2|1=1|2=2\nend\n");
	expect("a.tsv", span_str("a\tb\r1\t2\r"), "table []\nrow 1|1=a|2=b\nrow 2|1=1|2=2\nend\n");
	expect("a.csv",
		span_str(",,\n,b,\n,,3\n and now as many bytes as a block has, or more, of it"),
		"table []\nrow 2|2=b\nrow 3|3=3\nrow 4|1= and now as many bytes as a block has|2= "
		"or more|3= of it\nend\n");
	expect("a.csv", span_str("sep=;\na;b\n1;2\n"),
		"table []\nrow 2|1=a|2=b\nrow 3|1=1|2=2\nend\n");
}

/* A table of one column has no separator: only its name can tell, and short lines. */
static void
test_one_column(void **state)
{
	(void)state;
	expect("a.csv", span_str("SSN\n862435549\n731228164\n"),
		"table []\nrow 1|1=SSN\nrow 2|1=862435549\nrow 3|1=731228164\nend\n");
	expect("a.txt", span_str("SSN\n862435549\n731228164\n"),
		"text body|SSN\\n862435549\\n731228164\\n\n");
	expect("a.csv", span_str("one line\nand another\n"),
		"text body|one line\\nand another\\n\n");
	expect("a.csv",
		span_str("this is running text in lines\nthat go on and on and are\n"
			 "long enough for nobody to\ntake them for a table\n"),
		"text body|this is running text in lines\\nthat go on and on and are\\n"
		"long enough for nobody to\\ntake them for a table\\n\n");
}

static void
test_quotes(void **state)
{
	(void)state;
	expect("a.csv", span_str("a,\"b,c\"\n\"x \"\"y\"\"\",\"two\nlines\"\n1,2\n"),
		"table []\nrow 1|1=a|2=b,c\nrow 2|1=x \"y\"|2=two\\nlines\nrow 4|1=1|2=2\nend\n");
	expect("a.csv", span_str("5\" disk,6\n\"q\"x,7\n"),
		"table []\nrow 1|1=5\" disk|2=6\nrow 2|1=\"q\"x|2=7\nend\n");
	expect("a.csv", span_str("a,\"open\n1,2\n3,4"),
		"table []\nrow 1|1=a|2=\"open\nrow 2|1=1|2=2\nrow 3|1=3|2=4\nend\n");
	expect("a.csv", span_str("a,\"\"\nb,\"x\""), "table []\nrow 1|1=a\nrow 2|1=b|2=x\nend\n");
}

static void
test_utf16(void **state)
{
	static const char in[] = "\xFF\xFEn\0\t\0s\0\n\0\xFC\0\t\0"
				 "2\0\n\0";

	(void)state;
	expect("a.tsv", span_of(in, sizeof in - 1),
		"table []\nrow 1|1=n|2=s\nrow 2|1=\xC3\xBC|2=2\nend\n");
}

/* A quote that never closes costs its own cell at most; all rows behind it are seen. */
static void
test_stray_quote(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	buf_puts(&in, "a,b\n1,\"stray\n");
	for (int i = 0; i < 40000; i++)
		buf_printf(&in, "%d,value\n", i);
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.csv", buf_span(&in)), 0);
	assert_non_null(strstr(recsink_log(&rs), "row 2|1=1|2=\"stray\n"));
	assert_non_null(strstr(recsink_log(&rs), "row 3|1=0|2=value\n"));
	assert_non_null(strstr(recsink_log(&rs), "row 40002|1=39999|2=value\nend\n"));
	recsink_free(&rs);
	buf_free(&in);
}

/* Where such a quote ends at the next one, rows between them are rows, and that one is one. */
static void
test_stray_pair(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	buf_puts(&in, "a,b\n1,\"stray\n");
	for (int i = 0; i < 3500; i++)
		buf_printf(&in, "%d,value\n", i);
	buf_puts(&in, "\"x, y\",z\n");
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.csv", buf_span(&in)), 0);
	assert_non_null(strstr(recsink_log(&rs), "row 2|1=1|2=\"stray\nrow 3|1=0|2=value\n"));
	assert_non_null(strstr(recsink_log(&rs), "row 3503|1=x, y|2=z\nend\n"));
	recsink_free(&rs);
	buf_free(&in);
}

/* Openings that never close, one within the other, are looked at twice at most. */
static void
test_quote_flood(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	buf_puts(&in, "a,b\n");
	for (int i = 0; i < 500000; i++)
		buf_puts(&in, "\"\"\",");
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.csv", buf_span(&in)), 0);
	assert_non_null(strstr(recsink_log(&rs), "end\n"));
	recsink_free(&rs);
	buf_free(&in);
}

/* Rows come out the same however long the text in front of them is: every cut is tried. */
static void
test_cuts(void **state)
{
	(void)state;
	for (size_t pad = 65536 - 40; pad < 65536 + 8; pad++) {
		struct buf in = {0};
		struct recsink rs;

		buf_puts(&in, "a,b\n");
		for (size_t i = 4; i < pad; i++)
			buf_putc(&in, (i & 15) == 15 || i + 1 == pad ? '\n' : 'x');
		buf_puts(&in, "\"k \"\"v\"\"\",\"m\nn\"\r\nlast,row\r\n");
		recsink_init(&rs, false);
		assert_int_equal(recsink_bytes(&rs, "a.csv", buf_span(&in)), 0);
		assert_non_null(strstr(recsink_log(&rs), "|1=k \"v\"|2=m\\nn\n"));
		assert_non_null(strstr(recsink_log(&rs), "|1=last|2=row\nend\n"));
		recsink_free(&rs);
		buf_free(&in);
	}
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
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_one_column),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_stray_quote),
		cmocka_unit_test(test_stray_pair),
		cmocka_unit_test(test_quote_flood),
		cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
