/* rules_table: the keys of a rule file and what must hold between them. */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "rules_field.h"

/* Reads one item of `rules` into *r (zeroed). 0, -ENOMEM, or -EINVAL with l->error set. */
int rule_read(struct rule_load *l, const struct ynode *v, struct rule *r);

#endif
