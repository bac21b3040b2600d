/*
 * zip_head: what a zip's end record and central directory say that the library does not: whether
 * it is one volume of several, how each member is encrypted, and which methods nobody here reads.
 */
#ifndef EXTRACT_ZIP_HEAD_H
#define EXTRACT_ZIP_HEAD_H

#include "base/reader.h"
#include "budget.h"
#include "extract/archive_facts.h"

struct zip_end {
	uint64_t at; /* offset of the end record */
	uint64_t dir; /* offset of the central directory, a prefix allowed for */
	uint64_t dir_size;
	uint64_t members; /* as declared */
	bool exact; /* its comment ends where the file ends */
	bool split; /* it speaks of more than one volume */
	bool locked; /* the directory is encrypted (APPNOTE 6.3.10, 7.3.4), and so all names are */
};

/*
 * Looks for the end record in the last 64 KiB + 22 bytes of a reader that seeks. 0; -ENOENT when
 * there is none (or the reader does not seek); or the reader's -errno; -ENOMEM.
 */
int zip_end_find(struct reader *r, struct zip_end *ret_end);

/*
 * Walks the central directory and keeps the odd members in t. A directory that is damaged is read
 * as far as it makes sense. 0, -ENOMEM, or the reader's or the budget's -errno.
 */
int zip_head_read(struct reader *r, const struct zip_end *end, struct budget *b, struct facts *t);

#endif
