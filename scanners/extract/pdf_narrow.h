/*
 * pdf_narrow: what a table of a PDF has beyond the gaps that are wide: the names above its columns that
 * are set too close for one, and columns that stand as close as words do.
 */
#ifndef EXTRACT_PDF_NARROW_H
#define EXTRACT_PDF_NARROW_H

#include "extract/pdf_table.h"

/* Is rows[0] the names of the columns of t, which begins at rows[1]? */
bool pdf_names_above(struct span text, const struct pdf_word *words, const struct pdf_row *rows,
	const struct pdf_table *t);

/*
 * Adds the strips that no word of the table's rows touches, its names' neither, though they are narrow.
 * Groups of digits (of a card number, a telephone's) stay together.
 */
void pdf_part_columns(struct span text, const struct pdf_word *words, const struct pdf_row *rows,
	struct pdf_table *t);

#endif
