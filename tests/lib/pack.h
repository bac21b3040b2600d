/* pack: archives and office documents in memory, for generators and tests. Aborts on any failure. */
#ifndef PACK_H
#define PACK_H

#include "base/buf.h"
#include "base/span.h"

enum pack_kind { PACK_ZIP, PACK_ZIP_AES256, PACK_TAR_GZ };

struct pack;

struct pack *pack_new(enum pack_kind kind, const char *passphrase);
void pack_add(struct pack *p, const char *name, struct span bytes);

/* Ends the archive: its bytes go to ret (cleared first); p is gone. */
void pack_end(struct pack *p, struct buf *ret);

/*
 * A table as xlsx, docx or ods. Cells are strings; a cell that begins with '#' is a number, with
 * '$' a number shown as a Social Security number (format 000-00-0000).
 */
struct sheet {
	const char *name;
	const char *const *cells; /* rows * cols, row by row; NULL = empty */
	size_t rows, cols;
};

void pack_xlsx(const struct sheet *sheets, size_t n, struct buf *ret);
void pack_ods(const struct sheet *sheets, size_t n, struct buf *ret);

/* Paragraphs, then a table when t is not NULL. */
void pack_docx(const char *const *paragraphs, size_t n, const struct sheet *t, struct buf *ret);

#endif
