/* pdf_break: numbers that a producer broke at the end of a line, made whole again. */
#ifndef EXTRACT_PDF_BREAK_H
#define EXTRACT_PDF_BREAK_H

#include "base/buf.h"

/*
 * How many bytes at the front of a line belong to a number at the end of the line before it: what stands
 * there up to its first blank, or more where the number's own blanks are. 0: none do.
 */
size_t pdf_broken(struct span before, struct span line);

/*
 * b holds lines, the last of which, without its end, begins at `from`: those bytes of it go where they
 * belong, and a line's end comes behind them.
 */
void pdf_mend(struct buf *b, size_t from, size_t n);

#endif
