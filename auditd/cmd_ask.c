/* A refusal is a sentence for standard error; an answer is for standard output, as it came. */
#include "cmd_ask.h"

#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "control.h"

#include "base/poison.h"

int
ask_connect(const char *verb, const char *socket)
{
	int fd = -1, r = control_connect(socket, &fd);

	if (r == -ENOENT || r == -ECONNREFUSED)
		(void)cmd_error(verb, "no daemon answers at '%s' (is leakauditd running?)", socket);
	else if (r < 0)
		(void)cmd_error(verb, "cannot reach the daemon at '%s': %s", socket, strerror(-r));
	return r < 0 ? r : fd;
}

int
ask_daemon(const char *verb, int fd, const char *const *words, size_t n, struct buf *b)
{
	int r;

	buf_clear(b);
	r = control_ask(fd, words, n, ASK_TIMEOUT_MS, b);
	if (r == -E2BIG)
		return cmd_error(verb, "too many words");
	if (r == -EPIPE)
		return cmd_error(verb, "the daemon went away");
	if (r < 0)
		return cmd_error(verb, "no answer of the daemon: %s", strerror(-r));
	if (r == STATUS_TROUBLE) {
		while (b->n && b->p[b->n - 1] == '\n')
			b->n--;
		(void)cmd_error(verb, "%s", buf_cstr(b));
		buf_clear(b);
	}
	return r;
}
