/* lines: whole lines out of pieces of text, for classifiers. Long lines are cut, never joined. */
#ifndef CLASSIFY_LINES_H
#define CLASSIFY_LINES_H

#include "base/span.h"

#define LINE_KEEP 512 /* bytes of a line that are looked at */

struct lines {
	uint64_t number; /* of the line at hand, counted from 1 once it is given */
	uint16_t n; /* bytes waiting in keep */
	bool skip; /* the line was longer: the rest is dropped */
	uint8_t keep[LINE_KEEP];
};

typedef void line_fn(void *user, struct span line, uint64_t number);

/* Gives every line that ends in text, without its end and with at most LINE_KEEP bytes. */
void lines_feed(struct lines *l, struct span text, line_fn *fn, void *user);

/* Gives the last line if it had no end. */
void lines_end(struct lines *l, line_fn *fn, void *user);

#endif
