/*
 * WordprocessingML and DrawingML name paragraphs, runs and tables alike but for their prefix, so one
 * handler reads both. A word that is split into runs by formatting or spell checking comes out whole.
 */
#include "extract/office.h"

#include "base/poison.h"

struct doc {
	struct flow flow;
	unsigned text; /* open elements whose characters are text */
	unsigned fallback; /* open mc:Fallback: repeats what mc:Choice said */
	unsigned deleted; /* open w:del, w:moveFrom */
};

enum word {
	WORD_NONE,
	WORD_TEXT,
	WORD_DELETED_TEXT,
	WORD_FIELD,
	WORD_PARAGRAPH,
	WORD_BREAK,
	WORD_TAB,
	WORD_HYPHEN,
	WORD_TABLE,
	WORD_ROW,
	WORD_CELL,
	WORD_DELETED,
	WORD_FALLBACK,
	WORD_PROPERTIES
};

static const struct {
	const char *name;
	enum word word;
} words[] = {
	{"t", WORD_TEXT},
	{"v", WORD_TEXT},
	{"text", WORD_TEXT},
	{"delText", WORD_DELETED_TEXT},
	{"delInstrText", WORD_DELETED_TEXT},
	{"instrText", WORD_FIELD},
	{"p", WORD_PARAGRAPH},
	{"pt", WORD_PARAGRAPH},
	{"br", WORD_BREAK},
	{"cr", WORD_BREAK},
	{"tab", WORD_TAB},
	{"noBreakHyphen", WORD_HYPHEN},
	{"tbl", WORD_TABLE},
	{"tr", WORD_ROW},
	{"tc", WORD_CELL},
	{"del", WORD_DELETED},
	{"moveFrom", WORD_DELETED},
	{"Fallback", WORD_FALLBACK},
	{"tabs", WORD_PROPERTIES},
	{"rPr", WORD_PROPERTIES},
	{"trPr", WORD_PROPERTIES},
	{"tcPr", WORD_PROPERTIES},
};

static enum word
word_of(const char *name)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i].name, name) == 0)
			return words[i].word;
	}
	return WORD_NONE;
}

static int
put(struct doc *d, const char *s)
{
	d->flow.channel = d->deleted ? FLOW_DELETED : FLOW_BODY;
	return flow_put(&d->flow, s, strlen(s));
}

static int
on_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct doc *d = x->user;
	enum word w = word_of(name);
	const char *instr;

	if (d->fallback || w == WORD_FALLBACK) {
		d->fallback += 1;
		return 0;
	}
	switch (w) {
	case WORD_TEXT:
	case WORD_DELETED_TEXT:
		d->text++;
		return 0;
	case WORD_FIELD:
		d->text++;
		return put(d, " ");
	case WORD_PARAGRAPH: /* of a text box within a paragraph */
		d->flow.channel = d->deleted ? FLOW_DELETED : FLOW_BODY;
		return flow_line(&d->flow);
	case WORD_BREAK:
		return put(d, "\n");
	case WORD_TAB:
		/* within tab stops (w:tabs) it is a setting and has a w:val */
		return xml_att(atts, "val") || xml_att(atts, "pos") ? 0 : put(d, "\t");
	case WORD_HYPHEN:
		return put(d, "-");
	case WORD_TABLE:
		return flow_table_begin(&d->flow, NULL, false);
	case WORD_ROW:
		return flow_row(&d->flow, 0);
	case WORD_CELL:
		return flow_cell(&d->flow, 0);
	case WORD_DELETED:
		d->deleted++;
		return 0;
	default:
		instr = strcmp(name, "fldSimple") == 0 ? xml_att(atts, "instr") : NULL;
		return instr ? put(d, instr) : 0;
	}
}

static int
on_end(struct xmlpart *x, const char *name)
{
	struct doc *d = x->user;
	enum word w = word_of(name);

	if (d->fallback) {
		d->fallback--;
		return 0;
	}
	d->flow.channel = d->deleted ? FLOW_DELETED : FLOW_BODY;
	switch (w) {
	case WORD_TEXT:
	case WORD_DELETED_TEXT:
		d->text -= d->text > 0;
		return 0;
	case WORD_FIELD:
		d->text -= d->text > 0;
		return put(d, " ");
	case WORD_PARAGRAPH:
		return flow_line(&d->flow);
	case WORD_TABLE:
		return flow_table_end(&d->flow);
	case WORD_ROW:
		return flow_row_end(&d->flow);
	case WORD_CELL:
		return flow_cell_end(&d->flow, (struct span){0}, false);
	case WORD_DELETED:
		d->deleted -= d->deleted > 0;
		if (d->deleted)
			return 0;
		d->flow.channel = FLOW_DELETED;
		return flow_line(&d->flow);
	default:
		return 0;
	}
}

static int
on_text(struct xmlpart *x, const char *s, size_t n)
{
	struct doc *d = x->user;

	if (!d->text || d->fallback)
		return 0;
	d->flow.channel = d->deleted ? FLOW_DELETED : FLOW_BODY;
	return flow_put(&d->flow, s, n);
}

int
office_flow(struct zippart *p, enum part part, const char *name, uint32_t page, const char *what)
{
	static const struct xml_ops ops = {.start = on_start, .end = on_end, .text = on_text};
	struct doc d = {0};
	int r;

	flow_begin(&d.flow, p->z->s, part, name, page);
	r = xmlpart_parse(p, &ops, &d, what);
	if (r == 0)
		r = flow_end(&d.flow);
	flow_free(&d.flow);
	return r;
}
