/*
 * SOCK_SEQPACKET keeps a message and its descriptors together, so there is no framing to get wrong:
 * a message is whole or it is refused. Numbers are little-endian and unaligned, read one by one
 * through the cursor; a field that does not fit poisons the message instead of returning early, so
 * that a decoder reads top-down and asks once, in ipc_end().
 */
#include "ipc.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/poison.h"

void
ipc_begin(struct ipc_out *o, enum ipc_type type)
{
	o->b.max = LIMIT_MESSAGE;
	buf_clear(&o->b);
	o->n_fds = 0;
	buf_putc(&o->b, (uint8_t)type);
}

void
ipc_u8(struct ipc_out *o, uint8_t v)
{
	buf_putc(&o->b, v);
}

static void
put_le(struct ipc_out *o, uint64_t v, unsigned n)
{
	uint8_t b[8];

	for (unsigned i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> (8 * i));
	buf_put(&o->b, b, n);
}

void
ipc_u16(struct ipc_out *o, uint16_t v)
{
	put_le(o, v, 2);
}

void
ipc_u32(struct ipc_out *o, uint32_t v)
{
	put_le(o, v, 4);
}

void
ipc_u64(struct ipc_out *o, uint64_t v)
{
	put_le(o, v, 8);
}

void
ipc_bytes(struct ipc_out *o, struct span s)
{
	if (s.n > LIMIT_MESSAGE) {
		o->b.failed = true;
		return;
	}
	ipc_u32(o, (uint32_t)s.n);
	buf_put(&o->b, s.p, s.n);
}

void
ipc_fd(struct ipc_out *o, int fd)
{
	if (o->n_fds < IPC_FDS)
		o->fds[o->n_fds++] = fd;
	else
		o->b.failed = true;
}

int
ipc_send(int sock, struct ipc_out *o)
{
	union {
		char room[CMSG_SPACE(IPC_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {o->b.p, o->b.n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	if (o->b.failed || o->b.n == 0)
		return -EMSGSIZE;
	if (o->n_fds) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof control);
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(o->n_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(o->n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), o->fds, o->n_fds * sizeof(int));
	}
	do
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 0;
	return errno == EWOULDBLOCK ? -EAGAIN : errno == ECONNRESET ? -EPIPE : -errno;
}

void
ipc_out_free(struct ipc_out *o)
{
	buf_free(&o->b);
	*o = (struct ipc_out){0};
}

static void
close_fds(struct ipc_in *i)
{
	for (unsigned k = 0; k < i->n_fds; k++) {
		if (i->fds[k] >= 0)
			(void)close(i->fds[k]);
	}
	i->n_fds = 0;
}

/* Takes every descriptor of the message, so that none stays open unowned. */
static int
take_fds(struct ipc_in *i, struct msghdr *m)
{
	int r = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t k = 0; k < n; k++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + k * sizeof fd, sizeof fd);
			if (i->n_fds < IPC_FDS) {
				i->fds[i->n_fds++] = fd;
			} else {
				(void)close(fd);
				r = -EBADMSG;
			}
		}
	}
	return r;
}

int
ipc_recv(int sock, struct ipc_in *i)
{
	union {
		char room[CMSG_SPACE(IPC_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov;
	struct msghdr m = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room};
	ssize_t n;
	int r;

	close_fds(i);
	i->n = i->at = 0;
	i->bad = false;
	if (!i->p && !(i->p = malloc(LIMIT_MESSAGE)))
		return -ENOMEM;
	iov = (struct iovec){i->p, LIMIT_MESSAGE};
	/*
	 * The other side died with unread messages of ours: said once, and before what it sent
	 * itself, which is still to be had and ends like any stream.
	 */
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	r = take_fds(i, &m);
	if (n == 0 && i->n_fds == 0)
		return 0;
	if (r < 0 || n == 0 || m.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || i->p[0] == 0)
		return -EBADMSG;
	i->n = (size_t)n;
	i->at = 1;
	return i->p[0];
}

/* The next n bytes, or NULL: then the message is bad for good. */
static const uint8_t *
next(struct ipc_in *i, size_t n)
{
	const uint8_t *p = i->p + i->at;

	if (i->bad || n > i->n - i->at) {
		i->bad = true;
		return NULL;
	}
	i->at += n;
	return p;
}

uint8_t
ipc_get_u8(struct ipc_in *i)
{
	const uint8_t *p = next(i, 1);

	return p ? *p : 0;
}

uint16_t
ipc_get_u16(struct ipc_in *i)
{
	const uint8_t *p = next(i, 2);

	return p ? le16(p) : 0;
}

uint32_t
ipc_get_u32(struct ipc_in *i)
{
	const uint8_t *p = next(i, 4);

	return p ? le32(p) : 0;
}

uint64_t
ipc_get_u64(struct ipc_in *i)
{
	const uint8_t *p = next(i, 8);

	return p ? le64(p) : 0;
}

struct span
ipc_get_bytes(struct ipc_in *i, size_t max)
{
	uint32_t n = ipc_get_u32(i);
	const uint8_t *p;

	if (n > max)
		i->bad = true;
	p = next(i, n);
	return p ? (struct span){p, n} : (struct span){NULL, 0};
}

int
ipc_end(const struct ipc_in *i)
{
	return i->bad || i->at != i->n ? -EBADMSG : 0;
}

void
ipc_in_free(struct ipc_in *i)
{
	close_fds(i);
	free(i->p);
	*i = (struct ipc_in){0};
}
