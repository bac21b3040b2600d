/* ident_closed: formats that are known by a mark, whose content nothing here can open. */
#ifndef IDENT_CLOSED_H
#define IDENT_CLOSED_H

#include "base/span.h"

struct closed {
	uint16_t off; /* where the mark stands */
	uint8_t n; /* its length in bytes */
	const char *magic;
	const char *mime;
	const char *detail; /* of the gap */
	bool (*test)(struct span head); /* a second look where the mark is short; or NULL */
};

/* The first one whose mark head has, or NULL. To be asked when no signature agrees. */
const struct closed *closed_find(struct span head);

/* What the gap of that mime says, or NULL. */
const char *closed_detail(const char *mime);

#endif
