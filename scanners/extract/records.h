/*
 * records: things that repeat in XML and JSON, as rows. Each is written as text first; the third in a
 * row that is flat makes a table of all of them, whose header are their keys.
 */
#ifndef EXTRACT_RECORDS_H
#define EXTRACT_RECORDS_H

#include "extract/lined.h"
#include "extract/rows.h"
#include "limits.h"

#define RECORD_HOLD 3u /* records of a table at least */

struct record_cell {
	uint16_t col; /* from 0 */
	bool number;
	uint32_t from, to; /* in out->buf */
};

struct records {
	struct lined *out;
	struct rows rows;
	struct buf keys; /* of all columns, one behind the other */
	uint32_t key_at[LIMIT_RECORD_KEYS + 1];
	uint16_t n_keys, next; /* next: the column that is likely to come next */
	uint16_t n_named; /* columns of bare records whose names were said elsewhere */
	uint16_t headed; /* columns of the header that went out */
	uint16_t again; /* times the header had to go out again */
	struct record_cell *cells; /* of all records held back and the present one */
	uint32_t n_cells, cap;
	uint32_t first[RECORD_HOLD + 1]; /* each one's first cell */
	unsigned n_held;
	size_t group_at; /* where in out->buf the first one held back begins */
	bool inside; /* a record has begun */
	bool table; /* rows go out */
	bool bare; /* columns have no keys: no header. Set behind records_begin() */
};

void records_init(struct records *q, struct lined *out);
void records_free(struct records *q);

/* A record begins at out->buf[at]. name: of the table, when it is the first one. */
int records_begin(struct records *q, struct span name, size_t at);

/* The name of the next column of records that are bare: said behind the first records_begin(). -ENOMEM. */
int records_name(struct records *q, struct span name);

/* A cell of it, out->buf[from..to]; a key that comes again is given a number. */
int records_cell(struct records *q, struct span key, size_t from, size_t to, bool number);

/* The same in a column, from 0, that has no key: of records that are bare. */
int records_cell_at(struct records *q, unsigned col, size_t from, size_t to, bool number);

/* The record ends, whole. */
int records_end(struct records *q);

/* What has begun is no record, or no more of them come: what is held back is text, a table ends. */
int records_stop(struct records *q);

#endif
