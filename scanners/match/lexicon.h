/*
 * lexicon: all phrases that many owners (rules, column groups) look for, asked in one go. What a
 * text costs depends on its own length and on the phrases that stand in it, not on how many there
 * are.
 */
#ifndef MATCH_LEXICON_H
#define MATCH_LEXICON_H

#include "match/words.h"

/* What the phrases that stand in a text say to one owner. */
struct said {
	uint32_t owner;
	uint16_t at,
		n; /* where the longest phrase of `yes` stands in the folded text; n 0 for none */
	int8_t vote; /* +1, or -1 when a refusing phrase is no part of a longer one of its own */
	uint64_t words; /* bit i % 64: phrase i of `yes` is there, and no part of a longer one */
};

struct lexicon;

/* whole: phrases are whole texts as words_whole() makes them, and refuse nothing. 0 or -ENOMEM. */
int lexicon_new(bool whole, struct lexicon **ret_lx);

/* Owners are added in ascending order. The words stay as they are until lexicon_ready(). 0 or -ENOMEM. */
int lexicon_add(
	struct lexicon *lx, uint32_t owner, const struct words *yes, const struct words *no);

/* After the last lexicon_add(), before the first lexicon_ask(). 0 or -ENOMEM. */
int lexicon_ready(struct lexicon *lx);

/* Owners to whom f says something, ascending; the list is valid until the next call. */
size_t lexicon_ask(struct lexicon *lx, const struct folded *f, const struct said **ret_said);

void lexicon_free(struct lexicon *lx);

#endif
