/* pdf_table: which rows of a page are a table, by the white strips that run down through them. */
#ifndef EXTRACT_PDF_TABLE_H
#define EXTRACT_PDF_TABLE_H

#include "limits.h"
#include "extract/pdf_rows.h"

struct pdf_strip {
	float a, b;
	uint32_t group; /* those that one strip of the first row came apart into */
};

struct pdf_table {
	size_t rows; /* how many from the first on; 0: no table begins there */
	struct pdf_strip cut[LIMIT_PDF_COLUMNS]; /* between the columns, from left to right */
	size_t n_cut;
};

/*
 * Does a table begin at rows[at]? It takes three rows at least that leave the same two strips free.
 * before: the table on the page before, which may go on, or NULL. Looks at no more rows than the
 * table has and a few.
 */
void pdf_table_find(const struct pdf_word *words, const struct pdf_row *rows, size_t n_rows,
	size_t at, const struct pdf_table *before, struct pdf_table *ret_t);

/* The column, from 1, of a word that begins at x. */
uint32_t pdf_table_column(const struct pdf_table *t, float x);

#endif
