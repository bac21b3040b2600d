/*
 * A message counts from the moment its end is noted behind it: a worker that dies while it writes
 * one leaves those before it. They are forgotten after they were sent, not before, so that a death
 * in between repeats and never loses them; a repeated one speaks of a file that is no longer at
 * hand, or says what is known.
 */
#include "bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/poison.h"

#define LENGTH_BYTES 4u

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
bundle_send(struct bundle *b)
{
	struct worker_note *note = b->note;
	/* borrowed for the call: nothing is written to it */
	struct ipc_out o = {.b = {.p = note->said, .n = note->said_n}};
	int r = o.b.n ? ipc_send(b->sock, &o) : 0;

	if (r == 0) {
		note->said_n = 0;
		b->sent_ms = now_ms();
	}
	return r;
}

int
bundle_send_old(struct bundle *b)
{
	if (b->note->said_n == 0 || now_ms() - b->sent_ms < BUNDLE_WAIT_MS)
		return 0;
	return bundle_send(b);
}

static void
add(struct worker_note *note, struct span message)
{
	size_t at = note->said_n;
	uint32_t n = (uint32_t)message.n;

	if (at == 0)
		note->said[at++] = IPC_BUNDLE;
	for (unsigned i = 0; i < LENGTH_BYTES; i++)
		note->said[at++] = (uint8_t)(n >> (8 * i));
	memcpy(note->said + at, message.p, message.n);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	note->said_n = (uint32_t)(at + message.n);
}

int
bundle_put(struct bundle *b, struct ipc_out *o)
{
	size_t need = 1 + LENGTH_BYTES + o->b.n;
	int r = 0;

	if (o->b.failed || o->b.n == 0)
		return -EMSGSIZE;
	if (o->n_fds || need > sizeof b->note->said - b->note->said_n)
		r = bundle_send(b);
	if (r < 0 || o->n_fds || need > sizeof b->note->said)
		return r < 0 ? r : ipc_send(b->sock, o);
	add(b->note, buf_span(&o->b));
	return bundle_send_old(b);
}

bool
bundle_left(const struct worker_note *note, struct ipc_in *i)
{
	size_t n = note->said_n;

	if (n == 0 || n > sizeof note->said)
		return false;
	if (!i->p && !(i->p = malloc(LIMIT_MESSAGE)))
		return false;
	memcpy(i->p, note->said, n);
	i->n = n;
	i->at = 1;
	i->bad = false;
	return i->p[0] == IPC_BUNDLE;
}

int
bundle_next(struct ipc_in *i, size_t end)
{
	size_t n;
	int type;

	i->n = end;
	if (i->at == end)
		return 0;
	n = ipc_get_u32(i);
	if (i->bad || n == 0 || n > end - i->at)
		return -EBADMSG;
	i->n = i->at + n;
	type = ipc_get_u8(i);
	return type == 0 || type == IPC_BUNDLE ? -EBADMSG : type;
}
