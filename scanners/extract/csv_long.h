/*
 * csv_long: cells of a separated table that are longer than LIMIT_CELL: each is a text of its own,
 * with true lines and columns, and goes out as it comes, so that the window stays small. (A doubled
 * quote is one character of it, so columns behind one in the same line are one less each.)
 */
#ifndef EXTRACT_CSV_LONG_H
#define EXTRACT_CSV_LONG_H

#include "extract/csv_rows.h"

/* Newlines in n bytes. */
uint64_t csv_long_lines(const uint8_t *p, size_t n);

/* Makes the place of the byte `at`, which is not before the last one asked for, c->place. */
void csv_long_place(struct csv_rows *c, size_t at);

/* Makes "" one quote in the n bytes at `from`: their new number. Keeps places behind them true. */
size_t csv_long_unescape(struct csv_rows *c, size_t from, size_t n);

/* Are the lines behind the opening quote of the cell at hand, up to c->pos, rows of this table? */
bool csv_long_rows(const struct csv_rows *c);

/* The cell at hand, n bytes at `from`, as a text. 0 or what the sink returned, as those below. */
int csv_long_give(struct csv_rows *c, size_t from, size_t n);

/* What the window holds of the cell at hand, which goes on: given, and out of the window. */
int csv_long_part(struct csv_rows *c);

/* The rest of such a cell. */
int csv_long_end(struct csv_rows *c, size_t from, size_t n);

#endif
