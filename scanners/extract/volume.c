/*
 * The second and later volumes of a split archive begin in the midst of compressed bytes: no mark tells
 * what they are, and no word can be read in them. Only their name says that something is hidden here.
 */
#include <ctype.h>
#include <strings.h>

#include "extract/extract.h"

#include "base/poison.h"

static bool
digits(struct span s, size_t n)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!isdigit(s.p[i]))
			return false;
	}
	return s.n == n;
}

/* ".z02", ".r00", ".a01" of zip, rar and arj; ".7z.002", ".zip.002", ".rar.002" and other cut files. */
static bool
is_volume(struct span name)
{
	size_t dot = name.n;
	struct span s;

	while (dot && name.p[dot - 1] != '.' && name.p[dot - 1] != '/')
		dot--;
	if (dot < 2 || name.p[dot - 1] != '.')
		return false;
	s = span_sub(name, dot, name.n);
	if (s.n == 3 && strchr("zZrRaA", s.p[0]))
		return digits(span_sub(s, 1, 2), 2);
	return digits(s, 3) && name.p[dot - 2] != '.' && memchr(name.p, '.', dot - 1);
}

static int
volume_run(struct item *it, struct sink *s)
{
	int q = sink_gap(s, GAP_MISSING_VOLUME, true, "one volume of several, by its name");

	return q < 0 ? q : extract_strings(it->r, s);
}

static int
volume_bid(const struct item *it)
{
	return it->format == FORMAT_UNKNOWN && is_volume(it->name) ? 50 : 0;
}

const struct extractor extract_volume = {
	.name = "volume",
	.formats = "later volumes of split archives: a gap",
	.bid = volume_bid,
	.run = volume_run,
};
