/* testrules: a small rule set as C structs that uses every shape and every part of the engine. */
#ifndef TESTRULES_H
#define TESTRULES_H

#include "match/match.h"

enum {
	T_SSN,
	T_CARD,
	T_IBAN,
	T_MRZ,
	T_NINO,
	T_SIN,
	T_ACCOUNT,
	T_BIRTH,
	T_MAIL,
	T_PHONE,
	T_PASSWORD,
	T_TOKEN,
	T_KEY,
	T_NUMBER,
	T_RULES
};

const struct ruleset *test_rules(void);

/* A seeded generator of numbers below n. */
uint32_t test_random(uint64_t *state, uint32_t n);

/*
 * Text of n bytes (and a few NULs behind them) full of words, numbers, near misses, anchors and
 * context words of those rules. The caller frees it; NULL without memory. It has room for MATCH_PAD.
 */
uint8_t *test_text(uint64_t *state, size_t n);

#endif
