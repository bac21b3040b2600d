/* entities: character references of HTML and XML. */
#ifndef EXTRACT_ENTITIES_H
#define EXTRACT_ENTITIES_H

#include "base/span.h"

#define ENTITY_MAX 12 /* bytes of the longest reference that is known */

/*
 * s begins with '&'. The length of the reference, its ';' included if it has one, and *ret_c; 0 when
 * it is none that is known.
 */
size_t entity_decode(struct span s, uint32_t *ret_c);

#endif
