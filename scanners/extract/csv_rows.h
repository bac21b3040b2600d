/*
 * csv_rows: rows and cells out of the decoded text of a separated table, given to a sink. A cell of more
 * than LIMIT_CELL bytes is a text between rows; a row of more than LIMIT_ROW_CELLS cells or
 * LIMIT_CSV_ROW bytes is several rows of one number.
 */
#ifndef EXTRACT_CSV_ROWS_H
#define EXTRACT_CSV_ROWS_H

#include "base/buf.h"
#include "item.h"

#define CSV_PIECE (64u * 1024) /* bytes of text that are cut into rows at once */

enum csv_where { AT_START, IN_PLAIN, IN_QUOTED, AFTER_QUOTED };

/* The last byte of the row at hand whose line and column (of bytes, from 1) were asked for. */
struct csv_place {
	size_t at; /* in the window */
	uint64_t line, col; /* line 0: none was yet */
};

struct csv_rows {
	struct sink *s;
	uint8_t sep;
	struct buf win;
	size_t row; /* where the row at hand begins */
	size_t pos; /* next byte to look at */
	size_t field; /* where the cell at hand begins */
	size_t close; /* AFTER_QUOTED: where its closing quote is */
	size_t trust; /* quotes before this place are ordinary characters */
	enum csv_where where;
	bool escaped; /* a doubled quote is in the cell */
	bool was_cr; /* the row before ended in a return: a newline belongs to it */
	bool going; /* the cell at hand is a text that has begun */
	bool believed; /* it is quoted, and does not close soon: its quote is one all the same */
	uint64_t line; /* of the row at hand, counted from 1 */
	uint64_t lines; /* newlines inside it */
	struct cell *cells;
	size_t n_cells, room;
	uint32_t col; /* of the cell at hand */
	uint32_t cols; /* cells of the row before */
	bool first; /* no row has ended yet */
	struct csv_place place;
	uint8_t special[256]; /* what ends a plain cell */
};

void csv_rows_start(struct csv_rows *c, struct sink *s, char sep);

/* Takes decoded text (charset_out). 0, -ENOMEM, or what the sink returned. */
int csv_rows_text(void *c, struct span in);

/* The text ends: the last row goes out. */
int csv_rows_end(struct csv_rows *c);

void csv_rows_free(struct csv_rows *c);

#endif
