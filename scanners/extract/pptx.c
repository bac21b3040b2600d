/*
 * PresentationML. A slide's number is its place in the presentation's list, not that of its file name;
 * a first walk reads the list. Slides go out in the order of the file, each under its number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "extract/office.h"
#include "extract/rels.h"
#include "limits.h"

#include "base/poison.h"

struct slide {
	const char *part;
	uint32_t number;
};

struct show {
	struct item *it;
	struct sink *s;
	struct rels rels;
	char **rids;
	struct slide *slides;
	uint32_t n, cap, n_slides;
};

static int
list_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct show *sh = x->user;
	const char *rid = NULL;

	if (strcmp(name, "sldId") != 0 || sh->n >= LIMIT_SLIDES)
		return 0;
	for (; *atts; atts += 2) {
		if (strchr(atts[0], ':')) /* r:id; the plain id is a number */
			rid = atts[1];
	}
	if (!rid)
		return 0;
	if (sh->n == sh->cap) {
		uint32_t cap = sh->cap ? sh->cap * 2 : 64;
		char **v = reallocarray(sh->rids, cap, sizeof *v);

		if (!v)
			return -ENOMEM;
		sh->rids = v;
		sh->cap = cap;
	}
	sh->rids[sh->n] = arena_strdup(sh->s->arena, span_str(rid));
	return sh->rids[sh->n++] ? 0 : -ENOMEM;
}

static int
visit_first(void *user, struct zippart *p)
{
	static const struct xml_ops ops = {.start = list_start};
	struct show *sh = user;

	if (part_is(p->name, "ppt/presentation.xml"))
		return xmlpart_parse(p, &ops, sh, "presentation");
	if (part_is(p->name, "ppt/_rels/presentation.xml.rels"))
		return rels_read(&sh->rels, p);
	return 0;
}

static int
by_part(const void *a, const void *b)
{
	return strcasecmp(((const struct slide *)a)->part, ((const struct slide *)b)->part);
}

static int
settle(struct show *sh)
{
	sh->slides = calloc(sh->n ? sh->n : 1, sizeof *sh->slides);
	if (!sh->slides)
		return -ENOMEM;
	for (uint32_t i = 0; i < sh->n; i++) {
		const struct rel *rel = rels_find(&sh->rels, sh->rids[i]);

		if (rel)
			sh->slides[sh->n_slides++] =
				(struct slide){.part = rel->target, .number = i + 1};
	}
	qsort(sh->slides, sh->n_slides, sizeof *sh->slides, by_part);
	return 0;
}

/* A slide's number; by its file's name when the list does not have it. */
static uint32_t
slide_number(const struct show *sh, const char *part)
{
	const struct slide key = {.part = part};
	const struct slide *s = bsearch(&key, sh->slides, sh->n_slides, sizeof key, by_part);
	const char *digits = strpbrk(part, "0123456789");

	return s ? s->number : (uint32_t)xml_uint(digits, 0, LIMIT_SLIDES);
}

static int
slide(struct show *sh, struct zippart *p)
{
	uint32_t no = slide_number(sh, p->name);
	char name[32];

	(void)snprintf(name, sizeof name, "slide %u", no);
	return office_flow(p, PART_BODY, name, no, "slide");
}

static int
visit_second(void *user, struct zippart *p)
{
	struct show *sh = user;
	const char *n = p->name;
	int r;

	if (!part_ends(n, ".xml"))
		return office_part(p, sh->it, &r) ? r : 0;
	if (part_begins(n, "ppt/slides/"))
		return slide(sh, p);
	if (part_begins(n, "ppt/notesSlides/"))
		return office_flow(p, PART_NOTE, "notes", 0, "notes");
	if (part_begins(n, "ppt/comments/"))
		return office_flow(p, PART_COMMENT, NULL, 0, "comments");
	if (part_begins(n, "ppt/slideMasters/") || part_begins(n, "ppt/slideLayouts/"))
		return office_flow(p, PART_HEADER, "master", 0, "slide master");
	if (part_begins(n, "ppt/commentAuthors"))
		return office_words(p, PART_METADATA, "author of comments", "authors");
	return office_part(p, sh->it, &r) ? r : 0;
}

static int
bid(const struct item *it)
{
	return office_kind(it) == OFFICE_PPTX ? 100 : 0;
}

static int
run(struct item *it, struct sink *s)
{
	struct show sh = {.it = it, .s = s};
	struct zipdoc z;
	bool readable = false;
	int r = zipdoc_open(&z, it, s, &readable);

	it->mime = office_mime(OFFICE_PPTX);
	rels_init(&sh.rels, s->arena);
	if (r == 0 && readable) {
		r = zipdoc_walk(&z, visit_first, &sh);
		if (r == 0)
			r = settle(&sh);
		if (r == 0)
			r = zipdoc_walk(&z, visit_second, &sh);
	}
	zipdoc_close(&z);
	rels_free(&sh.rels);
	free(sh.rids);
	free(sh.slides);
	return r;
}

const struct extractor extract_pptx = {
	.name = "pptx",
	.formats = "PowerPoint presentations (pptx, pptm, ppsx, potx)",
	.bid = bid,
	.run = run,
};
