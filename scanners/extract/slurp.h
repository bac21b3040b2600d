/* slurp: a whole reader in memory, for formats that need seeking inside a stream. */
#ifndef EXTRACT_SLURP_H
#define EXTRACT_SLURP_H

#include "base/buf.h"
#include "base/reader.h"
#include "budget.h"

/*
 * Appends what r still holds to *ret, at most max bytes in all (0 < max). Ticks the budget but charges
 * no bytes: whoever unpacks them behind r has done so. *ret is the caller's to free, always, and
 * holds what came before an error.
 * 0; -EOVERFLOW: r holds more than max; -ENOMEM; the reader's or the budget's -errno.
 */
int reader_slurp(struct reader *r, struct budget *b, uint64_t max, struct buf *ret);

#endif
