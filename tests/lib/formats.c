/*
 * Every writer makes the plainest file of its format, as a program would that exports one list. The
 * words are the same in all of them, so what is found must be the same, too.
 */
#include "formats.h"

#include <stdlib.h>
#include <string.h>

#include "mailmake.h"
#include "olemake.h"
#include "pdfmake.h"
#include "zipmake.h"

#define CELL(c, r, k) ((c)->table.cells[(r) * (c)->table.cols + (k)])

/* s with what a format says for some characters: pairs of a character and its text. */
static void
put_escaped(struct buf *b, const char *s, const char *const *map)
{
	for (; *s; s++) {
		size_t i = 0;

		while (map[i] && map[i][0] != *s)
			i++;
		if (map[i])
			buf_puts(b, map[i] + 1);
		else
			buf_putc(b, (uint8_t)*s);
	}
}

static void
put_xml(struct buf *b, const char *before, const char *s, const char *after)
{
	static const char *const map[] = {"&&amp;", "<&lt;", ">&gt;", "\"&quot;", NULL};

	buf_puts(b, before);
	put_escaped(b, s, map);
	buf_puts(b, after);
}

static void
put_json(struct buf *b, const char *s)
{
	static const char *const map[] = {"\"\\\"", "\\\\\\", "\n\\n", NULL};

	buf_putc(b, '"');
	put_escaped(b, s, map);
	buf_putc(b, '"');
}

/* Rows and paragraphs in tags. */
struct tags {
	const char *table, *row, *cell, *cell_end, *row_end, *table_end, *line, *line_end;
};

static void
put_tagged(const struct content *c, const struct tags *t, struct buf *b)
{
	if (c->table.rows)
		buf_puts(b, t->table);
	for (size_t i = 0; i < c->table.rows; i++) {
		buf_puts(b, t->row);
		for (size_t k = 0; k < c->table.cols; k++)
			put_xml(b, t->cell, CELL(c, i, k), t->cell_end);
		buf_puts(b, t->row_end);
	}
	if (c->table.rows)
		buf_puts(b, t->table_end);
	for (size_t i = 0; i < c->n_lines; i++)
		put_xml(b, t->line, c->lines[i], t->line_end);
}

static void
put_lines(const struct content *c, const char *end, struct buf *b)
{
	for (size_t i = 0; i < c->n_lines; i++)
		buf_printf(b, "%s%s", c->lines[i], end);
}

static void
put_rows(const struct content *c, const char *between, struct buf *b)
{
	for (size_t i = 0; i < c->table.rows; i++)
		for (size_t k = 0; k < c->table.cols; k++)
			buf_printf(
				b, "%s%s", CELL(c, i, k), k + 1 < c->table.cols ? between : "\n");
}

static void
write_text(const struct content *c, struct buf *b)
{
	put_rows(c, "\t", b);
	put_lines(c, "\n", b);
}

static void
write_csv(const struct content *c, struct buf *b)
{
	put_rows(c, ",", b);
}

static void
write_semicolons(const struct content *c, struct buf *b)
{
	put_rows(c, ";", b);
}

static const struct tags html_tags = {
	"<table>\n", "<tr>", "<td>", "</td>", "</tr>\n", "</table>\n", "<p>", "</p>\n"};

static void
write_html(const struct content *c, struct buf *b)
{
	buf_puts(b, "<!DOCTYPE html>\n<html><head><title>List</title></head><body>\n");
	put_tagged(c, &html_tags, b);
	buf_puts(b, "</body></html>\n");
}

/* As programs for web pages write it: the value in an attribute and shown. */
static void
write_form(const struct content *c, struct buf *b)
{
	buf_puts(b, "<html><body><table>\n");
	for (size_t i = 0; i < c->table.rows; i++) {
		buf_puts(b, "<tr>");
		for (size_t k = 0; k < c->table.cols; k++) {
			put_xml(b, "<td title=\"", CELL(c, i, k), "\" data-value=\"");
			put_xml(b, "", CELL(c, i, k), "\">");
			put_xml(b, "", CELL(c, i, k), "</td>");
		}
		buf_puts(b, "</tr>\n");
	}
	buf_puts(b, "</table></body></html>\n");
}

static void
write_rtf(const struct content *c, struct buf *b)
{
	static const char *const map[] = {"\\\\\\", "{\\{", "}\\}", NULL};

	buf_puts(b, "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\n");
	for (size_t i = 0; i < c->table.rows; i++) {
		buf_puts(b, "\\trowd");
		for (size_t k = 0; k < c->table.cols; k++)
			buf_printf(b, "\\cellx%zu", 2000 * (k + 1));
		buf_puts(b, "\\pard\\intbl ");
		for (size_t k = 0; k < c->table.cols; k++) {
			put_escaped(b, CELL(c, i, k), map);
			buf_puts(b, "\\cell ");
		}
		buf_puts(b, "\\row\n");
	}
	for (size_t i = 0; i < c->n_lines; i++) {
		buf_puts(b, "\\pard ");
		put_escaped(b, c->lines[i], map);
		buf_puts(b, "\\par\n");
	}
	buf_puts(b, "}");
}

