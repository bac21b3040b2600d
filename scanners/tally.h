/*
 * tally: what has been found of each rule in one item, until the item ends and it becomes findings.
 * Counts are exact; distinct values are kept as keyed fingerprints, at most LIMIT_RUN at a time.
 */
#ifndef TALLY_H
#define TALLY_H

#include "classify/classify.h"
#include "finding.h"

struct tally;

/* rs must outlive the tally; key: 16 bytes for SipHash-2-4, the same in all workers of a scan. */
int tally_new(const struct ruleset *rs, const uint8_t key[16], struct tally **ret_t);

/* Where the findings go. A non-zero return ends tally_end() with it. */
struct tally_out {
	int (*run)(void *user, uint16_t rule, const uint64_t *fp, size_t n);
	int (*finding)(void *user, const struct finding *f);
	void *user;
};

/* place is called only while places are still wanted. */
typedef void place_fn(void *user, const struct hit *h, struct place *ret_p);

/* 0, or what out->run returned when a full set had to be sent. */
int tally_hit(struct tally *t, const struct hit *h, place_fn *place, void *user,
	const struct tally_out *out);

/* n values of the item had a shape of the rule and failed its check (matcher_misses()). */
void tally_misses(struct tally *t, const struct rule *r, uint64_t n);

/* Forms of one text begin, change or end (item.h). */
void tally_form(struct tally *t, enum text_form f);

/* A classifier's word on the whole item. */
int tally_judge(struct tally *t, const struct judgement *j);
int tally_value(
	struct tally *t, const struct rule *r, struct span normal, const struct tally_out *out);

/* The item's name or its folder's speaks. */
void tally_name(struct tally *t, const struct rule *r, enum confidence c, const char *why);

/* The item ends: runs and findings go out, by rule; the tally is empty again. */
int tally_end(struct tally *t, const char *mime, bool show_none, const struct tally_out *out);

/* Forgets everything (the item was abandoned). */
void tally_clear(struct tally *t);

void tally_free(struct tally *t);

#endif
