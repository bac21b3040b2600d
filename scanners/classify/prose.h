/*
 * prose: tables in running text, their columns set apart by tabs or by two blanks and more, as a
 * payroll program prints them: found by a line of labels that rules know as headers. Their cells are
 * judged as columns, and the engine is told where they stand and what their header says.
 */
#ifndef CLASSIFY_PROSE_H
#define CLASSIFY_PROSE_H

#include "classify/classify.h"

struct prose;

/* 0 or -ENOMEM. headwords (headwords.h, of rs) and out must outlive the prose. */
int prose_new(const struct ruleset *rs, struct lexicon *headwords, const struct classify_out *out,
	struct prose **ret_p);
void prose_free(struct prose *p);

/* No rule of the set judges tables. */
bool prose_idle(const struct prose *p);

/*
 * Text of an item, in order, cut anywhere, and how many newlines are in it; it stands at `at` in its
 * chunk, behind what came before.
 * 0, or what judging a table that ended returned. *ret_map: the cells of tables whose header says
 * something to a rule, places in the chunk, for the engine; NULL for none. Valid until the next call.
 */
int prose_text(struct prose *p, struct span text, size_t newlines, size_t at,
	const struct cell_map **ret_map);

/* The item ends: judges the table at hand, and is ready for the next item. */
int prose_end(struct prose *p);

/* Forgets the item. */
void prose_clear(struct prose *p);

#endif
