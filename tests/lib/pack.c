/* Only what real producers always write: the extractors are tried on real files elsewhere. */
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "mkarchive.h"

#include "base/poison.h"

struct pack {
	struct mkarchive m;
};

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "pack: %s\n", what);
	abort();
}

struct pack *
pack_new(enum pack_kind kind, const char *passphrase)
{
	struct pack *p = calloc(1, sizeof *p);

	must(p != NULL, "memory");
	if (kind == PACK_ZIP_AES256)
		mk_open_protected(&p->m, passphrase);
	else if (kind == PACK_TAR_GZ)
		mk_open(&p->m, "paxr", "gzip");
	else
		mk_open(&p->m, "zip", NULL);
	return p;
}

void
pack_add(struct pack *p, const char *name, struct span bytes)
{
	mk_member(&p->m, name, bytes, UINT64_MAX);
}

void
pack_end(struct pack *p, struct buf *ret)
{
	struct span s = mk_close(&p->m);

	buf_clear(ret);
	buf_put(ret, s.p, s.n);
	mk_free(&p->m);
	free(p);
}

static void
put_xml(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '&')
			buf_puts(b, "&amp;");
		else if (*s == '<')
			buf_puts(b, "&lt;");
		else
			buf_putc(b, (uint8_t)*s);
	}
}

#define XML  "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define OXML "http://schemas.openxmlformats.org/"

static void
add_str(struct pack *p, const char *name, struct buf *b)
{
	pack_add(p, name, buf_span(b));
	buf_clear(b);
}

static void
cell_ref(char ref[32], size_t row, size_t col)
{
	char letters[4];
	size_t n = 0;

	for (col++; col; col = (col - 1) / 26)
		letters[n++] = (char)('A' + (col - 1) % 26);
	for (size_t i = 0; i < n; i++)
		ref[i] = letters[n - 1 - i];
	(void)snprintf(ref + n, 32 - n, "%zu", row + 1);
}

static void
xlsx_sheet(struct buf *b, const struct sheet *s)
{
	buf_puts(b, XML "<worksheet xmlns=\"" OXML "spreadsheetml/2006/main\">");
	/* wide enough for what is printed to show all of it */
	buf_printf(b,
		"<cols><col min=\"1\" max=\"%zu\" width=\"17\" customWidth=\"1\"/></cols>"
		"<sheetData>",
		s->cols ? s->cols : 1);
	for (size_t r = 0; r < s->rows; r++) {
		buf_printf(b, "<row r=\"%zu\">", r + 1);
		for (size_t c = 0; c < s->cols; c++) {
			const char *v = s->cells[r * s->cols + c];
			char ref[32];

			if (!v || !*v)
				continue;
			cell_ref(ref, r, c);
			if (*v == '#' || *v == '$') {
				buf_printf(b, "<c r=\"%s\"%s><v>%s</v></c>", ref,
					*v == '$' ? " s=\"1\"" : "", v + 1);
				continue;
			}
			buf_printf(b, "<c r=\"%s\" t=\"inlineStr\"><is><t>", ref);
			put_xml(b, v);
			buf_puts(b, "</t></is></c>");
		}
		buf_puts(b, "</row>");
	}
	buf_puts(b, "</sheetData></worksheet>");
}

void
pack_xlsx(const struct sheet *sheets, size_t n, struct buf *ret)
{
	struct pack *p = pack_new(PACK_ZIP, NULL);
	struct buf b = {0};
	char name[64];

	buf_puts(&b,
		XML "<Types xmlns=\"" OXML "package/2006/content-types\">"
		    "<Default Extension=\"rels\" ContentType=\"application/"
		    "vnd.openxmlformats-package.relationships+xml\"/>"
		    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
		    "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/"
		    "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>");
	add_str(p, "[Content_Types].xml", &b);
	buf_puts(&b,
		XML "<Relationships xmlns=\"" OXML "package/2006/relationships\">"
		    "<Relationship Id=\"rId1\" Type=\"" OXML "officeDocument/2006/relationships/"
		    "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
	add_str(p, "_rels/.rels", &b);
	buf_puts(&b,
		XML "<workbook xmlns=\"" OXML "spreadsheetml/2006/main\" xmlns:r=\"" OXML "officeDo"
		    "cument/"
		    "2006/"
		    "relation"
		    "ships\">"
		    "<sheets"
		    ">");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "<sheet name=\"%s\" sheetId=\"%zu\" r:id=\"rId%zu\"/>",
			sheets[i].name, i + 1, i + 1);
	buf_puts(&b, "</sheets></workbook>");
	add_str(p, "xl/workbook.xml", &b);
	buf_puts(&b, XML "<Relationships xmlns=\"" OXML "package/2006/relationships\">");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b,
			"<Relationship Id=\"rId%zu\" Type=\"" OXML "officeDocument/2006/"
			"relationships/worksheet\""
			" Target=\"worksheets/sheet%zu.xml\"/>",
			i + 1, i + 1);
	buf_puts(&b, "</Relationships>");
	add_str(p, "xl/_rels/workbook.xml.rels", &b);
	buf_puts(&b,
		XML "<styleSheet xmlns=\"" OXML "spreadsheetml/2006/main\"><numFmts count=\"1\">"
		    "<numFmt numFmtId=\"164\" formatCode=\"000\\-00\\-0000\"/></numFmts>"
		    "<cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf "
		    "numFmtId=\"164\"/></cellXfs></styleSheet>");
	add_str(p, "xl/styles.xml", &b);
	for (size_t i = 0; i < n; i++) {
		xlsx_sheet(&b, &sheets[i]);
		(void)snprintf(name, sizeof name, "xl/worksheets/sheet%zu.xml", i + 1);
		add_str(p, name, &b);
	}
	buf_free(&b);
	pack_end(p, ret);
}

