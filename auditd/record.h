/* record: the ids of findings and gaps, equal from scan to scan and from host to host. */
#ifndef RECORD_H
#define RECORD_H

#include <stdint.h>

#include "finding.h"

/*
 * Keyless 64-bit hash (BLAKE2b, its first 8 bytes) over absolute path, names and rule id, each with
 * its length before it; for a gap rule_id is NULL and the reason stands in its place. `in` may be
 * NULL for the file itself.
 */
uint64_t record_id(
	const char *path, const struct inner *in, const char *rule_id, enum gap_reason reason);

/* As record_id(), of the path alone: tells files at work from one another. */
uint64_t record_file(const char *path);

#endif
