/*
 * terms: a site's own list of names, titles and aliases (`terms` of a rule), found wherever they
 * stand as whole words: case, accents and the kind and number of blanks and hyphens do not matter.
 * One pass of libhs over the folded text for all of them; nothing is made when there are none.
 */
#ifndef MATCH_TERMS_H
#define MATCH_TERMS_H

#include "rules.h"

#define TERM_BYTES 128u /* of a folded term; longer ones are a mistake */

struct terms;

/*
 * *ret_t is NULL when no rule has terms. 0, -ENOMEM, or -EINVAL with the term's rule and what is
 * wrong with it in *ret_error.
 */
int terms_new(const struct ruleset *rs, struct terms **ret_t, struct rules_error *ret_error);

/* A term of a rule stands at [start, end) of the text. 0 to go on. */
typedef int term_fn(void *user, uint16_t rule, size_t start, size_t end);

/* 0, -ENOMEM, or what fn returned. Several terms may begin or end at one place. t may be NULL. */
int terms_scan(struct terms *t, struct span text, term_fn *fn, void *user);

/* The number of the term in its rule's list, counted from 1, that a value found is; 0 for none. */
uint32_t terms_number(const struct terms *t, uint16_t rule, struct span value);

/*
 * Folds s: lower case, letters of Latin script without their accents, combining marks dropped, runs
 * of blanks, line ends and hyphens one blank, none at either end. to has room for s.n bytes; the
 * bytes written, never more. Greek and Cyrillic lose their capitals only.
 */
size_t terms_fold(struct span s, uint8_t *to);

void terms_free(struct terms *t);

#endif
