/*
 * classify: detectors that judge a whole table or document: salary sheet, password list, contact
 * list, file listing. Each sees an item's text and rows as they stream by, keeps a small state, and
 * says at the end what the item is. Bounded memory whatever the item's size.
 */
#ifndef CLASSIFY_CLASSIFY_H
#define CLASSIFY_CLASSIFY_H

#include "item.h"
#include "match/match.h"

/* What a classifier says about the item; becomes a finding of `rule`. */
struct judgement {
	const struct rule *rule;
	enum confidence confidence;
	uint8_t evidence; /* EV_* */
	uint64_t count; /* rows, pairs, entries */
	bool sealed; /* what was found is itself encrypted */
	struct place at; /* where it begins: the header row, the first pair */
	char why[HIT_WHY][64];
};

/*
 * One value that is to be counted (a password of a list): its fingerprint enters `unique`.
 * judgement_fn may be called several times for one rule of an item (several sheets): counts add up.
 */
struct classify_out {
	int (*judge)(void *user, const struct judgement *j);
	void (*value)(void *user, const struct rule *r, struct span normal);
	void *user;
};

/* A classifier for running text, named by rules (`classifier: file-listing`). */
struct classifier {
	const char *name;
	size_t state_size;
	size_t zeroed; /* so much of it is zeroed before begin; 0 = all */
	void (*begin)(void *state, const struct rule *r, const struct item *it);
	/* Text in order, cut anywhere; newlines: how many are in it. */
	void (*text)(void *state, struct span utf8, size_t newlines);
	int (*end)(void *state, const struct classify_out *out);
};

/* The list; NULL ends it. */
extern const struct classifier *const classifiers[];
const struct classifier *classifier_find(const char *name);

/*
 * The table stage: holds back up to TABLE_STAGE_ROWS rows to find the header (below titles and
 * blank rows), lays rows out as text with a cell map, and hands chunks to the engine while the
 * table rules count columns. One for each open table.
 */
struct table_stage;

struct table_out {
	struct matcher *matcher;
	struct lexicon *headwords; /* of the stage's rules (headwords.h) */
	/* A hit in a cell, with the row number the extractor gave. */
	int (*hit)(void *user, const struct hit *h, uint64_t row);
	struct classify_out classify;
	void *user;
};

/* rules with a `table` stanza, and every rule's header words, are taken from rs. */
int table_stage_new(
	const struct ruleset *rs, const struct table_out *out, struct table_stage **ret_t);
int table_stage_begin(struct table_stage *t, const struct table_at *at);
int table_stage_row(struct table_stage *t, uint64_t row, const struct cell *cells, size_t n);
/* Flushes, judges the table, and makes the stage ready for the next one. */
int table_stage_end(struct table_stage *t);
void table_stage_free(struct table_stage *t);

#endif
