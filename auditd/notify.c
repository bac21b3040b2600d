/*
 * The socket is connected once: should its path be replaced later, somebody else cannot be told in
 * systemd's place.
 */
#include "notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define MESSAGE_MAX 1024

static int
notify_connect(const char *path, int *ret_fd)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = strlen(path);
	_cleanup_close_ int fd = -1;

	if ((path[0] != '/' && path[0] != '@') || n < 2 || n >= sizeof(to.sun_path))
		return -EINVAL;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
		connect(fd, (const struct sockaddr *)&to,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		return -errno;
	*ret_fd = fd_take(&fd);
	return 0;
}

static uint64_t
watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!usec || (pid && strtoul(pid, NULL, 10) != (unsigned long)getpid()))
		return 0;
	return strtoull(usec, NULL, 10) / 1000;
}

int
notify_open(struct notify *ret_n)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct notify n = {.fd = -1, .watchdog_ms = watchdog_ms()};
	int r = path && *path ? notify_connect(path, &n.fd) : 0;

	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	if (r < 0)
		return r;
	*ret_n = n;
	return 0;
}

int
notify_send(const struct notify *n, const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;
	int len;

	if (n->fd < 0)
		return 0;
	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(text))
		len = (int)sizeof(text) - 1;
	if (len < 0)
		return -EINVAL;
	return send(n->fd, text, (size_t)len, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int
notify_reloading(const struct notify *n)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return notify_send(n, "RELOADING=1\nMONOTONIC_USEC=%llu",
		(unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_nsec / 1000);
}

void
notify_close(struct notify *n)
{
	if (n->fd >= 0)
		(void)close(n->fd);
	n->fd = -1;
}
