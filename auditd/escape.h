/*
 * escape: bytes from names and documents made fit to be shown. Control characters, and those that
 * turn the direction of writing, never reach a terminal, a log or a spreadsheet as they are.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdarg.h>

#include "base/buf.h"
#include "base/span.h"

enum escape {
	ESCAPE_PLAIN, /* for people: \xNN for a byte that is not shown */
	ESCAPE_LOGFMT, /* inside double quotes: as plain, and \" and \\ */
	ESCAPE_JSON, /* inside double quotes: \u00NN; what is not UTF-8 becomes U+FFFD */
};

void escape_put(struct buf *b, struct span s, enum escape style);

/*
 * As escape_put(), but at most `max` long, counted in bytes or in columns of a terminal: what is
 * too much goes from the middle, whole characters only, with an ellipsis in its place. True when
 * something went. A `max` below 8 counts as 8.
 */
bool escape_cut(struct buf *b, struct span s, enum escape style, size_t max, bool columns);

/* "WHO: message" on standard error, of which no byte comes through that is not shown. */
void escape_say(const char *who, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* Columns of a terminal that s takes once it is escaped. */
size_t escape_columns(struct span s);

#endif
