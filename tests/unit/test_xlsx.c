/* xlsx: every place where a workbook keeps text, and what hostile ones do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "doctest.h"

extern const struct extractor extract_xlsx;

#define RELS(x)	    "<Relationships>" x "</Relationships>"
#define REL(id, to) "<Relationship Id='" id "' Target='" to "'/>"
#define BOOK(x)	    "<workbook xmlns:r='r'><sheets>" x "</sheets></workbook>"
#define SHEET(x)    "<worksheet><sheetData>" x "</sheetData></worksheet>"

static const struct zipmake_part full[] = {TYPES,
	{"xl/workbook.xml",
		"<workbook xmlns:r='r'><sheets><sheet name='Staff' sheetId='1' r:id='rId2'/>"
		"<sheet name='Old' sheetId='2' state='veryHidden' r:id='rId1'/></sheets>"
		"<definedNames><definedName name='SSNs'>Staff!$A$1</definedName></definedNames>"
		"</workbook>"},
	/* the numbers of files and sheets do not agree, as in real life */
	{"xl/_rels/workbook.xml.rels",
		RELS(REL("rId1", "worksheets/sheet1.xml")
				REL("rId2", "/xl/worksheets/sheet2.xml"))},
	{"xl/worksheets/sheet1.xml", SHEET("<row r='3'><c r='B3' t='s'><v>1</v></c></row>")},
	{"xl/worksheets/sheet2.xml",
		SHEET("<row r='1'><c r='A1' t='s'><v>0</v></c>"
		      "<c r='C1' t='inlineStr'><is><t>in</t><r><t>line</t></r></is></c></row>"
		      "<row r='2'><c r='A2' s='1'><v>78051120</v></c><c r='B2' "
		      "s='2'><v>41963</v></c>"
		      "<c r='C2'><f>1+1</f><v>2</v></c><c r='D2' t='str'><f>A1</f><v>calc</v></c>"
		      "<c r='E2' t='b'><v>1</v></c><c r='F2' t='e'><v>#N/A</v></c>"
		      "<c r='G2'><v>4.0999999999999996</v></c><c r='H2' s='3'><v>-5</v></c>"
		      "<c r='I2'><v>4.1111111111111E15</v></c></row>"
		      "<row r='4'><c r='A4'/></row>")},
	{"xl/worksheets/_rels/sheet2.xml.rels",
		"<Relationships><Relationship Id='r1' Target='../comments1.xml'/>"
		"<Relationship Id='r2' Target='https://intra.example/x?y=1' TargetMode='External'/>"
		"</Relationships>"},
	{"xl/comments1.xml",
		"<comments><authors><author>Jo</author></authors><commentList><comment ref='B2'>"
		"<text><r><t>see "
		"</t></r><r><t>file</t></r></text></comment></commentList></comments>"},
	{"xl/styles.xml",
		"<styleSheet><numFmts><numFmt numFmtId='164' formatCode='000-00-0000'/></numFmts>"
		"<cellStyleXfs><xf numFmtId='9'/></cellStyleXfs><cellXfs><xf numFmtId='0'/>"
		"<xf numFmtId='164'/><xf numFmtId='14'/><xf numFmtId='4'/></cellXfs></styleSheet>"},
	/* strings behind the sheets: most files are so */
	{"xl/sharedStrings.xml",
		"<sst><si><r><t>Ann </t></r><r><t>Smith</t></r><rPh><t>phon</t></rPh></si>"
		"<si><t>a&amp;b_x000D_c</t></si></sst>"},
	{"docProps/core.xml", "<c><dc:creator xmlns:dc='d'>Jane</dc:creator></c>"},
	{"docProps/custom.xml",
		"<P><property name='Ref'><vt:lpwstr xmlns:vt='v'>X1</vt:lpwstr>"
		"</property></P>"},
	{"xl/connections.xml",
		"<connections><connection name='c'><dbPr "
		"connection='Server=db;Pwd=x'/></connection></connections>"},
	{"xl/drawings/drawing1.xml", "<d xmlns:a='a'><a:p><a:r><a:t>box</a:t></a:r></a:p></d>"},
	{"xl/embeddings/note.bin", "inner"}, {"xl/media/i.png", "\x89PNG1234"}};

