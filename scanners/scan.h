/*
 * scan: a worker's world, and the line ident -> extract -> match -> check -> emit for one file and
 * all that is in it.
 */
#ifndef SCAN_H
#define SCAN_H

#include "classify/classify.h"
#include "extract/extract.h"
#include "finding.h"
#include "ident.h"

/* Where results go. A non-zero return ends the scan of the file with that value. */
struct scan_out {
	int (*finding)(void *user, const struct inner *in, const struct finding *f);
	/*
	 * One sorted run of distinct keyed fingerprints of (inner, rule), at most LIMIT_RUN of them.
	 * Comes before the finding; runs of one finding may share values. Then f->unique is 0 and
	 * the other side counts.
	 */
	int (*run)(void *user, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n);
	int (*gap)(void *user, const struct inner *in, enum gap_reason reason, bool hides,
		const char *detail);
	/* An inner item begins: for the note in the shared page. */
	void (*enter)(void *user, const struct inner *in, uint32_t ordinal);
	void *user;
};

struct scan_options {
	const char *const *only, *const *without;
	size_t n_only, n_without;
	bool show_none; /* --show none: no samples at all */
	uint8_t key[32]; /* fingerprints' key */
};

struct scan;

/*
 * Takes over rs (rules_finish() done) and loads everything that opens files. Call before the
 * sandbox closes. 0 or -errno with *ret_error filled.
 */
int scan_new(struct ruleset *rs, const struct scan_options *opt, struct scan **ret_s,
	struct rules_error *ret_error);

const struct ruleset *scan_rules(const struct scan *s);

struct scan_file {
	int fd;
	uint64_t size;
	struct span name; /* last component: extension and name rules */
	struct span folder; /* the folder's last component */
	const uint32_t *skip; /* ordinals of inner items that killed a worker before, ascending */
	size_t n_skip;
	volatile uint64_t *progress;
};

struct scan_stats {
	uint64_t items, bytes; /* inner items seen (the file itself included), bytes unpacked */
	char mime[96]; /* of the file itself */
};

/*
 * Scans what r gives as if it were the file f (f->fd is not used): for examples and tests. Returns
 * as scan_fd(); r stays the caller's.
 */
int scan_reader(struct scan *s, struct reader *r, const struct scan_file *f,
	const struct scan_out *out, struct scan_stats *ret_stats);

/*
 * What this build reads and with which libraries, for `leakaudit version`: "NAME: words" entries
 * with '|' between them, no control bytes.
 */
void scan_about(struct buf *b);

/* Scans one open file. 0, -ENOMEM, or what a scan_out function returned. */
int scan_fd(struct scan *s, const struct scan_file *f, const struct scan_out *out,
	struct scan_stats *ret_stats);

/*
 * Runs every example of every rule through the whole line: as it stands, at many offsets, and
 * across a chunk cut. report is called for each failure (failed = true) and once for each rule at
 * its end (failed = false, message = "N good, M bad"). 0, or what report returned.
 */
int scan_check_rules(struct scan *s,
	int (*report)(
		void *user, const struct rule *r, uint32_t line, bool failed, const char *message),
	void *user);

void scan_free(struct scan *s);

#endif
