/* The asking side: a request, then parts of the answer until the one that bears the status. */
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

/* One message: the byte in front, or -errno. */
static int
ask_part(int fd, int timeout_ms, uint8_t *part, struct buf *answer)
{
	struct pollfd f = {.fd = fd, .events = POLLIN};
	ssize_t n;
	int r;

	do
		r = poll(&f, 1, timeout_ms);
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r < 0 ? -errno : -ETIMEDOUT;
	n = recv(fd, part, CONTROL_MESSAGE + 1, MSG_TRUNC);
	/* Closed with our request unread: that is said once, before what was sent to us. */
	if (n < 0 && errno == ECONNRESET)
		n = recv(fd, part, CONTROL_MESSAGE + 1, MSG_TRUNC);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -EPIPE;
	if (n > CONTROL_MESSAGE + 1)
		return -EBADMSG;
	buf_put(answer, part + 1, (size_t)n - 1);
	if (answer->failed)
		return -ENOMEM;
	return part[0];
}

int
control_ask(int fd, const char *const *words, size_t n, int timeout_ms, struct buf *answer)
{
	struct buf request = {.max = CONTROL_REQUEST};
	_cleanup_free_ uint8_t *part = malloc(CONTROL_MESSAGE + 1);
	int r = part ? '+' : -ENOMEM;

	for (size_t i = 0; i < n; i++)
		buf_put(&request, words[i], strlen(words[i]) + 1);
	if (r > 0 && request.failed)
		r = -E2BIG;
	/* One that sends us away may have closed already: its word can still be read. */
	if (r > 0 && send(fd, request.p, request.n, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		r = -errno;
	buf_free(&request);
	while (r == '+')
		r = ask_part(fd, timeout_ms, part, answer);
	if (r < 0)
		return r;
	return r >= '0' && r <= '9' ? r - '0' : -EBADMSG;
}
