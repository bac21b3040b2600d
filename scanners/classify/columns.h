/* columns: counts what the columns of a table hold, for rules with a `table` stanza. */
#ifndef CLASSIFY_COLUMNS_H
#define CLASSIFY_COLUMNS_H

#include "classify/classify.h"
#include "classify/headwords.h"

struct columns;

/* Takes the table rules of rs. 0 or -ENOMEM. */
int columns_new(const struct ruleset *rs, struct columns **ret_c);
void columns_free(struct columns *c);

/* No rule of the set judges tables: nothing else needs to be called. */
bool columns_idle(const struct columns *c);

/* A new table whose header is not known yet. */
void columns_begin(struct columns *c);

/* A header's text speaks for a column group or against a table (said of headwords.h); columns ascending. */
void columns_header(struct columns *c, uint32_t col, struct span text, const struct said *said);

/*
 * A row of data, or of a table without a header. Values of secret groups go to out as soon as their
 * table has proved itself.
 */
void columns_row(struct columns *c, uint64_t row, const struct cell *cells, size_t n,
	const struct classify_out *out);

/* Judges the table: at = its header row's place, row 0 for none. What the callback returned, or 0. */
int columns_end(struct columns *c, const struct place *at, const struct classify_out *out);

#endif
