/*
 * pstmake: Outlook stores with known contents, written as MS-PST says: header,
 * block and node trees, heaps, property and table contexts, folders, messages, recipients, attachments.
 * For tests and generators; any failure aborts.
 */
#ifndef PSTMAKE_H
#define PSTMAKE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/span.h"

struct pstmake;

struct pstmake_options {
	bool ost; /* says it is an offline store */
	bool plain, cyclic; /* instead of permuted blocks */
	bool ansi; /* the older format; strings should be ASCII */
	bool big; /* pages of 4 KiB, as Outlook 2013's offline stores have them */
	bool deflated; /* big: and blocks that are deflated */
	const char *password; /* its check value is in the store; it hides nothing */
};

struct pstmake_message;

struct pstmake_attachment {
	const char *name;
	struct span bytes;
	const struct pstmake_message *message; /* instead of bytes */
};

/* Strings are UTF-8; what is NULL, 0 or empty is left out. */
struct pstmake_message {
	const char *class; /* NULL: IPM.Note */
	const char *id, *subject, *from, *headers, *body;
	struct span html, rtf; /* rtf: as LZFu */
	const char *const *to; /* addresses */
	size_t n_to;
	int64_t sent; /* seconds since 1970 */
	const struct pstmake_attachment *files;
	size_t n_files;
};

#define PSTMAKE_TOP 0x8022u /* the folder that others lie in */

/* f is written from its beginning on and must seek. It is the caller's to close. */
struct pstmake *pstmake_new(FILE *f, const struct pstmake_options *o);

/* A folder below `parent`; its number. */
uint32_t pstmake_folder(struct pstmake *p, uint32_t parent, const char *name);

/* What is below a folder is written at once; its table when the store ends. Its node's number. */
uint32_t pstmake_message(struct pstmake *p, uint32_t folder, const struct pstmake_message *m);

/* Writes what is missing. Returns the size; p is gone. */
uint64_t pstmake_end(struct pstmake *p);

#endif
