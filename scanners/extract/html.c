/*
 * What a browser shows, and what it does not: comments, scripts, and the attributes that carry data.
 * An attribute that names another's value ("name" and "value") is written as an assignment, because
 * that is what it is.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "extract/extract.h"
#include "extract/feed.h"
#include "extract/markup.h"
#include "extract/webpage.h"
#include "extract/webtable.h"
#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

enum kind { INLINE, BLOCK, TABLE, ROW, CELL };

static const struct {
	const char name[12];
	uint8_t kind;
} kinds[] = {
	/* sorted */
	{"address", BLOCK},
	{"article", BLOCK},
	{"aside", BLOCK},
	{"blockquote", BLOCK},
	{"body", BLOCK},
	{"br", BLOCK},
	{"button", BLOCK},
	{"caption", BLOCK},
	{"center", BLOCK},
	{"dd", BLOCK},
	{"details", BLOCK},
	{"dialog", BLOCK},
	{"div", BLOCK},
	{"dl", BLOCK},
	{"dt", BLOCK},
	{"fieldset", BLOCK},
	{"figcaption", BLOCK},
	{"figure", BLOCK},
	{"footer", BLOCK},
	{"form", BLOCK},
	{"h1", BLOCK},
	{"h2", BLOCK},
	{"h3", BLOCK},
	{"h4", BLOCK},
	{"h5", BLOCK},
	{"h6", BLOCK},
	{"head", BLOCK},
	{"header", BLOCK},
	{"hr", BLOCK},
	{"html", BLOCK},
	{"legend", BLOCK},
	{"li", BLOCK},
	{"link", BLOCK},
	{"main", BLOCK},
	{"meta", BLOCK},
	{"nav", BLOCK},
	{"ol", BLOCK},
	{"option", BLOCK},
	{"p", BLOCK},
	{"param", BLOCK},
	{"pre", BLOCK},
	{"script", BLOCK},
	{"section", BLOCK},
	{"select", BLOCK},
	{"style", BLOCK},
	{"summary", BLOCK},
	{"table", TABLE},
	{"tbody", ROW},
	{"td", CELL},
	{"textarea", BLOCK},
	{"tfoot", ROW},
	{"th", CELL},
	{"thead", ROW},
	{"title", BLOCK},
	{"tr", ROW},
	{"ul", BLOCK},
};

/* Attributes that are about looks: they hold no one's data, and stand in the way of numbers. */
static const char *const looks[] = {"class", "width", "height", "align", "valign", "border",
	"cellpadding", "cellspacing", "bgcolor", "colspan", "rowspan", "nowrap", "dir", "lang",
	"size", "face", "color", "rel", "tabindex", "role", "xml:lang", "xmlns", "charset"};

struct webpage {
	struct webtable t;
	struct markup m;
};

static enum kind
kind_of(struct span name)
{
	size_t lo = 0, hi = sizeof kinds / sizeof *kinds;

	while (name.n < sizeof kinds->name && lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strncasecmp(kinds[mid].name, (const char *)name.p, name.n);

		if (c == 0 && kinds[mid].name[name.n] == 0)
			return kinds[mid].kind;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return INLINE;
}

static bool
is_looks(struct span name)
{
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		if ((name.p[0] | 0x20) == looks[i][0] && att_is(name, looks[i]))
			return true;
	}
	return false;
}

static const struct markup_att *
att_find(const struct markup_tag *tag, const char *const *names, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < tag->n; i++) {
			if (tag->atts[i].value.n && att_is(tag->atts[i].name, names[k]))
				return &tag->atts[i];
		}
	}
	return NULL;
}

static int
put_pair(struct webtable *t, struct buf *b, struct span name, struct span value)
{
	buf_clear(b);
	buf_put(b, name.p, name.n);
	buf_puts(b, name.n ? "=\"" : "\"");
	buf_put(b, value.p, value.n);
	buf_putc(b, '"');
	return b->failed ? -ENOMEM : webtable_later(t, buf_span(b));
}

static int
put_atts(struct webpage *w, const struct markup_tag *tag)
{
	static const char *const names[] = {"name", "id", "property", "http-equiv", "key"};
	static const char *const values[] = {"value", "content"};
	const struct markup_att *name = att_find(tag, names, 5), *value = att_find(tag, values, 2);
	_cleanup_(buf_free) struct buf b = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < tag->n; i++) {
		const struct markup_att *a = &tag->atts[i];

		if (!a->value.n || (a->name.n && is_looks(a->name)) || (value && a == name))
			continue;
		if (a == value && w->t.data && w->t.in_cell && !name)
			r = webtable_put(&w->t, a->value);
		else
			r = put_pair(
				&w->t, &b, a == value && name ? name->value : a->name, a->value);
	}
	return r;
}

