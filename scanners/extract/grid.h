/*
 * grid: rows of a table on their way to the sink. Cells are added in any order a file may hold them;
 * what comes out has ascending rows and columns: where a file goes back, the table begins anew.
 */
#ifndef EXTRACT_GRID_H
#define EXTRACT_GRID_H

#include "base/buf.h"
#include "item.h"

struct grid_cell;

struct grid {
	struct sink *s;
	struct table_at at;
	struct buf text; /* bytes of the present row */
	struct grid_cell *cells;
	struct cell *out;
	uint32_t n, cap;
	uint32_t col; /* the last column of the present row; 0 = none yet */
	uint64_t row, last; /* the present row; the last one that went out */
	bool open; /* table_begin has been called */
	bool cut; /* a cell over the limit has been said */
};

void grid_init(struct grid *g, struct sink *s);
void grid_free(struct grid *g);

/* A table begins when its first row comes; name must live until grid_end(). */
void grid_begin(struct grid *g, const char *name, bool hidden);

/* Ends the present row, if it has cells, and begins row (from 1; 0 for names
 * that stand elsewhere). 0 or the sink's -errno. */
int grid_row(struct grid *g, uint64_t row);

/*
 * Adds a cell. text and alt may lie in g->text (then it was appended there since the last cell, and
 * moves with it) or live until the row has ended. Empty ones are dropped. Charges the budget.
 */
int grid_cell(struct grid *g, uint32_t col, struct span text, struct span alt, bool number);

/* Ends the table for the sink, so that text may go out; it begins anew with the present row. */
int grid_pause(struct grid *g);

/* Ends the present row and the table. */
int grid_end(struct grid *g);

#endif
