/* fold: look-alikes become ASCII, so that "862‑43‑5549" is seen for what it is. */
#ifndef FOLD_H
#define FOLD_H

#include "base/span.h"

/* Bytes that folding took away, in order: those at `at` and behind stand `lost` further back. */
struct fold_log {
	struct fold_loss {
		uint32_t at; /* place in the folded text; lost: bytes of the text as it came */
		uint32_t lost;
	} * v;
	size_t n, room;
	size_t base; /* place of the first byte of the next copy */
	bool failed; /* for want of memory some are missing */
};

/*
 * Copies s to p (room for s.n bytes) with no-break and thin spaces as ' ', Unicode hyphens and
 * dashes as '-', typographic quotes as ' and ", full-width ASCII as ASCII, and invisible characters
 * (zero-width space and joiners, soft hyphen, BOM) dropped. Returns the bytes written, <= s.n.
 * A character cut by the end of s is copied as it is. What is lost is noted in log, of which there
 * is at most one entry for each byte of the folded text and one more.
 */
size_t fold_copy(uint8_t *p, struct span s, struct fold_log *log);

/* The bytes lost at places from .. to, both included. */
uint64_t fold_lost(const struct fold_log *log, size_t from, size_t to);

/* The first n bytes of the folded text go: so do their losses, and the others move. */
void fold_log_cut(struct fold_log *log, size_t n);

void fold_log_free(struct fold_log *log);

#endif
