/*
 * One array of clients, each with one answer at most: a new request of a client is read when its last
 * answer is gone, so what it can make us hold is bounded, and the kernel's buffers hold back the rest.
 */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd.h"

#include "base/poison.h"

#define STEP_MS	      20 /* of a step that may be spent on clients */
#define NEXT_MS	      2 /* to wait for the next request of a client that has just got an answer */
#define IDLE_MS	      60000 /* a client that says nothing for so long is let go */
#define PLACES_MASTER 4
#define PLACES_USER   4 /* of one user */
#define PEER_GROUPS   512 /* of a client: more than NGROUPS_MAX of old, less than the kernel's */

struct client {
	int fd; /* -1: a free place */
	struct control_peer peer;
	struct buf out; /* the answer */
	size_t sent;
	int status; /* its digit, behind the last byte of out */
	bool answering;
	int64_t spoke_ms;
};

struct control {
	struct control_options o;
	int fd;
	char *path;
	dev_t dev; /* of the socket that is ours, so that no other is taken away */
	ino_t ino;
	struct client clients[CONTROL_CLIENTS];
	char request[CONTROL_REQUEST + 1];
};

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
socket_address(const char *path, struct sockaddr_un *ret_a)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(a.sun_path))
		return -ENAMETOOLONG;
	memcpy(a.sun_path, path, strlen(path));
	*ret_a = a;
	return 0;
}

int
control_connect(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	int r = socket_address(path, &a);

	if (fd < 0)
		return -errno;
	if (r == 0 && connect(fd, (const struct sockaddr *)&a, sizeof(a)) < 0)
		r = -errno;
	if (r == 0)
		*ret_fd = fd_take(&fd);
	return r;
}

/* Somebody answers there already? A socket of a dead one is taken away. */
static int
clear_path(const char *path)
{
	_cleanup_close_ int fd = -1;
	int r = control_connect(path, &fd);

	if (r == 0)
		return -EADDRINUSE;
	if (r == -ECONNREFUSED && unlink(path) < 0)
		return -errno;
	return r == -ENOENT || r == -ECONNREFUSED ? 0 : r;
}

static int
control_bind(struct control *c)
{
	struct sockaddr_un a;
	struct stat st;
	int r = socket_address(c->path, &a);

	if (r == 0)
		r = clear_path(c->path);
	if (r < 0)
		return r;
	c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || bind(c->fd, (const struct sockaddr *)&a, sizeof(a)) < 0 ||
		chmod(c->path, 0666) < 0 || listen(c->fd, CONTROL_CLIENTS) < 0 ||
		stat(c->path, &st) < 0)
		return -errno;
	c->dev = st.st_dev;
	c->ino = st.st_ino;
	return 0;
}

int
control_open(const struct control_options *o, struct control **ret_c, char ret_error[512])
{
	struct control *c = calloc(1, sizeof(*c));
	int r = c ? 0 : -ENOMEM;

	if (r == 0) {
		c->o = *o;
		c->fd = -1;
		for (size_t i = 0; i < CONTROL_CLIENTS; i++)
			c->clients[i].fd = -1;
		c->path = strdup(o->path);
		r = c->path ? control_bind(c) : -ENOMEM;
	}
	if (r < 0) {
		(void)snprintf(ret_error, 512, "cannot listen at '%.300s': %s", o->path,
			r == -EADDRINUSE ? "another daemon answers there" : strerror(-r));
		control_free(c);
		return r;
	}
	*ret_c = c;
	return 0;
}

static bool
in_groups(gid_t wanted, gid_t gid, const gid_t *groups, size_t n)
{
	if (wanted == CONTROL_NOBODY)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (groups[i] == wanted)
			return true;
	}
	return gid == wanted;
}

