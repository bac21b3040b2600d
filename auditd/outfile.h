/*
 * outfile: an output file that appears whole or not at all: written beside its place under another
 * name, mode 0600, flushed to disk, then renamed. What is no regular file (a pipe, /dev/stdout) is
 * written straight.
 */
#ifndef OUTFILE_H
#define OUTFILE_H

#include <stdio.h>

struct outfile {
	FILE *f;
	char *path; /* where it will be; NULL when written straight */
	char *temp;
};

/* 0 or -errno with a sentence in ret_error. */
int outfile_open(const char *path, struct outfile *ret_o, char ret_error[512]);

/* Everything is written: it takes its place. 0 or -errno; the file is gone from sight then. */
int outfile_commit(struct outfile *o);

/* Nothing stays behind. Harmless after outfile_commit(). */
void outfile_abort(struct outfile *o);

#endif
