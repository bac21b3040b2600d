/* OpenDocument: spaces and repeats that are written as numbers, notes within words, encryption. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "doctest.h"

extern const struct extractor extract_odf;

#define NS                                                                                         \
	" xmlns:office='o' xmlns:text='t' xmlns:table='b' xmlns:dc='d' xmlns:style='s' "           \
	"xmlns:draw='w' xmlns:manifest='m' xmlns:xlink='x' xmlns:meta='e'"
#define CONTENT(x) "<office:document-content" NS ">" x "</office:document-content>"
#define P(x)	   "<text:p>" x "</text:p>"
#define TYPE(x)                                                                                    \
	{                                                                                          \
		"mimetype", "application/vnd.oasis.opendocument." x                                \
	}

static void
one(struct recsink *rs, const char *xml)
{
	const struct zipmake_part parts[] = {TYPE("text"), {"content.xml", xml}};

	DOC_RUN(rs, &extract_odf, parts);
}

static void
test_text(void **state)
{
	struct recsink rs;

	(void)state;
	one(&rs,
		CONTENT("<text:h>Title</text:h>" P("<text:span>078-</text:span>05<text:s "
						   "text:c='3'/>x<text:tab/>y<text:line-break/>z")
				P("say<office:annotation><dc:creator>Jo</dc:creator>" P(
					"remark") "</office:annotation> "
						  "on<text:note><text:note-citation>1</"
						  "text:note-citation>"
						  "<text:note-body>" P("foot") "</text:note-body></"
									       "text:note>.")
					P("<draw:frame><draw:text-box>" P(
						"box") "</draw:text-box></"
						       "draw:frame>") "<text:"
								      "tracked-"
								      "changes><"
								      "text:"
								      "changed-"
								      "region><"
								      "text:"
								      "deletion"
								      ">" P("gon"
									    "e") "</"
										 "text:deletion></"
										 "text:changed-"
										 "region></"
										 "text:tracked-"
										 "changes>" P(
											 "<t"
											 "ex"
											 "t:"
											 "a "
											 "xl"
											 "in"
											 "k:"
											 "hr"
											 "ef"
											 "='"
											 "ht"
											 "tp"
											 "s:"
											 "//"
											 "a."
											 "ex"
											 "am"
											 "pl"
											 "e/"
											 "'>"
											 "li"
											 "nk"
											 "</"
											 "te"
											 "xt"
											 ":a"
											 ">")));
	doc_has(&rs, "text body|Title\\n078-05   x\\ty\\nz\\nsay on.\\nbox\\nlink\\n");
	doc_has(&rs, "text comment|Jo\\nremark\\n");
	doc_has(&rs, "text note|foot\\n");
	doc_has(&rs, "text deleted|gone\\n");
	doc_has(&rs, "text body|https://a.example/\\n");
	recsink_free(&rs);
}

#define TC(atts, x) "<table:table-cell" atts ">" x "</table:table-cell>"

static void
test_sheet(void **state)
{
	struct recsink rs;

	(void)state;
	one(&rs,
		CONTENT("<table:table table:name='Pay'>"
			"<table:table-row>" TC("", P("Name")) TC(
				" table:number-columns-repeated='3'", "") TC(" office:value-type='"
									     "float' "
									     "office:value='"
									     "78051120'",
				P("078-05-1120")) "</table:table-row><table:table-row "
						  "table:number-rows-repeated='1000'>" TC("",
							  "") "</"
							      "table:table-row><table:table-"
							      "row>" TC(" office:date-value='1974-"
									"08-12'",
								      P("12 Aug") P("74")) TC(" tab"
											      "le:"
											      "numb"
											      "er-"
											      "colu"
											      "mns-"
											      "repe"
											      "ated"
											      "='3'"
											      " off"
											      "ice:"
											      "valu"
											      "e='"
											      "5'",
								      P("5")) TC(" office:value='"
										 "9'",
								      "") "</table:table-row></"
									  "table:table>"));
	assert_string_equal(recsink_log(&rs),
		"table [Pay]\nrow 1|1=Name|5=078-05-1120{78051120}\n"
		"row 1002|1=12 Aug\\n74{1974-08-12}|2=5|3=5|4=5|5=9\nend\n");
	recsink_free(&rs);
}

static void
test_repeats_are_bounded(void **state)
{
	struct recsink rs;

	(void)state;
	one(&rs,
		CONTENT("<table:table><table:table-row table:number-rows-repeated='4294967295'>" TC(
			" table:number-columns-repeated='4294967295'",
			P("x")) "</table:table-row>"
				"<table:table-row>" TC("", P("last")) "</table:table-row></"
								      "table:table>"));
	assert_non_null(strstr(recsink_log(&rs), "row 4294967296|1=last\n"));
	assert_true(rs.log.n < 100000);
	recsink_free(&rs);
}

static void
test_styles_and_meta(void **state)
{
	static const struct zipmake_part parts[] = {TYPE("spreadsheet"),
		{"content.xml", CONTENT("")},
		{"styles.xml",
			"<office:s" NS
			"><style:style>" P("no") "</style:style><style:header>" P("SECRET") "</"
											    "style:"
											    "header"
											    "></"
											    "office"
											    ":s>"},
		{"meta.xml",
			"<office:m" NS "><meta:initial-creator>Jane</meta:initial-creator>"
			"</office:m>"},
		{"Pictures/a.png", "\x89PNG...."}};
	struct recsink rs;

	(void)state;
	DOC_RUN(&rs, &extract_odf, parts);
	assert_string_equal(recsink_log(&rs),
		"text header|SECRET\\n\ntext metadata [properties]|initial-creator: Jane\\n\n"
		"image image/png\n");
	recsink_free(&rs);
}

static void
test_encrypted(void **state)
{
	static const struct zipmake_part parts[] = {TYPE("text"), {"content.xml", "\x01\x02noise"},
		{"META-INF/manifest.xml",
			"<manifest:manifest" NS "><manifest:file-entry><manifest:encryption-data/>"
			"</manifest:file-entry></manifest:manifest>"}};
	struct zipmake z;
	struct recsink rs;

	(void)state;
	zipmake_all(&z, parts, sizeof parts / sizeof *parts);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_ODF);
	doc_run_bytes(&rs, &extract_odf, buf_span(&z.out));
	assert_string_equal(recsink_log(&rs), "gap encrypted hides ODF encryption\n");
	recsink_free(&rs);
	zipmake_free(&z);
}

static void
test_kind(void **state)
{
	static const struct zipmake_part epub[] = {{"mimetype", "application/epub+zip"},
		{"content.xml", "x"}, {"META-INF/manifest.xml", "x"}};
	struct zipmake z;

	(void)state;
	zipmake_all(&z, epub, 3);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_NONE);
	zipmake_free(&z);
	zipmake_all(&z, epub + 1, 2);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_ODF);
	assert_int_equal(doc_kind(buf_span(&z.out), false), OFFICE_ODF);
	zipmake_free(&z);
}

/* All in one file: sections in the order LibreOffice writes them. */
static void
test_flat(void **state)
{
	static const char flat[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document "
				   "xmlns:office=\"urn:oasis:"
				   "names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"t\" "
				   "xmlns:table=\"b\""
				   " xmlns:meta=\"m\" xmlns:dc=\"d\" xmlns:style=\"s\" "
				   "xmlns:draw=\"w\" office:mimetype="
				   "\"application/vnd.oasis.opendocument.text\">\n "
				   "<office:meta><dc:title>Staff</dc:title>"
				   "<meta:count/><meta:user-defined "
				   "meta:name=\"Owner\">Ann</meta:user-defined>"
				   "</office:meta>\n "
				   "<office:settings><x>setting</x></"
				   "office:settings><office:scripts>\n"
				   "<y>Sub Main</y> "
				   "</office:scripts><office:styles><z>looks</z></office:styles>"
				   "<office:master-styles><style:header><text:p>Top</text:p></"
				   "style:header>"
				   "</"
				   "office:master-styles>\n<office:body><office:text><text:p>Dear "
				   "all"
				   "<draw:image><office:binary-data>QUJDREVG</office:binary-data></"
				   "draw:image></text:p>"
				   "<table:table "
				   "table:name=\"T\"><table:table-row><table:table-cell><text:p>"
				   "Ann</text:p>"
				   "</table:table-cell><table:table-cell><text:p>17</text:p></"
				   "table:table-cell>"
				   "</table:table-row></table:table><text:p>Bye</text:p></"
				   "office:text></office:body>"
				   "</office:document>";
	struct recsink rs;

	(void)state;
	recsink_init(&rs, true);
	assert_int_equal(recsink_bytes(&rs, "a.fodt", span_str(flat)), 0);
	assert_string_equal(recsink_log(&rs),
		"item 0 a.fodt text/xml\ntext metadata [properties]|title: Staff\\nOwner: Ann\\n\n"
		"text body [macros]|Sub Main\\n\ntext header|Top\\n\ntext body|Dear all\\n\n"
		"table [T]\nrow 1|1=Ann|2=17\nend\ntext body|Bye\\n\n");
	recsink_free(&rs);
	/* cut short: what has been read stands, and the rest is words */
	recsink_init(&rs, true);
	assert_int_equal(
		recsink_bytes(&rs, "a.fodt", span_sub(span_str(flat), 0, sizeof flat - 60)), 0);
	doc_has(&rs, "row 1|1=Ann|2=17");
	doc_has(&rs, "gap corrupt hides damaged xml: document");
	recsink_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flat),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_sheet),
		cmocka_unit_test(test_repeats_are_bounded),
		cmocka_unit_test(test_styles_and_meta),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
