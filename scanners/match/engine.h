/*
 * engine: what the parts of the matcher share. A candidate is a value some rule would report, with
 * what stands with it; its check is run once more for the words and the normal form when it is
 * given, so that candidates stay small.
 */
#ifndef MATCH_ENGINE_H
#define MATCH_ENGINE_H

#include "match/anchors.h"
#include "match/bitscan.h"
#include "match/confirm.h"
#include "match/match.h"
#include "match/memo.h"
#include "match/terms.h"

/* What stands with a value. */
struct setting {
	const struct cell_at *cell;
	int vote;
	bool near, near_before, not_near;
	uint16_t near_lit;
};

struct cand {
	uint32_t start, end;
	uint32_t reach; /* overlap.c: the furthest end so far in its rule */
	uint32_t before, next; /* overlap.c: neighbours of the same rule, NO_CAND for none */
	uint16_t rule, pattern;
	uint8_t confidence, evidence;
	bool dropped;
	struct setting set;
};
#define NO_CAND UINT32_MAX

/* What a value is worth. */
struct judgement {
	struct setting set;
	struct verdict check;
	enum confidence confidence;
	uint8_t evidence;
};

/* What the words of a hit are made of. */
struct said {
	const struct pattern *pattern;
	const char *note;
	uint32_t col; /* whose header is named; 0 for none */
	uint16_t near_lit;
	bool vote, near, near_before;
};

struct cand_list {
	struct cand *v;
	size_t n, cap;
};

/* A word of context where it stands. */
struct word_at {
	uint32_t start, end;
	uint16_t lit;
};

/* The words of one rule in the chunk, made when first asked for. */
struct word_list {
	struct word_at *v; /* ascending by end */
	size_t n, cap;
	bool built;
};

struct shape_user {
	uint16_t rule, pattern;
};

/* What a check said of a value. */
struct checked {
	const struct check *check; /* NULL: nothing yet */
	size_t start, end;
	struct verdict verdict;
};
#define CHECKED 4 /* of them are kept: patterns of one anchor find the same */

/* Blocks of the chunk as bits: those in which words are looked for. */
struct zone_map {
	uint64_t *v;
	size_t cap;
};

struct matcher {
	const struct ruleset *rules;
	struct anchors *anchors;
	struct confirm *confirm;
	struct terms *terms; /* NULL for none */
	struct memo *memo;
	struct shape_user *users[SHAPES];
	size_t n_users[SHAPES];
	uint32_t longest_word;
	uint32_t *reach; /* by rule: the furthest a word of it may lie from a value, 0 for none */

	/* Of the chunk at hand. Lists keep their memory. */
	const struct chunk *chunk;
	struct span text;
	struct lit_hits hits; /* anchors */
	struct lit_hits words; /* where they may matter, whole */
	struct zone_map zones;
	uint64_t *asked; /* bit set of rules whose words may matter */
	struct shape_list shapes;
	struct shape_user *active[SHAPES];
	size_t n_active[SHAPES];
	uint64_t *near_seen; /* bit set of rules with a near word somewhere in the chunk */
	uint64_t *lit_seen;
	uint64_t *voted; /* bit set of rules for which some column's header speaks */
	struct word_list *near, *not_near; /* by rule */
	struct cand_list cands, spare;
	uint32_t *by_rule; /* for overlap.c */
	uint64_t *misses; /* by rule: owned shapes that failed their check */
	struct checked checked[CHECKED];
	size_t n_checked; /* so far */
	struct judgement judged; /* the large ones are kept here, not cleared on each stack frame */
	struct hit hit;
	struct said said; /* of hit.why; pattern NULL: of none of this chunk */
	size_t cell_hint; /* index of the cell asked for last */
	uint32_t row, row_lo, row_hi;
	bool row_known, no_memory;
};

/* zones.c */
/* Finds the words round all anchors and shapes of the chunk. 0 or -ENOMEM. */
int zones_words(struct matcher *m);

/* context.c */
void context_begin(struct matcher *m);
void context_end(struct matcher *m);
bool context_may_be_near(const struct matcher *m, uint16_t rule);
/* Fills *ret with cell, vote and near words; not-near words only when `full`. */
void context_of(struct matcher *m, const struct rule *r, const struct pattern *p, size_t start,
	size_t end, bool full, struct setting *ret);
const struct cell_at *context_cell(struct matcher *m, size_t at);

/* places.c */
/* Adds to the shapes found: whole cells, and terms. 0 or -ENOMEM. */
int places_find(struct matcher *m);
/* May a rule's pattern of its shape take the place? A term is one of its own, a cell below its header. */
bool places_take(struct matcher *m, uint16_t rule, struct shape_at s);

/* judge.c */
/* Before anything of a chunk is judged. */
void judge_begin(struct matcher *m);
/* Runs the pattern's check, or makes an empty verdict. */
bool judge_check(
	struct matcher *m, const struct pattern *p, size_t start, size_t end, struct verdict *ret);
/* Could the pattern report anything here? words_unknown: as if its words stood everywhere. */
bool judge_possible(
	const struct matcher *m, const struct rule *r, const struct pattern *p, bool words_unknown);
/* False when the rule would not report the value. */
/* known: what is known of the value's check, to be used and filled; or NULL. */
bool judge(struct matcher *m, const struct rule *r, const struct pattern *p, size_t start,
	size_t end, struct known *known, struct judgement *ret);

/* overlap.c */
struct cand *cand_put(struct cand_list *l);
/*
 * Drops what a better candidate of its rule overlaps, and what one of a rule overlaps to which its
 * own yields, of medium confidence or more; the rest in order of start, then rule. by_rule has room
 * for rules->n numbers.
 */
int overlap_resolve(struct cand_list *l, struct cand_list *spare, uint32_t *by_rule,
	const struct ruleset *rules);

/* show.c */
void show_normal(const struct matcher *m, const struct pattern *p, struct span value,
	const struct verdict *v, struct hit *h);
void show_masked(const struct pattern *p, struct hit *h);
void show_why(struct matcher *m, const struct setting *set, const char *note, struct hit *h);

#endif
