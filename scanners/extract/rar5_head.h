/*
 * rar5_head: a walk over the headers of a rar5 archive. The library never says that a rar5 member
 * or its headers are encrypted, nor which volume of a set it has: the headers do.
 */
#ifndef EXTRACT_RAR5_HEAD_H
#define EXTRACT_RAR5_HEAD_H

#include "base/reader.h"
#include "budget.h"

struct rar5 {
	struct reader *r;
	struct budget *budget;
	uint64_t at; /* offset of the next header */
	uint8_t *buf; /* one header */
	bool volume; /* one of several volumes */
	bool locked; /* the headers themselves are encrypted: nothing can be listed */
	bool more; /* the archive goes on in the next volume */
	bool first; /* with volume: it is the first */
};

struct rar5_file {
	struct span name; /* UTF-8 by the book; valid until the next call */
	uint64_t size; /* packed bytes in this volume */
	bool encrypted;
	bool before; /* its data began in an earlier volume */
	bool after; /* its data goes on in the next volume */
	bool dir;
};

/*
 * Begins at the signature, offset `at` of a reader that seeks, and reads the main header. 0;
 * -EBADMSG when there is no rar5 archive; -ENOMEM; or the reader's -errno.
 */
int rar5_open(struct rar5 *w, struct reader *r, struct budget *b, uint64_t at);

/*
 * The next file header: 1, or 0 at the end (also where the headers make no more sense), or the
 * reader's or the budget's -errno.
 */
int rar5_next(struct rar5 *w, struct rar5_file *ret_file);

void rar5_end(struct rar5 *w);

/* CRC-32 (IEEE 802.3) as rar5, 7z and zip use it. For headers: it is not a fast one. */
uint32_t head_crc32(struct span s);

#endif
