/* glob: one name against one pattern without slashes: * ? [...] and backslash. */
#ifndef GLOB_H
#define GLOB_H

#include <stdbool.h>

#include "base/span.h"

/* Characters are those of UTF-8; a byte that is not counts as one. */
bool glob_match(struct span pattern, struct span name);

/* NULL, or what is wrong with the pattern (a literal). */
const char *glob_check(struct span pattern);

#endif
