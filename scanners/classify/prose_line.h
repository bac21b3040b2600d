/* prose_line: a line of text as cells, and where they stand. */
#ifndef CLASSIFY_PROSE_LINE_H
#define CLASSIFY_PROSE_LINE_H

#include "base/span.h"

#define PROSE_CELLS 32u /* cells of a line that are looked at: a printed page is 132 wide */

struct prose_cell {
	struct span text;
	uint16_t from,
		to; /* columns on the page, counted from 0; a tab goes on to the next eighth */
	uint16_t tab; /* tabs in front of it */
};

struct prose_line {
	struct prose_cell cells[PROSE_CELLS];
	size_t n;
	size_t tabs; /* between the first cell and the last */
	bool bars; /* it has bars, as tables drawn in text do */
	bool cut; /* only its beginning is here */
};

/* Splits a line at tabs, bars with blanks and two blanks or more. */
void prose_split(struct span line, struct prose_line *ret);

/* Cheap: may the line be a header? It has gaps and nothing that only programs write. */
bool prose_may_head(struct span line);

/* Nothing but dashes, equals signs, underlines, pluses and blanks. */
bool prose_rule(const struct prose_line *l);

/*
 * Words of people, not of a program: letters, digits and the punctuation of labels; where tabs or
 * bars part them, names as databases have them, too.
 */
bool prose_plain(const struct prose_line *l);

/*
 * The first place from `from` on, the beginning of a line, whence on gaps between words are as
 * frequent as in a table; text.n when there is none. Lines before it need not be looked at.
 */
size_t prose_hint(struct span text, size_t from);

/*
 * Where the first line begins that may be a header (prose_may_head()). Else where the last line begins
 * that has no end in the text; text.n when it has one. The text begins with a line; of a line its
 * first LIMIT_LINE_KEPT bytes count.
 */
size_t prose_head_line(struct span text);

/* The two without wide vectors, for tests. */
size_t prose_hint_portable(struct span text, size_t from);
size_t prose_head_line_portable(struct span text);

#endif
