/*
 * check: a pure function that says whether a value that looks right is right (check digits, ranges,
 * lengths). One file for each, listed in table.c. A check reads nothing but its argument.
 */
#ifndef DETECT_CHECK_H
#define DETECT_CHECK_H

#include "base/span.h"

#define CHECK_NORMAL 128 /* bytes of a normalised value, at most */

/* What a check found out. */
struct verdict {
	bool ok; /* the value is a valid one of its kind */
	bool checksum; /* a check digit or checksum was there and agreed: evidence of its own */
	bool strong; /* the checksum is long enough to stand alone (MRZ, token CRC32, IBAN) */
	bool sample; /* a published test or specimen value: lowered, never hidden */
	bool encrypted; /* the thing found is itself protected (an encrypted key) */
	const char *note; /* static words for `why`, e.g. "valid area, group and serial"; or NULL */
	uint8_t normal_n; /* the value without separators, upper case: what `unique` counts */
	char normal[CHECK_NORMAL];
};

/* An empty verdict. Beyond normal_n what stands in `normal` means nothing, so it is left alone. */
static inline void
verdict_clear(struct verdict *v)
{
	memset(v, 0, offsetof(struct verdict, normal));
}

/*
 * value: the bytes matched. around: the text it stands in (value points into it), for checks that
 * look at neighbours (hex digits beside a card). Fills *ret_v and returns ret_v->ok.
 */
typedef bool check_fn(struct span value, struct span around, struct verdict *ret_v);

struct check {
	const char *name; /* as rule files say it */
	check_fn *fn;
};

/* The list; {NULL} ends it. */
extern const struct check checks[];

/* The check of that name, or NULL. */
const struct check *check_find(const char *name);

/* How many bytes of `around` on either side of the value a check may look at. */
#define CHECK_REACH_MAX 3500u /* a key's body is 3 KB */
uint32_t check_reach(const struct check *c);

/*
 * True for what stands where a value should: empty masks, ****, xxxx, <password>, ${VAR}, %s, n/a,
 * "changeme", "example", the keyword itself, and what repeats one character.
 */
bool check_placeholder(struct span value);

/* Shannon entropy in bits a byte. 0 for the empty span. */
float check_entropy(struct span value);

/* How many of lower, upper, digit, other occur: 0..4. */
unsigned check_classes(struct span value);

#endif
