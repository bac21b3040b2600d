/* conf_in: what the files of the daemon's configuration share. Private to auditd/conf_*.c. */
#ifndef CONF_IN_H
#define CONF_IN_H

#include "conf_parse.h"
#include "conf_service.h"

#define CONF_NO_DAYS 0x80 /* bit of schedule.days: the share says none itself */

/* p->user */
struct conf_reading {
	struct service_conf *c;
	unsigned file;
};

/* Where the event at hand begins. */
struct conf_where conf_here(const struct conf_parse *p);

int take_schedule(struct conf_parse *p, const char *key, void *into); /* -> struct schedule */
int take_shares(struct conf_parse *p, const char *key, void *into); /* -> struct service_conf */
int take_expect(struct conf_parse *p, const char *key, void *into); /* -> struct service_conf */

/* A list of gitignore-style patterns -> struct strv. */
int conf_patterns(struct conf_parse *p, const char *key, void *into);

/* An absolute path in its shortest form; heap. 0, -EINVAL by conf_wrong(), -ENOMEM. */
int conf_path(struct conf_parse *p, const char *key, char **ret_path);

#endif
