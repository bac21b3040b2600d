/* slots_token: tokens of services, by the forms that their makers publish. */
#ifndef SLOTS_TOKEN_H
#define SLOTS_TOKEN_H

#include "slots_kinds.h"

enum service_kind {
	SERVICE_OWN, /* the form says whose it is */
	SERVICE_NAMED, /* the service's name, or what it calls the key, has to stand beside it */
	SERVICE_SUMMED, /* as OWN; carries a checksum, or a part that can be read, and a wrong one
			   is no token */
};

struct service {
	const char *name, *variable; /* as people and as configuration files call it */
	enum service_kind kind;
	const char *form;
};

/* slots_token_list.c; ends with a name of NULL. */
extern const struct service slots_services[];

/* Of a scenario's word: "all", "own", "named", "summed". */
bool service_is(const struct service *s, const char *word);

#endif
