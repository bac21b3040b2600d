/* table_stage_in: the table stage's state, shared by table_stage.c and table_layout.c. */
#ifndef CLASSIFY_TABLE_STAGE_IN_H
#define CLASSIFY_TABLE_STAGE_IN_H

#include "classify/classify.h"
#include "classify/header.h"
#include "classify/turned.h"
#include "classify/votes.h"
#include "limits.h"

struct table_stage {
	struct table_out out;
	char name[64];
	/* rows held back */
	struct arena held;
	struct held_row rows[TABLE_STAGE_ROWS];
	size_t n_rows;
	bool decided;
	uint64_t last_row; /* the last one that is not blank */
	size_t late; /* cells since the header was to be found */
	struct votes votes;
	bool on_side; /* rows begin with labels: turned.h */
	struct turned turned;
	uint32_t label; /* of the row at hand, as a column of votes */
	/* the chunk */
	uint8_t *buf;
	size_t n;
	struct cell_at *cells;
	uint32_t *columns; /* of cells, where they stand in the sheet */
	size_t n_cells, room_cells;
	uint64_t *row_numbers;
	size_t n_numbers, room_numbers;
};

/* Hands the chunk to the engine. 0 or what the hit callback returned. */
int table_flush(struct table_stage *t);

/* Lays a row out as text behind the others of the chunk. As table_flush(), or -ENOMEM. */
int table_lay_out(struct table_stage *t, uint64_t row, const struct cell *cells, size_t n);

#endif
