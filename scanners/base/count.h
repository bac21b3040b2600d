/* count: how often a byte stands in a span, at the speed of memory. */
#ifndef BASE_COUNT_H
#define BASE_COUNT_H

#include "base/span.h"

size_t count_byte(struct span s, uint8_t c);

#endif
