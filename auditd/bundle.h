/*
 * bundle: many messages of a worker in one, so that a small file costs no wake-up of the other side.
 * They are gathered in the shared page: what a dead worker had said but not sent is found there, so
 * that the file it died in is known as surely as if each had been sent at once.
 */
#ifndef BUNDLE_H
#define BUNDLE_H

#include "ipc.h"

#define BUNDLE_WAIT_MS 50 /* a message stays unsent no longer while its file goes on */

/* The worker's side. */
struct bundle {
	struct worker_note *note;
	int sock;
	int64_t sent_ms; /* when the last one went */
};

/*
 * Adds a message; sends what was gathered first when it has no room for this one, and at once when
 * nothing was sent for BUNDLE_WAIT_MS. One that is too long for a bundle is sent by itself, behind
 * it. 0 or as ipc_send().
 */
int bundle_put(struct bundle *b, struct ipc_out *o);

/* Sends what was gathered, be it nothing. 0 or as ipc_send(). */
int bundle_send(struct bundle *b);

/* Sends it when nothing was sent for BUNDLE_WAIT_MS. 0 or as ipc_send(). */
int bundle_send_old(struct bundle *b);

/*
 * The other side: what a worker that is gone left unsent, as if it had just been received. False
 * when there is nothing or it makes no sense. -ENOMEM is nothing too.
 */
bool bundle_left(const struct worker_note *note, struct ipc_in *i);

/*
 * The next message of the bundle in i, which ends at `end`: its type, with the cursor behind it and
 * the message's end as that of i; 0 when there is none left; -EBADMSG. To be called again when the
 * cursor is at the end of the former.
 */
int bundle_next(struct ipc_in *i, size_t end);

#endif
