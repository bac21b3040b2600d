/*
 * prose: tables in running text, their columns set apart by tabs or by two blanks and more, as a
 * payroll program prints them: found by a line of labels that rules know as headers.
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

/* Text of an item, in order, cut anywhere. 0, or what judging a table that ended returned. */
int prose_text(struct prose *p, struct span text);

/* The item ends: judges the table at hand, and is ready for the next item. */
int prose_end(struct prose *p);

/* Forgets the item. */
void prose_clear(struct prose *p);

#endif
