/* whole: does a word or phrase stand by itself, not within another? */
#ifndef MATCH_WHOLE_H
#define MATCH_WHOLE_H

#include "match/shapes.h"

/* A letter or digit; a byte >= 0x80 counts as a letter of another script. */
static inline bool
is_wordy(uint8_t c)
{
	return is_alnum(c) || c >= 0x80;
}

/* No letter or digit on either side of [start, end) of t where the bytes there are such themselves. */
static inline bool
is_whole(struct span t, size_t start, size_t end)
{
	if (start > 0 && is_wordy(t.p[start]) && is_wordy(t.p[start - 1]))
		return false;
	return !(end < t.n && is_wordy(t.p[end - 1]) && is_wordy(t.p[end]));
}

#endif