/* A name of an element or key out of a column's header. */
static void
put_name(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_putc(b, *s == ' ' ? '_' : (uint8_t)*s);
}

static void
write_xml(const struct content *c, struct buf *b)
{
	buf_puts(b, "<?xml version=\"1.0\"?>\n<list>\n");
	for (size_t i = 1; i < c->table.rows; i++) {
		buf_puts(b, "<row>");
		for (size_t k = 0; k < c->table.cols; k++) {
			buf_putc(b, '<');
			put_name(b, CELL(c, 0, k));
			put_xml(b, ">", CELL(c, i, k), "</");
			put_name(b, CELL(c, 0, k));
			buf_putc(b, '>');
		}
		buf_puts(b, "</row>\n");
	}
	for (size_t i = 0; i < c->n_lines; i++)
		put_xml(b, "<note>", c->lines[i], "</note>\n");
	buf_puts(b, "</list>\n");
}

static void
write_attributes(const struct content *c, struct buf *b)
{
	buf_puts(b, "<?xml version=\"1.0\"?>\n<list>\n");
	for (size_t i = 1; i < c->table.rows; i++) {
		buf_puts(b, "<row");
		for (size_t k = 0; k < c->table.cols; k++) {
			buf_putc(b, ' ');
			put_name(b, CELL(c, 0, k));
			put_xml(b, "=\"", CELL(c, i, k), "\"");
		}
		buf_puts(b, "/>\n");
	}
	buf_puts(b, "</list>\n");
}

static void
put_object(const struct content *c, size_t i, struct buf *b)
{
	buf_putc(b, '{');
	for (size_t k = 0; k < c->table.cols; k++) {
		buf_puts(b, k ? "," : "");
		put_json(b, CELL(c, 0, k));
		buf_putc(b, ':');
		put_json(b, CELL(c, i, k));
	}
	buf_putc(b, '}');
}

static void
write_json(const struct content *c, struct buf *b)
{
	struct buf all = {0};

	buf_puts(b, "{\"rows\":[");
	for (size_t i = 1; i < c->table.rows; i++) {
		buf_puts(b, i > 1 ? ",\n" : "\n");
		put_object(c, i, b);
	}
	buf_puts(b, "]");
	if (c->n_lines) {
		put_lines(c, "\n", &all);
		buf_puts(b, ",\"note\":");
		put_json(b, buf_cstr(&all));
	}
	buf_puts(b, "}\n");
	buf_free(&all);
}

static void
write_jsonl(const struct content *c, struct buf *b)
{
	for (size_t i = 1; i < c->table.rows; i++) {
		put_object(c, i, b);
		buf_putc(b, '\n');
	}
}

/* [[header], [row], ...] */
static void
write_arrays(const struct content *c, struct buf *b)
{
	for (size_t i = 0; i < c->table.rows; i++) {
		buf_puts(b, i ? ",\n[" : "[\n[");
		for (size_t k = 0; k < c->table.cols; k++) {
			buf_puts(b, k ? "," : "");
			put_json(b, CELL(c, i, k));
		}
		buf_putc(b, ']');
	}
	buf_puts(b, "]\n");
}

static const struct tags odt_tags = {"<table:table>", "<table:table-row>",
	"<table:table-cell office:value-type=\"string\"><text:p>", "</text:p></table:table-cell>",
	"</table:table-row>", "</table:table>", "<text:p>", "</text:p>"};

