/* csv_rows: rows and cells out of the decoded text of a separated table, given to a sink. */
#ifndef EXTRACT_CSV_ROWS_H
#define EXTRACT_CSV_ROWS_H

#include "base/buf.h"
#include "item.h"

#define CSV_PIECE (64u * 1024) /* bytes of text that are cut into rows at once */

enum csv_where { AT_START, IN_PLAIN, IN_QUOTED, AFTER_QUOTED };

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
	bool drop; /* the row was cut: everything up to its end is dropped */
	bool cut; /* a gap is due */
	uint64_t line; /* of the row at hand, counted from 1 */
	uint64_t lines; /* newlines inside it */
	struct cell *cells;
	size_t n_cells, room;
	uint32_t col; /* of the cell at hand */
	bool first; /* no row has ended yet */
	uint8_t special[256]; /* what ends a plain cell */
};

void csv_rows_start(struct csv_rows *c, struct sink *s, char sep);

/* Takes decoded text (charset_out). 0, -ENOMEM, or what the sink returned. */
int csv_rows_text(void *c, struct span in);

/* The text ends: the last row goes out, and a gap when something was cut. */
int csv_rows_end(struct csv_rows *c);

void csv_rows_free(struct csv_rows *c);

#endif
