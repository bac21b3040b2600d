/* ident: what an item is, from its first bytes. Own signature table first, libmagic last. */
#ifndef IDENT_H
#define IDENT_H

#include "item.h"

/*
 * Loads libmagic's database. Call before the sandbox closes. 0, or -errno: then what the own table
 * does not know is reported as application/octet-stream.
 */
int ident_open(void);
void ident_close(void);

/*
 * Peeks at item->r and fills head, format, mime and charset. Names are not believed, but the
 * extension of item->name may choose between things that look alike (csv or text).
 * 0, or the reader's -errno when nothing at all could be read (format FORMAT_EMPTY then).
 */
int ident_item(struct item *it);

#endif
