/* rules_sense: what must hold between the fields of a rule, and the defaults that follow. */
#ifndef RULES_SENSE_H
#define RULES_SENSE_H

#include "rules_field.h"

/*
 * Each: 0 or -EINVAL with the error at v. Confidences still at CONFIDENCES ("not said") get their
 * defaults: alone medium (none for the shape `digits`), the others what alone is.
 */
int sense_rule(struct rule_load *l, const struct ynode *v, struct rule *r);
int sense_table(struct rule_load *l, const struct ynode *v, const struct table_rule *t);
int sense_name(struct rule_load *l, const struct ynode *v, const struct name_rule *nr);

#endif
