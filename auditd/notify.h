/*
 * notify: what the service tells systemd. The protocol is that of sd_notify(3), section "Notes": one
 * datagram of "KEY=VALUE" lines to the AF_UNIX socket that $NOTIFY_SOCKET names, '@' in front standing
 * for the abstract name space. It is written here so that the program with rights links no libsystemd.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct notify {
	int fd; /* -1: nobody is listening */
	uint64_t watchdog_ms; /* to be pinged at least this often; 0: nobody asks */
};

/*
 * Looks at $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID and takes them out of the environment, as
 * they are not for the workers. 0, also when there is none; -errno.
 */
int notify_open(struct notify *ret_n);

/* Sends lines; 0, also when nobody listens; -errno. Never waits. */
int notify_send(const struct notify *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* RELOADING=1 with the monotonic time that systemd 253 and later ask for. */
int notify_reloading(const struct notify *n);

void notify_close(struct notify *n);

#endif