/* Who is it, by the kernel's word. 0 or -errno. */
static int
peer_of(const struct control *c, int fd, struct control_peer *ret_p)
{
	struct ucred u;
	gid_t groups[PEER_GROUPS];
	socklen_t n = sizeof(u), size = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &n) < 0)
		return -errno;
	/* More groups than we look at are as good as none: a user of that kind is named directly. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
		size = 0;
	*ret_p = (struct control_peer){.pid = u.pid,
		.uid = u.uid,
		.master = u.uid == 0 || u.uid == geteuid(),
		.operates = in_groups(c->o.operators, u.gid, groups, size / sizeof(gid_t)),
		.reviews = in_groups(c->o.reviewers, u.gid, groups, size / sizeof(gid_t))};
	return 0;
}

static void
client_close(struct client *k)
{
	if (k->fd >= 0)
		(void)close(k->fd);
	buf_free(&k->out);
	*k = (struct client){.fd = -1};
}

static struct client *
free_place(struct control *c, const struct control_peer *p)
{
	size_t n = p->master ? CONTROL_CLIENTS : CONTROL_CLIENTS - PLACES_MASTER;
	struct client *free = NULL;
	unsigned theirs = 0;

	for (size_t i = 0; i < n; i++) {
		if (c->clients[i].fd >= 0)
			theirs += c->clients[i].peer.uid == p->uid;
		else if (!free)
			free = &c->clients[i];
	}
	return p->master || theirs < PLACES_USER ? free : NULL;
}

static void
send_away(int fd, const char *why)
{
	(void)send(fd, why, strlen(why), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
take_client(struct control *c, int taken, int64_t now)
{
	_cleanup_close_ int fd = taken;
	struct control_peer p;
	struct client *k;

	if (peer_of(c, fd, &p) < 0)
		return;
	if (!p.master && !p.operates && !p.reviews) {
		send_away(fd, "2you are in neither group leakaudit nor leakaudit-review");
		return;
	}
	k = free_place(c, &p);
	if (!k) {
		send_away(fd, "2the daemon has too many clients; try again");
		return;
	}
	*k = (struct client){.fd = fd_take(&fd), .peer = p, .spoke_ms = now};
	k->out.max = CONTROL_ANSWER;
}

static void
take_clients(struct control *c, int64_t now)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS; i++) {
		int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		take_client(c, fd, now);
	}
}

/* Words of a request: each ends in NUL, the last one too. How many, or 0. */
static size_t
split(char *p, size_t n, const char **words)
{
	size_t count = 0;

	if (n == 0 || p[n - 1] != 0)
		return 0;
	for (size_t at = 0; at < n; at += strlen(p + at) + 1) {
		if (count == CONTROL_WORDS)
			return 0;
		words[count++] = p + at;
	}
	return count;
}

static void
answer(struct control *c, struct client *k, size_t n)
{
	const char *words[CONTROL_WORDS];
	size_t count = split(c->request, n, words);

	buf_clear(&k->out);
	k->sent = 0;
	k->answering = true;
	if (count == 0) {
		buf_puts(&k->out, "not a request");
		k->status = STATUS_TROUBLE;
		return;
	}
	k->status = c->o.request(c->o.user, &k->peer, words, count, &k->out);
	if (k->out.failed || k->status < 0 || k->status > 9) {
		buf_clear(&k->out);
		buf_puts(&k->out, "the answer is too long");
		k->status = STATUS_TROUBLE;
	}
}

/* One request. True when there was one; the client may be closed afterwards. */
static bool
client_read(struct control *c, struct client *k, int64_t now)
{
	ssize_t n = recv(k->fd, c->request, CONTROL_REQUEST, MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0 || n > CONTROL_REQUEST) {
		client_close(k);
		return false;
	}
	c->request[n] = 0;
	k->spoke_ms = now;
	answer(c, k, (size_t)n);
	return true;
}

/* Sends what goes without waiting. False when something is left. */
static bool
client_write(struct client *k, int64_t now)
{
	while (k->answering) {
		size_t left = k->out.n - k->sent;
		bool last = left <= CONTROL_MESSAGE;
		char tag = last ? (char)('0' + k->status) : '+';
		struct iovec v[2] = {{&tag, 1},
			{k->out.p ? k->out.p + k->sent : NULL, last ? left : CONTROL_MESSAGE}};
		struct msghdr m = {.msg_iov = v, .msg_iovlen = v[1].iov_len ? 2 : 1};

		if (sendmsg(k->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
				client_close(k);
			return false;
		}
		k->sent += v[1].iov_len;
		k->answering = !last;
		k->spoke_ms = now;
	}
	if (k->out.cap > CONTROL_MESSAGE)
		buf_free(&k->out);
	return true;
}

/* True when an answer was given. */
static bool
client_step(struct control *c, struct client *k)
{
	int64_t now = now_ms();

	if (k->fd < 0)
		return false;
	if (now - k->spoke_ms > IDLE_MS) {
		client_close(k);
		return false;
	}
	if (k->answering)
		(void)client_write(k, now);
	if (k->fd < 0 || k->answering || !client_read(c, k, now))
		return false;
	(void)client_write(k, now);
	return true;
}

void
control_step(struct control *c)
{
	struct pollfd fds[CONTROL_CLIENTS + 1];
	int64_t began = now_ms();
	bool more = true;

	while (more && now_ms() - began < STEP_MS) {
		more = false;
		take_clients(c, began);
		for (size_t i = 0; i < CONTROL_CLIENTS; i++)
			more |= client_step(c, &c->clients[i]);
		if (more)
			(void)poll(fds, control_polls(c, fds), NEXT_MS);
	}
}

unsigned
control_polls(const struct control *c, struct pollfd *ret_fds)
{
	unsigned n = 0;

	ret_fds[n++] = (struct pollfd){.fd = c->fd, .events = POLLIN};
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		const struct client *k = &c->clients[i];

		if (k->fd >= 0)
			ret_fds[n++] = (struct pollfd){
				.fd = k->fd, .events = k->answering ? POLLOUT : POLLIN};
	}
	return n;
}

void
control_free(struct control *c)
{
	struct stat st;

	if (!c)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		client_close(&c->clients[i]);
	if (c->fd >= 0) {
		if (c->ino && stat(c->path, &st) == 0 && st.st_dev == c->dev && st.st_ino == c->ino)
			(void)unlink(c->path);
		(void)close(c->fd);
	}
	free(c->path);
	free(c);
}
