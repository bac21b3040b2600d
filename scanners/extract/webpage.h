/* webpage: HTML on its way to the sink, for .html files and for what holds HTML (epub). */
#ifndef EXTRACT_WEBPAGE_H
#define EXTRACT_WEBPAGE_H

#include <strings.h>

#include "item.h"

struct webpage;

/*
 * NULL for want of memory. name: of the part that the page is, which lives as long as the page; NULL
 * for a file of its own, whose lines people can go to.
 */
struct webpage *webpage_new(struct sink *s, enum part part, const char *name);

/* A piece of the page, UTF-8. As extract/charset.h's charset_out, user being the page. */
int webpage_feed(void *user, struct span utf8);
int webpage_end(struct webpage *w);
void webpage_free(struct webpage *w);

/* Is it that name, in any case? */
static inline bool
att_is(struct span name, const char *want)
{
	return name.n && (name.p[0] | 0x20) == (want[0] | 0x20) && strlen(want) == name.n &&
		strncasecmp((const char *)name.p, want, name.n) == 0;
}

#endif
