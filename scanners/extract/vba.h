/* vba: the source text of macros (MS-OVBA). */
#ifndef EXTRACT_VBA_H
#define EXTRACT_VBA_H

#include "base/buf.h"

/*
 * Appends the source that a module's stream holds, at most max bytes. False when it holds none; what
 * is damaged ends there.
 */
bool vba_source(struct span module, size_t max, struct buf *ret);

#endif