static void
test_all_places(void **state)
{
	struct recsink rs;

	(void)state;
	DOC_RUN(&rs, &extract_xlsx, full);
	doc_has(&rs, "text metadata [sheet names]|Staff\\nOld\\nSSNs=Staff!$A$1\\n");
	doc_has(&rs, "table [Old] hidden");
	doc_has(&rs, "row 3|2=a&b c");
	doc_has(&rs, "table [Staff]");
	doc_has(&rs, "row 1|1=Ann Smith|3=inline");
	doc_has(&rs,
		"row 2|1=078-05-1120{78051120}|2=11/20/2014{2014-11-20}|3=2|4=calc|5=TRUE|"
		"6=#N/A|7=4.1|8=-5.00{-5}|9=4111111111111100");
	doc_has(&rs, "text comment [Staff!B2]|see file");
	doc_has(&rs, "text metadata [links]|https://intra.example/x?y=1\\n");
	doc_has(&rs, "text metadata [properties]|creator: Jane\\n");
	doc_has(&rs, "text metadata [properties]|Ref: X1\\n");
	doc_has(&rs, "text metadata [data connections]|connection: Server=db;Pwd=x\\n");
	doc_has(&rs, "text body [drawing]|box\\n");
	doc_has(&rs, "child note.bin");
	doc_has(&rs, "image image/png");
	doc_lacks(&rs, "phon");
	doc_lacks(&rs, "gap");
	recsink_free(&rs);
}

static void
test_date1904_and_headers(void **state)
{
	static const struct zipmake_part parts[] = {TYPES,
		{"xl/workbook.xml", "<workbook><workbookPr date1904='1'/></workbook>"},
		{"xl/styles.xml", "<s><cellXfs><xf numFmtId='14'/></cellXfs></s>"},
		{"xl/worksheets/sheet1.xml",
			"<worksheet><sheetData><row r='1'><c r='A1' s='0'><v>40501</v></c></row>"
			"</sheetData><headerFooter><oddHeader>&amp;L&amp;\"Arial,Bold\"&amp;14Top "
			"secret&amp;RPage "
			"&amp;P</oddHeader><oddFooter>&amp;CA&amp;&amp;B</oddFooter>"
			"</headerFooter></worksheet>"}};
	struct recsink rs;

	(void)state;
	DOC_RUN(&rs, &extract_xlsx, parts);
	doc_has(&rs, "table [sheet1]");
	doc_has(&rs, "row 1|1=11/20/2014{2014-11-20}");
	doc_has(&rs, "text header [sheet1]|Top secret\\nPage \\n");
	doc_has(&rs, "text footer [sheet1]|A&B\\n");
	recsink_free(&rs);
}

/* Backslashes, another case, a folder entry and no [Content_Types].xml are all met in real files. */
static void
test_odd_names(void **state)
{
	static const struct zipmake_part parts[] = {
		{"XL\\Workbook.XML", BOOK("<sheet name='S' r:id='r1'/>")},
		{"xl\\_rels\\workbook.xml.rels", RELS(REL("r1", "Worksheets/../worksheets/A.xml"))},
		{"xl/worksheets/", ""},
		{"XL\\worksheets\\a.XML",
			SHEET("<row><c t='str'><v>one</v></c><c><v>2</v></c>"
			      "</row><row><c><v>3</v></c></row>")}};
	struct recsink rs;

	(void)state;
	DOC_RUN(&rs, &extract_xlsx, parts);
	doc_has(&rs, "table [S]");
	doc_has(&rs, "row 1|1=one|2=2");
	doc_has(&rs, "row 2|1=3");
	doc_lacks(&rs, "gap");
	recsink_free(&rs);
}

static void
one_sheet(struct recsink *rs, const char *xml)
{
	const struct zipmake_part parts[] = {TYPES, {"xl/worksheets/sheet1.xml", xml}};

	DOC_RUN(rs, &extract_xlsx, parts);
}

