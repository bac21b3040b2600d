/*
 * make-office-seeds FOLDER: small workbooks and documents to start the fuzzers from, one folder for
 * each extractor. The same bytes every time.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "xlsbmake.h"

#define TYPES                                                                                      \
	{                                                                                          \
		"[Content_Types].xml", "<Types/>"                                                  \
	}
#define ODT "application/vnd.oasis.opendocument.text"

static const struct zipmake_part xlsx[] = {TYPES,
	{"xl/workbook.xml",
		"<workbook xmlns:r='r'><workbookPr date1904='1'/><sheets><sheet name='A' "
		"state='hidden' r:id='i'/></sheets><definedNames><definedName name='n'>A!B"
		"</definedName></definedNames></workbook>"},
	{"xl/_rels/workbook.xml.rels",
		"<R><Relationship Id='i' Target='worksheets/sheet1.xml'/></R>"},
	{"xl/worksheets/sheet1.xml",
		"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' "
		"s='1'><v>78051120"
		"</v></c><c s='2'><v>41963.5</v></c><c t='inlineStr'><is><t>x&#65;</t></is></c><c "
		"t='b'>"
		"<v>1</v></c></row></sheetData><headerFooter><oddHeader>&amp;L&amp;\"A,B\"&amp;9top"
		"</oddHeader></headerFooter></worksheet>"},
	{"xl/styles.xml",
		"<s><numFmts><numFmt numFmtId='164' formatCode='[&lt;9]000-00;#,##0.0%'/>"
		"</numFmts><cellXfs><xf/><xf numFmtId='164'/><xf numFmtId='22'/></cellXfs></s>"},
	{"xl/sharedStrings.xml", "<sst><si><r><t>a_x000D_b</t></r><rPh><t>p</t></rPh></si></sst>"},
	{"xl/worksheets/_rels/sheet1.xml.rels",
		"<R><Relationship Id='c' Target='../comments1.xml'/></R>"},
	{"xl/comments1.xml", "<c><comment ref='A1'><text><t>hi</t></text></comment></c>"}};

static const struct zipmake_part docx[] = {TYPES,
	{"word/document.xml",
		"<w:document><w:p><w:r><w:t>a</w:t><w:tab/></w:r><w:del><w:delText>d</w:delText></"
		"w:del>"
		"</w:p><w:tbl><w:tr><w:tc><w:p><w:t>x</w:t></w:p><w:tbl><w:tr><w:tc/></w:tr></"
		"w:tbl>"
		"</w:tc></w:tr></w:tbl><mc:Fallback/></w:document>"},
	{"word/comments.xml", "<c><w:p><w:t>c</w:t></w:p></c>"},
	{"word/_rels/document.xml.rels",
		"<R><Relationship Id='a' Target='http://h/' TargetMode='External'/></R>"},
	{"docProps/core.xml", "<c><creator>J</creator></c>"}};

static const struct zipmake_part pptx[] = {TYPES,
	{"ppt/presentation.xml", "<p xmlns:r='r'><sldId id='2' r:id='i'/></p>"},
	{"ppt/_rels/presentation.xml.rels",
		"<R><Relationship Id='i' Target='slides/slide1.xml'/></R>"},
	{"ppt/slides/slide1.xml",
		"<s><a:p><a:t>t</a:t></a:p><a:tbl><a:tr><a:tc><a:t>c</a:t></a:tc></a:tr></a:tbl></"
		"s>"}};

static const struct zipmake_part odf[] = {{"mimetype", ODT},
	{"content.xml",
		"<o><text:p>a<text:s text:c='2'/><office:annotation><text:p>n</text:p>"
		"</office:annotation></text:p><table:table table:name='T'><table:table-row "
		"table:number-rows-repeated='3'><table:table-cell "
		"table:number-columns-repeated='2' "
		"office:value='1'><text:p>1</text:p></table:table-cell></table:table-row></"
		"table:table>"
		"</o>"},
	{"styles.xml", "<s><style:header><text:p>h</text:p></style:header></s>"},
	{"meta.xml", "<m><creator>J</creator></m>"},
	{"META-INF/manifest.xml", "<m><manifest:file-entry/></m>"}};

/* The zip, and its first two thirds: what a broken download leaves. */
static int
write_zip(const char *folder, const char *kind, struct zipmake *z)
{
	static const char *const names[2] = {"whole", "cut"};
	int bad = 0;

	for (size_t i = 0; i < 2 && !bad; i++) {
		char path[512];
		FILE *f;

		(void)snprintf(path, sizeof path, "%s/%s", folder, kind);
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			bad = 1;
		(void)snprintf(path, sizeof path, "%s/%s/%s", folder, kind, names[i]);
		f = fopen(path, "wb");
		bad |= !f || fwrite(z->out.p, i ? z->out.n * 2 / 3 : z->out.n, 1, f) != 1;
		if (bad)
			perror(path);
		if (f)
			bad |= fclose(f) != 0;
	}
	zipmake_free(z);
	return bad;
}

/* Not compressed, so that what the fuzzer changes is the text and not its compressed form. */
static int
write_seed(const char *folder, const char *kind, const struct zipmake_part *parts, size_t n)
{
	struct zipmake z;

	zipmake_begin(&z);
	z.store = true;
	for (size_t i = 0; i < n; i++)
		zipmake_add(&z, parts[i].name, span_str(parts[i].text));
	zipmake_end(&z);
	return write_zip(folder, kind, &z);
}

static int
write_xlsb(const char *folder)
{
	struct buf sheet = {0};
	struct zipmake z;

	xlsbmake_sheet(&sheet);
	xlsbmake_book(&z, buf_span(&sheet), true);
	buf_free(&sheet);
	return write_zip(folder, "xlsb", &z);
}

#define SEED(kind) write_seed(argv[1], #kind, kind, sizeof kind / sizeof *kind)

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make-office-seeds FOLDER\n");
		return 2;
	}
	return SEED(xlsx) | write_xlsb(argv[1]) | SEED(docx) | SEED(pptx) | SEED(odf);
}
