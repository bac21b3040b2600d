/* worst: texts kept aside until all are known, and given back grouped by file, worst first. */
#ifndef WORST_H
#define WORST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

struct worst_key {
	uint64_t file, where; /* hashes of the path, and of the path with the inner names */
	uint32_t grade; /* more is worse */
};

struct worst_entry {
	struct worst_key key;
	uint32_t len;
	uint64_t at, seq;
	uint64_t file_seq, where_seq;
	uint32_t file_grade, where_grade;
};

/* Zero-initialise. */
struct worst {
	struct worst_entry *entries;
	size_t n, cap;
	uint64_t end;
	FILE *f;
};

/* Keeps a copy of the text. 0 or -errno. */
int worst_add(struct worst *w, const struct worst_key *key, const struct buf *text);

/* Orders entries[0..n): call once, after the last worst_add(). 0 or -errno. */
int worst_sort(struct worst *w);

/* Appends the i-th text. 0 or -errno. */
int worst_text(struct worst *w, size_t i, struct buf *b);

void worst_free(struct worst *w);

#endif
