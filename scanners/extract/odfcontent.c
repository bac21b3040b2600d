/*
 * Prefixes in OpenDocument are fixed by habit, so whole names are compared. Repeated rows and cells are
 * how a sheet says "a million empty ones": empty repeats only move on, full ones are bounded.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/odf.h"
#include "limits.h"

#include "base/poison.h"

struct odf_flow {
	struct flow flow;
	unsigned text; /* open paragraphs and headings */
	unsigned aside; /* open annotations and notes; nested ones stay in the outer's */
	unsigned no_text; /* open elements whose characters are no text */
	bool styles; /* styles.xml: only headers and footers count */
	unsigned hf;
	uint64_t skip_rows;
	uint32_t skip_cols, repeat_cols;
	struct buf alt;
	bool number;
};

enum odf_word {
	ODF_NONE,
	ODF_PARAGRAPH,
	ODF_SPACE,
	ODF_TAB,
	ODF_BREAK,
	ODF_TABLE,
	ODF_ROW,
	ODF_CELL,
	ODF_ANNOTATION,
	ODF_NOTE,
	ODF_NOTE_MARK,
	ODF_DELETION,
	ODF_HEADER,
	ODF_FOOTER,
	ODF_LINK,
	ODF_BINARY
};

static const struct {
	const char *name;
	enum odf_word word;
} words[] = {
	{"text:p", ODF_PARAGRAPH},
	{"text:h", ODF_PARAGRAPH},
	{"text:s", ODF_SPACE},
	{"text:tab", ODF_TAB},
	{"text:line-break", ODF_BREAK},
	{"text:a", ODF_LINK},
	{"office:binary-data", ODF_BINARY},
	{"table:table", ODF_TABLE},
	{"table:table-row", ODF_ROW},
	{"table:table-cell", ODF_CELL},
	{"table:covered-table-cell", ODF_CELL},
	{"office:annotation", ODF_ANNOTATION},
	{"text:note-body", ODF_NOTE},
	{"text:note-citation", ODF_NOTE_MARK},
	{"text:deletion", ODF_DELETION},
	{"style:header", ODF_HEADER},
	{"style:header-left", ODF_HEADER},
	{"style:header-first", ODF_HEADER},
	{"style:footer", ODF_FOOTER},
	{"style:footer-left", ODF_FOOTER},
	{"style:footer-first", ODF_FOOTER},
};

static enum odf_word
word_of(const char *q)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].name, q) == 0)
			return words[i].word;
	}
	return ODF_NONE;
}

static int
spaces(struct odf_flow *c, const char **atts)
{
	static const char blanks[] = "                                ";
	uint64_t n = xml_uint(xml_att(atts, "c"), 1, sizeof blanks - 1);

	return flow_put(&c->flow, blanks, n);
}

static int
row_start(struct odf_flow *c, const char **atts)
{
	uint64_t repeat = xml_uint(xml_att(atts, "number-rows-repeated"), 1, UINT32_MAX);
	int r = flow_row(&c->flow, c->flow.tables == 1 ? c->skip_rows : 0);

	if (c->flow.tables == 1) {
		c->skip_rows = repeat ? repeat - 1 : 0;
		c->skip_cols = 0;
	}
	return r;
}

static int
cell_start(struct odf_flow *c, const char **atts)
{
	static const char *const values[] = {"value", "date-value", "time-value", "boolean-value"};
	const char *v = NULL;
	int r;

	if (c->flow.tables != 1)
		return 0;
	c->repeat_cols =
		(uint32_t)xml_uint(xml_att(atts, "number-columns-repeated"), 1, LIMIT_ROW_CELLS);
	buf_clear(&c->alt);
	c->number = false;
	for (size_t i = 0; i < 4 && !v; i++) {
		for (const char **a = atts; *a && !v; a += 2) {
			if (strncmp(*a, "office:", 7) == 0 && strcmp(*a + 7, values[i]) == 0)
				v = a[1];
		}
		c->number = v && i == 0;
	}
	buf_puts(&c->alt, v ? v : "");
	r = flow_cell(&c->flow, c->skip_cols);
	c->skip_cols = 0;
	return r;
}

static int
cell_end(struct odf_flow *c)
{
	struct flow *f = &c->flow;
	struct buf *t = &f->grid.text;
	size_t from = f->cell_from, n, alt;
	uint32_t repeat = c->repeat_cols ? c->repeat_cols : 1;
	int r = 0;

	if (f->tables != 1)
		return flow_cell_end(f, (struct span){0}, false);
	if (!f->in_cell)
		return 0;
	while (t->n > from && memchr(" \n\t", t->p[t->n - 1], 3))
		t->n--;
	if (t->n == from && c->alt.n)
		buf_put(t, c->alt.p, c->alt.n);
	n = t->n - from;
	if (n == 0 || n > LIMIT_CELL) {
		c->skip_cols = repeat - 1;
		return flow_cell_end(f, (struct span){0}, false);
	}
	alt = t->n;
	buf_put(t, c->alt.p, c->alt.n);
	f->in_cell = false;
	for (uint32_t i = 0; i < repeat && i < LIMIT_ODF_REPEAT && r == 0; i++)
		r = grid_cell(&f->grid, f->col + i, span_of(t->p + from, n),
			span_of(t->p + alt, t->n - alt), c->number);
	f->col += repeat - 1;
	return r;
}

