/*
 * turned: tables that lie on their side: what the values are stands at the beginning of each row,
 * and a record is a column (a sheet of people side by side), or a block of rows below one another
 * (forms: site, user, password; site, user, password).
 */
#ifndef CLASSIFY_TURNED_H
#define CLASSIFY_TURNED_H

#include "base/arena.h"
#include "classify/header.h"

#define TURNED_LABELS 64u /* different labels of a table */

struct turned {
	struct arena arena; /* of the labels, kept while the table lasts */
	uint32_t label_col;
	struct cell labels[TURNED_LABELS]; /* as a header row: columns 1, 2, ... */
	uint64_t label_rows[TURNED_LABELS]; /* where each was first */
	size_t n_labels;
	/* the record at hand */
	struct arena held;
	struct held_row rows[TURNED_LABELS]; /* by label; n = 0 for none */
};

/*
 * Do the rows lie on their side? header, header_last: what header_find() took for the header, or
 * n, n. True with labels filled. Rules must know more of the labels than of the header's words.
 */
bool turned_find(struct turned *t, const struct held_row *rows, size_t n, size_t header,
	size_t header_last, header_known *known, void *user);

/* The label of a row, counted from 1; 0 for none. */
uint32_t turned_label(const struct turned *t, const struct cell *cells, size_t n);

typedef void record_fn(void *user, uint64_t row, const struct cell *cells, size_t n);

/* A row joins the record at hand; when its label is there already, that one goes out first. -ENOMEM or 0. */
int turned_row(struct turned *t, const struct held_row *r, record_fn *fn, void *user);

/* What is held goes out, one record for each column. */
void turned_flush(struct turned *t, record_fn *fn, void *user);

/* Ready for another table. */
void turned_forget(struct turned *t);
void turned_free(struct turned *t);

#endif
