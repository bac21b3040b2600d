/* ident_table: signatures of binary formats and of those text formats that have one. */
#ifndef IDENT_TABLE_H
#define IDENT_TABLE_H

#include "item.h"

struct signature {
	uint16_t off; /* where the magic stands */
	uint8_t n; /* its length in bytes */
	uint8_t format; /* enum format */
	const char *magic;
	const char *mime;
	bool (*test)(struct span head); /* a second look where the magic is short; or NULL */
};

/* The first signature that agrees with head, or NULL. */
const struct signature *signature_find(struct span head);

/* What a zip holds when it is a document: its mime, else "application/zip". */
const char *signature_zip_mime(struct span head);

#endif