static void
write_odt(const struct content *c, struct buf *b)
{
	struct buf x = {0};
	struct zipmake z;

	buf_puts(&x,
		"<?xml version=\"1.0\"?><office:document-content"
		" xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
		" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\""
		" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\">"
		"<office:body><office:text>");
	put_tagged(c, &odt_tags, &x);
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

static void
write_xlsx(const struct content *c, struct buf *b)
{
	struct sheet s = sheet_of(c);

	pack_xlsx(&s, 1, b);
}

static void
write_ods(const struct content *c, struct buf *b)
{
	struct sheet s = sheet_of(c);

	pack_ods(&s, 1, b);
}

static void
write_docx(const struct content *c, struct buf *b)
{
	pack_docx(c->lines, c->n_lines, c->table.rows ? &c->table : NULL, b);
}

static void
write_epub(const struct content *c, struct buf *b)
{
	struct buf x = {0};
	struct zipmake z;

	buf_puts(
		&x, "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><body>\n");
	put_tagged(c, &html_tags, &x);
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

static void
write_pptx(const struct content *c, struct buf *b)
{
	struct buf x = {0};
	struct zipmake z;

	buf_puts(&x,
		"<?xml version=\"1.0\"?><p:sld"
		" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\""
		" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\">"
		"<p:cSld><p:spTree>");
	put_tagged(c, &slide_tags, &x);
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

	put_escaped(&t, s, map);
	pdfmake_text(page, x, y, 9, 0, buf_cstr(&t));
	buf_free(&t);
}

static void
write_pdf(const struct content *c, struct buf *b)
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

static const char mail_head[] = "From: a@example.org\nTo: b@example.org\nSubject: list\n"
				"Date: Mon, 24 Nov 2014 12:00:00 +0000\n"
				"Message-ID: <1@example.org>\nMIME-Version: 1.0\n";

static void
put_part(struct buf *b, const char *type, const struct buf *bytes)
{
	buf_printf(b, "--b\nContent-Type: %s\nContent-Transfer-Encoding: base64\n\n", type);
	mailmake_base64(b, buf_span(bytes));
	buf_puts(b, "\n");
}

/* The plain text, and the same as HTML. */
static void
write_mail(const struct content *c, struct buf *b)
{
	struct buf x = {0};

	buf_printf(b, "%sContent-Type: multipart/alternative; boundary=b\n\n", mail_head);
	write_text(c, &x);
	put_part(b, "text/plain; charset=utf-8", &x);
	buf_clear(&x);
	write_html(c, &x);
	put_part(b, "text/html; charset=utf-8", &x);
	buf_puts(b, "--b--\n");
	buf_free(&x);
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
static void
write_msg(const struct content *c, struct buf *b)
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
	write_text(c, &x);
	put_wide(m, "__substg1.0_1000001F", &x);
	buf_clear(&x);
	write_html(c, &x);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "__substg1.0_10130102", buf_span(&x));
	cfbmake_end(m);
	buf_put(b, m->out.p, m->out.n);
	cfbmake_free(m);
	free(m);
	buf_free(&x);
}

/* A workbook of strings (LABEL) in its stream. */
static void
write_xls(const struct content *c, struct buf *b)
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

static void
write_xml2003(const struct content *c, struct buf *b)
{
	static const struct tags tags = {"<Table>", "<Row>", "<Cell><Data ss:Type=\"String\">",
		"</Data></Cell>", "</Row>\n", "</Table>", "", ""};

	buf_puts(b,
		"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\n<Workbook"
		" xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\""
		" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">"
		"<Worksheet ss:Name=\"Sheet1\">");
	put_tagged(c, &tags, b);
	buf_puts(b, "</Worksheet></Workbook>\n");
}

static void
put_card_text(const struct content *c, struct buf *b)
{
	static const char *const map[] = {"\\\\\\", ";\\;", ",\\,", NULL};

	for (size_t i = 0; i < c->n_lines; i++) {
		put_escaped(b, c->lines[i], map);
		buf_puts(b, i + 1 < c->n_lines ? "\\n" : "\n");
	}
}

static void
write_vcf(const struct content *c, struct buf *b)
{
	buf_puts(b, "BEGIN:VCARD\nVERSION:3.0\nFN:Notes\nN:Notes;;;;\nNOTE:");
	put_card_text(c, b);
	buf_puts(b, "END:VCARD\n");
}

static void
write_ics(const struct content *c, struct buf *b)
{
	buf_puts(b,
		"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\nBEGIN:VEVENT\nUID:1\n"
		"DTSTART:20141124T120000Z\nSUMMARY:notes\nDESCRIPTION:");
	put_card_text(c, b);
	buf_puts(b, "END:VEVENT\nEND:VCALENDAR\n");
}

const struct format formats[] = {
	{"txt", write_text, true, true},
	{"csv", write_csv, true, false},
	{"semicolons.csv", write_semicolons, true, false},
	{"html", write_html, true, true},
	{"form.html", write_form, true, false},
	{"rtf", write_rtf, true, true},
	{"xml", write_xml, true, true},
	{"attributes.xml", write_attributes, true, false},
	{"excel.xml", write_xml2003, true, false},
	{"json", write_json, true, true},
	{"jsonl", write_jsonl, true, false},
	{"arrays.json", write_arrays, true, false},
	{"odt", write_odt, true, true},
	{"ods", write_ods, true, true},
	{"xlsx", write_xlsx, true, true},
	{"xls", write_xls, true, true},
	{"docx", write_docx, true, true},
	{"pptx", write_pptx, true, true},
	{"epub", write_epub, true, true},
	{"pdf", write_pdf, true, true},
	{"eml", write_mail, true, true},
	{"msg", write_msg, true, true},
	{"vcf", write_vcf, false, true},
	{"ics", write_ics, false, true},
	{NULL, NULL, false, false},
};
