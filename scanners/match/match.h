/*
 * match: the text engine. One pass of libhs for anchors and one of a bit-parallel scanner for number
 * shapes, context words round both (zones.c), PCRE2's interpreter in a window round each anchor that
 * its guard lets pass (guard.h), then checks, context and confidence. tests/ holds a slow engine that
 * must agree with it.
 *
 * Shapes: groups and boundaries stand in match/shapes.h. Text is folded before (fold.h): hyphens
 * and no-break spaces of other kinds are '-' and ' ' by now.
 *
 * Windows: each place of an anchor is judged by itself: the first match of the regex in [anchor -
 * before, anchor + after) that contains the anchor. `before` and `after` together are at most 3968
 * bytes. Look-behind and \b see the text before the window; the window's end is the subject's end.
 * Bytes, not characters: [é] is a class of two bytes; write (?:é) instead.
 *
 * Words: whole words (no letter or digit beside one of the word's own, bytes from 0x80 on count as
 * letters), wholly before or behind the value, at most `within` bytes from it. In a chunk of cells
 * with header votes only words of the value's row count; of tables in running text all do.
 *
 * Confidence: `alone`; with a near word or a vote of +1 the larger of that and `near` or `header`.
 * A vote of -1 caps to low. A not-near word caps to not_near_cap (CONF_NONE drops the match), but
 * not in a column whose header says yes. A published sample is at most medium. High needs a word, a header or a strong checksum beside
 * the shape, else it becomes medium. What ends at CONF_NONE is not given, except where the pattern
 * has `repeated`: then it is given with CONF_NONE, for the item's tally to raise.
 *
 * Overlaps: a match goes when any other of its rule overlaps it and is longer, or as long and
 * earlier, or on the same bytes and surer; also when that other one goes in its turn. So every
 * match depends on its surroundings only. A match also goes when one of medium confidence or more of
 * a rule in its rule's `yields` overlaps it. Equal results for every cut are promised for rules where
 * twice the longest match plus the largest `within` stay below CHUNK_CONTEXT, and hold for others
 * unless matches of that length overlap at a cut.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "rules.h"

/* Kinds of evidence. Two independent ones make high. Bits of hit.evidence. */
enum evidence {
	EV_SHAPE = 1, /* it looks right */
	EV_CHECKSUM = 2, /* a check digit agrees */
	EV_NEAR = 4, /* a word near by names it */
	EV_HEADER = 8, /* its column's header names it */
	EV_REPEAT = 16, /* many distinct ones in the item */
	EV_STRUCTURE = 32, /* the document or table is of the kind */
	EV_NAME = 64 /* the file's or folder's name says so */
};

/* What the header of a column says of each rule: [column * n_rules + rule.index] in -1, 0, +1. */
struct cell_map {
	const struct cell_at {
		uint32_t start, end; /* bytes of the cell's text in the chunk */
		uint32_t row; /* index of the row within the chunk, for `same row` */
		uint32_t col; /* counted from 1 */
		bool alt; /* second rendering: counts only if the first did not match */
	} * cells; /* ascending by start */
	size_t n;
	const int8_t *votes; /* NULL: no header row was found */
	uint32_t columns; /* columns that have votes; further ones have none */
	const struct span *headers; /* as votes: the words that spoke for the rule; or NULL */
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
	bool starts, ends; /* buf[0] is the text's first byte; buf[n-1] its last */
	uint8_t scope; /* one of SCOPE_TEXT, SCOPE_CELLS, SCOPE_RAW */
	const struct cell_map *cells; /* SCOPE_CELLS; SCOPE_TEXT: of tables in it, or NULL */
};

#define HIT_WHY 3

/* One match that passed. Pointers live until the callback returns. */
struct hit {
	const struct rule *rule;
	const struct pattern *pattern;
	struct span value; /* raw: points into the chunk; must not outlive the callback */
	size_t start; /* its offset in the chunk */
	const struct cell_at *cell; /* SCOPE_CELLS: the cell it is in, else NULL */
	enum confidence confidence; /* without EV_REPEAT, which only the whole item can tell */
	uint8_t evidence;
	bool sample, encrypted;
	bool capped; /* a header or word speaks against it: repetition does not lift it */
	char normal[CHECK_NORMAL]; /* what `unique` counts; secrets: the value itself, cut */
	uint8_t normal_n;
	char masked[48]; /* may be shown: last 4 at most; "" for secrets */
	char why[HIT_WHY][64]; /* words for a person; "" ends */
};

/* 0 to go on, anything else ends the scan of the chunk and is returned. */
typedef int hit_fn(void *user, const struct hit *h);

struct matcher;

/*
 * Compiles the rules; they must outlive the matcher. 0 or -EINVAL with the place and message in
 * *ret_error, -ENOTSUP when the processor cannot run libhs (SSE4.2 is needed), -ENOMEM.
 */
int matcher_new(const struct ruleset *rules, struct matcher **ret_m, struct rules_error *ret_error);

/*
 * Gives every match of a chunk whose value starts in [own_lo, own_hi), in ascending order of start
 * (ties: rule index). A match in an alt cell is given only if its rule has none in the main cell of
 * that row and column, which stands within four cells of it. 0, -ENOMEM, -EINVAL for an impossible
 * chunk, or what the callback returned. Memory is kept from call to call.
 */
int matcher_scan(struct matcher *m, const struct chunk *c, hit_fn *fn, void *user);

/* Windows whose backtracking limit was hit since the last call: undecided, to be said as a gap. */
uint64_t matcher_undecided(struct matcher *m);

/*
 * Owned values since the last call that had a shape of the rule but failed its check. Where most
 * card-like numbers fail, those that pass do so by chance (Luhn: one in ten).
 */
uint64_t matcher_misses(struct matcher *m, const struct rule *r);

void matcher_free(struct matcher *m);

/*
 * The names of items and of their folders against the rules' name stanzas (match/name.c). A name
 * (whole, or words of it without the extension) gives `alone`, or `agreed` when extension or mime
 * is listed; a folder gives `agreed` to files of a listed type and nothing to others. A rule without
 * words and names is one of types: extension or mime gives `alone`, both give `agreed`. not_words
 * refuse unless they are part of a longer word of `words`.
 */
struct name_words;

/* rules must outlive it. 0 or -ENOMEM. */
int name_words_new(const struct ruleset *rules, struct name_words **ret_nm);

/* The item asked about from now on. */
void name_words_take(struct name_words *nm, struct span name, struct span folder);

/* What they say to r: CONF_NONE when nothing. *ret_why is static. */
enum confidence name_words_say(
	const struct name_words *nm, const struct rule *r, const char *mime, const char **ret_why);

void name_words_free(struct name_words *nm);

/*
 * What the bytes of an item show against a file_rule: CONF_NONE when it is of another kind or below
 * a minimum; `named` when name or folder says one of `words` (*ret_named is then true); at most low
 * when the name says one of `not_words`.
 */
enum confidence match_file(const struct file_rule *fr, const struct file_fact *fact,
	struct span name, struct span folder, bool *ret_named);

#endif
