/* terms_fold: one character of text as terms are compared. For terms.c only. */
#ifndef MATCH_TERMS_FOLD_H
#define MATCH_TERMS_FOLD_H

#include <stdint.h>

#include "base/span.h"

/*
 * What the character that begins s becomes: at most two bytes for a letter of Latin script, none for
 * a combining mark, a single blank for what parts words. *ret_n: its bytes in s. Returns the bytes
 * written to `to` (room for 4), never more than *ret_n.
 */
size_t term_char(struct span s, size_t *ret_n, uint8_t to[4]);

#endif
