/* anchors_db: what anchors.c makes and anchors_scan.c uses. */
#ifndef MATCH_ANCHORS_DB_H
#define MATCH_ANCHORS_DB_H

#include "match/anchors.h"
#include "match/cores.h"
#include "match/plain_index.h"
#include <hs/hs.h>

/* A database of the words of some rules only (words_few.c). */
struct words_few {
	hs_database_t *db; /* NULL: none yet */
	uint64_t *rules; /* bit set: whose words are in it */
	uint64_t *asked; /* bit set: whose words were asked for since, and were not in it */
	size_t bytes; /* of the text that did */
	unsigned made;
};

struct anchors {
	struct literal *lits;
	size_t n, cap;
	size_t n_rules;
	struct cores cores; /* of the anchors */
	hs_database_t *anchors, *words; /* made when the index below will not do any longer */
	struct plain_index plain_anchors, plain_words;
	struct words_few few;
	hs_scratch_t *scratch;
};

/* Is it a word of one of these rules? NULL: of any. */
bool literal_of(const struct literal *l, const uint64_t *rules);

/* The database of all anchors' cores. As anchors_new(). */
int cores_compile(struct anchors *a, struct rules_error *e);

/* A database of the words of these rules; *ret_db stays NULL when they have none. As anchors_new(). */
int words_compile(
	struct anchors *a, const uint64_t *rules, hs_database_t **ret_db, struct rules_error *e);

/* 0 or -ENOMEM; in either case to be freed. */
int words_few_new(struct anchors *a);
void words_few_free(struct anchors *a);

/* Text that was searched without a database asked for the words of these rules. */
void words_few_ask(struct anchors *a, const uint64_t *rules);

/* The database in which to look for the words of these rules in n bytes of text. 0 or as anchors_new(). */
int words_few_of(struct anchors *a, const uint64_t *rules, size_t n, const hs_database_t **ret_db);

#endif