static uint32_t
col_span(const struct markup_tag *tag)
{
	static const char *const names[] = {"colspan"};
	const struct markup_att *a = att_find(tag, names, 1);
	uint32_t n = 0;

	for (size_t i = 0; a && i < a->value.n && n < LIMIT_HTML_SPAN; i++) {
		if (a->value.p[i] < '0' || a->value.p[i] > '9')
			break;
		n = n * 10 + a->value.p[i] - '0';
	}
	return n == 0 ? 1 : n > LIMIT_HTML_SPAN ? LIMIT_HTML_SPAN : n;
}

static int
put_structure(struct webtable *t, enum kind kind, bool end, uint32_t columns)
{
	switch (kind) {
	case BLOCK:
		return webtable_break(t);
	case TABLE:
		return end ? webtable_end(t) : webtable_begin(t);
	case ROW:
		return end ? webtable_row_end(t) : webtable_row(t);
	case CELL:
		return end ? webtable_cell_end(t) : webtable_cell(t, columns);
	case INLINE:
		break;
	}
	return 0;
}

static uint32_t
structure_mark(enum kind kind, bool end, uint32_t columns)
{
	return 1u | (uint32_t)kind << 1 | (uint32_t)end << 7 | columns << 8;
}

static int
on_again(void *user, uint32_t mark)
{
	struct webpage *w = user;

	return put_structure(&w->t, (enum kind)(mark >> 1 & 63), mark >> 7 & 1, mark >> 8);
}

/* Has the tag attributes that hold data? */
static bool
has_data(const struct markup_tag *tag)
{
	for (size_t i = 0; !tag->end && i < tag->n; i++) {
		const struct markup_att *a = &tag->atts[i];

		if (a->value.n && !(a->name.n && is_looks(a->name)))
			return true;
	}
	return false;
}

static int
on_tag(void *user, const struct markup_tag *tag)
{
	struct webpage *w = user;
	enum kind kind = kind_of(tag->name);
	uint32_t columns = kind == CELL && !tag->end ? col_span(tag) : 1;
	bool data = has_data(tag), lines = memchr(tag->source.p, '\n', tag->source.n);
	int r = put_structure(&w->t, kind, tag->end, columns);

	if (r == 0 && lines)
		r = webtable_newlines(&w->t, tag->source);
	if (!data && !lines)
		*tag->mark = structure_mark(kind, tag->end, columns);
	return r == 0 && data ? put_atts(w, tag) : r;
}

static int
on_text(void *user, struct span s)
{
	struct webpage *w = user;

	return webtable_put(&w->t, s);
}

static int
on_aside(void *user, struct span s)
{
	struct webpage *w = user;

	return s.n ? webtable_aside(&w->t, s) : w->t.data ? 0 : lined_break(&w->t.out);
}

struct webpage *
webpage_new(struct sink *s, enum part part, const char *name)
{
	static const struct markup_ops ops = {
		.tag = on_tag, .again = on_again, .text = on_text, .aside = on_aside};
	struct webpage *w = malloc(sizeof *w);

	if (!w)
		return NULL;
	webtable_init(&w->t, s, part);
	w->t.out.name = name;
	w->t.out.no_lines = name != NULL;
	markup_init(&w->m, &ops, w, true);
	return w;
}

int
webpage_feed(void *user, struct span utf8)
{
	return markup_feed(&((struct webpage *)user)->m, utf8);
}

int
webpage_end(struct webpage *w)
{
	int r = markup_end(&w->m);

	return r == 0 ? webtable_finish(&w->t) : r;
}

void
webpage_free(struct webpage *w)
{
	if (!w)
		return;
	markup_free(&w->m);
	webtable_free(&w->t);
	free(w);
}

static int
html_run(struct item *it, struct sink *s)
{
	struct webpage *w = webpage_new(s, PART_BODY, NULL);
	int r;

	if (!w)
		return -ENOMEM;
	r = feed_text(it, s, charset_choose(it->charset, it->head), webpage_feed, w);
	if (r == 0)
		r = webpage_end(w);
	webpage_free(w);
	return r;
}

static int
html_bid(const struct item *it)
{
	return it->format == FORMAT_TEXT && strcmp(it->mime, "text/html") == 0 ? 50 : 0;
}

const struct extractor extract_html = {
	.name = "html",
	.formats = "web pages (html, xhtml)",
	.bid = html_bid,
	.run = html_run,
};
