/* storerig: a store, a share of real files and scans of it that say what a test wants. */
#ifndef STORERIG_H
#define STORERIG_H

#include "store.h"

enum { RIG_SSN, RIG_TOKEN, RIG_NOTE, RIG_RULES };

struct storerig {
	char top[64]; /* of the test: "share" and "state" in it */
	char share[80], state[80];
	struct store *s;
	const struct catalogue *rules;
	const char *settings, *name;
	int64_t now; /* the clock: advances by a minute at each scan */
	bool log, log_known, confirm;
	char said[1024]; /* what the store said */
	struct walk_here here;
	struct summary summary;
};

extern const struct catalogue srig_catalogue,
	srig_catalogue_small; /* the latter without RIG_TOKEN */

void srig_init(struct storerig *r);
void srig_open(struct storerig *r); /* asserts */
void srig_close(struct storerig *r);
void srig_free(struct storerig *r); /* and all files */

/* The path of a name in the share; valid until the second call after this one. */
const char *srig_path(const struct storerig *r, const char *name);
void srig_write(const struct storerig *r, const char *name, const char *text);

void srig_begin(struct storerig *r);
void srig_end(struct storerig *r, bool complete);

/* The walk comes by a file: what the store says of it. */
enum walk_verdict srig_known(struct storerig *r, const char *name);

/* A finding in it: n values counting from `first`. */
void srig_find(struct storerig *r, const char *name, const char *inner, unsigned rule,
	uint64_t first, size_t n);
void srig_gap(struct storerig *r, const char *name, const char *inner, enum gap_reason reason);

/* The file was read; `late`: so soon after its change that it is not to be trusted. */
void srig_done(struct storerig *r, const char *name, bool late, bool failed);

/*
 * A scan as the line would do it: whatever the store knows is recalled, of the rest each file whose
 * name holds a number N gives a finding RIG_SSN of N values, and "gap" a gap.
 */
void srig_scan(struct storerig *r, bool complete);

/* "name rule state cause\n" of every record, by path. */
const char *srig_records(struct storerig *r);

/* "event act/cause rule-or-reason name\n" of the lines behind `after`; *ret_seq: the last. */
const char *srig_lines(struct storerig *r, uint64_t after);

#endif
