/* celltext: a cell's text as it stands in a row that is laid out: tabs and line ends are blanks. */
#ifndef CLASSIFY_CELLTEXT_H
#define CLASSIFY_CELLTEXT_H

#include "base/span.h"

/* s.n bytes to `to`. */
void celltext_copy(uint8_t *to, struct span s);

/* Copies s as it is to where s.n bytes are free, and returns how many of them are control bytes. */
size_t celltext_row(uint8_t *to, struct span s);

/* As celltext_copy() for bytes that are there already; up to 15 behind them are read. */
void celltext_blank(uint8_t *p, size_t n);

#endif
