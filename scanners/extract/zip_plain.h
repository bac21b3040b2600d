/*
 * zip_plain: the members of a zip that is as zips are: one volume, stored or deflated members with
 * nothing odd about them, each where the central directory says and none within another. Whatever is
 * not so (encryption, other methods, zip64, split, a stub in front, damage, headers that do not agree)
 * is not plain, and the library reads it.
 */
#ifndef EXTRACT_ZIP_PLAIN_H
#define EXTRACT_ZIP_PLAIN_H

#include "base/buf.h"
#include "base/reader.h"
#include "budget.h"

struct zip_member {
	uint32_t head; /* where its local header begins */
	uint32_t data; /* where its bytes begin */
	uint32_t packed, size, crc;
	uint32_t name; /* where its name begins in names */
	uint16_t name_n;
	bool deflated; /* else stored */
	bool folder;
};

struct zip_plain {
	struct zip_member *v; /* in the order of their places */
	size_t n;
	struct buf names;
};

/*
 * 1: the zip that is all of r is plain, and *ret_z goes to zip_plain_free(). 0: it is not, or r does
 * not seek. Or -ENOMEM, or the reader's or the budget's -errno.
 */
int zip_plain_read(struct reader *r, struct budget *b, struct zip_plain *ret_z);
void zip_plain_free(struct zip_plain *z);

static inline struct span
zip_member_name(const struct zip_plain *z, const struct zip_member *m)
{
	return span_sub(buf_span(&z->names), m->name, m->name_n);
}

#endif
