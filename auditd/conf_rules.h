/*
 * conf_rules: the rules that a configuration asks for, tried and kept. They are compiled in a confined
 * worker, as always; the daemon then keeps copies of the files, so that a rule file that somebody is
 * writing, or has written badly, does not stop what runs with the former ones.
 */
#ifndef CONF_RULES_H
#define CONF_RULES_H

#include "cmd.h"
#include "conf_service.h"

/*
 * Do the rule files compile, and are all ids in the configuration known? `say` is called for each
 * mistake, with its file, line and column. 0; -EINVAL for a mistake that was said; -errno, said as well.
 */
int conf_rules_check(
	const struct service_conf *c, void (*say)(void *user, const char *sentence), void *user);

/* Zero-initialise. */
struct conf_rules {
	int *fds; /* of copies in memory */
	struct strv paths; /* of those, in the order they are loaded */
};

/* Takes copies; what *k held goes. 0; -errno with a sentence in ret_error: *k is as it was. */
int conf_rules_keep(struct conf_rules *k, const struct service_conf *c, char ret_error[1024]);

/* The pool gets the copies in the place of the files. They stay k's. */
void conf_rules_use(const struct conf_rules *k, struct cmd_setup *setup);

void conf_rules_free(struct conf_rules *k);

#endif
