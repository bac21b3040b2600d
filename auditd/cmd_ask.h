/* cmd_ask: what the verbs that ask the daemon have in common. */
#ifndef CMD_ASK_H
#define CMD_ASK_H

#include "base/buf.h"

#define ASK_TIMEOUT_MS 10000 /* for each part of an answer: the daemon looks five times a second */

/*
 * Connects to the daemon. A descriptor; or -errno after a sentence by cmd_error() of that verb.
 */
int ask_connect(const char *verb, const char *socket);

/*
 * Asks, and gives the exit status with the answer in *b; STATUS_TROUBLE after a sentence by
 * cmd_error() when there is none, or when the daemon refuses (then *b is empty).
 */
int ask_daemon(const char *verb, int fd, const char *const *words, size_t n, struct buf *b);

#endif
