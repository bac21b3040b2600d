/*
 * XML of any kind, an element's name in front of its text as `name: value`. Nothing is expanded and
 * nothing is refused: what is not well-formed is read all the same. Where one element or attribute
 * names what another holds (key and value, name and value) they are written together.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "extract/feed.h"
#include "extract/webpage.h"
#include "extract/xml.h"
#include "limits.h"

#include "base/poison.h"

static struct span
local_name(struct span q)
{
	const uint8_t *c = memchr(q.p, ':', q.n);

	return c ? span_sub(q, (size_t)(c - q.p) + 1, q.n) : q;
}

static void
name_set(struct name *to, struct span s)
{
	s = span_sub(s, 0, LIMIT_XML_NAME);
	while (s.n == LIMIT_XML_NAME && s.n && (s.p[s.n - 1] & 0x80))
		s.n--;
	to->n = (uint8_t)s.n;
	if (s.n)
		memcpy(to->p, s.p, s.n);
}

static bool
one_of(struct span s, const char *const *list)
{
	for (; *list; list++) {
		if (att_is(s, *list))
			return true;
	}
	return false;
}

static const char *const key_names[] = {
	"name", "key", "property", "option", "setting", "id", "username", NULL};
static const char *const value_names[] = {
	"value", "string", "val", "data", "content", "text", "integer", "real", NULL};

/* Pieces of running text: a name in front of each line would only part it. */
static const char *const piece_names[] = {
	"p", "para", "line", "l", "t", "li", "item", "note", "seg", NULL};

static bool
is_blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' && (s.p[i] < '\t' || s.p[i] > '\r'))
			return false;
	}
	return true;
}

/* --- tags --------------------------------------------------------------------------- */

static int
put3(struct xml *x, struct span a, const char *mid, struct span b, size_t *ret_at)
{
	int r = lined_add(&x->out, a);

	if (r == 0)
		r = lined_str(&x->out, mid);
	*ret_at = x->out.buf.n;
	if (r == 0)
		r = lined_add(&x->out, b);
	return r;
}

static void
note_att(struct xml *x, size_t key, size_t key_n, size_t from)
{
	if (x->n_atts < LIMIT_XML_ATTS)
		x->atts[x->n_atts++] = (struct put_att){key, key_n, from, x->out.buf.n, !key_n};
}

static int
put_att(struct xml *x, const struct markup_att *a)
{
	size_t at;
	int r = put3(x, a->name, "=\"", a->value, &at);

	if (at >= a->name.n + 2)
		note_att(x, at - 2 - a->name.n, a->name.n, at);
	return r == 0 ? lined_str(&x->out, "\" ") : r;
}

struct roles {
	const struct markup_att *name, *value;
};

static struct roles
find_roles(const struct markup_tag *t)
{
	struct roles w = {0};

	for (size_t i = 0; i < t->n; i++) {
		struct span n = local_name(t->atts[i].name);

		if (!t->atts[i].value.n || !n.n)
			continue;
		if (!w.name && one_of(n, key_names))
			w.name = &t->atts[i];
		else if (!w.value && one_of(n, value_names))
			w.value = &t->atts[i];
	}
	return w;
}

/* `key="name"="value"`: the name is an assignment's left side, wherever the attributes stand. */
static int
put_roles(struct xml *x, const struct roles *w)
{
	size_t at;
	int r = w->name ? put_att(x, w->name) : 0;

	if (r < 0 || !w->value)
		return r;
	if (!w->name)
		return put_att(x, w->value);
	if (x->out.last == ' ' && x->out.buf.n)
		x->out.buf.n--;
	r = put3(x, (struct span){0}, "=\"", w->value->value, &at);
	note_att(x, 0, 0, at);
	return r == 0 ? lined_str(&x->out, "\" ") : r;
}

