/*
 * shapes: plain C that confirms what the bit-parallel scanner took for the start of a number. Each
 * function looks at the text from `at` on (e-mail: an '@' there; MRZ: a "<<" there), checks groups
 * and both boundaries, and appends what it finds. All are bounded by a small constant.
 *
 * Boundaries, left: no letter, digit, '_', '.', '-', '/', '\' or '$' stands before, nor ':' behind
 * a digit. Right: no letter, digit, '_', '%' or '@' follows; nor '.', '-', '/' or '\' before a
 * letter or digit; nor ':' before a digit. Bytes of other scripts do not tie.
 */
#ifndef MATCH_SHAPES_H
#define MATCH_SHAPES_H

#include "match/bitscan.h"

typedef void shape_fn(struct span text, size_t at, struct shape_list *out);

shape_fn shape_ssn, shape_digits9, shape_group333, shape_card, shape_digits;
shape_fn shape_iban, shape_nino, shape_mrz, shape_date, shape_email, shape_phone;

/* shape_date() where four digits, two and two stand apart by a separator each, and no digit before. */
shape_fn shape_date_iso;

bool shape_left_free(struct span text, size_t at);
bool shape_right_free(struct span text, size_t end);

static inline bool
is_digit(uint8_t c)
{
	return (uint8_t)(c - '0') < 10;
}

static inline bool
is_upper(uint8_t c)
{
	return (uint8_t)(c - 'A') < 26;
}

static inline bool
is_lower(uint8_t c)
{
	return (uint8_t)(c - 'a') < 26;
}

static inline bool
is_alnum(uint8_t c)
{
	return is_digit(c) || is_upper(c) || is_lower(c);
}

static inline uint8_t
to_lower(uint8_t c)
{
	return is_upper(c) ? (uint8_t)(c | 0x20) : c;
}

/* Digits from `at` on, at most max. */
static inline size_t
digits_at(struct span t, size_t at, size_t max)
{
	size_t n = 0;

	while (n < max && at + n < t.n && is_digit(t.p[at + n]))
		n++;
	return n;
}

/* The byte at a place, 0 beyond the end. */
static inline uint8_t
byte_at(struct span t, size_t at)
{
	return at < t.n ? t.p[at] : 0;
}

#endif
