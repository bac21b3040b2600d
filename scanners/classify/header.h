/* header: which of a table's first rows says what its columns are. */
#ifndef CLASSIFY_HEADER_H
#define CLASSIFY_HEADER_H

#include "base/arena.h"
#include "item.h"

/* A row held back; cells in ascending columns. */
struct held_row {
	uint64_t row;
	const struct cell *cells;
	size_t n;
};

/* Copies a row and its texts into an arena. 0 or -ENOMEM. */
int header_keep(struct arena *a, const struct held_row *r, struct held_row *ret_r);

/* True for words that some rule knows as a header. */
typedef bool header_known(void *user, struct span text);

/*
 * Looks for the header among rows. 0 and *ret_first, *ret_last (indexes; several rows when a header
 * is wrapped or grouped), or -ENOENT when no row is one.
 */
int header_find(const struct held_row *rows, size_t n, header_known *known, void *user,
	size_t *ret_first, size_t *ret_last);

/* 1900 to 2099: a year heads a column as well as a word does. */
bool header_year(struct span t);

/* Nothing but blanks in all cells? */
bool header_blank(const struct cell *cells, size_t n);

/* Is a row that follows a blank one the header of a further table? Labels only, two of them known. */
bool header_again(const struct held_row *r, header_known *known, void *user);

/*
 * The header of one column: its cells of rows [first, last] joined by blanks; a cell of a row but
 * the last also speaks for the empty ones to its right, unless it is its row's only one. Bytes put into buf, at most size.
 */
size_t header_text(const struct held_row *rows, size_t first, size_t last, uint32_t col, char *buf,
	size_t size);

#endif
