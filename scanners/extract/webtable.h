/*
 * webtable: the tables of a page. Only a table that holds no other goes out as rows: the outer ones are
 * there for the looks, and their cells are text.
 */
#ifndef EXTRACT_WEBTABLE_H
#define EXTRACT_WEBTABLE_H

#include "extract/lined.h"
#include "extract/rows.h"

struct webtable {
	struct lined out; /* its line does not count what is in rows.text */
	struct rows rows;
	struct buf aside; /* comments and attributes within a table, for its cell or behind it */
	unsigned depth; /* open tables */
	unsigned count; /* tables so far */
	bool data; /* the innermost one goes out as rows */
	bool in_row, in_cell;
	uint32_t col, span;
	size_t from; /* where the cell begins in rows.text */
};

void webtable_init(struct webtable *t, struct sink *s, enum part part);
void webtable_free(struct webtable *t);

/* Text where it belongs: the page or a cell. 0 or -errno, as all below. */
int webtable_put(struct webtable *t, struct span utf8);

/* What no one sees but a reader of the source. */
int webtable_aside(struct webtable *t, struct span utf8);

/* The same for what should not stand in the middle of a line: it comes behind it. */
int webtable_later(struct webtable *t, struct span utf8);

int webtable_newlines(struct webtable *t, struct span source);
int webtable_break(struct webtable *t);

int webtable_begin(struct webtable *t);
int webtable_end(struct webtable *t);
int webtable_row(struct webtable *t);
int webtable_row_end(struct webtable *t);
int webtable_cell(struct webtable *t, uint32_t span);
int webtable_cell_end(struct webtable *t);

/* All that is open ends. */
int webtable_finish(struct webtable *t);

#endif
