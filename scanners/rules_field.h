/* rules_field: tables of fields, by which the maps of a rule file are read into structs. */
#ifndef RULES_FIELD_H
#define RULES_FIELD_H

#include "rules_yaml.h"

/* A named list of the file's top-level `words`. */
struct word_list {
	const char *name;
	const char *const *v;
	size_t n;
};

/* One rule file being read. */
struct rule_load {
	struct arena *arena;
	struct rules_error *error;
	const char *file;
	struct word_list *lists;
	size_t n_lists;
};

struct field;

/* Reads v into `into` (the struct that has the field). 0, -ENOMEM or -EINVAL with the error set. */
typedef int field_fn(struct rule_load *l, const struct field *f, const struct ynode *v, void *into);

/* One key of a map. A table of them ends with {NULL}. */
struct field {
	const char *name;
	field_fn *read;
	size_t at; /* offset of the member */
	size_t at_n; /* lists: offset of the member that counts */
	const void *arg; /* what the reader wants: names of an enum, another table */
	uint32_t min, max; /* numbers: range; texts and words: bytes; lists: items at most */
	bool required;
};

/* Reads every pair of a map by the table; unknown keys and missing required ones are mistakes. */
int fields_read(
	struct rule_load *l, const struct ynode *map, const struct field *table, void *into);

field_fn field_text; /* const char * */
field_fn field_id; /* const char *: a-z 0-9 and single dashes */
field_fn field_bool; /* bool */
field_fn field_u8; /* uint8_t in min..max */
field_fn field_u16; /* uint16_t */
field_fn field_u32; /* uint32_t */
field_fn field_number; /* float, 0..max */
field_fn field_enum; /* int-sized enum; arg: NULL-terminated names in the order of the enum */
field_fn field_bits; /* uint8_t; arg as for field_enum, each name a bit from 1 on */
field_fn field_words; /* const char *const * at `at`, size_t at `at_n`: words in lower case */
field_fn field_terms; /* the same; the list may be empty */
field_fn field_texts; /* texts as they are */
field_fn field_refs; /* const char *: a text or a list of texts, joined by newlines */

/* Fills l->lists from the map `words`. A list may refer to those above it. */
int field_lists(struct rule_load *l, const struct ynode *map);

/* The one of n names (stride bytes apart) that is most like word, or NULL when none is near. */
const char *nearest_name(const char *word, const void *names, size_t n, size_t stride);

#endif
