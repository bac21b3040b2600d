/*
 * logline: an event as one line of the log (contract: Syslog). One formatter for the daemon and for
 * `scan --syslog`. A line is first taken apart into fields, so that the journal can be given them
 * one by one, cut just as they are in the line.
 */
#ifndef LOGLINE_H
#define LOGLINE_H

#include "logstyle.h"
#include "sink_common.h"
#include "store.h"

#define LOGLINE_MAX    2048u /* bytes of a line: RFC 5424, 6.1 asks every receiver to take as many */
#define LOGLINE_MIN    1024u /* a line can be made to fit so many */
#define LOGLINE_FIELDS 32u
#define LOGLINE_WORD   64u /* bytes of a name that is not a file's: share, owner, rule */

struct logline_field {
	const char *key;
	enum logline_kind {
		FIELD_NUMBER, /* as it stands */
		FIELD_WORD, /* at most LOGLINE_WORD bytes; in quotes if it needs them */
		FIELD_VALUE, /* may be cut; in quotes if it needs them */
		FIELD_TEXT /* may be cut; always in quotes */
	} kind;
	size_t at, n; /* raw bytes in logline.text */
	size_t room; /* bytes it may take once it is escaped */
};

/* Zero-initialise; may be filled again and again. */
struct logline {
	struct logline_field fields[LOGLINE_FIELDS];
	unsigned n;
	struct buf text;
	struct owners owners;
	enum log_format format;
};

/* Takes an event apart. Nothing of *e is used later but the keys of its pairs. 0 or -ENOMEM. */
int logline_fill(struct logline *l, const struct store_line *e, const struct logline_style *style);

/*
 * Appends the line, valid UTF-8 without control characters and without a newline, of at most `max`
 * bytes (LOGLINE_MIN to LOGLINE_MAX): the longest values are cut in the middle until it fits, and
 * cut=1 says so. Nothing is appended, and the buffer has failed, when memory is out.
 */
void logline_put(struct buf *b, struct logline *l, size_t max);

/*
 * Appends the value of a field as the last logline_put() had it between the quotes, but always in the
 * escapes of logfmt.
 */
void logline_value(struct buf *b, const struct logline *l, unsigned field);

void logline_free(struct logline *l);

#endif
