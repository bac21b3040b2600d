/* votes: what the words of a table's header say to each rule and each column group. */
#ifndef CLASSIFY_VOTES_H
#define CLASSIFY_VOTES_H

#include "limits.h"
#include "classify/columns.h"
#include "classify/header.h"

/* Of the header in use; all of a table's columns are in [1, n_columns]. */
struct votes {
	const struct ruleset *rs;
	struct lexicon *headwords; /* of the same rules; not owned */
	struct columns *columns; /* hears of every header; not owned */
	bool has_header;
	uint64_t header_row;
	uint32_t n_columns;
	int8_t *votes; /* of (column - 1) * rs->n + rule */
	uint8_t (*texts)[LIMIT_HEADER]; /* by column */
	struct span *headers; /* as votes: the words that spoke for the rule, in texts */
	bool *pads; /* column: lost leading zeros are put back */
	bool pads_some; /* in any column */
};

/* Does any rule or column group know these words as a header? user = struct votes. */
header_known votes_known;

/*
 * Rows [first, last] are the header from now on. 0, -ENOMEM; a header with no column, or more than
 * any sheet has, is none. votes_forget() first when there was one before.
 */
int votes_take(struct votes *v, const struct held_row *rows, size_t first, size_t last);
void votes_forget(struct votes *v);

/* Are lost leading zeros put back in this column? */
bool votes_pads(const struct votes *v, uint32_t col);

#endif
