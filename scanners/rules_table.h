/* rules_table: the keys of a rule file and what must hold between them. */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "rules_field.h"

/* field_fn of `document` (rules_document.c): a const struct document_rule * at f->at. */
int read_document(struct rule_load *l, const struct field *f, const struct ynode *v, void *into);

/* field_fn of a struct words without a distance: whole words. */
int read_words(struct rule_load *l, const struct field *f, const struct ynode *v, void *into);

/* Reads one item of `rules` into *r (zeroed). 0, -ENOMEM, or -EINVAL with l->error set. */
int rule_read(struct rule_load *l, const struct ynode *v, struct rule *r);

#endif
