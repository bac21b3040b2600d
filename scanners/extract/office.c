/*
 * The parts around the text proper are where documents keep what their authors forgot: who wrote
 * them, what they link to, the sheet pasted into a letter.
 */
#include "extract/office.h"

#include "extract/pictures.h"
#include "limits.h"

#include "base/poison.h"

struct words {
	struct flow flow;
	struct buf label; /* what the next text is called */
	struct buf text;
};

static int
words_line(struct words *w)
{
	int r = 0;

	while (w->text.n && memchr(" \t\r\n", w->text.p[w->text.n - 1], 4))
		w->text.n--;
	if (w->text.n) {
		if (w->label.n) {
			r = flow_put(&w->flow, (const char *)w->label.p, w->label.n);
			if (r == 0)
				r = flow_put(&w->flow, ": ", 2);
		}
		if (r == 0)
			r = flow_put(&w->flow, (const char *)w->text.p, w->text.n);
		if (r == 0)
			r = flow_line(&w->flow);
	}
	buf_clear(&w->text);
	return r;
}

/* Attributes that hold words of people or secrets: data connections, custom properties. */
static int
words_atts(struct words *w, const char **atts)
{
	static const char *const kept[] = {
		"connection", "command", "sourceFile", "url", "descr", "description", "password"};
	int r = 0;

	for (; *atts && r == 0; atts += 2) {
		for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
			if (strcmp(atts[0], kept[i]) != 0)
				continue;
			buf_clear(&w->label);
			buf_puts(&w->label, atts[0]);
			buf_puts(&w->text, atts[1]);
			r = words_line(w);
			break;
		}
	}
	return r;
}

static int
words_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct words *w = x->user;
	const char *label = xml_att(atts, "name");
	int r = words_line(w);

	if (r == 0)
		r = words_atts(w, atts);
	if (strncmp(x->qname, "vt:", 3) != 0) {
		buf_clear(&w->label);
		buf_puts(&w->label, label ? label : name);
	}
	return r;
}

static int
words_end(struct xmlpart *x, const char *name)
{
	(void)name;
	return words_line(x->user);
}

static int
words_text(struct xmlpart *x, const char *s, size_t n)
{
	struct words *w = x->user;

	if (w->text.n == 0) {
		while (n && memchr(" \t\r\n", *s, 4)) {
			s++;
			n--;
		}
	}
	buf_put(&w->text, s, n);
	return w->text.n > LIMIT_CELL ? words_line(w) : 0;
}

int
office_words(struct zippart *p, enum part part, const char *name, const char *what)
{
	static const struct xml_ops ops = {
		.start = words_start, .end = words_end, .text = words_text};
	struct words w = {0};
	int r;

	flow_begin(&w.flow, p->z->s, part, name, 0);
	r = xmlpart_parse(p, &ops, &w, what);
	if (r == 0)
		r = words_line(&w);
	if (r == 0)
		r = flow_end(&w.flow);
	flow_free(&w.flow);
	buf_free(&w.label);
	buf_free(&w.text);
	return r;
}

static int
links_start(struct xmlpart *x, const char *name, const char **atts)
{
	const char *mode = xml_att(atts, "TargetMode"), *target = xml_att(atts, "Target");
	int r;

	(void)name;
	if (!mode || !target || strcmp(mode, "External") != 0)
		return 0;
	r = flow_put(x->user, target, strlen(target));
	return r < 0 ? r : flow_line(x->user);
}

static int
links(struct zippart *p)
{
	static const struct xml_ops ops = {.start = links_start};
	struct flow f;
	int r;

	flow_begin(&f, p->z->s, PART_METADATA, "links", 0);
	r = xmlpart_parse(p, &ops, &f, "relationships");
	if (r == 0)
		r = flow_end(&f);
	flow_free(&f);
	return r;
}

static int
image(struct zippart *p)
{
	struct zippart_reader pr;
	struct span head;
	const char *mime;
	int r;

	zippart_reader(&pr, p);
	r = reader_peek(&pr.r, 16, &head);
	mime = r == 0 ? picture_mime(head) : NULL;
	if (mime)
		r = p->z->s->ops->image(p->z->s, &pr.r, mime, 0);
	reader_end(&pr.r);
	return r;
}

static int
child(struct zippart *p, struct item *up)
{
	const char *slash = strrchr(p->name, '/');
	struct zippart_reader pr;
	struct item it = {.up = up, .name = span_str(slash ? slash + 1 : p->name), .r = &pr.r};
	int r;

	zippart_reader(&pr, p);
	r = p->z->s->ops->child(p->z->s, &it);
	reader_end(&pr.r);
	return r;
}

static bool
part_has(const char *name, const char *folder)
{
	return strcasestr(name, folder) != NULL;
}

bool
office_part(struct zippart *p, struct item *it, int *ret_r)
{
	const char *n = p->name;
	bool xml = part_ends(n, ".xml");

	if (part_ends(n, ".rels"))
		*ret_r = links(p);
	else if (part_begins(n, "docProps/") && xml)
		*ret_r = office_words(p, PART_METADATA, "properties", "properties");
	else if (part_begins(n, "customXml/item") && xml && !part_begins(n, "customXml/itemProps"))
		*ret_r = office_words(p, PART_METADATA, "custom xml", "custom xml");
	else if (part_has(n, "/media/") || part_begins(n, "Pictures/") ||
		part_begins(n, "docProps/thumbnail"))
		*ret_r = image(p);
	else if (part_has(n, "/embeddings/") || part_ends(n, "/vbaProject.bin"))
		*ret_r = child(p, it);
	else if ((part_has(n, "/drawings/") || part_has(n, "/charts/") ||
			 part_has(n, "/diagrams/data")) &&
		xml && !part_has(n, "/charts/style") && !part_has(n, "/charts/colors"))
		*ret_r = office_flow(p, PART_BODY, "drawing", 0, "drawing");
	else
		return false;
	return true;
}
