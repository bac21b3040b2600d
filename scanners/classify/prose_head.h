/*
 * prose_head: the header of a table in running text: whether a line is one, and under which of its
 * columns the cells of a line stand.
 */
#ifndef CLASSIFY_PROSE_HEAD_H
#define CLASSIFY_PROSE_HEAD_H

#include "classify/prose_line.h"
#include "match/lexicon.h"

#define HEADING_TEXT 128u /* bytes of one column's header */

struct heading {
	uint16_t from, to, tab, n;
	bool known, wanted; /* rules know it; one wants what stands below it */
	char text[HEADING_TEXT];
};

struct prose_head {
	struct lexicon *headwords; /* headwords.h; not owned */
	struct heading v[PROSE_CELLS];
	size_t n; /* 0: none */
	size_t lines, tabs;
	bool drawn; /* its columns are parted by tabs or bars */
	uint64_t number; /* its first line's */
};

/* May the line be a header: labels, and nothing that programs write? */
bool prose_head_labels(const struct prose_line *l);

/* Takes the line for what may be a header. False, and none is held, when rules know none of its words. */
bool prose_head_hold(struct prose_head *h, const struct prose_line *l, uint64_t number);

/*
 * A further line of a wrapped header. Not below one that is known by itself, nor a word that is not
 * known below one that is: these may be values, which must not become a part of what is shown.
 */
bool prose_head_wrap(struct prose_head *h, const struct prose_line *l);

/* Two known words make a header; where its columns are drawn one that a rule wants does. */
bool prose_head_ready(struct prose_head *h);

/* The header again, on a further page? */
bool prose_head_again(const struct prose_head *h, const struct prose_line *l);

/* Does the line hold two words that rules know? */
bool prose_head_other(const struct prose_head *h, const struct prose_line *l);

/*
 * The column of a line's cell i, from `first` on: where both lines have as many cells by its number,
 * or as many tabs by those in front of it, else the one it stands under or next to. h->n or more:
 * none. *ret_sure: it is no guess.
 */
size_t prose_head_column(const struct prose_head *h, const struct prose_line *l, size_t i,
	size_t first, bool *ret_sure);

struct span prose_head_text(const struct prose_head *h, size_t i);

#endif
