/* progress: one line on a terminal that shows where a scan is. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct progress {
	bool on; /* else every call does nothing */
	bool shown; /* the line stands on the terminal */
	uint64_t start, last; /* monotonic ns */
};

struct progress_now {
	uint64_t files, bytes, findings;
	const char *path; /* hostile bytes; "" for none */
	bool mask_names; /* numbers of persons in the path are starred */
};

void progress_start(struct progress *p, bool on);

/* Draws the line, at most five times a second. */
void progress_show(struct progress *p, const struct progress_now *now);

/* Takes the line away, so that something else can be printed. */
void progress_clear(struct progress *p);

/* The line itself, at most `width` columns; for tests. */
void progress_line(struct buf *b, const struct progress_now *now, double seconds, unsigned width);

/* Columns of the terminal fd is, else of $COLUMNS, else 80. */
unsigned terminal_width(int fd);

#endif
