/*
 * match: the text engine. One pass of a bit-parallel scanner for number shapes, one pass of libhs
 * over literals for anchors and context words, PCRE2's interpreter in a window round each anchor,
 * then checks, context and confidence. tests/ holds a slow engine that must agree with it.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "rules.h"

/* Kinds of evidence. Two independent ones make high. Bits of hit.evidence. */
enum evidence {
	EV_SHAPE = 1,     /* it looks right */
	EV_CHECKSUM = 2,  /* a check digit agrees */
	EV_NEAR = 4,      /* a word near by names it */
	EV_HEADER = 8,    /* its column's header names it */
	EV_REPEAT = 16,   /* many distinct ones in the item */
	EV_STRUCTURE = 32,/* the document or table is of the kind */
	EV_NAME = 64      /* the file's or folder's name says so */
};

/* What the header of a column says of each rule: [column * n_rules + rule.index] in -1, 0, +1. */
struct cell_map {
	const struct cell_at {
		uint32_t start, end; /* bytes of the cell's text in the chunk */
		uint32_t row;        /* index of the row within the chunk, for `same row` */
		uint32_t col;        /* counted from 1 */
		bool alt;            /* second rendering: counts only if the first did not match */
	} *cells;                /* ascending by start */
	size_t n;
	const int8_t *votes;     /* NULL: no header row was found */
	uint32_t columns;        /* columns that have votes; further ones have none */
	const char *const *headers; /* header text by column, cut to 40 bytes, for `why`; or NULL */
};

/*
 * A stretch of text. Only matches that start in [own_lo, own_hi) are given; the CHUNK_CONTEXT bytes
 * on both sides are seen as context, so that cutting a text elsewhere gives the same matches.
 * buf[n .. n+MATCH_PAD) is readable and may be overwritten with zeros.
 */
#define MATCH_PAD 192
struct chunk {
	uint8_t *buf;
	size_t n, own_lo, own_hi;
	bool starts, ends;            /* buf[0] is the text's first byte; buf[n-1] its last */
	uint8_t scope;                /* one of SCOPE_TEXT, SCOPE_CELLS, SCOPE_RAW */
	const struct cell_map *cells; /* SCOPE_CELLS */
};

#define HIT_WHY 3

/* One match that passed. Pointers live until the callback returns. */
struct hit {
	const struct rule *rule;
	const struct pattern *pattern;
	struct span value;            /* raw: points into the chunk; must not outlive the callback */
	size_t start;                 /* its offset in the chunk */
	const struct cell_at *cell;   /* SCOPE_CELLS: the cell it is in, else NULL */
	enum confidence confidence;   /* without EV_REPEAT, which only the whole item can tell */
	uint8_t evidence;
	bool sample, encrypted;
	char normal[CHECK_NORMAL];    /* what `unique` counts; secrets: the value itself, cut */
	uint8_t normal_n;
	char masked[48];              /* may be shown; "" for secrets */
	char why[HIT_WHY][64];        /* words for a person; "" ends */
};

/* 0 to go on, anything else ends the scan of the chunk and is returned. */
typedef int hit_fn(void *user, const struct hit *h);

struct matcher;

/*
 * Compiles the rules; they must outlive the matcher. 0 or -EINVAL with the place and message in
 * *ret_error, -ENOTSUP when the processor cannot run libhs (SSE4.2 is needed), -ENOMEM.
 */
int matcher_new(const struct ruleset *rules, struct matcher **ret_m,
	struct rules_error *ret_error);

/*
 * Gives every match of a chunk in ascending order of start (ties: rule index). Matches of one rule
 * do not overlap: the longer wins, then the earlier. 0, -ENOMEM, or what the callback returned.
 */
int matcher_scan(struct matcher *m, const struct chunk *c, hit_fn *fn, void *user);

/* Windows whose backtracking limit was hit since the last call: undecided, to be said as a gap. */
uint64_t matcher_undecided(struct matcher *m);

void matcher_free(struct matcher *m);

/*
 * Words of a header cell that speak for or against a rule's columns: +1, -1 or 0. Whole words,
 * case-insensitive, punctuation and camelCase split ("SSN#", "EmployeeSSN", "ssn_no").
 */
int match_header_vote(const struct rule *r, struct span header);

/* The name of the item or its folder against a name_rule: CONF_NONE when it does not match. */
enum confidence match_name(const struct name_rule *nr, struct span name, struct span folder,
	const char *mime, const char **ret_why);

#endif
