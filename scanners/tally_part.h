/*
 * tally_part: the classes in which the matches of one rule are counted until the item ends (tally.c),
 * and how they become a finding then (tally_settle.c). Not for others.
 */
#ifndef TALLY_PART_H
#define TALLY_PART_H

#include "fpset.h"
#include "recount.h"
#include "tally.h"

enum class { HELD, LOW, BARE, PASSED, CAPPED, CLASSES };

struct part_tally {
	uint64_t count;
	uint64_t samples_seen; /* published test values among them */
	uint64_t protected; /* encrypted ones among them */
	enum confidence best;
	uint8_t evidence;
	uint8_t n_at, n_samples, n_why;
	bool sent; /* a run of it has gone out already */
	struct fpset set;
	/* what stands here beyond the numbers above is of a former item */
	struct place at[LIMIT_PLACES];
	char samples[LIMIT_SAMPLES][FINDING_TEXT];
	char why[LIMIT_WHY][FINDING_TEXT];
};

struct rule_tally {
	struct part_tally part[CLASSES];
	enum confidence repeated; /* what `repeat` distinct ones raise to */
	uint32_t repeat;
	uint64_t misses;
	enum via via;
	struct recount forms;
};

/*
 * A fingerprint into class c's set. A set that is full goes out as a run when its class is sure to be
 * reported, so memory is bounded and counts stay exact. 0, -errno, or what out->run returned.
 */
int tally_add(struct rule_tally *rt, enum class c, const struct rule *r, uint64_t fp,
	const struct tally_out *out);

/* s at the end of a list of *n texts, unless it is empty, in it already, or there are `most`. */
void tally_text(char (*list)[FINDING_TEXT], uint8_t *n, unsigned most, const char *s);

/* The item ends: the rule's finding and its last run go out, if its classes make one. */
int tally_give(struct rule_tally *rt, const struct rule *r, const char *mime, bool show_none,
	const struct tally_out *out);

#endif
