/* words: whole words in names and headers, whatever their case and punctuation (header.c). */
#ifndef MATCH_WORDS_H
#define MATCH_WORDS_H

#include "limits.h"
#include "match/match.h"
#include "match/shapes.h"

struct folded {
	uint8_t text[LIMIT_FOLDED]; /* letters and digits, lower case */
	bool mark[LIMIT_FOLDED + 1]; /* a word may begin, or have ended, here */
	size_t n;
	uint64_t
		firsts; /* bit (byte & 63) of each byte that begins a word: most phrases end here */
};

void words_fold(struct span s, struct folded *ret);

/* The first place from `from` on where phrase stands as whole words, or SIZE_MAX. */
size_t words_find(const struct folded *f, const char *phrase, size_t from, size_t *ret_n);

bool words_any(const struct folded *f, const struct words *w);

/* A word of `no` is there that is not a part of a longer phrase of `yes` that is there too. */
bool words_refuse(const struct folded *f, const struct words *no, const struct words *yes);

#endif
