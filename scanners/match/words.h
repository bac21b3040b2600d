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
};

void words_fold(struct span s, struct folded *ret);

/*
 * Marks where a word of a header is glued to what people add to one: "spousessn", "ssnnbr",
 * "Bruttojahresgehalt", "Abfindungsbetrag".
 */
void words_unglue(struct folded *f);

/* The bytes of s that became [at, at + n) when it was folded. */
struct span words_unfold(struct span s, size_t at, size_t n);

/* One word of all bytes, in lower case. Empty, and false, when s is empty or too long for one. */
bool words_whole(struct span s, struct folded *ret);

/* Of a few words only (a lexicon asks for many at once): is one of w there? */
bool words_any(const struct folded *f, const struct words *w);

/* A word of `no` is there that is not a part of a longer phrase of `yes` that is there too. */
bool words_refuse(const struct folded *f, const struct words *no, const struct words *yes);

/* One word of all bytes, in lower case. Empty, and false, when s is empty or too long for one. */
bool words_whole(struct span s, struct folded *ret);

#endif
