/* feed: a text item's characters, decoded, a piece at a time, whatever its encoding. */
#ifndef EXTRACT_FEED_H
#define EXTRACT_FEED_H

#include "extract/charset.h"
#include "item.h"

/*
 * Hands what it->r still holds to out, as UTF-8 in whole characters. A read that fails is a gap.
 * 0, what out gave, or -errno of the budget.
 */
int feed_text(
	struct item *it, struct sink *s, const struct charset *c, charset_out *out, void *user);

#endif
