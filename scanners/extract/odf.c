/*
 * OpenDocument: the package. A first walk reads the manifest: when it says that parts are encrypted,
 * they are noise and not damaged XML. The text itself is odfcontent.c's.
 */
#include <errno.h>

#include "extract/odf.h"

#include "base/poison.h"

#define MIME_BYTES 96u

struct odf {
	struct item *it;
	bool encrypted;
	char mime[MIME_BYTES];
};

static int
manifest_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct odf *o = x->user;

	(void)atts;
	if (strcmp(name, "encryption-data") == 0)
		o->encrypted = true;
	return 0;
}

static int
visit_first(void *user, struct zippart *p)
{
	static const struct xml_ops ops = {.start = manifest_start};
	struct odf *o = user;

	if (part_is(p->name, "META-INF/manifest.xml"))
		return xmlpart_parse(p, &ops, o, "manifest");
	return 0;
}

static int
read_mime(struct odf *o, struct zippart *p)
{
	ssize_t n = zippart_read(p, o->mime, sizeof o->mime - 1);

	if (n < 0)
		return (int)n;
	o->mime[n] = 0;
	return 0;
}

static int
embedded(struct odf *o, struct zippart *p)
{
	int r;

	/* Object 1/content.xml is a chart or a formula inside this document */
	if (part_ends(p->name, "/content.xml"))
		return odf_content(p, "object");
	return office_part(p, o->it, &r) ? r : 0;
}

static int
visit_second(void *user, struct zippart *p)
{
	struct odf *o = user;
	const char *n = p->name;

	if (part_is(n, "mimetype"))
		return read_mime(o, p);
	if (o->encrypted)
		return 0;
	if (part_is(n, "content.xml"))
		return odf_content(p, NULL);
	if (part_is(n, "styles.xml"))
		return odf_styles(p);
	if (part_is(n, "meta.xml"))
		return office_words(p, PART_METADATA, "properties", "properties");
	return embedded(o, p);
}

const char *
odf_mime(struct sink *s, const char *said)
{
	const char *kept;

	if (!said || strncmp(said, "application/vnd.", 16) != 0 || strlen(said) >= MIME_BYTES ||
		strspn(said, "abcdefghijklmnopqrstuvwxyz0123456789.-/+") != strlen(said))
		return office_mime(OFFICE_ODF);
	kept = arena_strdup(s->arena, span_str(said));
	return kept ? kept : office_mime(OFFICE_ODF);
}

static int
bid(const struct item *it)
{
	return office_kind(it) == OFFICE_ODF ? 100 : 0;
}

static int
run(struct item *it, struct sink *s)
{
	struct odf o = {.it = it};
	struct zipdoc z;
	bool readable = false;
	int r = zipdoc_open(&z, it, s, &readable);

	it->mime = office_mime(OFFICE_ODF);
	if (r == 0 && readable) {
		r = zipdoc_walk(&z, visit_first, &o);
		if (r == 0 && o.encrypted)
			r = sink_gap(s, GAP_ENCRYPTED, true, "ODF encryption");
		if (r == 0)
			r = zipdoc_walk(&z, visit_second, &o);
		it->mime = odf_mime(s, o.mime);
	}
	zipdoc_close(&z);
	return r;
}

const struct extractor extract_odf = {
	.name = "odf",
	.formats = "OpenDocument (odt, ods, odp, odg and templates)",
	.bid = bid,
	.run = run,
};