#define ODF "urn:oasis:names:tc:opendocument:xmlns:"

void
pack_ods(const struct sheet *sheets, size_t n, struct buf *ret)
{
	struct pack *p = pack_new(PACK_ZIP, NULL);
	struct buf b = {0};

	/* ODF 1.3 part 2, 3.3: the first entry, stored */
	mk_store(&p->m, true);
	pack_add(p, "mimetype", span_str("application/vnd.oasis.opendocument.spreadsheet"));
	mk_store(&p->m, false);
	buf_puts(&b,
		XML "<office:document-content xmlns:office=\"" ODF "office:1.0\" xmlns:table=\"" ODF
		    "table:1.0\" xmlns:text=\"" ODF "text:1.0\"><office:body><office:spreadsheet>");
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "<table:table table:name=\"%s\">", sheets[i].name);
		for (size_t r = 0; r < sheets[i].rows; r++) {
			buf_puts(&b, "<table:table-row>");
			for (size_t c = 0; c < sheets[i].cols; c++) {
				const char *v = sheets[i].cells[r * sheets[i].cols + c];

				if (v && (*v == '#' || *v == '$'))
					v++;
				buf_puts(&b,
					"<table:table-cell office:value-type=\"string\"><text:p>");
				put_xml(&b, v ? v : "");
				buf_puts(&b, "</text:p></table:table-cell>");
			}
			buf_puts(&b, "</table:table-row>");
		}
		buf_puts(&b, "</table:table>");
	}
	buf_puts(&b, "</office:spreadsheet></office:body></office:document-content>");
	add_str(p, "content.xml", &b);
	buf_puts(&b, XML "<manifest:manifest xmlns:manifest=\"" ODF "manifest:1.0\"/>");
	add_str(p, "META-INF/manifest.xml", &b);
	buf_free(&b);
	pack_end(p, ret);
}

void
pack_docx(const char *const *paragraphs, size_t n, const struct sheet *t, struct buf *ret)
{
	struct pack *p = pack_new(PACK_ZIP, NULL);
	struct buf b = {0};

	buf_puts(&b,
		XML "<Types xmlns=\"" OXML "package/2006/content-types\">"
		    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
		    "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
		    "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></"
		    "Types>");
	add_str(p, "[Content_Types].xml", &b);
	buf_puts(&b,
		XML "<Relationships xmlns=\"" OXML "package/2006/relationships\">"
		    "<Relationship Id=\"rId1\" Type=\"" OXML "officeDocument/2006/relationships/"
		    "officeDocument\" Target=\"word/document.xml\"/></Relationships>");
	add_str(p, "_rels/.rels", &b);
	buf_puts(&b, XML "<w:document xmlns:w=\"" OXML "wordprocessingml/2006/main\"><w:body>");
	for (size_t i = 0; i < n; i++) {
		size_t half = strlen(paragraphs[i]) / 2;
		char *first = strndup(paragraphs[i], half);

		/* two runs, as an editor leaves them after a correction */
		must(first != NULL, "memory");
		buf_puts(&b, "<w:p><w:r><w:t xml:space=\"preserve\">");
		put_xml(&b, first);
		buf_puts(&b, "</w:t></w:r><w:r><w:t xml:space=\"preserve\">");
		put_xml(&b, paragraphs[i] + half);
		buf_puts(&b, "</w:t></w:r></w:p>");
		free(first);
	}
	for (size_t r = 0; t && r < t->rows; r++) {
		buf_puts(&b, r == 0 ? "<w:tbl><w:tr>" : "<w:tr>");
		for (size_t c = 0; c < t->cols; c++) {
			const char *v = t->cells[r * t->cols + c];

			buf_puts(&b, "<w:tc><w:p><w:r><w:t>");
			put_xml(&b, v ? v : "");
			buf_puts(&b, "</w:t></w:r></w:p></w:tc>");
		}
		buf_puts(&b, r + 1 == t->rows ? "</w:tr></w:tbl>" : "</w:tr>");
	}
	buf_puts(&b, "</w:body></w:document>");
	add_str(p, "word/document.xml", &b);
	buf_free(&b);
	pack_end(p, ret);
}
