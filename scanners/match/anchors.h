/*
 * anchors: the literals of all rules, found by libhs: anchors of patterns in the whole text, words
 * of context only where a value may ask for them (zones.c), because they are many and frequent.
 * Literals only (a multi-pattern database of regular expressions loses matches in some versions of
 * the library; one of literals does not), caseless, block mode, no starts: the start of a hit is
 * its end less the literal's length.
 */
#ifndef MATCH_ANCHORS_H
#define MATCH_ANCHORS_H

#include "base/span.h"
#include "rules.h"

#define LITERAL_MAX 64 /* bytes of an anchor or word */

/* One rule's use of a literal. */
struct use {
	uint16_t rule;
	uint16_t pattern; /* index in the rule, for anchors */
	uint16_t anchor; /* index in the pattern, for anchors */
	enum use_kind { USE_ANCHOR, USE_NEAR, USE_NOT_NEAR } kind;
};

struct literal {
	char text[LITERAL_MAX + 1]; /* lower case */
	uint16_t n;
	bool anchor, word; /* has uses of these kinds */
	struct use *uses;
	size_t n_uses, cap_uses;
	uint64_t *near_rules; /* bit set of rules that have it as near word */
};

/* A literal in the text. */
struct lit_hit {
	uint32_t end;
	uint16_t lit;
};

struct lit_hits {
	struct lit_hit *v; /* ascending by end, then by literal */
	size_t n, cap;
};

struct anchors;

/* Gathers the literals of rules and compiles them. As matcher_new(). */
int anchors_new(const struct ruleset *rules, struct anchors **ret_a, struct rules_error *ret_error);

/* Finds all anchors in text. 0 or -ENOMEM. The list is reused. */
int anchors_scan(struct anchors *a, struct span text, struct lit_hits *hits);

/*
 * Appends the words of those rules (a bit set; those of others may come along) that lie in [lo, hi) of text and stand alone: no letter or digit on either side
 * where the word itself has one (a byte >= 0x80 counts as a letter of another script). To be called
 * with ascending stretches that do not touch. 0 or -ENOMEM.
 */
int anchors_words(struct anchors *a, const uint64_t *rules, struct span text, size_t lo, size_t hi,
	struct lit_hits *hits);

const struct literal *anchors_literal(const struct anchors *a, uint16_t lit);
size_t anchors_count(const struct anchors *a);

void anchors_free(struct anchors *a);

#endif
