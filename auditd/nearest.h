/* nearest: what a person may have meant by a word that does not exist. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

/* Steps (insert, delete, replace, swap two neighbours) between two words, cut at 64 bytes each. */
unsigned nearest_distance(const char *a, const char *b);

/* The candidate that is near enough to `word` to be worth a question, or NULL. */
const char *nearest_find(const char *word, const char *const *candidates, size_t n);

#endif
