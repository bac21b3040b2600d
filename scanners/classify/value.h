/* value: what kind of value a cell holds, judged by its own bytes. */
#ifndef CLASSIFY_VALUE_H
#define CLASSIFY_VALUE_H

#include "rules.h"

/*
 * Is text a value of that type? Types overlap (1,200.00 is money and a number); VALUE_ANY is
 * whatever is not blank. Money is lenient on purpose: bare numbers of three to eight digits count,
 * because a header word has spoken before.
 */
bool value_is(struct span text, enum value_type type);

/* A value that words alone do not make: date, e-mail, phone, address, money or a long number. */
bool value_typed(struct span text);

/* A word or a few that may stand above a column: short, with letters, hardly any digits. */
bool value_label(struct span text);

/* A password that nobody would take for a word of the language: digits, symbols or mixed case. */
bool value_strong_secret(struct span text);

/* text without blanks at both ends. */
struct span value_trim(struct span text);

/* Seven or eight digits become nine with zeros in front. False for anything else. */
#define SSN_DIGITS 9u
bool value_padded(struct span t, uint8_t ret_nine[SSN_DIGITS]);

#endif
