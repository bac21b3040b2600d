/* utf8: decoding, checking and repairing UTF-8 (RFC 3629: no surrogates, no overlong forms). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Decodes one character at s. Returns its length in bytes (1..4) and *ret_c, or 0 when the bytes
 * are not UTF-8 or end in the middle of a character.
 */
size_t utf8_decode(struct span s, uint32_t *ret_c);

/* The number of leading bytes that are ASCII. */
size_t utf8_ascii(struct span s);

/* The number of leading bytes that are valid UTF-8 (whole characters only). */
size_t utf8_valid(struct span s);

/*
 * True when the bytes behind utf8_valid() are a character cut short by the end of s, rather than
 * an invalid sequence.
 */
bool utf8_cut(struct span s);

/* The largest n <= max at which s can be cut without cutting a character. */
size_t utf8_fit(struct span s, size_t max);

/* Copies as many whole characters of s as fit into to[size], zeros behind them. */
void utf8_copy(char *to, size_t size, struct span s);

/* Appends s to b with each maximal invalid run of bytes replaced by one U+FFFD a byte. */
void utf8_repair(struct buf *b, struct span s);

#endif
