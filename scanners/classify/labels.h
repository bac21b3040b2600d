/*
 * labels: line items of tables ("Total current assets", "Production staff"): what stands at the
 * beginning of rows says what some tables are, whatever their header says or if they have one.
 */
#ifndef CLASSIFY_LABELS_H
#define CLASSIFY_LABELS_H

#include "item.h"
#include "rules.h"

struct labels;

/* Takes the tables of rs that have `labels`. 0 or -ENOMEM. */
int labels_new(const struct ruleset *rs, struct labels **ret_l);
void labels_free(struct labels *l);

/* A new table. */
void labels_begin(struct labels *l);

/* A row of the table, header or not. */
void labels_row(struct labels *l, uint64_t row, const struct cell *cells, size_t n);

#define LABELS_SHOWN 2

/* What was seen of a table's line items: enough, how many rows, where first, the first phrases. */
struct labels_seen {
	bool there;
	uint64_t rows, first_row;
	uint32_t column;
	const char *words[LABELS_SHOWN]; /* NULL for none */
};
struct labels_seen labels_seen(const struct labels *l, const struct table_rule *t);

#endif