static void
test_rows_that_go_back(void **state)
{
	struct recsink rs;

	(void)state;
	one_sheet(&rs,
		SHEET("<row r='5'><c r='C5'><v>1</v></c><c r='A5'><v>2</v></c></row>"
		      "<row r='2'><c r='ZZZZZZ2'><v>3</v></c></row>"));
	assert_string_equal(recsink_log(&rs),
		"table [sheet1]\nrow 5|3=1\nend\ntable [sheet1]\nrow 5|1=2\nend\n"
		"table [sheet1]\nrow 2|1=3\nend\n");
	recsink_free(&rs);
}

static void
test_doctype(void **state)
{
	struct recsink rs;

	(void)state;
	one_sheet(&rs,
		"<!DOCTYPE x [<!ENTITY a 'bbbb'>]><worksheet><sheetData><row r='1'>"
		"<c t='str'><v>&a;</v></c></row></sheetData></worksheet>");
	assert_string_equal(recsink_log(&rs), "gap corrupt hides xml with a DOCTYPE of its own\n");
	recsink_free(&rs);
}

static void
test_damage(void **state)
{
	struct recsink rs;

	(void)state;
	one_sheet(&rs, "<worksheet><sheetData><row r='1'><c t='str'><v>kept</v></c></row><row");
	doc_has(&rs, "row 1|1=kept");
	doc_has(&rs, "gap corrupt hides damaged xml: worksheet");
	recsink_free(&rs);
	one_sheet(&rs, "");
	doc_has(&rs, "gap corrupt hides damaged xml: worksheet");
	recsink_free(&rs);
}

static void
test_depth(void **state)
{
	struct buf b = {0};
	struct recsink rs;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "<a>");
	one_sheet(&rs, buf_cstr(&b));
	doc_has(&rs, "gap too-deep hides xml elements within elements");
	recsink_free(&rs);
	buf_free(&b);
}

/* A zip without its end is still read from its local headers. */
static void
test_truncated(void **state)
{
	struct zipmake z;
	struct recsink rs;
	size_t n;

	(void)state;
	zipmake_all(&z, full, sizeof full / sizeof *full);
	n = z.out.n * 2 / 5;
	doc_run_bytes(&rs, &extract_xlsx, span_of(z.out.p, n));
	doc_has(&rs, "table [Staff]");
	doc_has(&rs, "gap corrupt hides damaged zip");
	recsink_free(&rs);
	for (size_t i = 0; i < z.out.n; i += 7) {
		recsink_init(&rs, false);
		assert_int_equal(recsink_force(&rs, &extract_xlsx, "x", span_of(z.out.p, i)), 0);
		recsink_free(&rs);
	}
	zipmake_free(&z);
}

/* A sheet that repeats one huge string in each cell: it is searched, but not a thousand times. */
static void
test_repeated_string(void **state)
{
	struct buf ss = {0}, sheet = {0};
	struct zipmake_part parts[] = {
		TYPES, {"xl/sharedStrings.xml", NULL}, {"xl/worksheets/sheet1.xml", NULL}};
	struct recsink rs;

	(void)state;
	buf_puts(&ss, "<sst><si><t>");
	for (int i = 0; i < 2000; i++)
		buf_puts(&ss, "ten bytes.");
	buf_puts(&ss, "</t></si></sst>");
	buf_puts(&sheet, "<worksheet><sheetData>");
	for (int i = 0; i < 20000; i++)
		buf_puts(&sheet, "<row><c t='s'><v>0</v></c></row>");
	buf_puts(&sheet, "<row r='30001'><c t='str'><v>last</v></c></row></sheetData></worksheet>");
	parts[1].text = buf_cstr(&ss);
	parts[2].text = buf_cstr(&sheet);
	DOC_RUN(&rs, &extract_xlsx, parts);
	doc_has(&rs, "row 30001|1=last");
	assert_true(rs.log.n < 200000);
	recsink_free(&rs);
	buf_free(&ss);
	buf_free(&sheet);
}