static int
put_start(struct xml *x, const struct markup_tag *t, struct span name)
{
	struct roles w = find_roles(t);
	bool valued = one_of(name, value_names), waits = x->colon && valued && !x->key.n && !t->n;
	struct span shown = valued && x->key.n ? xml_name(&x->key) : name;
	int r = x->colon && !waits ? lined_str(&x->out, " ") : 0;

	for (size_t i = 0; r == 0 && i < t->n; i++) {
		const struct markup_att *a = &t->atts[i];

		if (a != w.name && a != w.value && a->value.n && !span_has(a->name, 0, "xmlns", 5))
			r = put_att(x, a);
	}
	/* <password><value>x</value></password>: the name that waits is the better one */
	if (r == 0 && !waits)
		r = lined_add(&x->out, shown);
	if (r == 0 && (w.name || w.value)) {
		r = lined_str(&x->out, " ");
		r = r == 0 ? put_roles(x, &w) : r;
	}
	x->colon = !t->empty && !w.value;
	return r;
}

/* <field name="SSN">862...</field>: what its only attribute says is its name. */
static struct span
said_name(const struct xml *x)
{
	static const char *const names[] = {
		"name", "n", "key", "field", "column", "col", "label", NULL};
	const struct put_att *a = &x->atts[0];
	const struct buf *b = &x->out.buf;

	if (x->n_atts != 1 || a->value || !x->leaf_text || a->to > b->n || a->from >= a->to ||
		a->key + a->key_n > b->n || !one_of(span_of(b->p + a->key, a->key_n), names))
		return (struct span){0};
	return span_of(b->p + a->from, a->to - a->from);
}

static int
leaf_end(struct xml *x)
{
	struct span name = xml_name(&x->leaf);
	struct span text = {0};
	int r = 0;

	if (x->leaf_sent == x->out.sent && x->text_at <= x->out.buf.n)
		text = span_of(x->out.buf.p + x->text_at, x->out.buf.n - x->text_at);
	if (x->record_depth && x->record_depth + 1 == x->leaf_depth) {
		struct span said = said_name(x);

		r = said.n ? 0 : xml_att_cells(x, x->atts, x->n_atts, name);
		if (r == 0 && x->leaf_text)
			r = records_cell(
				&x->rec, said.n ? said : name, x->text_at, x->out.buf.n, false);
	}
	if (one_of(name, key_names) && x->leaf_text)
		name_set(&x->key, text);
	else
		x->key.n = 0;
	x->leaf_depth = 0;
	return r;
}

static int
element_end(struct xml *x)
{
	int r = 0;

	if (x->leaf_depth && x->leaf_depth == x->depth) {
		r = leaf_end(x);
	} else if (x->record_depth && x->record_depth == x->depth) {
		x->record_depth = 0;
		r = x->mixed ? xml_group_stop(x) : records_end(&x->rec);
		x->key.n = 0;
	} else if (x->group_depth && x->depth < x->group_depth) {
		r = xml_group_stop(x);
	}
	x->colon = false;
	if (x->depth)
		x->depth--;
	return r == 0 ? lined_break(&x->out) : r;
}

/* Attributes alone make a record, too, when another such stood in front of it. */
static int
attributes_end(struct xml *x, const struct markup_tag *t, bool again)
{
	bool grouped = x->group_depth == x->depth;
	int r = 0;

	if (t->n > 1 && again && !grouped && x->n_first && x->first_sent == x->leaf_sent &&
		x->leaf_sent == x->out.sent)
		r = xml_first_to_record(x);
	x->n_first = 0;
	if (r == 0 && t->n > 1 && (again || grouped)) {
		r = xml_leaf_to_record(x);
		x->leaf_depth = 0;
	} else if (t->n > 1) {
		memcpy(x->first, x->atts, x->n_atts * sizeof *x->atts);
		x->n_first = x->n_atts;
		x->first_at = x->leaf_at;
		x->first_sent = x->leaf_sent;
	}
	return r == 0 ? element_end(x) : r;
}

