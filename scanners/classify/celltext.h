/* celltext: a cell's text as it stands in a row that is laid out: tabs and line ends are blanks. */
#ifndef CLASSIFY_CELLTEXT_H
#define CLASSIFY_CELLTEXT_H

#include "base/span.h"

/* s.n bytes to `to`. */
void celltext_copy(uint8_t *to, struct span s);

/* The same for bytes that are there already; up to 15 behind them are read. */
void celltext_blank(uint8_t *p, size_t n);

#endif