static void
test_long_cell(void **state)
{
	struct buf sheet = {0};
	struct recsink rs;

	(void)state;
	buf_puts(&sheet, "<worksheet><sheetData><row><c t='str'><v>");
	for (size_t i = 0; i < 20000; i++)
		buf_puts(&sheet, "\xC3\xA4");
	buf_puts(&sheet, "</v></c><c t='str'><v>next</v></c></row></sheetData></worksheet>");
	one_sheet(&rs, buf_cstr(&sheet));
	doc_has(&rs, "gap too-big hides text of a table cell");
	assert_non_null(strstr(recsink_log(&rs), "\xC3\xA4|2=next\n"));
	recsink_free(&rs);
	buf_free(&sheet);
}

/* A row that begins within a cell: what the cell had is gone with the row before. */
static void
test_row_within_cell(void **state)
{
	struct recsink rs;

	(void)state;
	one_sheet(&rs,
		SHEET("<row r='1'><c r='A1'><v>41963</v></c><c r='B1' t='str'><v>lost</v>"
		      "<row r='2'><v>x</v></row></c><c r='C2' t='str'><v>read</v></c></row>"));
	assert_string_equal(recsink_log(&rs), "table [sheet1]\nrow 1|1=41963\nrow 2|3=read\nend\n");
	recsink_free(&rs);
	one_sheet(&rs,
		SHEET("<row r='1'><c r='A1'><v>41963</v></c><c r='B1' t='str'>"
		      "<row r='2'></row></c></row>"));
	assert_string_equal(recsink_log(&rs), "table [sheet1]\nrow 1|1=41963\nend\n");
	recsink_free(&rs);
}

/* Nothing is in the first cell, and no row has begun. */
static void
test_empty_first(void **state)
{
	struct recsink rs;

	(void)state;
	one_sheet(&rs, SHEET("<c t='str'><v></v></c><c t='str'><v>next</v></c>"));
	assert_string_equal(recsink_log(&rs), "table [sheet1]\nrow 1|2=next\nend\n");
	recsink_free(&rs);
}

static void
test_kind(void **state)
{
	static const struct zipmake_part plain[] = {{"q4.xlsx", "PK"}, {"word/readme.txt", "x"}};
	struct zipmake z, outer;

	(void)state;
	zipmake_all(&z, full, sizeof full / sizeof *full);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_XLSX);
	assert_int_equal(doc_kind(buf_span(&z.out), false), OFFICE_XLSX);
	/* a workbook stored in a zip makes no workbook of it */
	zipmake_begin(&outer);
	zipmake_add(&outer, "mimetype", buf_span(&z.out));
	zipmake_end(&outer);
	memcpy(outer.out.p + 30, "a.xlsx..", 8);
	assert_int_equal(doc_kind(buf_span(&outer.out), true), OFFICE_NONE);
	assert_int_equal(doc_kind(buf_span(&outer.out), false), OFFICE_NONE);
	zipmake_free(&outer);
	zipmake_free(&z);
	zipmake_all(&z, plain, 2);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_NONE);
	assert_int_equal(doc_kind(buf_span(&z.out), false), OFFICE_NONE);
	zipmake_free(&z);
}

/* What Excel leaves beside an open workbook has no content; a file that only has the name does. */
static void
test_owner(void **state)
{
	uint8_t bytes[165] = {4, 'J', 'a', 'n', 'e'};
	struct recsink rs;

	(void)state;
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "~$pay.xlsx", span_of(bytes, sizeof bytes)), 0);
	doc_lacks(&rs, "gap");
	doc_lacks(&rs, "Jane");
	recsink_free(&rs);
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "~$pay.xlsx", span_str("password: secret\n")), 0);
	assert_non_null(strstr(recsink_log(&rs), "password: secret"));
	recsink_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_places),
		cmocka_unit_test(test_date1904_and_headers),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_rows_that_go_back),
		cmocka_unit_test(test_doctype),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_repeated_string),
		cmocka_unit_test(test_long_cell),
		cmocka_unit_test(test_row_within_cell),
		cmocka_unit_test(test_empty_first),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