static int
element_start(struct xml *x, const struct markup_tag *t)
{
	struct span name = local_name(t->name);
	bool again;
	int r = 0;

	x->depth++;
	if (x->leaf_depth && x->leaf_depth + 1 == x->depth)
		r = xml_leaf_to_record(x);
	/* a sibling that is none of the group */
	else if (x->group_depth == x->depth && !span_eq(name, xml_name(&x->group)))
		r = xml_group_stop(x);
	if (r < 0)
		return r;
	again = x->last_depth == x->depth && span_eq(name, xml_name(&x->leaf));
	name_set(&x->leaf, name);
	x->leaf_depth = x->last_depth = x->depth;
	x->leaf_text = false;
	x->leaf_at = x->out.buf.n;
	x->leaf_sent = x->out.sent;
	x->n_atts = 0;
	r = put_start(x, t, name);
	x->text_at = x->out.buf.n;
	if (r < 0 || !t->empty) {
		x->n_first = 0;
		return r;
	}
	return attributes_end(x, t, again);
}

static int
on_tag(void *user, const struct markup_tag *t)
{
	struct xml *x = user;
	int r;

	if (t->end)
		r = element_end(x);
	else
		r = element_start(x, t);
	return r == 0 ? lined_newlines(&x->out, t->source) : r;
}

/* The leaf's name is all that came of it, and is not needed. */
static bool
is_piece(const struct xml *x)
{
	struct span name = xml_name(&x->leaf);

	return x->leaf_depth && !x->n_atts && x->leaf_sent == x->out.sent && x->leaf_at &&
		x->leaf_at + name.n == x->out.buf.n && one_of(name, piece_names);
}

static int
on_text(void *user, struct span s)
{
	struct xml *x = user;
	bool blank = is_blank(s);
	int r = 0;

	if (!blank && x->group_depth && !x->record_depth && !x->leaf_depth)
		r = xml_group_stop(x);
	if (r == 0 && !blank && x->colon) {
		if (is_piece(x))
			x->out.buf.n = x->leaf_at;
		else
			r = lined_str(&x->out, ": ");
		x->text_at = x->out.buf.n;
		x->colon = false;
	}
	if (!blank) {
		x->n_first = 0;
		x->leaf_text |= x->leaf_depth != 0;
		x->mixed |= x->leaf_depth == 0;
	}
	return r == 0 ? lined_put(&x->out, s) : r;
}

static int
on_aside(void *user, struct span s)
{
	struct xml *x = user;
	int r;

	if (!s.n)
		return lined_break(&x->out);
	/* a comment among records is not to be lost with their text */
	r = x->group_depth && !is_blank(s) ? xml_group_stop(x) : 0;
	x->n_first = 0;
	return r == 0 ? lined_put(&x->out, s) : r;
}

static void
xml_free(struct xml **x)
{
	if (!*x)
		return;
	markup_free(&(*x)->m);
	records_free(&(*x)->rec);
	lined_free(&(*x)->out);
	buf_free(&(*x)->tmp);
	free(*x);
}

static int
xml_feed(void *user, struct span utf8)
{
	return markup_feed(&((struct xml *)user)->m, utf8);
}

static int
xml_run(struct item *it, struct sink *s)
{
	static const struct markup_ops ops = {.tag = on_tag, .text = on_text, .aside = on_aside};
	_cleanup_(xml_free) struct xml *x = calloc(1, sizeof *x);
	int r;

	if (!x)
		return -ENOMEM;
	lined_init(&x->out, s, PART_BODY);
	records_init(&x->rec, &x->out);
	markup_init(&x->m, &ops, x, false);
	r = feed_text(it, s, charset_choose(it->charset, it->head), xml_feed, x);
	if (r == 0)
		r = markup_end(&x->m);
	if (r == 0)
		r = xml_group_stop(x);
	return r == 0 ? lined_close(&x->out) : r;
}

static int
xml_bid(const struct item *it)
{
	return it->format == FORMAT_TEXT && strcmp(it->mime, "text/xml") == 0 ? 40 : 0;
}

const struct extractor extract_xml = {
	.name = "xml",
	.formats = "xml of any kind",
	.bid = xml_bid,
	.run = xml_run,
};
