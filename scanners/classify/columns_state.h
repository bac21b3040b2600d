/* columns_state: what columns.c counts and columns_judge.c judges. For these two only. */
#ifndef CLASSIFY_COLUMNS_STATE_H
#define CLASSIFY_COLUMNS_STATE_H

#include "base/buf.h"
#include "classify/columns.h"
#include "classify/labels.h"
#include "limits.h"

#define SURE 512u /* rows after which a column is known for what it is */

struct entry {
	uint32_t col;
	uint16_t watch, group;
	uint64_t filled; /* rows with a value of the type */
	char header[41];
};

struct group_state {
	uint64_t rows; /* rows in which some column has a value of the type */
	uint64_t last_row; /* counted already */
	uint64_t words; /* bits: the group's words seen in headers (struct said) */
	bool sure; /* one of the sure ones was there */
	uint64_t strong; /* secrets that are no plain words */
	uint64_t asked; /* values whose difference was looked at */
	uint32_t seen[LIMIT_SECRETS_SEEN];
	uint32_t n_seen; /* distinct ones among the first values */
};

/* One kind of table of a rule; those of one rule stand side by side. */
struct watch {
	const struct rule *rule;
	const struct table_rule *table;
	struct group_state *groups;
	bool dead; /* a needed column is missing */
	bool refused; /* a header says that the table is something else */
	bool proved; /* values are handed on as they come */
	bool gave_up; /* the store was full before that */
	struct buf wait; /* length byte, value, ... */
};

struct columns {
	struct watch *watches;
	size_t n_watches;
	struct entry *entries;
	size_t n_entries;
	bool all_sampled; /* entries: it stays so */
	bool pruned; /* kinds of table that lack a needed column are asked no more */
	uint64_t rows;
	uint16_t *by_rule; /* place of a rule's first kind of table in watches */
	struct lexicon *cells;
	struct labels *labels;
};

static inline const struct column_group *
group_of(const struct watch *w, size_t g)
{
	return &w->table->groups[g];
}

/* All needed groups and line items are there; *ret_raised: optional groups are, too. */
bool columns_there(const struct columns *c, const struct watch *w, bool *ret_raised);

/* Hands on the values that have waited. */
void columns_give(struct watch *w, const struct classify_out *out);

#endif
