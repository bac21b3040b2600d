/* lzfu: the compressed RTF of Outlook messages (MS-OXRTFCP). */
#ifndef EXTRACT_LZFU_H
#define EXTRACT_LZFU_H

#include "base/buf.h"

/*
 * Appends the RTF that s holds, at most max bytes of it. 0; -EMEDIUMTYPE: no compressed RTF;
 * -EBADMSG: it ends early or its length does not fit, what could be had is there; -ENOMEM.
 */
int lzfu_decode(struct span s, size_t max, struct buf *ret);

#endif
