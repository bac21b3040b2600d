/*
 * The scanner proper, included by bitscan.c and bitscan_avx2.c, which define
 *   static inline void block_masks(const uint8_t *p, uint32_t want, struct masks *ret);
 *   static inline bool block_any(const uint8_t *p, uint8_t firsts): one of those bytes in it
 *   KERNEL: the name of the function.
 * Each mask has one bit a byte, the lowest for the first. A seed may look 63 bytes ahead. Most blocks
 * of prose have none of the bytes that all seeds need, and are left at a glance.
 */

#ifndef MATCH_BITSCAN_KERNEL_H
#define MATCH_BITSCAN_KERNEL_H

#include "match/bitscan_masks.h"

/* Position k of what follows, over a block and the next one. */
#define AT(x, k)    ((lo->x >> (k)) | (hi->x << (64 - (k))))
#define LATER(x, k) (((x##_lo) >> (k)) | ((x##_hi) << (64 - (k))))

/* Seeds of one block that begin with a digit; each run of digits counts from here. */
struct digit_runs {
	uint64_t r2_lo, r2_hi, r3_lo, r3_hi, r4_lo, r4_hi, r8_lo, r8_hi;
};

static inline struct digit_runs
runs_of(const struct masks *lo, const struct masks *hi)
{
	struct digit_runs r;
	uint64_t r2_lo, r2_hi, r4_lo, r4_hi;

	r2_lo = r.r2_lo = lo->digit & AT(digit, 1);
	r2_hi = r.r2_hi = hi->digit & hi->digit >> 1;
	r.r3_lo = r2_lo & AT(digit, 2);
	r.r3_hi = r2_hi & hi->digit >> 2;
	r4_lo = r.r4_lo = r2_lo & LATER(r2, 2);
	r4_hi = r.r4_hi = r2_hi & r2_hi >> 2;
	r.r8_lo = r4_lo & LATER(r4, 4);
	r.r8_hi = r4_hi & r4_hi >> 4;
	return r;
}

/* Numbers with fixed groups: 3-2-4, 3-3-3, 3-3-4 and 1-3-3-4. */
static inline void
seeds_grouped(const struct scanner *s, size_t at, uint64_t start, const struct masks *lo,
	const struct masks *hi, const struct digit_runs *r)
{
	uint64_t r2_lo = r->r2_lo, r2_hi = r->r2_hi, r3_lo = r->r3_lo, r3_hi = r->r3_hi;
	uint64_t r4_lo = r->r4_lo, r4_hi = r->r4_hi;
	uint64_t three = start & r3_lo & AT(sep, 3);

	if (!three && !(s->want & WANT(SHAPE_PHONE)))
		return;
	if (s->want & WANT(SHAPE_SSN))
		each_seed(s, at, three & LATER(r2, 4) & AT(sep, 6) & LATER(r4, 7) & ~AT(digit, 11),
			shape_ssn);
	if (s->want & WANT(SHAPE_GROUP333))
		each_seed(s, at, three & LATER(r3, 4) & AT(sep, 7) & LATER(r3, 8) & ~AT(digit, 11),
			shape_group333);
	if (s->want & WANT(SHAPE_PHONE)) {
		uint64_t one = start & AT(sep, 1) & LATER(r3, 2) & AT(sep, 5);

		each_seed(s, at,
			(three & LATER(r3, 4) & AT(sep, 7) & LATER(r4, 8)) |
				(one & LATER(r3, 6) & AT(sep, 9) & LATER(r4, 10)),
			shape_phone);
	}
}

/* `eight`: what begins with eight digits; `apart`: with four, and a separator behind them. */
static inline void
seeds_card(const struct scanner *s, size_t at, uint64_t eight, uint64_t apart,
	const struct masks *lo, const struct masks *hi, const struct digit_runs *r)
{
	uint64_t r2_lo = r->r2_lo, r2_hi = r->r2_hi, r4_lo = r->r4_lo, r4_hi = r->r4_hi;
	uint64_t solid = eight ? eight & LATER(r4, 8) & AT(digit, 12) : 0;
	uint64_t four = apart ? apart & LATER(r4, 5) : 0;

	if (solid | four)
		each_seed(s, at,
			solid | (four & AT(sep, 9) & LATER(r4, 10)) |
				(four & LATER(r2, 9) & AT(sep, 11) & LATER(r4, 12)),
			shape_card);
}

