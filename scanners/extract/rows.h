/*
 * rows: one table on its way to the sink, a row at a time. What is written between cells stays with
 * the row, so that a table that turns out to be none can be had back as text.
 */
#ifndef EXTRACT_ROWS_H
#define EXTRACT_ROWS_H

#include "base/buf.h"
#include "item.h"

struct rows_cell {
	size_t from, to; /* in text */
	size_t alt_from, alt_to; /* in alt */
	uint32_t col;
	bool number;
};

struct rows {
	struct sink *s;
	struct buf text, alt; /* of the present row */
	struct rows_cell *cells;
	struct cell *out;
	size_t n, cap;
	uint64_t row; /* rows that have been given */
	bool open; /* table_begin has been called */
	char name[64];
};

void rows_init(struct rows *t, struct sink *s);
void rows_free(struct rows *t);

/* Another table, of that name (copied). Nothing is told to the sink before the first row. */
void rows_begin(struct rows *t, struct span name);

/*
 * A cell of the present row: text[from..] and alt[alt_from..] to their ends, blanks around left out.
 * Columns ascend from 1. -EOVERFLOW: it is too long, or the row too wide: nothing was added.
 */
int rows_cell(struct rows *t, uint32_t col, size_t from, size_t alt_from, bool number);

/* The row goes out, unless it is empty; text and alt are dropped. 0 or the sink's -errno. */
int rows_give(struct rows *t);

/* Drops the present row. */
void rows_drop(struct rows *t);

/* Ends the table, if it has begun. */
int rows_end(struct rows *t);

#endif
