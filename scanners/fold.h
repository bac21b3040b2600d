/* fold: look-alikes become ASCII, so that "862‑43‑5549" is seen for what it is. */
#ifndef FOLD_H
#define FOLD_H

#include "base/span.h"

/*
 * Copies s to p (room for s.n bytes) with no-break and thin spaces as ' ', Unicode hyphens and
 * dashes as '-', typographic quotes as ' and ", full-width ASCII as ASCII, and invisible characters
 * (zero-width space and joiners, soft hyphen, BOM) dropped. Returns the bytes written, <= s.n.
 * A character cut by the end of s is copied as it is.
 */
size_t fold_copy(uint8_t *p, struct span s);

#endif
