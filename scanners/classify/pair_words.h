/* pair_words: the words and values that user and password pairs in running text are made of. */
#ifndef CLASSIFY_PAIR_WORDS_H
#define CLASSIFY_PAIR_WORDS_H

#include "base/span.h"

enum pair_words { PAIR_USER, PAIR_SECRET, PAIR_BOTH };

/* A letter or digit, or a byte of a letter beyond ASCII. */
bool pair_word_char(uint8_t c);

/* The token that begins s: up to a blank or quote, without the punctuation behind it. */
struct span pair_token(struct span s);

/* Finds the first word of that kind with a separator in line: *ret_rest begins at its value. */
bool pair_value(struct span line, enum pair_words kind, struct span *ret_rest);

/* The same where only blanks part them: "login eva". */
bool pair_said(struct span line, enum pair_words kind, struct span *ret_rest);

/* t, which begins rest, is one token that is no code, no word of a sentence and no placeholder. */
bool pair_is_password(struct span t, struct span rest);

/* t reads like the name of a user. */
bool pair_is_user(struct span t);

/* "x/y" or "x / y" at the beginning of s, x a user and y a password: *ret_t is y. */
bool pair_behind_slash(struct span s, struct span *ret_t);

#endif
