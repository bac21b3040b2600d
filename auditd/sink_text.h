/* sink_text: the state of the output for people, shared by its two files. */
#ifndef SINK_TEXT_H
#define SINK_TEXT_H

#include "sink_common.h"
#include "worst.h"

#define TEXT_LINES 4u
#define TEXT_GAPS  20u /* gaps of one reason shown without -v */

struct text_gaps {
	struct worst list;
	uint64_t n[GAP_REASONS], hiding[GAP_REASONS];
};

struct text_sink {
	struct sink_options o;
	size_t width; /* columns of the terminal; SIZE_MAX for none: then no name is cut */
	size_t wrap; /* columns at which sentences are wrapped */
	struct buf b, text;
	struct worst findings;
	struct text_gaps gaps;
};

enum style { STYLE_NONE, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_BOLD_RED, STYLE_YELLOW, STYLES };

/* Begins and ends a style, when there is colour. */
void text_style(struct text_sink *t, enum style style);
void text_plain(struct text_sink *t);

/*
 * Escaped, and cut in the middle when it is longer than TEXT_LINES lines of the terminal with
 * `indent` columns of them taken: a path that cannot be copied is of no use to anyone.
 */
void text_fit(struct text_sink *t, struct span raw, size_t indent);

/* The first places of a finding, at most so many. */
void text_places(struct buf *b, const struct finding *f, unsigned most);

int text_gap(struct text_sink *t, const struct record *r);
int text_gaps_end(struct text_sink *t);
int text_summary(struct text_sink *t, const struct summary *s);

#endif
