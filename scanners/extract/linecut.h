/*
 * linecut: a stream cut at lines that someone recognises: a boundary of MIME, the "From " line of a
 * mailbox. What lies between is handed on in large runs without a copy and in bounded memory, however
 * long the lines and whatever the reader gives at a time.
 */
#ifndef EXTRACT_LINECUT_H
#define EXTRACT_LINECUT_H

#include "base/arena.h"
#include "base/reader.h"
#include "budget.h"

enum verdict {
	CUT_GO_ON, /* a line like others */
	CUT_STOP, /* the run ends before this line, and before the end of line in front of it */
	CUT_DROP, /* a line like others, but for its first byte, which is left out */
	CUT_MORE /* cannot be told from these bytes; where no more can be had: CUT_GO_ON */
};

struct linecut {
	struct reader *r;
	struct budget *budget;
	/* Judges the line at the beginning of s; all: no more bytes can be had behind s. */
	enum verdict (*judge)(struct linecut *c, struct span s, bool all);
	void *user;
	uint8_t first[2]; /* lines that begin with another byte are not judged */
	uint8_t *buf;
	size_t cap, at, n; /* buf[at..n) is not yet used */
	uint64_t base; /* offset in the stream of buf[0] */
	bool bol; /* buf[at] begins a line */
	bool stopped; /* it was judged CUT_STOP */
	bool eof;
	int error; /* -errno that ended the reading */
};

/* Starts at the present position of r with a buffer of cap bytes out of a. 0 or -ENOMEM. */
int cut_start(struct linecut *c, struct reader *r, struct budget *b, struct arena *a, size_t cap);

/* The next run: true; or false when the run ends: c->stopped, else the end of the stream. */
bool cut_next(struct linecut *c, struct span *ret_run);

/* Reads on to the end of the run and drops it. */
void cut_drain(struct linecut *c);

/* Is here the end of the run, or of the stream? Asked at the beginning of a line. */
bool cut_ends(struct linecut *c);

/*
 * The next line with its end, also one that was judged CUT_STOP; a line longer than the buffer comes
 * in pieces (c->bol is false behind the first). Valid until the next call. False at the end.
 */
bool cut_line(struct linecut *c, struct span *ret_line);

/* The line that cut_line() just gave, which is still in the buffer, has not been read. */
void cut_unread(struct linecut *c, struct span line);

/* As many of the next bytes as the buffer takes, without using them. */
struct span cut_look(struct linecut *c);

/* Takes the next line off *s, without its end. False when s is empty. */
bool span_line(struct span *s, struct span *ret_line);

#endif
