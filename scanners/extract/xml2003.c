/*
 * Office 2003 could save whole workbooks and letters as one XML file, and many programs still export
 * such workbooks. Rows and cells are elements there; the rest of the file is about looks.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "extract/feed.h"
#include "extract/markup.h"
#include "extract/webpage.h"
#include "extract/webtable.h"
#include "limits.h"

#include "base/poison.h"

struct office2003 {
	struct webtable t;
	struct markup m;
};

static struct span
local_name(struct span q)
{
	const uint8_t *c = memchr(q.p, ':', q.n);

	return c ? span_sub(q, (size_t)(c - q.p) + 1, q.n) : q;
}

static uint32_t
att_number(const struct markup_tag *t, const char *local)
{
	uint32_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct span v = t->atts[i].value;

		if (!att_is(local_name(t->atts[i].name), local))
			continue;
		for (size_t k = 0; k < v.n && k < 6 && v.p[k] >= '0' && v.p[k] <= '9'; k++)
			n = n * 10 + v.p[k] - '0';
	}
	return n;
}

/* ss:Index says the column, ss:MergeAcross how many more it covers. */
static int
cell_begin(struct office2003 *x, const struct markup_tag *t)
{
	uint32_t index = att_number(t, "Index"), across = att_number(t, "MergeAcross");
	int r = webtable_cell_end(&x->t);

	if (r < 0)
		return r;
	if (x->t.data && index > x->t.col + 1 && index <= LIMIT_ROW_CELLS)
		x->t.col = index - 1;
	r = webtable_cell(&x->t, across < LIMIT_ROW_CELLS ? across + 1 : 1);
	return r == 0 && t->empty ? webtable_cell_end(&x->t) : r;
}

/* Formulas, links, names, titles: what attributes hold beside the looks. */
static int
put_atts(struct office2003 *x, const struct markup_tag *t)
{
	static const char *const worth[] = {
		"Formula", "HRef", "HRefScreenTip", "Author", "RefersTo", "Name", "Data", "href"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->n; i++) {
		struct span n = local_name(t->atts[i].name);

		for (size_t k = 0; r == 0 && k < sizeof worth / sizeof *worth; k++) {
			if (!att_is(n, worth[k]) || !t->atts[i].value.n)
				continue;
			r = webtable_aside(&x->t, t->atts[i].value);
			if (r == 0)
				r = webtable_break(&x->t);
		}
	}
	return r;
}

/* In a letter only paragraphs do: runs cut words into pieces. */
static bool
ends_line(struct span name, struct span local)
{
	if (span_has(name, 0, "w:", 2))
		return att_is(local, "p") || att_is(local, "br") || att_is(local, "cr");
	return !att_is(local, "Data") && !att_is(local, "B") && !att_is(local, "I") &&
		!att_is(local, "Font");
}

static int
on_tag(void *user, const struct markup_tag *t)
{
	struct office2003 *x = user;
	struct span n = local_name(t->name);
	int r = webtable_newlines(&x->t, t->source);

	if (r < 0)
		return r;
	if (att_is(n, "Row") || att_is(n, "tr"))
		r = t->end || t->empty ? webtable_row_end(&x->t) : webtable_row(&x->t);
	else if (att_is(n, "Cell") || att_is(n, "tc"))
		r = t->end ? webtable_cell_end(&x->t) : cell_begin(x, t);
	else if (att_is(n, "Table") || att_is(n, "tbl"))
		r = t->end ? webtable_end(&x->t) : t->empty ? 0 : webtable_begin(&x->t);
	else if (ends_line(t->name, n))
		r = webtable_break(&x->t);
	return r == 0 && !t->end ? put_atts(x, t) : r;
}

static int
on_text(void *user, struct span s)
{
	struct office2003 *x = user;

	return webtable_put(&x->t, s);
}

static int
on_aside(void *user, struct span s)
{
	struct office2003 *x = user;

	return s.n ? webtable_aside(&x->t, s) : webtable_break(&x->t);
}

static void
office_free(struct office2003 **x)
{
	if (!*x)
		return;
	markup_free(&(*x)->m);
	webtable_free(&(*x)->t);
	free(*x);
}

static int
office_feed(void *user, struct span utf8)
{
	return markup_feed(&((struct office2003 *)user)->m, utf8);
}

static int
xml2003_run(struct item *it, struct sink *s)
{
	static const struct markup_ops ops = {.tag = on_tag, .text = on_text, .aside = on_aside};
	_cleanup_(office_free) struct office2003 *x = calloc(1, sizeof *x);
	int r;

	if (!x)
		return -ENOMEM;
	webtable_init(&x->t, s, PART_BODY);
	markup_init(&x->m, &ops, x, false);
	r = feed_text(it, s, charset_choose(it->charset, it->head), office_feed, x);
	if (r == 0)
		r = markup_end(&x->m);
	return r == 0 ? webtable_finish(&x->t) : r;
}

static int
xml2003_bid(const struct item *it)
{
	struct span h = span_sub(it->head, 0, 4096);

	if (it->format != FORMAT_TEXT || strcmp(it->mime, "text/xml") != 0)
		return 0;
	return memmem(h.p, h.n, "urn:schemas-microsoft-com:office:spreadsheet", 44) ||
			memmem(h.p, h.n, "schemas.microsoft.com/office/word/2003/wordml", 45)
		? 60
		: 0;
}

const struct extractor extract_xml2003 = {
	.name = "xml2003",
	.formats = "Office 2003 workbooks and documents as xml",
	.bid = xml2003_bid,
	.run = xml2003_run,
};
