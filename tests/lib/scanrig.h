/* scanrig: the whole line from bytes to findings in one process, with rules of a folder. For tests. */
#ifndef SCANRIG_H
#define SCANRIG_H

#include "base/buf.h"
#include "scan.h"

/* The rules of all .yaml files of a folder, in the order of their names. 0 or -errno; e says where. */
int scanrig_rules(const char *folder, struct ruleset *rs, struct rules_error *e);

struct scanrig {
	struct scan *s;
	struct buf log;
	size_t findings, gaps;
	uint64_t values; /* fingerprints in runs */
};

/* With the rules of $LEAKAUDIT_RULES or config/rules. Aborts on failure. */
void scanrig_open(struct scanrig *g);

/*
 * Scans the bytes as a file of that name. What comes is in the log, one line each, complete enough
 * that two equal logs mean equal results; `type MIME` ends it:
 *   finding RULE CONFIDENCE count=N unique=N via=V at[..] why[..] sample[..] [INNER!INNER]
 *   gap REASON [hides] (DETAIL) [INNER]        run RULE n=N sum=HEX [INNER]
 * Returns what scan_reader() did.
 */
int scanrig_reader(struct scanrig *g, const char *name, struct reader *r, uint64_t size);
int scanrig_bytes(struct scanrig *g, const char *name, struct span bytes);

/* The same by scan_fd(), of a file with these bytes that was `size` long when it was opened. */
int scanrig_file(struct scanrig *g, const char *name, struct span bytes, uint64_t size);

/* The log so far, as a C string; buf_clear(&g->log) begins a new one. */
const char *scanrig_log(struct scanrig *g);

void scanrig_close(struct scanrig *g);

#endif
