/* oletext: strings of old Office files, in UTF-16 or in one of Windows' code pages, as UTF-8. */
#ifndef EXTRACT_OLETEXT_H
#define EXTRACT_OLETEXT_H

#include "base/buf.h"
#include "extract/charset.h"

#define CODEPAGE_UTF16 1200u

/* The charset of a Windows code page. NULL for one that cannot be decoded. */
const struct charset *codepage_charset(unsigned codepage);

/* The code page that Windows uses for a language (LCID); 1252 for all others. */
unsigned codepage_of_language(unsigned lcid);

/* Appends UTF-16LE (a last odd byte is dropped). NULs become blanks. */
void put_utf16(struct buf *out, struct span s);

/* Appends UTF-16 whose high bytes are left out: Latin-1. */
void put_latin1(struct buf *out, struct span s);

/* Appends bytes of a code page; Windows-1252 stands in for one that is not known. */
void put_codepage(struct buf *out, unsigned codepage, struct span s);

#endif
