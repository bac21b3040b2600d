/* headwords: the header words of all rules and column groups in one lexicon, for table stages. */
#ifndef CLASSIFY_HEADWORDS_H
#define CLASSIFY_HEADWORDS_H

#include "match/lexicon.h"

/* Owners: a rule's index, and 0 for the rule itself or a slot of one of its tables from 1. */
#define HEADWORDS_OWNER(rule, slot) ((uint32_t)(rule) << 16 | (uint32_t)(slot))
#define HEADWORDS_RULE(owner)	    ((owner) >> 16)
#define HEADWORDS_SLOT(owner)	    ((owner)&0xFFFFu)

/* What a slot stands for. */
struct headword {
	enum headword_kind { HEADWORD_WORDS, HEADWORD_SURE, HEADWORD_REFUSES } kind;
	uint16_t table, group; /* indexes; HEADWORD_REFUSES has no group */
};
struct headword headword_of(const struct rule *r, uint32_t slot);

/* 0 or -ENOMEM; lexicon_free() ends it. */
int headwords_new(const struct ruleset *rs, struct lexicon **ret_lx);

#endif
