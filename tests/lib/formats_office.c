/* Documents of office programs: several parts in a container, or records put by hand. */
#include "formats_in.h"

#include <stdlib.h>
#include <string.h>

#include "olemake.h"
#include "pdfmake.h"
#include "zipmake.h"

static const struct tags odt_tags = {"<table:table>", "<table:table-row>",
	"<table:table-cell office:value-type=\"string\"><text:p>", "</text:p></table:table-cell>",
	"</table:table-row>", "</table:table>", "<text:p>", "</text:p>"};

void
format_odt(const struct content *c, struct buf *b)
{
	struct buf x = {0};
	struct zipmake z;

	buf_puts(&x,
		"<?xml version=\"1.0\"?><office:document-content"
		" xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
		" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\""
		" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\">"
		"<office:body><office:text>");
	format_tagged(c, &odt_tags, &x);
	buf_puts(&x, "</office:text></office:body></office:document-content>");
	zipmake_begin(&z);
	zipmake_add(&z, "mimetype", span_str("application/vnd.oasis.opendocument.text"));
	zipmake_add(&z, "content.xml", buf_span(&x));
	zipmake_end(&z);
	buf_put(b, z.out.p, z.out.n);
	zipmake_free(&z);
	buf_free(&x);
}

/* A workbook of a column when there is no table. */
static struct sheet
sheet_of(const struct content *c)
{
	return c->table.rows
		? c->table
		: (struct sheet){.name = "Notes", .cells = c->lines, .rows = c->n_lines, .cols = 1};
}

void
format_xlsx(const struct content *c, struct buf *b)
{
	struct sheet s = sheet_of(c);

	pack_xlsx(&s, 1, b);
}

void
format_ods(const struct content *c, struct buf *b)
{
	struct sheet s = sheet_of(c);

	pack_ods(&s, 1, b);
}

void
format_docx(const struct content *c, struct buf *b)
{
	pack_docx(c->lines, c->n_lines, c->table.rows ? &c->table : NULL, b);
}

void
format_epub(const struct content *c, struct buf *b)
{
	struct buf x = {0};
	struct zipmake z;

	buf_puts(
		&x, "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><body>\n");
	format_tagged(c, &format_html_tags, &x);
	buf_puts(&x, "</body></html>");
	zipmake_begin(&z);
	zipmake_add(&z, "mimetype", span_str("application/epub+zip"));
	zipmake_add(&z, "META-INF/container.xml",
		span_str("<container><rootfiles><rootfile full-path=\"OEBPS/b.opf\" media-type="
			 "\"application/oebps-package+xml\"/></rootfiles></container>"));
	zipmake_add(&z, "OEBPS/b.opf",
		span_str("<package><manifest><item id=\"a\" href=\"a.xhtml\" media-type="
			 "\"application/xhtml+xml\"/></manifest><spine><itemref idref=\"a\"/>"
			 "</spine></package>"));
	zipmake_add(&z, "OEBPS/a.xhtml", buf_span(&x));
	zipmake_end(&z);
	buf_put(b, z.out.p, z.out.n);
	zipmake_free(&z);
	buf_free(&x);
}

static const struct tags slide_tags = {"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>",
	"<a:tr h=\"1\">", "<a:tc><a:txBody><a:p><a:r><a:t>", "</a:t></a:r></a:p></a:txBody></a:tc>",
	"</a:tr>", "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>",
	"<p:sp><p:txBody><a:p><a:r><a:t>", "</a:t></a:r></a:p></p:txBody></p:sp>"};

void
format_pptx(const struct content *c, struct buf *b)
{
	struct buf x = {0};
	struct zipmake z;

	buf_puts(&x,
		"<?xml version=\"1.0\"?><p:sld"
		" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\""
		" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\">"
		"<p:cSld><p:spTree>");
	format_tagged(c, &slide_tags, &x);
	buf_puts(&x, "</p:spTree></p:cSld></p:sld>");
	zipmake_begin(&z);
	zipmake_add(&z, "[Content_Types].xml",
		span_str("<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/"
			 "package/2006/content-types\"><Override PartName=\"/ppt/presentation.xml\""
			 " ContentType=\"application/vnd.openxmlformats-officedocument."
			 "presentationml.presentation.main+xml\"/></Types>"));
	zipmake_add(&z, "ppt/presentation.xml",
		span_str("<p:presentation xmlns:p=\"http://schemas.openxmlformats.org/"
			 "presentationml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/"
			 "officeDocument/2006/relationships\"><p:sldIdLst>"
			 "<p:sldId id=\"256\" r:id=\"rId1\"/></p:sldIdLst></p:presentation>"));
	zipmake_add(&z, "ppt/_rels/presentation.xml.rels",
		span_str("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"
			 "relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas."
			 "openxmlformats.org/officeDocument/2006/relationships/slide\""
			 " Target=\"slides/slide1.xml\"/></Relationships>"));
	zipmake_add(&z, "ppt/slides/slide1.xml", buf_span(&x));
	zipmake_end(&z);
	buf_put(b, z.out.p, z.out.n);
	zipmake_free(&z);
	buf_free(&x);
}

