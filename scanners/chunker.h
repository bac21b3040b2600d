/*
 * chunker: gathers a text that comes in pieces into chunks for the engine, keeping CHUNK_CONTEXT
 * bytes on both sides of each cut so that no match is lost, doubled or judged otherwise. Folds look-
 * alikes (no-break spaces and hyphens, full-width digits) to ASCII on the way, and knows which line
 * and column, or which byte of the item, a match stands at.
 */
#ifndef CHUNKER_H
#define CHUNKER_H

#include "match/match.h"

struct chunker;

struct chunker_out {
	struct matcher *matcher;
	hit_fn *hit;
	/*
	 * The owned part of each chunk, in front of the engine, once, in order, and how many newlines
	 * are in it: the tables in it, with places in the chunk, where the part begins `at`. NULL for
	 * none; or no function at all.
	 */
	const struct cell_map *(*tables)(void *user, struct span text, size_t newlines, size_t at);
	/* The same behind the engine: for classifiers of running text; or NULL. */
	void (*seen)(void *user, struct span text, size_t newlines);
	void *user;
};

/* 0 or -ENOMEM. */
int chunker_new(const struct chunker_out *out, struct chunker **ret_c);

/* A run of text begins. PART_RAW runs are gathered into common chunks, a newline between them. */
int chunker_begin(struct chunker *c, const struct text_at *at);

/* 0, -ENOMEM, or what the hit function returned. */
int chunker_put(struct chunker *c, struct span utf8);
int chunker_end(struct chunker *c);

/* Hands on what is still held: raw runs, and a run that was never ended because reading failed. */
int chunker_flush(struct chunker *c);

/* Where in its document a hit that is being given stands. Only inside the hit function. */
void chunker_place(const struct chunker *c, const struct hit *h, struct place *ret_p);

void chunker_free(struct chunker *c);

#endif
