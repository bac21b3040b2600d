/*
 * Every writer makes the plainest file of its format, as a program would that exports one list. The
 * words are the same in all of them, so what is found must be the same, too.
 */
#include "formats_in.h"

#include <stdlib.h>
#include <string.h>

#include "mailmake.h"

/* s with what a format says for some characters: pairs of a character and its text. */
void
format_escaped(struct buf *b, const char *s, const char *const *map)
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

void
format_xml(struct buf *b, const char *before, const char *s, const char *after)
{
	static const char *const map[] = {"&&amp;", "<&lt;", ">&gt;", "\"&quot;", NULL};

	buf_puts(b, before);
	format_escaped(b, s, map);
	buf_puts(b, after);
}

static void
put_json(struct buf *b, const char *s)
{
	static const char *const map[] = {"\"\\\"", "\\\\\\", "\n\\n", NULL};

	buf_putc(b, '"');
	format_escaped(b, s, map);
	buf_putc(b, '"');
}

void
format_tagged(const struct content *c, const struct tags *t, struct buf *b)
{
	if (c->table.rows)
		buf_puts(b, t->table);
	for (size_t i = 0; i < c->table.rows; i++) {
		buf_puts(b, t->row);
		for (size_t k = 0; k < c->table.cols; k++)
			format_xml(b, t->cell, CELL(c, i, k), t->cell_end);
		buf_puts(b, t->row_end);
	}
	if (c->table.rows)
		buf_puts(b, t->table_end);
	for (size_t i = 0; i < c->n_lines; i++)
		format_xml(b, t->line, c->lines[i], t->line_end);
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

void
format_text(const struct content *c, struct buf *b)
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

const struct tags format_html_tags = {
	"<table>\n", "<tr>", "<td>", "</td>", "</tr>\n", "</table>\n", "<p>", "</p>\n"};

void
format_html(const struct content *c, struct buf *b)
{
	buf_puts(b, "<!DOCTYPE html>\n<html><head><title>List</title></head><body>\n");
	format_tagged(c, &format_html_tags, b);
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
			format_xml(b, "<td title=\"", CELL(c, i, k), "\" data-value=\"");
			format_xml(b, "", CELL(c, i, k), "\">");
			format_xml(b, "", CELL(c, i, k), "</td>");
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
			format_escaped(b, CELL(c, i, k), map);
			buf_puts(b, "\\cell ");
		}
		buf_puts(b, "\\row\n");
	}
	for (size_t i = 0; i < c->n_lines; i++) {
		buf_puts(b, "\\pard ");
		format_escaped(b, c->lines[i], map);
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
			format_xml(b, ">", CELL(c, i, k), "</");
			put_name(b, CELL(c, 0, k));
			buf_putc(b, '>');
		}
		buf_puts(b, "</row>\n");
	}
	for (size_t i = 0; i < c->n_lines; i++)
		format_xml(b, "<note>", c->lines[i], "</note>\n");
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
			format_xml(b, "=\"", CELL(c, i, k), "\"");
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
	format_text(c, &x);
	put_part(b, "text/plain; charset=utf-8", &x);
	buf_clear(&x);
	format_html(c, &x);
	put_part(b, "text/html; charset=utf-8", &x);
	buf_puts(b, "--b--\n");
	buf_free(&x);
}

static void
put_card_text(const struct content *c, struct buf *b)
{
	static const char *const map[] = {"\\\\\\", ";\\;", ",\\,", NULL};

	for (size_t i = 0; i < c->n_lines; i++) {
		format_escaped(b, c->lines[i], map);
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
	{"txt", format_text, true, true},
	{"csv", write_csv, true, false},
	{"semicolons.csv", write_semicolons, true, false},
	{"html", format_html, true, true},
	{"form.html", write_form, true, false},
	{"rtf", write_rtf, true, true},
	{"xml", write_xml, true, true},
	{"attributes.xml", write_attributes, true, false},
	{"excel.xml", format_xml2003, true, false},
	{"json", write_json, true, true},
	{"jsonl", write_jsonl, true, false},
	{"arrays.json", write_arrays, true, false},
	{"odt", format_odt, true, true},
	{"ods", format_ods, true, true},
	{"xlsx", format_xlsx, true, true},
	{"xls", format_xls, true, true},
	{"docx", format_docx, true, true},
	{"pptx", format_pptx, true, true},
	{"epub", format_epub, true, true},
	{"pdf", format_pdf, true, true},
	{"eml", write_mail, true, true},
	{"msg", format_msg, true, true},
	{"vcf", write_vcf, false, true},
	{"ics", write_ics, false, true},
	{NULL, NULL, false, false},
};
