/*
 * service: what leakauditd does. One thread and one loop: a share that is due is scanned by
 * audit_run(), which calls back at least every 200 ms; in between the same is done from an idle wait.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>

struct service_options {
	const char *config; /* leakaudit.yaml; conf.d lies beside it */
	bool config_named; /* on the command line: it must be there */
	const char *state; /* folder of the store */
	const char *socket; /* of control */
	const char *key; /* fingerprint.key; made where it is missing and may be written */
	const char *proc; /* "/proc" but in tests */
	bool foreground; /* messages also to standard error */
};

/*
 * Runs until SIGTERM or SIGINT. The exit status of the program: 0 stopped as told, 2 could not start
 * (a sentence has been logged).
 */
int service_main(const struct service_options *o);

#endif
