/* value_token: values that are one token by themselves: machines, accounts, codes. */
#ifndef CLASSIFY_VALUE_TOKEN_H
#define CLASSIFY_VALUE_TOKEN_H

#include "base/span.h"

/* All of these want text without blanks at its ends, not empty. */

/* A machine's name (RFC 1123): letters, digits, dashes and dots, a letter among them, and a sign
 * that it is no word of the language: a digit, dash or dot, or capitals only. */
bool token_host(struct span t);

/* Six bytes in hexadecimal: pairs apart by ':' or '-', fours by '.', or twelve digits in a row. */
bool token_mac(struct span t);

/* 2 to 32 letters and digits with - / . _ between, a digit among them; no date. */
bool token_id(struct span t);

/*
 * A code of a diagnosis or procedure: ICD-10 (letter, digit, letter or digit, and up to four behind
 * a dot), ICD-9 (three digits, E and V codes, two behind a dot), CPT (five digits, or four and a letter). Several
 * of them may stand in one cell. Source: the WHO's and the CDC's descriptions of ICD-10-CM, ICD-9-CM.
 */
bool token_code(struct span t);

/* @name, an address of a person's page or mail, or a name of letters, digits, dots and dashes. */
bool token_handle(struct span t);

#endif
