/*
 * lined: text on its way to the sink that keeps the lines of its source, so that a place in it is a
 * line a person can go to. A break that the source does not have is written as '\r', which every
 * rule takes for the end of a line and which nobody counts.
 */
#ifndef EXTRACT_LINED_H
#define EXTRACT_LINED_H

#include "base/buf.h"
#include "item.h"

#define LINED_PIECE (64u * 1024) /* text is sent in pieces of this size */

struct lined {
	struct sink *s;
	enum part part;
	const char *name; /* of the part, for a person; NULL for none */
	bool no_lines; /* its lines mean nothing to a person */
	struct buf buf; /* not yet sent */
	uint64_t line; /* ends of lines in the source so far */
	uint64_t buf_line; /* as line, where buf begins */
	uint64_t sent; /* bytes that have left buf */
	uint8_t last; /* the last byte that was put; 0 for none */
	bool open; /* a run of text has begun */
	bool hold; /* someone keeps offsets into buf: it is not sent */
	bool lost; /* buf had to be sent all the same; hold is off */
};

void lined_init(struct lined *l, struct sink *s, enum part part);
void lined_free(struct lined *l);

/* Text of the source, ends of lines as they stand there. 0, -ENOMEM or the sink's -errno. */
int lined_put(struct lined *l, struct span utf8);

/* The same for one byte, which is no end of a line. */
static inline int
lined_byte(struct lined *l, uint8_t c)
{
	if (!l->buf.n || l->buf.n + 1 >= l->buf.cap || l->buf.n >= LINED_PIECE - 1)
		return lined_put(l, span_of(&c, 1));
	l->buf.p[l->buf.n++] = c;
	l->last = c;
	return 0;
}

/* Text that is not in the source at this place: its ends of lines are not counted. */
int lined_add(struct lined *l, struct span utf8);
int lined_str(struct lined *l, const char *s);

/* Ends of lines of the source that stand in markup; nothing else of s is put. */
int lined_newlines(struct lined *l, struct span s);

/* A line ends here, unless one just has. */
int lined_break(struct lined *l);

/* Sends what there is; the first n bytes of it only. */
int lined_flush(struct lined *l);
int lined_flush_to(struct lined *l, size_t n);

/* Ends the run of text, if one is open; the next put begins another. */
int lined_close(struct lined *l);

/* '\n' in s. */
uint64_t count_newlines(struct span s);

#endif
