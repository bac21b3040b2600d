/*
 * Pages, Numbers and Keynote keep their content in streams of their own making inside a zip. The zip is
 * gone through as any other, for the pictures and the preview of the document in it; that the document
 * itself is not read is said first.
 */
#include "extract/extract.h"

#include <strings.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

extern const struct extractor extract_archive;

enum { IS_IWORK = 1, IS_LOCKED = 2 };

/* Which of a document's members are named in these bytes. */
static unsigned
names_in(struct span s)
{
	unsigned is = 0;

	if (memmem(s.p, s.n, "Index/Document.iwa", 18) || memmem(s.p, s.n, "Index/Tables/", 13))
		is |= IS_IWORK;
	if (memmem(s.p, s.n, ".iwpv2", 6) || memmem(s.p, s.n, ".iwph", 5))
		is |= IS_LOCKED;
	return is;
}

static bool
has_suffix(struct span name)
{
	static const char *const suffixes[] = {".pages", ".numbers", ".key"};

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		size_t n = strlen(suffixes[i]);

		if (name.n > n &&
			strncasecmp((const char *)name.p + name.n - n, suffixes[i], n) == 0)
			return true;
	}
	return false;
}

/* The end of a zip names all members; its beginning those that stand there. */
static unsigned
look(const struct item *it)
{
	unsigned is = names_in(it->head);
	_cleanup_free_ uint8_t *end = NULL;
	uint64_t size = it->r->size;
	ssize_t got;

	if (is & IS_LOCKED || !reader_seekable(it->r) || size == UINT64_MAX || size <= it->head.n)
		return is;
	end = malloc(LIMIT_IWORK_EDGE);
	if (!end)
		return is;
	got = reader_pread(it->r, end, LIMIT_IWORK_EDGE,
		size > LIMIT_IWORK_EDGE ? size - LIMIT_IWORK_EDGE : 0);
	return got > 0 ? is | names_in(span_of(end, (size_t)got)) : is;
}

static int
run(struct item *it, struct sink *s)
{
	bool locked = look(it) & IS_LOCKED;
	int r = sink_gap(s, locked ? GAP_ENCRYPTED : GAP_UNSUPPORTED, true,
		locked ? "iWork document with a password" : "iWork document");

	return r < 0 ? r : extract_archive.run(it, s);
}

static int
bid(const struct item *it)
{
	if (it->format != FORMAT_ZIP)
		return 0;
	if (names_in(it->head) & IS_IWORK)
		return 95;
	return has_suffix(it->name) && look(it) ? 95 : 0;
}

const struct extractor extract_iwork = {
	.name = "iwork",
	.formats = "pictures in Pages, Numbers and Keynote documents; their text is a gap",
	.bid = bid,
	.run = run,
};
