/*
 * A worksheet in XML, the part that costs the time: one comparison of a first letter settles most
 * elements, and a value is gathered where the row keeps it.
 */
#include <errno.h>

#include "extract/book.h"
#include "limits.h"

#include "base/poison.h"

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL };

struct sheet {
	struct book *b;
	size_t from; /* of the present cell's value in the row's buffer */
	uint32_t col, style;
	enum cell_type type;
	bool in_value, in_cell;
	unsigned phonetic;
	enum part hf; /* PART_HEADER or _FOOTER while in one, else PART_BODY */
	struct buf header, footer;
};

/* "AB12" -> 28; 0 when it is none. */
static uint32_t
column_of(const char *ref)
{
	uint32_t col = 0;

	for (; *ref >= 'A' && *ref <= 'Z' && col <= LIMIT_ROW_CELLS; ref++)
		col = col * 26 + (uint32_t)(*ref - 'A') + 1;
	return col <= LIMIT_ROW_CELLS ? col : 0;
}

static enum cell_type
type_of(const char *t)
{
	switch (t[0]) {
	case 's':
		return t[1] ? CELL_TEXT : CELL_SHARED;
	case 'n':
		return CELL_NUMBER;
	case 'b':
		return CELL_BOOL;
	default:
		return CELL_TEXT; /* str, inlineStr, e, d */
	}
}

static int
cell_start(struct sheet *sh, const char **atts)
{
	uint32_t col = 0;

	sh->type = CELL_NUMBER;
	sh->style = 0;
	for (; *atts; atts += 2) {
		if (atts[0][0] == 0 || atts[0][1] != 0)
			continue;
		if (atts[0][0] == 'r')
			col = column_of(atts[1]);
		else if (atts[0][0] == 's')
			sh->style = (uint32_t)xml_uint(atts[1], 0, UINT32_MAX);
		else if (atts[0][0] == 't')
			sh->type = type_of(atts[1]);
	}
	sh->col = col ? col : sh->col + 1;
	sh->in_cell = true;
	sh->from = sh->b->grid.text.n;
	return 0;
}

static int
row_start(struct sheet *sh, const char **atts)
{
	uint64_t row = xml_uint(xml_att(atts, "r"), 0, UINT32_MAX);

	sh->col = 0;
	sh->in_cell = sh->in_value = false; /* its value goes with the row before */
	return grid_row(&sh->b->grid, row ? row : sh->b->grid.row + 1);
}

static enum part
header_part(const char *name)
{
	if (strcmp(name + 1, "ddHeader") == 0 || strcmp(name, "evenHeader") == 0 ||
		strcmp(name, "firstHeader") == 0)
		return PART_HEADER;
	if (strcmp(name + 1, "ddFooter") == 0 || strcmp(name, "evenFooter") == 0 ||
		strcmp(name, "firstFooter") == 0)
		return PART_FOOTER;
	return PART_BODY;
}

static int
on_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct sheet *sh = x->user;

	if (name[1] == 0) {
		if (name[0] == 'c')
			return cell_start(sh, atts);
		sh->in_value = sh->in_cell && (name[0] == 'v' || name[0] == 't') && !sh->phonetic;
		return 0;
	}
	switch (name[0]) {
	case 'r':
		if (strcmp(name, "row") == 0)
			return row_start(sh, atts);
		sh->phonetic += strcmp(name, "rPh") == 0;
		return 0;
	case 'o':
	case 'e':
	case 'f':
		sh->hf = header_part(name);
		return 0;
	default:
		return 0;
	}
}

static int
cell_end(struct sheet *sh)
{
	struct book *b = sh->b;
	struct buf *t = &b->grid.text;
	struct span raw = span_sub(buf_span(t), sh->from, t->n);
	uint64_t index = 0;

	sh->in_cell = false;
	if (raw.n == 0)
		return 0;
	if (b->grid.row == 0) {
		b->grid.row = 1;
	}
	switch (sh->type) {
	case CELL_NUMBER:
		return book_number(b, sh->col, sh->style, raw);
	case CELL_SHARED:
		for (size_t i = 0; i < raw.n && raw.p[i] >= '0' && raw.p[i] <= '9' && i < 12; i++)
			index = index * 10 + (uint64_t)(raw.p[i] - '0');
		t->n = sh->from;
		return book_shared(b, sh->col, index);
	case CELL_BOOL:
		return grid_cell(&b->grid, sh->col, span_str(raw.p[0] == '1' ? "TRUE" : "FALSE"),
			(struct span){0}, false);
	default:
		return grid_cell(&b->grid, sh->col, raw, (struct span){0}, false);
	}
}

static int
on_end(struct xmlpart *x, const char *name)
{
	struct sheet *sh = x->user;

	if (name[1] == 0) {
		sh->in_value = false;
		return name[0] == 'c' && sh->in_cell ? cell_end(sh) : 0;
	}
	if (name[0] == 'r' && sh->phonetic && strcmp(name, "rPh") == 0)
		sh->phonetic--;
	if (sh->hf != PART_BODY) {
		buf_putc(sh->hf == PART_HEADER ? &sh->header : &sh->footer, '\n');
		sh->hf = PART_BODY;
	}
	return 0;
}

static int
on_text(struct xmlpart *x, const char *s, size_t n)
{
	struct sheet *sh = x->user;

	if (sh->in_value && sh->b->grid.text.n - sh->from > LIMIT_CELL)
		return 0; /* grid_cell() says that it is too long */
	if (sh->in_value)
		buf_put(&sh->b->grid.text, s, n);
	else if (sh->hf != PART_BODY)
		buf_put(sh->hf == PART_HEADER ? &sh->header : &sh->footer, s, n);
	return sh->b->grid.text.failed ? -ENOMEM : 0;
}

int
xlsx_sheet(struct book *b, struct zippart *p)
{
	static const struct xml_ops ops = {
		.start = on_start, .end = on_end, .text = on_text, .plain = true};
	struct sheet sh = {.b = b, .header.max = LIMIT_ASIDE, .footer.max = LIMIT_ASIDE};
	int r = xmlpart_parse(p, &ops, &sh, "worksheet");

	if (r == 0)
		r = grid_end(&b->grid);
	if (r == 0)
		r = book_header(b, PART_HEADER, buf_span(&sh.header));
	if (r == 0)
		r = book_header(b, PART_FOOTER, buf_span(&sh.footer));
	buf_free(&sh.header);
	buf_free(&sh.footer);
	return r;
}
