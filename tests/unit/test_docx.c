/* docx: words that formatting has cut into runs, tables as rows, and all that is not the body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "doctest.h"

extern const struct extractor extract_docx;

#define DOC(x)                                                                                     \
	"<w:document xmlns:w='w' xmlns:mc='mc' xmlns:v='v'><w:body>" x "</w:body></w:document>"
#define R(x)  "<w:r><w:t>" x "</w:t></w:r>"
#define P(x)  "<w:p>" x "</w:p>"
#define TC(x) "<w:tc>" P(x) "</w:tc>"

static void
one(struct recsink *rs, const char *xml)
{
	const struct zipmake_part parts[] = {TYPES, {"word/document.xml", xml}};

	DOC_RUN(rs, &extract_docx, parts);
}

static void
test_runs(void **state)
{
	struct recsink rs;

	(void)state;
	one(&rs,
		DOC(P(R("078-") "<w:proofErr/>" R("05-1120")) P(R("a") "<w:r><w:tab/><w:t>b</"
								       "w:t><w:br/><w:t>c</"
								       "w:t><w:noBreakHyphen/></"
								       "w:r>") P("<w:pPr><w:tabs><"
										 "w:tab "
										 "w:val='left' "
										 "w:pos='9'/></"
										 "w:tabs></"
										 "w:pPr>" R("d"))));
	doc_has(&rs, "text body|078-05-1120\\na\\tb\\nc-\\nd\\n");
	recsink_free(&rs);
}

static void
test_tables(void **state)
{
	struct recsink rs;

	(void)state;
	one(&rs,
		DOC(P(R("before")) "<w:tbl><w:tr>" TC(R("Name")) TC(R("SSN")) "</w:tr><w:tr>" TC(
			R("Ann")) "<w:tc>"
				  "<w:tbl><w:tr>" TC(R("in")) TC(R("ner")) "</w:tr></w:tbl>" P(
					  R("078")) "</w:tc>"
						    "</w:tr></w:tbl>" P(R("after"))));
	assert_string_equal(recsink_log(&rs),
		"text body|before\\n\ntable [table 1]\nrow 1|1=Name|2=SSN\n"
		"row 2|1=Ann|2=in\\tner\\n078\nend\ntext body|after\\n\n");
	recsink_free(&rs);
}

static void
test_changes(void **state)
{
	struct recsink rs;

	(void)state;
	one(&rs,
		DOC(P(R("keep ") "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
				 "<w:ins>" R("new") "</w:ins>")));
	doc_has(&rs, "text body|keep new\\n");
	doc_has(&rs, "text deleted|gone\\n");
	recsink_free(&rs);
}

static void
test_boxes_and_fields(void **state)
{
	struct recsink rs;

	(void)state;
	one(&rs,
		DOC(P(R("out") "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" P(
			R("box")) "</w:txbxContent></"
				  "mc:Choice><mc:Fallback><w:txbxContent>" P(R("twice")) "</"
											 "w:"
											 "txb"
											 "xCo"
											 "nte"
											 "nt>"
											 "</"
											 "mc:"
											 "Fal"
											 "lba"
											 "ck>"
											 "</"
											 "mc:"
											 "Alt"
											 "ern"
											 "ate"
											 "Con"
											 "ten"
											 "t><"
											 "/w:"
											 "r>")
				P("<w:r><w:instrText>HYPERLINK "
				  "\"http://a.example\"</w:instrText></w:r>" R("link"))));
	doc_has(&rs, "text body|out\\nbox\\n HYPERLINK \"http://a.example\" link\\n");
	doc_lacks(&rs, "twice");
	recsink_free(&rs);
}

static void
test_parts(void **state)
{
	static const struct zipmake_part parts[] = {TYPES, {"word/document.xml", DOC(P(R("body")))},
		{"word/header1.xml", "<w:hdr xmlns:w='w'>" P(R("CONFIDENTIAL")) "</w:hdr>"},
		{"word/footer2.xml", "<w:ftr xmlns:w='w'>" P(R("foot")) "</w:ftr>"},
		{"word/comments.xml", "<w:c xmlns:w='w'>" P(R("remark")) "</w:c>"},
		{"word/footnotes.xml", "<w:f xmlns:w='w'>" P(R("note")) "</w:f>"},
		{"word/endnotes.xml", "<w:f xmlns:w='w'>" P(R("end")) "</w:f>"},
		{"word/_rels/document.xml.rels",
			"<Relationships><Relationship Id='a' Target='ftp://u:p@h/' "
			"TargetMode='External'/><Relationship Id='b' Target='styles.xml'/>"
			"</Relationships>"},
		{"word/embeddings/Sheet1.xlsx", "x"},
		{"word/media/image1.jpeg", "\xFF\xD8\xFF\xE0"},
		{"docProps/app.xml", "<Properties><Company>Acme</Company></Properties>"}};
	struct recsink rs;

	(void)state;
	DOC_RUN(&rs, &extract_docx, parts);
	assert_string_equal(recsink_log(&rs),
		"text body|body\\n\ntext header|CONFIDENTIAL\\n\ntext footer|foot\\n\n"
		"text comment|remark\\n\ntext note [footnotes]|note\\n\ntext note "
		"[endnotes]|end\\n\n"
		"text metadata [links]|ftp://u:p@h/\\n\nchild Sheet1.xlsx\nimage image/jpeg\n"
		"text metadata [properties]|Company: Acme\\n\n");
	recsink_free(&rs);
}

static void
test_hostile(void **state)
{
	struct buf b = {0};
	struct recsink rs;

	(void)state;
	/* ends without beginnings and cells without rows */
	one(&rs,
		DOC("<w:tc>" R("a") "</w:tc><w:tr/><w:tbl>" R("loose") "<w:tc>" R("c") "</w:tc></"
										       "w:tbl>"));
	doc_has(&rs, "row 1|1=loose|2=c");
	recsink_free(&rs);
	/* tables in tables, and a cell longer than cells may be: its text is not lost */
	for (int i = 0; i < 60; i++)
		buf_puts(&b, "<w:tbl><w:tr><w:tc>");
	for (int i = 0; i < 5000; i++)
		buf_puts(&b, "<w:p><w:r><w:t>ten bytes.</w:t></w:r></w:p>");
	buf_puts(&b, "<w:p><w:r><w:t>the end</w:t></w:r></w:p>");
	one(&rs, buf_cstr(&b));
	assert_non_null(strstr(recsink_log(&rs), "the end"));
	doc_has(&rs, "gap corrupt hides damaged xml: document");
	recsink_free(&rs);
	buf_free(&b);
}

static void
test_utf16(void **state)
{
	static const char ascii[] = "<w:document "
				    "xmlns:w='w'><w:p><w:t>wide</w:t></w:p></w:document>";
	struct zipmake z;
	struct recsink rs;
	struct buf b = {0};

	(void)state;
	buf_put(&b, "\xFF\xFE", 2);
	for (size_t i = 0; i < sizeof ascii - 1; i++) {
		buf_putc(&b, (uint8_t)ascii[i]);
		buf_putc(&b, 0);
	}
	zipmake_begin(&z);
	zipmake_add(&z, "word/document.xml", buf_span(&b));
	zipmake_end(&z);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_DOCX);
	doc_run_bytes(&rs, &extract_docx, buf_span(&z.out));
	doc_has(&rs, "text body|wide\\n");
	recsink_free(&rs);
	zipmake_free(&z);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_boxes_and_fields),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_utf16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
