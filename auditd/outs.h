/* outs: the sinks of a scan, called together. */
#ifndef OUTS_H
#define OUTS_H

#include "audit.h"

struct outs {
	const struct audit_sink *sinks;
	void **states;
	size_t n;
};

/* Opens all. 0, or the first -errno: then nothing is left to close. */
int outs_begin(struct outs *o, const struct audit_sink *sinks, size_t n, const struct scan_head *h);

/* 0 or the first -errno; the sinks behind the failing one are called all the same. */
int outs_record(struct outs *o, const struct record *r);
int outs_end(struct outs *o, const struct summary *s);

void outs_free(struct outs *o);

#endif
