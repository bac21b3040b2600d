/*
 * SpreadsheetML, all parts but the sheets: strings, styles, the workbook, comments.
 */
#include <errno.h>

#include "extract/book.h"
#include "limits.h"

#include "base/poison.h"

struct texts {
	struct book *b;
	const char *part; /* comments: the part's name */
	struct buf text;
	char ref[24];
	unsigned in_text, phonetic;
	bool own_text; /* threaded comments: <text> holds characters itself */
};

static int
strings_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct texts *t = x->user;

	(void)atts;
	if (strcmp(name, "si") == 0)
		buf_clear(&t->text);
	else if (strcmp(name, "rPh") == 0)
		t->phonetic++;
	else if (strcmp(name, "t") == 0)
		t->in_text = !t->phonetic;
	return 0;
}

static int
strings_end(struct xmlpart *x, const char *name)
{
	struct texts *t = x->user;

	if (strcmp(name, "t") == 0)
		t->in_text = 0;
	else if (strcmp(name, "rPh") == 0)
		t->phonetic -= t->phonetic > 0;
	else if (strcmp(name, "si") == 0)
		return book_add_string(t->b, buf_span(&t->text));
	return 0;
}

static int
collect(struct xmlpart *x, const char *s, size_t n)
{
	struct texts *t = x->user;

	if (t->in_text)
		buf_put(&t->text, s, n);
	return t->text.failed ? -ENOMEM : 0;
}

int
xlsx_strings(struct book *b, struct zippart *p)
{
	static const struct xml_ops ops = {
		.start = strings_start, .end = strings_end, .text = collect, .plain = true};
	struct texts t = {.b = b};
	int r = xmlpart_parse(p, &ops, &t, "shared strings");

	buf_free(&t.text);
	return r;
}

struct styles {
	struct book *b;
	bool cell_xfs;
};

static int
styles_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct styles *st = x->user;
	const char *id = xml_att(atts, "numFmtId"), *code = xml_att(atts, "formatCode");

	if (strcmp(name, "cellXfs") == 0)
		st->cell_xfs = true;
	else if (strcmp(name, "numFmt") == 0 && id && code)
		return book_add_format(st->b, (uint32_t)xml_uint(id, 0, UINT32_MAX), code);
	else if (strcmp(name, "xf") == 0 && st->cell_xfs)
		return book_add_xf(st->b, (uint32_t)xml_uint(id, 0, UINT32_MAX));
	return 0;
}

static int
styles_end(struct xmlpart *x, const char *name)
{
	struct styles *st = x->user;

	if (strcmp(name, "cellXfs") == 0)
		st->cell_xfs = false;
	return 0;
}

int
xlsx_styles(struct book *b, struct zippart *p)
{
	static const struct xml_ops ops = {.start = styles_start, .end = styles_end};
	struct styles st = {.b = b};

	return xmlpart_parse(p, &ops, &st, "styles");
}

struct workbook {
	struct book *b;
	bool in_name;
};

static int
workbook_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct workbook *w = x->user;
	const char *state, *s;

	if (strcmp(name, "sheet") == 0) {
		state = xml_att(atts, "state");
		return book_add_sheet(w->b, xml_att(atts, "name"), xml_att(atts, "id"),
			state && strstr(state, "idden"));
	}
	if (strcmp(name, "workbookPr") == 0)
		w->b->d1904 = xml_true(xml_att(atts, "date1904"));
	s = strcmp(name, "definedName") == 0 ? xml_att(atts, "name") : NULL;
	w->in_name = s && strncmp(s, "_xlnm", 5) != 0;
	if (w->in_name) {
		buf_puts(&w->b->names, s);
		buf_putc(&w->b->names, '=');
	}
	return 0;
}

static int
workbook_end(struct xmlpart *x, const char *name)
{
	struct workbook *w = x->user;

	(void)name;
	if (w->in_name)
		buf_putc(&w->b->names, '\n');
	w->in_name = false;
	return 0;
}

static int
workbook_text(struct xmlpart *x, const char *s, size_t n)
{
	struct workbook *w = x->user;

	if (w->in_name)
		buf_put(&w->b->names, s, n);
	return 0;
}

int
xlsx_workbook(struct book *b, struct zippart *p)
{
	static const struct xml_ops ops = {
		.start = workbook_start, .end = workbook_end, .text = workbook_text};
	struct workbook w = {.b = b};

	return xmlpart_parse(p, &ops, &w, "workbook");
}

static bool
is_comment(const char *name)
{
	return strcmp(name, "comment") == 0 || strcmp(name, "threadedComment") == 0;
}

static int
comments_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct texts *t = x->user;
	const char *ref;

	if (is_comment(name)) {
		buf_clear(&t->text);
		ref = xml_att(atts, "ref");
		strncpy(t->ref, ref ? ref : "", sizeof t->ref - 1);
		t->own_text = name[0] == 't';
	} else if (strcmp(name, "t") == 0 || strcmp(name, "author") == 0 ||
		(t->own_text && strcmp(name, "text") == 0)) {
		t->in_text = 1;
	}
	return 0;
}

static int
comments_end(struct xmlpart *x, const char *name)
{
	struct texts *t = x->user;
	int r = 0;

	t->in_text = 0;
	if (strcmp(name, "author") == 0)
		r = sink_text(t->b->s, PART_METADATA, "author of comments", buf_span(&t->text));
	else if (is_comment(name))
		r = book_comment(t->b, t->part, t->ref, buf_span(&t->text));
	else
		return 0;
	buf_clear(&t->text);
	return r;
}

int
xlsx_comments(struct book *b, struct zippart *p)
{
	static const struct xml_ops ops = {
		.start = comments_start, .end = comments_end, .text = collect};
	struct texts t = {.b = b, .part = p->name};
	int r = xmlpart_parse(p, &ops, &t, "comments");

	buf_free(&t.text);
	return r;
}

static int
bid(const struct item *it)
{
	return office_kind(it) == OFFICE_XLSX ? 100 : 0;
}

static int
run(struct item *it, struct sink *s)
{
	return book_run(it, s, OFFICE_XLSX);
}

const struct extractor extract_xlsx = {
	.name = "xlsx",
	.formats = "Excel workbooks (xlsx, xlsm, xltx)",
	.bid = bid,
	.run = run,
};
