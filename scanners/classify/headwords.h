/* headwords: the header words of all rules and column groups in one lexicon, for table stages. */
#ifndef CLASSIFY_HEADWORDS_H
#define CLASSIFY_HEADWORDS_H

#include "match/lexicon.h"

/* Owners: a rule's index, and 0 for the rule itself or the number of its column group from 1. */
#define HEADWORDS_OWNER(rule, group) ((uint32_t)(rule) << 16 | (uint32_t)(group))
#define HEADWORDS_RULE(owner)	     ((owner) >> 16)
#define HEADWORDS_GROUP(owner)	     ((owner)&0xFFFFu)

/* 0 or -ENOMEM; lexicon_free() ends it. */
int headwords_new(const struct ruleset *rs, struct lexicon **ret_lx);

#endif
