/*
 * memo: what the windows of a chunk came to, for texts that say the same again and again: a log, a
 * table of settings, a hostile file. What an anchor's patterns find depends on the bytes round it
 * and nothing else, as long as these do not touch the text's edges; where the same bytes stand again
 * the outcome is the same. Context is no part of it.
 */
#ifndef MATCH_MEMO_H
#define MATCH_MEMO_H

#include "match/anchors.h"
#include "match/confirm.h"

#define MEMO_OUT 4 /* values of one anchor that are remembered */

/* What a check and `require` said of a value. */
struct known {
	enum known_state { KNOWN_NOT, KNOWN_GOOD, KNOWN_BAD } state;
	bool checksum, strong, sample, encrypted;
};

/* A value that one use of the anchor found, from the anchor's end on. */
struct memo_out {
	uint16_t use; /* index in the literal's uses */
	int32_t start, end;
	struct known known;
};

struct memo_entry {
	uint64_t text; /* number of the chunk, 0 for none */
	uint32_t end; /* where the anchor ended */
	uint16_t lit;
	uint8_t n;
	struct memo_out out[MEMO_OUT];
};

struct memo;

/* 0 or -ENOMEM. */
int memo_new(const struct ruleset *rules, const struct anchors *a, const struct confirm *c,
	struct memo **ret_m);

/* Before the anchors of a chunk. */
void memo_begin(struct memo *m, struct span text);

/*
 * The entry for an anchor: a whole one (*ret_known), or an empty one to fill, with no chunk's number
 * yet: memo_keep() makes it count. NULL where nothing can be remembered.
 */
struct memo_entry *memo_at(struct memo *m, struct lit_hit h, bool *ret_known);
void memo_keep(const struct memo *m, struct memo_entry *e);

void memo_free(struct memo *m);

#endif
