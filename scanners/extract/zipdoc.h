/*
 * zipdoc: the parts of a document that is a zip. Walked as often as needed: a part that nobody reads
 * is not inflated.
 */
#ifndef EXTRACT_ZIPDOC_H
#define EXTRACT_ZIPDOC_H

#include "base/buf.h"
#include "extract/zip_stream.h"
#include "item.h"

struct archive;

struct zipdoc {
	struct sink *s;
	struct reader *r; /* seekable */
	struct buf mem; /* the document, when its reader cannot seek */
	struct reader mem_r;
	struct zip_plain plain; /* its members, when it is a plain zip */
	uint64_t at; /* where the archive reads */
	uint8_t *block;
	bool damaged, encrypted; /* said already */
};

/* One part while its turn lasts. */
struct zippart {
	struct zipdoc *z;
	const char *name; /* '\' made '/', no leading '/'; case as stored; NUL-terminated */
	struct archive *a; /* or */
	struct zip_stream *plain;
	struct reader
		*from; /* its bytes, where it is no part of a zip but a file of its own; or NULL */
	uint64_t used; /* bytes inflated so far */
	int err; /* the first -errno of the sink's budget */
	bool broken; /* what came is not all there is */
};

/*
 * Takes it->r, in memory when it cannot seek. 0 or -errno of the budget, of memory. A document that
 * is too big to hold is a gap, and *ret_readable false.
 */
int zipdoc_open(struct zipdoc *z, struct item *it, struct sink *s, bool *ret_readable);
void zipdoc_close(struct zipdoc *z);

/*
 * Calls visit for each part that is no folder and not encrypted, in the order of the file. Ends with
 * visit's first result below 0, else 0. Damage and encryption are said once as gaps.
 */
int zipdoc_walk(struct zipdoc *z, int (*visit)(void *user, struct zippart *p), void *user);

/*
 * The next inflated bytes: > 0, 0 at the end or where damage begins (broken is set), -errno of the
 * budget. Asks the budget for each block.
 */
ssize_t zippart_read(struct zippart *p, void *to, size_t n);

/* The part as a reader, for a child or an image; valid while the part's turn lasts. */
struct zippart_reader {
	struct reader r;
	struct zippart *p;
};
void zippart_reader(struct zippart_reader *pr, struct zippart *p);

/* Names are compared without case, as all offices do. */
bool part_is(const char *name, const char *want);
bool part_begins(const char *name, const char *want);
bool part_ends(const char *name, const char *want);

#endif
