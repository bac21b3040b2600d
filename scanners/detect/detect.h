/* detect: what the checks share. Pure functions over bytes; nothing here is for other folders. */
#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include "detect/check.h"

static inline bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool
is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool
is_alpha(uint8_t c)
{
	return is_upper(c) || is_lower(c);
}

static inline bool
is_alnum(uint8_t c)
{
	return is_digit(c) || is_alpha(c);
}

static inline bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool
one_of(uint8_t c, const char *set)
{
	while (*set && (uint8_t)*set != c)
		set++;
	return *set;
}

static inline uint8_t
to_upper(uint8_t c)
{
	return is_lower(c) ? (uint8_t)(c - 32) : c;
}

static inline uint8_t
to_lower(uint8_t c)
{
	return is_upper(c) ? (uint8_t)(c | 0x20) : c;
}

/* Which bytes stand in a value. Most tests of a value are about a few signs: without these they fail. */
struct signs {
	uint64_t w[4];
};

static inline struct signs
signs_of(struct span s)
{
	struct signs g = {{0}};

	for (size_t i = 0; i < s.n; i++)
		g.w[s.p[i] / 64] |= 1ull << s.p[i] % 64;
	return g;
}

/* Sets of signs below 64, of those from 64 to 127, and of letters, which stand for both cases. */
#define SIGN(c)	  (1ull << (c) % 64)
#define LETTER(c) (1ull << (c) % 32)

static inline uint64_t
signs_letters(const struct signs *g)
{
	return (g->w[1] | g->w[1] >> 32) & 0x7FFFFFE;
}

static inline bool
signs_digit(const struct signs *g)
{
	return g->w[0] >> '0' & 0x3FF;
}

/* Bytes of a separator at s (space, dash, dot, slash, and Unicode's spaces and dashes), or 0. */
size_t separator_len(struct span s);

/*
 * Copies the digits of s, skipping separators; capital letters and digits of s. Returns how many,
 * or 0 when there are other bytes or more than cap.
 */
size_t digits_of(struct span s, char *out, size_t cap);
size_t alnums_of(struct span s, char *out, size_t cap);

/* All n characters are the same one. */
bool all_same(const char *s, size_t n);

/* The check digit of ISO/IEC 7812-1 annex B: every second digit from the right counts twice. */
bool luhn_ok(const char *digits, size_t n);

/* Sets the normal form, cut at CHECK_NORMAL. */
void verdict_normal(struct verdict *v, const void *p, size_t n);

/* The bytes of around before and behind value; empty when value does not lie in it. */
struct span span_before(struct span value, struct span around);
struct span span_behind(struct span value, struct span around);

/* Case-insensitive (ASCII): s is lit; begins or ends with it; has it somewhere. lit in lower case. */
bool span_is(struct span s, const char *lit);
bool span_begins(struct span s, const char *lit);
bool span_ends(struct span s, const char *lit);
bool span_holds(struct span s, const char *lit);

/* s has one of the words of a NULL-terminated list in lower case somewhere. */
bool span_holds_any(struct span s, const char *const *words);

/* Words in lower case and in order of their bytes. */
struct word_list {
	const char *const *v;
	size_t n, longest; /* words; bytes of one */
};

extern const struct word_list words_prose, words_manuals, words_placeholders, words_documented,
	words_questions;

/* s is one of the words, in any case (ASCII). */
bool span_listed(struct span s, const struct word_list *list);

/*
 * True when s, with the text around it, is text of a program or of its manual: a name, call, type,
 * constant or markup. A quoted s is judged by itself only.
 */
bool is_program(struct span s, struct span around);

/* Drops blanks at both ends. */
struct span span_trim(struct span s);

/*
 * Decodes base64 (either alphabet; blanks skipped; padding may be missing) into out. Returns the
 * number of bytes, at most cap, and *ret_used: bytes of s read before the first foreign one.
 */
size_t base64_decode(struct span s, uint8_t *out, size_t cap, size_t *ret_used);

/* The checks: what makes a value good stands above each one. */
extern check_fn check_aba, check_age_key, check_aws_id, check_azure_key, check_birth_date,
	check_card, check_card_in_row, check_connection, check_cpassword, check_crypt, check_date,
	check_discord, check_github, check_iban, check_itin, check_jwt, check_license, check_mrz,
	check_nino, check_npm, check_passport, check_password, check_pem, check_ppk, check_sin,
	check_slack, check_ssn, check_stripe, check_token_sum, check_userinfo;

/* CRC-32 of ISO 3309 (zip, PNG). */
uint32_t crc32_of(struct span s);

#endif
