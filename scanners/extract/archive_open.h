/*
 * archive_open: libarchive over a struct reader. Only what the signature promises is switched on,
 * by name: never an external program, never a format or filter that was not asked for.
 */
#ifndef EXTRACT_ARCHIVE_OPEN_H
#define EXTRACT_ARCHIVE_OPEN_H

#include <archive.h>

#include "budget.h"
#include "item.h"

/* Where the library gets its bytes. The owner of the archive owns it and keeps it in place. */
struct archive_source {
	struct reader *r;
	struct budget *budget;
	uint64_t base; /* where the archive begins in r: behind a stub; 0 unless r seeks */
	uint64_t end; /* where it ends in r; UINT64_MAX: where r ends */
	uint64_t pos; /* next byte for the library, in r, when r seeks */
	uint8_t *buf;
	uint64_t
		head; /* input the library may still take: set free behind a stream's first entry */
	unsigned late; /* callbacks since the item's time ran out */
	int error; /* the first -errno of the reader or the budget; 0 while well */
	bool own; /* ... and the budget gave it to us, so nobody has spoken of it yet */
};

void archive_source_init(struct archive_source *src, struct reader *r, struct budget *b);

/* Frees the archive (NULL is fine) and what the source holds. The reader stays its owner's. */
void archive_source_end(struct archive_source *src, struct archive *a);

/*
 * Opens the source as an archive or compressed stream of this format. A compressed stream shows as
 * one entry (libarchive's raw format) and exactly one filter is taken off. 0; -ENOMEM; -EBADMSG
 * when the library does not know it; or src->error. *ret_a goes to archive_source_end().
 */
int archive_open(struct archive_source *src, enum format format, struct archive **ret_a);

/* A plain word for a format: "zip", "gzip"; rar is told apart by its first bytes elsewhere. */
const char *archive_word(enum format format);

/* Must the reader seek for this format to be read whole? */
bool archive_needs_seek(enum format format);

#endif
