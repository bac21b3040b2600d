/*
 * slots: the made-up values of a document, and what of them was planted. A value's rule is what it
 * was made as; whether it counts is the document's to say (the same number below "part number" is
 * a decoy).
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "base/buf.h"
#include "gen.h"

#define SLOTS_VALUES 4096
#define SLOTS_NAMES  24

struct slot_value {
	const char *rule; /* "" when none finds it */
	char *text; /* as written */
};

struct slots {
	struct gen g;
	struct slot_value values[SLOTS_VALUES];
	size_t n;
	struct {
		char name[16];
		const char *rule;
		char *text;
	} named[SLOTS_NAMES]; /* {=x:slot} ... {$x} */
	size_t n_named;
	size_t service; /* of slots_services: what {token} and {service} are of */
	char second[96], third[96]; /* what belongs to the last value: a zone's other lines */
};

void slots_begin(struct slots *s, uint64_t seed);
void slots_end(struct slots *s);

/* Appends a value of that name ("ssn", "int:3:9", "=a:person", "$a"); false: no such slot. */
bool slots_put(struct slots *s, const char *name, size_t n, struct buf *ret);

/* Values of a rule, and different ones among them: letters and digits alone are compared. */
void slots_count(
	const struct slots *s, const char *rule, unsigned *ret_count, unsigned *ret_unique);

#endif
