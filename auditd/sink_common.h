/* sink_common: what the sinks share beyond sink.h. Private to auditd/sink_*.c. */
#ifndef SINK_COMMON_H
#define SINK_COMMON_H

#include <time.h>

#include "escape.h"
#include "sink.h"

/* Writes and flushes the buffer, then clears it. 0, -ENOMEM (it was incomplete), -errno. */
int sink_put(FILE *to, struct buf *b);

/* A file without a name in $TMPDIR or /tmp. NULL with errno. */
FILE *sink_temp(void);

/* User names, so that a million files of ten owners cost ten look-ups. Zero-initialise. */
struct owners {
	struct {
		bool set;
		uid_t uid;
		char name[64];
	} known[64];
};

/* The login name, or the number where there is none. Valid until the next call. */
const char *owner_name(struct owners *o, uid_t uid);

/* "2026-11-21T22:10:04Z" */
void put_time(struct buf *b, int64_t seconds);

/* 1,003,412 */
void put_number(struct buf *b, uint64_t n);

/* 76.0 GiB */
void put_size(struct buf *b, double bytes);

/* A cell of a table with commas: escaped, quoted where needed, and never a formula. No comma. */
void csv_cell(struct buf *b, struct span raw);

/* Does the rule of this record match in a name? Then --mask-names hides that name. */
bool record_names_value(const struct record *r);

/* The first character, an ellipsis and the extension: all that is shown of a masked name. */
void name_masked(struct buf *b, struct span name);

/* Names in which no rule has matched, with the numbers of persons starred as name_star() does. */
void name_put_starred(struct buf *b, struct span name);

/* The path, and the names joined with "!", as bytes: neither escaped nor, unless asked, masked. */
void record_path(struct buf *b, const struct record *r, bool mask);
void record_inner(struct buf *b, const struct record *r, bool mask);

/* Both in one, a "!" in any name doubled. */
void record_joined(struct buf *b, const struct record *r, bool mask);

/* The i-th name from outside; the last one masked when asked. */
void record_name(struct buf *b, const struct record *r, size_t i, bool mask);

#endif