static void
pdf_cell(struct buf *page, int x, int y, const char *s)
{
	static const char *const map[] = {"(\\(", ")\\)", "\\\\\\", NULL};
	struct buf t = {0};

	format_escaped(&t, s, map);
	pdfmake_text(page, x, y, 9, 0, buf_cstr(&t));
	buf_free(&t);
}

void
format_pdf(const struct content *c, struct buf *b)
{
	struct pdfmake p;
	struct buf page = {0};
	size_t n = c->table.rows + c->n_lines;

	pdfmake_begin(&p);
	for (size_t i = 0; i < n; i++) {
		int y = 750 - 14 * (int)(i % 50);

		if (i < c->table.rows)
			for (size_t k = 0; k < c->table.cols; k++)
				pdf_cell(&page, 40 + 180 * (int)k, y, CELL(c, i, k));
		else
			pdf_cell(&page, 40, y, c->lines[i - c->table.rows]);
		if (i % 50 == 49 || i + 1 == n) {
			(void)pdfmake_page(&p, buf_span(&page), "");
			buf_clear(&page);
		}
	}
	pdfmake_end(&p, "", 0);
	buf_put(b, p.out.p, p.out.n);
	pdfmake_free(&p);
	buf_free(&page);
}

static void
put_wide(struct cfbmake *m, const char *name, const struct buf *s)
{
	struct buf t = {0};

	put_wide_ascii(&t, buf_cstr((struct buf *)s));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, name, buf_span(&t));
	buf_free(&t);
}

/* The body in both forms, as Outlook keeps it. */
void
format_msg(const struct content *c, struct buf *b)
{
	struct cfbmake *m = calloc(1, sizeof *m);
	struct buf x = {0};

	if (!m)
		abort();
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(
		m, CFBMAKE_ROOT, "__properties_version1.0", span_of((const uint8_t[32]){0}, 32));
	buf_puts(&x, "list");
	put_wide(m, "__substg1.0_0037001F", &x);
	buf_clear(&x);
	format_text(c, &x);
	put_wide(m, "__substg1.0_1000001F", &x);
	buf_clear(&x);
	format_html(c, &x);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "__substg1.0_10130102", buf_span(&x));
	cfbmake_end(m);
	buf_put(b, m->out.p, m->out.n);
	cfbmake_free(m);
	free(m);
	buf_free(&x);
}

/* A workbook of strings (LABEL) in its stream. */
void
format_xls(const struct content *c, struct buf *b)
{
	struct sheet s = sheet_of(c);
	struct cfbmake *m = calloc(1, sizeof *m);
	struct buf w = {0}, r = {0};

	if (!m)
		abort();
	put_le(&r, 0x00050600, 4);
	put_le(&r, 0, 12);
	biff_put(&w, 0x809, r.p, 16);
	buf_clear(&r);
	put_le(&r, w.n + 4 + 14 + 4, 4); /* where the sheet begins */
	put_le(&r, 0, 2);
	put_le(&r, 6, 2);
	buf_puts(&r, "Sheet1");
	biff_put(&w, 0x85, r.p, r.n);
	biff_put(&w, 0x0A, NULL, 0);
	buf_clear(&r);
	put_le(&r, 0x00100600, 4);
	put_le(&r, 0, 12);
	biff_put(&w, 0x809, r.p, 16);
	for (size_t i = 0; i < s.rows * s.cols; i++) {
		buf_clear(&r);
		put_le(&r, i / s.cols, 2);
		put_le(&r, i % s.cols, 2);
		put_le(&r, 0, 2);
		put_le(&r, strlen(s.cells[i]), 2);
		buf_putc(&r, 0);
		buf_puts(&r, s.cells[i]);
		biff_put(&w, 0x204, r.p, r.n);
	}
	biff_put(&w, 0x0A, NULL, 0);
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Workbook", buf_span(&w));
	cfbmake_end(m);
	buf_put(b, m->out.p, m->out.n);
	cfbmake_free(m);
	free(m);
	buf_free(&w);
	buf_free(&r);
}

void
format_xml2003(const struct content *c, struct buf *b)
{
	static const struct tags tags = {"<Table>", "<Row>", "<Cell><Data ss:Type=\"String\">",
		"</Data></Cell>", "</Row>\n", "</Table>", "", ""};

	buf_puts(b,
		"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\n<Workbook"
		" xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\""
		" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">"
		"<Worksheet ss:Name=\"Sheet1\">");
	format_tagged(c, &tags, b);
	buf_puts(b, "</Worksheet></Workbook>\n");
}