static inline void
seeds_date(const struct scanner *s, size_t at, uint64_t start, uint64_t apart,
	const struct masks *lo, const struct masks *hi, const struct digit_runs *r)
{
	uint64_t r2_lo = r->r2_lo, r2_hi = r->r2_hi, r4_lo = r->r4_lo, r4_hi = r->r4_hi;
	uint64_t one = start & AT(sep, 1), two = start & r2_lo & AT(sep, 2);

	if (apart)
		each_seed(s, at, apart & LATER(r2, 5) & AT(sep, 7) & LATER(r2, 8), shape_date_iso);
	if (!(one | two))
		return;
	one &= AT(upper, 2) |
		(AT(digit, 2) &
			((AT(sep, 3) & LATER(r4, 4)) | (AT(digit, 3) & AT(sep, 4) & LATER(r4, 5))));
	two &= AT(upper, 3) |
		(AT(digit, 3) &
			((AT(sep, 4) & LATER(r4, 5)) | (AT(digit, 4) & AT(sep, 5) & LATER(r4, 6))));
	each_seed(s, at, one | two, shape_date);
}

static inline void
seeds_digits(const struct scanner *s, size_t at, uint64_t start, const struct masks *lo,
	const struct masks *hi)
{
	struct digit_runs r = runs_of(lo, hi);
	uint64_t r2_lo = r.r2_lo, r2_hi = r.r2_hi;
	uint64_t four = start & r.r4_lo, eight = start & r.r8_lo, apart = four & AT(sep, 4);

	if (s->want & (WANT(SHAPE_SSN) | WANT(SHAPE_GROUP333) | WANT(SHAPE_PHONE)))
		seeds_grouped(s, at, start, lo, hi, &r);
	if (s->want & WANT(SHAPE_DIGITS9) && eight)
		each_seed(s, at, eight & AT(digit, 8) & ~AT(digit, 9), shape_digits9);
	if (s->want & WANT(SHAPE_CARD) && (eight | apart))
		seeds_card(s, at, eight, apart, lo, hi, &r);
	if (s->want & WANT(SHAPE_DIGITS) && four)
		each_seed(s, at, four & LATER(r2, 4), shape_digits);
	if (s->want & WANT(SHAPE_DATE))
		seeds_date(s, at, start, apart, lo, hi, &r);
}

static inline void
seeds_letters(const struct scanner *s, size_t at, uint64_t free_lo, const struct masks *lo,
	const struct masks *hi)
{
	uint64_t two = lo->upper & AT(upper, 1) & free_lo;

	if (!two)
		return;
	if (s->want & WANT(SHAPE_IBAN))
		each_seed(s, at, two & AT(digit, 2) & AT(digit, 3), shape_iban);
	if (s->want & WANT(SHAPE_NINO))
		each_seed(s, at, two & (AT(digit, 2) | (AT(sep, 2) & AT(digit, 3))), shape_nino);
}

#ifdef KERNEL
static inline void
seeds_of(const struct scanner *s, size_t at, const struct masks *lo, const struct masks *hi)
{
	bool tied = at > 0 && is_tied(s->text.p[at - 1]), less = at > 0 && s->text.p[at - 1] == '<';
	uint64_t free_lo = ~(lo->tied << 1 | tied), start = lo->digit & free_lo;

	if (start)
		seeds_digits(s, at, start, lo, hi);
	if (s->want & (WANT(SHAPE_IBAN) | WANT(SHAPE_NINO)))
		seeds_letters(s, at, free_lo, lo, hi);
	if (s->want & WANT(SHAPE_EMAIL))
		each_seed(s, at, lo->at, shape_email);
	if (s->want & WANT(SHAPE_MRZ) && lo->less)
		each_seed(s, at, lo->less & AT(less, 1) & ~(lo->less << 1 | less), shape_mrz);
	if (s->want & WANT(SHAPE_PHONE))
		each_seed(s, at, lo->plus & AT(digit, 1) & free_lo, shape_phone);
}

void
KERNEL(struct span text, uint32_t want, struct shape_list *out)
{
	const struct scanner s = {text, want, out};
	const uint8_t firsts = firsts_of(want);
	struct masks m[2]; /* of this block and the next, each in its turn */
	bool any = text.n > 0 && block_any(text.p, firsts), made = false;

	for (size_t at = 0, k = 0; at < text.n; at += 64, k ^= 1) {
		bool any_next = block_any(text.p + at + 64, firsts);

		if (any || any_next) {
			if (!made)
				block_masks(text.p + at, want, &m[k]);
			block_masks(text.p + at + 64, want, &m[k ^ 1]);
			seeds_of(&s, at, &m[k], &m[k ^ 1]);
		}
		made = any || any_next;
		any = any_next;
	}
}

#endif

#undef AT
#undef LATER

#endif
