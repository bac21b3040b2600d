/* sink_syslog: one record as one line of escaped logfmt (contract: Syslog). */
#ifndef SINK_SYSLOG_H
#define SINK_SYSLOG_H

#include "sink_common.h"

#define SYSLOG_LINE 2048u /* bytes of a line at the most */

/* What names a line: the daemon's store, and a number that counts from 1. */
struct syslog_place {
	const char *store;
	uint64_t seq;
	int64_t ts;
};

/* Appends the line without a newline; never more than SYSLOG_LINE bytes. */
void syslog_record(struct buf *b, const struct record *r, const struct syslog_place *at,
	struct owners *owners, bool mask_names);

/* critical LOG_CRIT, high LOG_WARNING, medium LOG_NOTICE, else LOG_INFO. */
int syslog_priority(const struct record *r);

#endif
