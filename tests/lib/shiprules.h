/* shiprules: the rules that are shipped, and text about them. */
#ifndef SHIPRULES_H
#define SHIPRULES_H

#include "rules.h"

/* The rules that are shipped (config/rules, or $LEAKAUDIT_RULES_DIR). 0, or -1 with a message. */
int test_shipped_rules(struct ruleset *ret);

/*
 * Text of at most n bytes made of pieces of those rules' examples, their anchors and words, plain
 * words between them, and runs of one piece again and again. As test_text().
 */
uint8_t *test_shipped_text(const struct ruleset *rules, uint64_t *state, size_t n);

#endif
