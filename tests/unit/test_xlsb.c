/* xlsb: records made by hand, whole, cut and lying about their lengths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "doctest.h"
#include "xlsbmake.h"

extern const struct extractor extract_xlsb;

static void
test_sheet(void **state)
{
	struct buf sheet = {0};
	struct zipmake z;
	struct recsink rs;

	(void)state;
	xlsbmake_sheet(&sheet);
	xlsbmake_book(&z, buf_span(&sheet), false);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_XLSB);
	assert_int_equal(doc_kind(buf_span(&z.out), false), OFFICE_XLSB);
	doc_run_bytes(&rs, &extract_xlsb, buf_span(&z.out));
	assert_string_equal(recsink_log(&rs),
		"text metadata [sheet names]|Staff\\n\ntable [Staff] hidden\n"
		"row 5|1=078-05-1120{78051120}|2=11/20/2014{2014-11-20}|3=shared|4=inline|5=12.34|"
		"6=TRUE\nend\ntext header [Staff]|Top\ntext footer [Staff]|Bottom\n"
		"text comment [Staff!B3]|aside\n");
	recsink_free(&rs);
	zipmake_free(&z);
	buf_free(&sheet);
}

static void
test_cut_and_lying(void **state)
{
	struct buf sheet = {0};
	struct zipmake z;
	struct recsink rs;

	(void)state;
	xlsbmake_sheet(&sheet);
	for (size_t n = 0; n < sheet.n; n++) {
		xlsbmake_book(&z, span_of(sheet.p, n), false);
		doc_run_bytes(&rs, &extract_xlsb, buf_span(&z.out));
		recsink_free(&rs);
		zipmake_free(&z);
	}
	xlsbmake_book(&z,
		span_of("\x06\xFF\xFF\xFF\x7F"
			"abc",
			8),
		false);
	doc_run_bytes(&rs, &extract_xlsb, buf_span(&z.out));
	doc_has(&rs, "gap corrupt hides damaged worksheet");
	recsink_free(&rs);
	zipmake_free(&z);
	buf_free(&sheet);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sheet),
		cmocka_unit_test(test_cut_and_lying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
