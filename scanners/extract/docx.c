/* WordprocessingML: which part of the package is which part of the document. */
#include <errno.h>

#include "extract/office.h"

#include "base/poison.h"

struct word {
	struct item *it;
};

static const struct {
	const char *begins;
	enum part part;
	const char *name;
} parts[] = {
	{"word/document", PART_BODY, NULL},
	{"word/header", PART_HEADER, NULL},
	{"word/footer", PART_FOOTER, NULL},
	{"word/comments", PART_COMMENT, NULL},
	{"word/footnotes", PART_NOTE, "footnotes"},
	{"word/endnotes", PART_NOTE, "endnotes"},
	{"word/glossary/document", PART_BODY, "building blocks"},
};

static int
visit(void *user, struct zippart *p)
{
	struct word *w = user;
	int r;

	if (part_ends(p->name, ".xml") && !strcasestr(p->name, "_rels/")) {
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
			if (part_begins(p->name, parts[i].begins))
				return office_flow(p, parts[i].part, parts[i].name, 0, "document");
		}
	}
	if (part_is(p->name, "word/settings.xml"))
		return 0;
	return office_part(p, w->it, &r) ? r : 0;
}

static int
bid(const struct item *it)
{
	return office_kind(it) == OFFICE_DOCX ? 100 : 0;
}

static int
run(struct item *it, struct sink *s)
{
	struct word w = {.it = it};
	struct zipdoc z;
	bool readable = false;
	int r = zipdoc_open(&z, it, s, &readable);

	it->mime = office_mime(OFFICE_DOCX);
	if (r == 0 && readable)
		r = zipdoc_walk(&z, visit, &w);
	zipdoc_close(&z);
	return r;
}

const struct extractor extract_docx = {
	.name = "docx",
	.formats = "Word documents (docx, docm, dotx)",
	.bid = bid,
	.run = run,
};
