/* csv_guess: is a text a table, and which character separates its cells? */
#ifndef EXTRACT_CSV_GUESS_H
#define EXTRACT_CSV_GUESS_H

#include "base/span.h"

/*
 * sample: the text's beginning, ASCII (text_sample()). named: the file's name says that it is a
 * table, so one separator is enough, or none where lines are short. cut: the sample is not the whole text, its last line may be cut.
 * Returns ',' ';' '\t' or '|', or 0 for no table.
 */
char csv_guess(struct span sample, bool named, bool cut);

/* True for a name that ends in .csv, .tsv or .tab. */
bool csv_name(struct span name);

#endif
