/* secret_hint: a fast pass over text for what may begin a password word or an address. */
#ifndef CLASSIFY_SECRET_HINT_H
#define CLASSIFY_SECRET_HINT_H

#include "base/span.h"

/*
 * The first place from `from` on where "pas", "pw", "p/" or "cre" (in any case), or a slash between
 * blanks (the place of the first blank), or an address that begins a line stands; text.n when there
 * is none. A line's beginning is seen when the newline before it is in the text and not before
 * `from`.
 */
size_t secret_hint_next(struct span text, size_t from);

/* The same without wide vectors, for tests. */
size_t secret_hint_portable(struct span text, size_t from);

#endif
