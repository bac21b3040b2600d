/*
 * An OpenDocument in one XML file (fodt, fods, fodp, fodg): what stands in parts of a package stands in
 * sections here. Its text is read by odfcontent.c as that of a package is; properties and macros are
 * lines; looks and settings are left out.
 */
#include <errno.h>

#include "extract/odf.h"

#include "base/poison.h"

enum section { SECTION_NONE, SECTION_BODY, SECTION_HEADERS, SECTION_META, SECTION_MACROS };

struct flat {
	struct sink *s;
	struct odf_flow *content; /* of the body or of the headers */
	struct flow lines; /* of properties or macros */
	struct buf label; /* what the next text is called */
	bool begun; /* the present line */
	struct item *it;
	enum section section;
	unsigned depth; /* of the element that opened the section */
};

static enum section
section_of(const char *q)
{
	static const struct {
		const char *name;
		enum section section;
	} names[] = {{"office:body", SECTION_BODY}, {"office:master-styles", SECTION_HEADERS},
		{"office:meta", SECTION_META}, {"office:scripts", SECTION_MACROS}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(q, names[i].name) == 0)
			return names[i].section;
	}
	return SECTION_NONE;
}

static bool
has_lines(const struct flat *f)
{
	return f->section == SECTION_META || f->section == SECTION_MACROS;
}

static int
section_begin(struct flat *f, enum section section, unsigned depth)
{
	f->section = section;
	f->depth = depth;
	f->begun = false;
	buf_clear(&f->label);
	if (has_lines(f)) {
		flow_begin(&f->lines, f->s, section == SECTION_META ? PART_METADATA : PART_BODY,
			section == SECTION_META ? "properties" : "macros", 0);
		return 0;
	}
	f->content = odf_flow_new(f->s, section == SECTION_HEADERS);
	return f->content ? 0 : -ENOMEM;
}

/* Ends the section, or leaves it when r says that nothing is to be sent any more. */
static int
section_end(struct flat *f, int r)
{
	if (has_lines(f)) {
		if (r == 0)
			r = flow_end(&f->lines);
		flow_free(&f->lines);
	} else if (f->section) {
		r = odf_flow_end(f->content, r);
	}
	f->section = SECTION_NONE;
	return r;
}

static int
line_end(struct flat *f)
{
	bool begun = f->begun;

	f->begun = false;
	return begun ? flow_line(&f->lines) : 0;
}

/* A line begins with its first letter; what it is called stands in front. */
static int
line_text(struct flat *f, const char *s, size_t n)
{
	int r = 0;

	while (!f->begun && n && memchr(" \t\r\n", *s, 4)) {
		s++;
		n--;
	}
	if (n && !f->begun && f->label.n)
		r = flow_put(&f->lines, buf_cstr(&f->label), f->label.n);
	if (n && r == 0)
		r = flow_put(&f->lines, s, n);
	f->begun |= n > 0;
	return r;
}

static int
on_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct flat *f = x->user;
	enum section section = f->section ? SECTION_NONE : section_of(x->qname);
	const char *label;

	if (x->depth == 1)
		f->it->mime = odf_mime(f->s, xml_att(atts, "mimetype"));
	if (section)
		return section_begin(f, section, x->depth);
	if (f->section && !has_lines(f))
		return odf_flow_start(f->content, x, atts);
	if (f->section != SECTION_META)
		return 0;
	label = xml_att(atts, "name");
	buf_clear(&f->label);
	buf_puts(&f->label, label ? label : name);
	buf_puts(&f->label, ": ");
	return f->label.failed ? -ENOMEM : line_end(f);
}

static int
on_end(struct xmlpart *x, const char *name)
{
	struct flat *f = x->user;

	(void)name;
	if (f->section && x->depth == f->depth)
		return section_end(f, 0);
	if (has_lines(f))
		return line_end(f);
	return f->section ? odf_flow_stop(f->content, x) : 0;
}

static int
on_text(struct xmlpart *x, const char *s, size_t n)
{
	struct flat *f = x->user;

	if (has_lines(f))
		return line_text(f, s, n);
	return f->section ? odf_flow_text(f->content, s, n) : 0;
}

static int
bid(const struct item *it)
{
	struct span h = span_sub(it->head, 0, 4096);

	if (it->format != FORMAT_TEXT || strcmp(it->mime, "text/xml") != 0)
		return 0;
	return memmem(h.p, h.n, "<office:document", 16) &&
			memmem(h.p, h.n, "urn:oasis:names:tc:opendocument", 31)
		? 65
		: 0;
}

static int
run(struct item *it, struct sink *s)
{
	static const struct xml_ops ops = {.start = on_start, .end = on_end, .text = on_text};
	struct zipdoc z = {.s = s};
	struct zippart p = {.z = &z, .name = "", .from = it->r};
	struct flat f = {.s = s, .it = it};
	int r = xmlpart_parse(&p, &ops, &f, "document");

	r = section_end(&f, r);
	buf_free(&f.label);
	/* what stands behind damage are words still */
	return r == 0 && !it->r->eof ? extract_strings(it->r, s) : r;
}

const struct extractor extract_fodf = {
	.name = "fodf",
	.formats = "OpenDocument in one file (fodt, fods, fodp, fodg)",
	.bid = bid,
	.run = run,
};