static int
put_annotation_start(struct odf_flow *c, enum flow_channel ch)
{
	if (c->aside++ == 0)
		c->flow.channel = ch;
	return 0;
}

static int
table_start(struct odf_flow *c, const char **atts)
{
	const char *name = xml_att(atts, "name");

	if (c->flow.tables == 0) {
		c->skip_rows = 0;
		c->skip_cols = 0;
		name = name ? arena_strdup(c->flow.s->arena, span_sub(span_str(name), 0, 256))
			    : NULL;
	}
	return flow_table_begin(&c->flow, name, false);
}

int
odf_flow_start(struct odf_flow *c, struct xmlpart *x, const char **atts)
{
	enum odf_word w = word_of(x->qname);
	const char *href;

	if (w == ODF_HEADER || w == ODF_FOOTER)
		c->hf++;
	if (c->styles && !c->hf)
		return 0;
	switch (w) {
	case ODF_PARAGRAPH: /* of a text box within a paragraph, too */
		return c->text++ ? flow_line(&c->flow) : 0;
	case ODF_SPACE:
		return c->text ? spaces(c, atts) : 0;
	case ODF_TAB:
		return c->text ? flow_put(&c->flow, "\t", 1) : 0;
	case ODF_BREAK:
		return c->text ? flow_put(&c->flow, "\n", 1) : 0;
	case ODF_LINK:
		href = xml_att(atts, "href");
		if (href && strstr(href, ":"))
			buf_puts(&c->flow.side[FLOW_OVER], href);
		if (href && strstr(href, ":"))
			buf_putc(&c->flow.side[FLOW_OVER], '\n');
		return 0;
	case ODF_TABLE:
		return c->aside ? 0 : table_start(c, atts);
	case ODF_ROW:
		return c->aside ? 0 : row_start(c, atts);
	case ODF_CELL:
		return c->aside ? 0 : cell_start(c, atts);
	case ODF_ANNOTATION:
		return put_annotation_start(c, FLOW_COMMENT);
	case ODF_NOTE:
		return put_annotation_start(c, FLOW_NOTE);
	case ODF_DELETION:
		return put_annotation_start(c, FLOW_DELETED);
	case ODF_NOTE_MARK:
	case ODF_BINARY:
		c->no_text++;
		return 0;
	default:
		return 0;
	}
}

static int
aside_end(struct odf_flow *c)
{
	int r = flow_line(&c->flow);

	if (c->aside && --c->aside == 0)
		c->flow.channel = FLOW_BODY;
	return r;
}

int
odf_flow_stop(struct odf_flow *c, struct xmlpart *x)
{
	enum odf_word w = word_of(x->qname);

	if (c->styles && !c->hf)
		return 0;
	switch (w) {
	case ODF_PARAGRAPH:
		c->text -= c->text > 0;
		return flow_line(&c->flow);
	case ODF_TABLE:
		return c->aside ? 0 : flow_table_end(&c->flow);
	case ODF_ROW:
		return c->aside ? 0 : flow_row_end(&c->flow);
	case ODF_CELL:
		return c->aside ? 0 : cell_end(c);
	case ODF_ANNOTATION:
	case ODF_NOTE:
	case ODF_DELETION:
		return aside_end(c);
	case ODF_NOTE_MARK:
	case ODF_BINARY:
		c->no_text -= c->no_text > 0;
		return 0;
	case ODF_HEADER:
	case ODF_FOOTER:
		c->hf -= c->hf > 0;
		return flow_line(&c->flow);
	default: /* who wrote a note, and when */
		return c->aside && strncmp(x->qname, "dc:", 3) == 0 ? flow_line(&c->flow) : 0;
	}
}

int
odf_flow_text(struct odf_flow *c, const char *s, size_t n)
{
	if (!c->text || c->no_text)
		return 0;
	return flow_put(&c->flow, s, n);
}

static int
on_start(struct xmlpart *x, const char *local, const char **atts)
{
	(void)local;
	return odf_flow_start(x->user, x, atts);
}

static int
on_end(struct xmlpart *x, const char *local)
{
	(void)local;
	return odf_flow_stop(x->user, x);
}

static int
on_text(struct xmlpart *x, const char *s, size_t n)
{
	return odf_flow_text(x->user, s, n);
}

static int
flow_finish(struct odf_flow *c, int r)
{
	if (r == 0)
		r = flow_end(&c->flow);
	flow_free(&c->flow);
	buf_free(&c->alt);
	return r;
}

static int
read_part(struct zippart *p, struct odf_flow *c, const char *what)
{
	static const struct xml_ops ops = {.start = on_start, .end = on_end, .text = on_text};

	return flow_finish(c, xmlpart_parse(p, &ops, c, what));
}

int
odf_content(struct zippart *p, const char *name)
{
	struct odf_flow c = {0};

	flow_begin(&c.flow, p->z->s, PART_BODY, name, 0);
	return read_part(p, &c, "content");
}

int
odf_styles(struct zippart *p)
{
	struct odf_flow c = {.styles = true};

	flow_begin(&c.flow, p->z->s, PART_HEADER, NULL, 0);
	return read_part(p, &c, "styles");
}

struct odf_flow *
odf_flow_new(struct sink *s, bool headers)
{
	struct odf_flow *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->styles = headers;
	flow_begin(&c->flow, s, headers ? PART_HEADER : PART_BODY, NULL, 0);
	return c;
}

int
odf_flow_end(struct odf_flow *c, int r)
{
	r = flow_finish(c, r);
	free(c);
	return r;
}
