/*
 * An electronic book is web pages in a zip, each a part by its name; its package file and table of
 * contents are read like pages, their words being properties.
 */
#include <errno.h>

#include "extract/charset.h"
#include "extract/extract.h"
#include "extract/webpage.h"
#include "extract/zipdoc.h"
#include "limits.h"

#include "base/poison.h"

#define PIECE (32 * KIB)

struct book {
	struct sink *s;
	uint8_t *piece;
};

static int
read_page(struct book *b, struct zippart *p, enum part part)
{
	struct webpage *w = webpage_new(b->s, part, p->name);
	const struct charset *c = NULL;
	struct decoder d = {0};
	ssize_t got;
	int r = w ? 0 : -ENOMEM;

	while (r == 0 && (got = zippart_read(p, b->piece, PIECE)) != 0) {
		struct span s = span_of(b->piece, got > 0 ? (size_t)got : 0);

		if (!d.charset) {
			const char *seen = "us-ascii";

			if (s.n > 1 && (s.p[0] == 0xFF || s.p[0] == 0xFE))
				seen = s.p[0] == 0xFF ? "utf-16le" : "utf-16be";
			c = charset_choose(seen, s);
			decoder_start(&d, c);
		}
		r = got < 0 ? (int)got : decoder_feed(&d, s, webpage_feed, w);
	}
	if (r == 0 && d.charset)
		r = decoder_end(&d, webpage_feed, w);
	if (r == 0)
		r = webpage_end(w);
	webpage_free(w);
	return r;
}

static const char *
mime_of_name(const char *name)
{
	if (part_ends(name, ".jpg") || part_ends(name, ".jpeg"))
		return "image/jpeg";
	if (part_ends(name, ".png"))
		return "image/png";
	return part_ends(name, ".gif") ? "image/gif" : NULL;
}

static bool
is_looks(const char *name)
{
	return part_ends(name, ".css") || part_ends(name, ".ttf") || part_ends(name, ".otf") ||
		part_ends(name, ".woff") || part_ends(name, ".woff2") || part_is(name, "mimetype");
}

static int
visit(void *user, struct zippart *p)
{
	static const char *const pages[] = {".xhtml", ".html", ".htm"};
	static const char *const words[] = {".opf", ".ncx", ".xml"};
	struct book *b = user;
	const char *mime = mime_of_name(p->name);
	struct zippart_reader pr;
	struct item child = {.name = span_str(p->name), .r = &pr.r};
	int r;

	for (size_t i = 0; i < 3; i++) {
		if (part_ends(p->name, pages[i]))
			return read_page(b, p, PART_BODY);
		if (part_ends(p->name, words[i]))
			return read_page(b, p, PART_METADATA);
	}
	if (is_looks(p->name))
		return 0;
	zippart_reader(&pr, p);
	r = mime ? b->s->ops->image(b->s, &pr.r, mime, 0) : b->s->ops->child(b->s, &child);
	reader_end(&pr.r);
	return r;
}

static int
epub_run(struct item *it, struct sink *s)
{
	struct book b = {.s = s, .piece = arena_alloc(s->arena, PIECE)};
	struct zipdoc z;
	bool readable = false;
	int r;

	if (!b.piece)
		return -ENOMEM;
	r = zipdoc_open(&z, it, s, &readable);
	if (r == 0 && readable)
		r = zipdoc_walk(&z, visit, &b);
	zipdoc_close(&z);
	return r;
}

static int
epub_bid(const struct item *it)
{
	struct span h = it->head;

	if (it->format != FORMAT_ZIP)
		return 0;
	if (strcmp(it->mime, "application/epub+zip") == 0)
		return 100;
	/* some tools do not put the type first */
	return span_has(h, 30, "META-INF/", 9) && memmem(h.p, h.n, "application/epub+zip", 20) ? 100
											       : 0;
}

const struct extractor extract_epub = {
	.name = "epub",
	.formats = "electronic books (epub)",
	.bid = epub_bid,
	.run = epub_run,
};
