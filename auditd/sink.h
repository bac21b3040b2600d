/*
 * sink: an output. Each is one file, sink_NAME.c, that ends in one const struct listed in
 * sink_table.c. Sinks get graded records in the order they were found, then one summary.
 */
#ifndef SINK_H
#define SINK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "finding.h"
#include "pool.h"

/* One graded finding or gap with everything the outputs say of it. Borrowed for the call. */
struct record {
	enum { RECORD_FINDING, RECORD_GAP } type;
	uint64_t id; /* keyless hash of path, inner and rule (gap: and reason) */
	const char *path; /* absolute bytes */
	struct inner inner;
	const struct stat *st; /* NULL when the file could not be stat'ed */
	/* RECORD_FINDING */
	const struct finding *f;
	const struct rule_info *rule;
	enum severity severity;
	enum reach reach;
	unsigned score;
	/* RECORD_GAP */
	enum gap_reason reason;
	bool hides;
	const char *detail;
};

struct scan_head {
	const char *host, *version, *rules; /* rules: digest */
	const char *const *roots;
	size_t n_roots;
	int64_t started; /* seconds since the epoch */
};

struct rule_total {
	const struct rule_info *rule;
	uint64_t unique, copies, files;
	bool at_least; /* unique is a lower bound */
};

struct summary {
	bool complete;
	uint64_t hidden, files, items, bytes, findings, gaps;
	uint64_t unchanged; /* of the files: not read again */
	double seconds;
	const struct rule_total *totals; /* rules with findings, by id */
	size_t n_totals;
	enum severity worst;
};

struct sink_options {
	FILE *to;
	bool color;
	unsigned width; /* columns of the terminal */
	bool show_none, mask_names, quiet;
	unsigned verbose;
};

struct output {
	const char *name;
	/* All may be NULL. 0 or -errno (-EPIPE: the reader is gone, end quietly). */
	int (*begin)(void *state, const struct sink_options *o, const struct scan_head *h);
	int (*record)(void *state, const struct record *r);
	int (*end)(void *state, const struct summary *s);
	void (*free)(void *state);
	size_t state_size;
};

extern const struct output *const outputs[];
const struct output *output_find(const char *name);

/* Shared by the sinks. */
void record_id_hex(uint64_t id, char ret_hex[17]);

/* A place in words: "row 2, column D, sheet Staff", "line 3, column 14", ... */
void place_text(struct buf *b, const struct place *p);

/* 27 -> "AA". */
void column_name(uint32_t column, char ret_name[8]);

#endif
