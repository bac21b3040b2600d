/* lines: whole lines out of pieces of text, for classifiers. Long lines are cut, never joined. */
#ifndef CLASSIFY_LINES_H
#define CLASSIFY_LINES_H

#include "limits.h"
#include "base/span.h"

struct lines {
	uint64_t number; /* of the line at hand, counted from 1 once it is given */
	uint16_t n; /* bytes waiting in keep */
	bool skip; /* the line was longer: the rest is dropped */
	uint8_t keep[LIMIT_LINE_KEPT];
};

typedef void line_fn(void *user, struct span line, uint64_t number);

/* A whole line as it is given: without the return of its end, and cut. */
struct span lines_given(struct span line);

/* Gives every line that ends in text, without its end and with at most LIMIT_LINE_KEPT bytes. */
void lines_feed(struct lines *l, struct span text, line_fn *fn, void *user);

/* Gives the last line if it had no end. */
void lines_end(struct lines *l, line_fn *fn, void *user);

#endif
