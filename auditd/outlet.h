/*
 * outlet: takes lines from the store's outbox to the log. Unlike syslog(3) it sees what becomes of a
 * line: one that the logger does not take stays in the store and is tried again. It writes to the
 * journal's own socket where there is a journal (fields to search by), else to /dev/log; never to
 * both. Nothing here waits longer than OUTLET_STEP_MS.
 */
#ifndef OUTLET_H
#define OUTLET_H

#include <stdint.h>

#include "logstyle.h"
#include "store.h"

#define OUTLET_JOURNAL	"/run/systemd/journal/socket"
#define OUTLET_DEVLOG	"/dev/log"
#define OUTLET_RATE	500u /* lines a second: journald takes 1,250 of a service that sets nothing */
#define OUTLET_RATE_MAX 100000u
#define OUTLET_STEP_MS	20 /* a step takes no longer */
#define OUTLET_STEP	256u /* lines of a step */

struct outlet_options {
	const char *to; /* "auto", "journal", or the path of a syslog socket; NULL = auto */
	int facility; /* LOG_AUTHPRIV and the like */
	unsigned rate; /* lines a second; 0 = OUTLET_RATE */
	struct logline_style style;
	bool only_resend; /* the outbox is another's to send */
	/* A sentence for people: the logger is away, or back. NULL: nobody wants to know. */
	void (*say)(void *user, int priority, const char *sentence);
	void *user;
	const char *journal, *devlog; /* where those are; NULL = the usual places. For tests */
};

struct outlet;

/* Connects to nothing yet. Strings are copied. 0 or -ENOMEM. */
int outlet_new(const struct outlet_options *o, struct outlet **ret_o);

/* Other settings, as after a reload. 0 or -ENOMEM: the former stay. */
int outlet_set(struct outlet *o, const struct outlet_options *options);

/*
 * Sends what may be sent now and marks it in the store; then what store_resend() asked for, marked
 * resent=1. now_ms: of CLOCK_MONOTONIC. Gives
 * the milliseconds after which another step may find something to do, -1 when nothing waits.
 */
int outlet_step(struct outlet *o, struct store *s, int64_t now_ms);

/* 0 while lines are taken; else -errno of the last attempt. */
int outlet_error(const struct outlet *o);

/* Where lines went last: "journal", a path, or "" for nowhere yet. */
const char *outlet_where(const struct outlet *o);

/* NULL is allowed. */
void outlet_free(struct outlet *o);

/* Would a message to that datagram socket wait for its reader? So would syslog(3). */
bool outlet_is_full(const char *path);

#endif
