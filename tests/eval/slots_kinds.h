/* slots_kinds: tables of slots that slots.c looks through besides its own. */
#ifndef SLOTS_KINDS_H
#define SLOTS_KINDS_H

#include "slots_numbers.h"

struct slot_kind {
	const char *name, *rule; /* rule: "" when none finds it */
	void (*make)(struct slots *s, unsigned a, unsigned c, struct buf *b);
};

/* Each ends with a name of NULL. */
extern const struct slot_kind slots_values[], slots_office[], slots_tokens[], slots_zones[];

#endif
