/* latin: small letters of Western European languages in UTF-8, for texts that are compared in one case. */
#ifndef MATCH_LATIN_H
#define MATCH_LATIN_H

#include "match/shapes.h"

/*
 * The small letter for byte c behind byte `lead`, of which only ASCII letters and the last bytes of À
 * to Þ (U+00C0 to U+00DE, lead C3) and of Œ (U+0152, lead C5) have another. Leads stay as they are.
 */
static inline uint8_t
latin_small(uint8_t lead, uint8_t c)
{
	if (c < 0x80)
		return to_lower(c);
	if (lead == 0xC3 && c <= 0x9E && c != 0x97)
		return c | 0x20;
	return lead == 0xC5 && c == 0x92 ? 0x93 : c;
}

#endif
