/* words: whole words in names and headers, whatever their case and punctuation (header.c). */
#ifndef MATCH_WORDS_H
#define MATCH_WORDS_H

#include "match/match.h"
#include "match/shapes.h"

#define FOLDED_MAX 256 /* letters and digits of a header or name that are looked at */

struct folded {
	uint8_t text[FOLDED_MAX]; /* letters and digits, lower case */
	bool mark[FOLDED_MAX + 1]; /* a word may begin, or have ended, here */
	size_t n;
};

void words_fold(struct span s, struct folded *ret);

/* One by one, for what is asked rarely; a lexicon (lexicon.h) asks many at once. */
bool words_any(const struct folded *f, const struct words *w);

/* A word of `no` is there that is not a part of a longer phrase of `yes` that is there too. */
bool words_refuse(const struct folded *f, const struct words *no, const struct words *yes);

/* One word of all bytes, in lower case. Empty, and false, when s is empty or too long for one. */
bool words_whole(struct span s, struct folded *ret);

#endif
