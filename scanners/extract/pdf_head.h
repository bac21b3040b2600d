/*
 * pdf_head: the names of a table's columns, kept for where the table goes on: most programs print
 * them on the first page only.
 */
#ifndef EXTRACT_PDF_HEAD_H
#define EXTRACT_PDF_HEAD_H

#include "limits.h"
#include "extract/pdf_table.h"

struct pdf_title {
	float middle; /* of its words, from left to right */
	size_t off, n; /* in the text; wrapped names are joined by a space */
};

/* All zero: none. */
struct pdf_head {
	struct pdf_title v[LIMIT_PDF_COLUMNS];
	uint32_t n, columns; /* named ones; those of the table */
	struct pdf_table t; /* the last one, where it may go on */
	struct buf text;
};

void pdf_head_free(struct pdf_head *h);

/* Forgets the names. */
void pdf_head_clear(struct pdf_head *h);

/* Does the table begin with rows of names above a row of values? Then how many they are, else 0. */
size_t pdf_head_rows(struct span text, const struct pdf_word *words, const struct pdf_row *rows,
	const struct pdf_table *t);

/* Keeps the first n rows of the table as its names. */
void pdf_head_keep(struct pdf_head *h, struct span text, const struct pdf_word *words,
	const struct pdf_row *rows, size_t n, const struct pdf_table *t);

/* Do the names stand above the columns of t, one above each? */
bool pdf_head_fits(const struct pdf_head *h, const struct pdf_table *t);

/* Adds the names to the present row of the grid; they must fit. 0 or the sink's -errno. */
int pdf_head_put(const struct pdf_head *h, const struct pdf_table *t, struct grid *g);

#endif
