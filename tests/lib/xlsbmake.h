/* xlsbmake: binary workbooks in memory, record by record, for tests and for seeds of fuzzers. */
#ifndef XLSBMAKE_H
#define XLSBMAKE_H

#include "zipmake.h"

/*
 * Appends a worksheet to b: row 5 with a masked number, a date, a shared string, one of its own, an RK,
 * a boolean and a shared string that is not there; header and footer.
 */
void xlsbmake_sheet(struct buf *b);

/*
 * The workbook around it: a hidden sheet "Staff" with a comment on B3, formats, one shared string.
 * store: nothing is compressed.
 */
void xlsbmake_book(struct zipmake *z, struct span sheet, bool store);

#endif
