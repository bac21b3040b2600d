/*
 * control: the socket by which people ask the daemon. SOCK_SEQPACKET: a request is one message of
 * words, NUL after each; the answer is one or more messages, each with one byte in front: '+' when
 * more follows, else the digit of the exit status ('0' to '3', cmd.h). Who asks is told by the kernel
 * (SO_PEERCRED, SO_PEERGROUPS). Nothing here waits: a client that does not read, or asks without end,
 * holds up nobody but itself.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

#define CONTROL_SOCKET "/run/leakaudit/control.sock"

#define CONTROL_REQUEST 4096 /* bytes of a request */
#define CONTROL_WORDS	64 /* in one */
#define CONTROL_MESSAGE (48 * 1024) /* of an answer: well below the kernel's default buffer */
#define CONTROL_ANSWER	(4 * 1024 * 1024) /* bytes of an answer: a thousand shares in a status */
#define CONTROL_CLIENTS 16 /* at a time, the last four of them for root and our own user */

struct control_peer {
	pid_t pid;
	uid_t uid;
	bool master; /* root or our own user: may do everything */
	bool operates, reviews;
};

/* Groups may be CONTROL_NOBODY: there is none. */
#define CONTROL_NOBODY ((gid_t)-1)
struct control_options {
	const char *path;
	gid_t operators, reviewers; /* leakaudit, leakaudit-review */
	/*
	 * A request: words are the client's, hostile. Appends the answer, for people or programs, and
	 * gives the exit status.
	 */
	int (*request)(void *user, const struct control_peer *peer, const char *const *words,
		size_t n, struct buf *answer);
	void *user;
};

struct control;

/*
 * Binds the socket, mode 0666 in a folder that decides who comes near; whoever is in no group gets one
 * word and is sent away. A socket that a dead daemon left is replaced; -EADDRINUSE when one answers.
 * 0 or -errno with a sentence in ret_error.
 */
int control_open(const struct control_options *o, struct control **ret_c, char ret_error[512]);

/* Takes new clients, answers, sends. Returns after some 20 ms at the latest, but for `request`. */
void control_step(struct control *c);

/* What to poll for while nothing else is to be done: at most CONTROL_CLIENTS + 1. How many. */
unsigned control_polls(const struct control *c, struct pollfd *ret_fds);

/* Takes the socket away. NULL is allowed. */
void control_free(struct control *c);

/* --- the other side --- */

/*
 * Connects. 0; -ENOENT or -ECONNREFUSED when no daemon runs, -errno.
 */
int control_connect(const char *path, int *ret_fd);

/*
 * Sends a request and waits for the whole answer, at most `timeout_ms` for each part of it. The exit
 * status, with the text in *answer; -EPIPE when the daemon went away, -EBADMSG, -ETIMEDOUT, -errno.
 */
int control_ask(int fd, const char *const *words, size_t n, int timeout_ms, struct buf *answer);

#endif
