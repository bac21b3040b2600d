/*
 * Arbitrary bytes as a client's message to the daemon, through the real socket, and as a daemon's page
 * to who reads findings. The first byte chooses: even a message, odd a page.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "review_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct control *control;
static char path[64];

static int
request(void *user, const struct control_peer *peer, const char *const *words, size_t n,
	struct buf *answer)
{
	struct store_filter f;

	(void)user;
	if (!peer->master || n == 0 || n > CONTROL_WORDS)
		abort();
	for (size_t i = 0; i < n; i++)
		buf_printf(answer, "[%s]", words[i]);
	if (review_words_read(words, n, &f) == 0) {
		struct review_words w;

		/* what was understood is said the same way again */
		if (review_words_make(words[0], &f, &w) < 0)
			abort();
		if (review_words_read(w.v, w.n, &f) < 0)
			abort();
		review_words_free(&w);
	}
	return 1;
}

static void
control_end(void)
{
	control_free(control);
}

static void
message(const uint8_t *p, size_t n)
{
	const struct control_options o = {.path = path,
		.operators = CONTROL_NOBODY,
		.reviewers = CONTROL_NOBODY,
		.request = request};
	char error[512];
	uint8_t part[256];
	int fd;

	if (!control) {
		(void)snprintf(path, sizeof(path), "/tmp/leakaudit-fuzz-%d.sock", (int)getpid());
		if (control_open(&o, &control, error) < 0)
			abort();
		(void)atexit(control_end);
	}
	if (control_connect(path, &fd) < 0)
		abort();
	if (n && send(fd, p, n, MSG_NOSIGNAL) < 0 && errno != EMSGSIZE)
		abort();
	if (n % 3 == 0)
		(void)shutdown(fd, SHUT_WR);
	control_step(control);
	if (n && n <= CONTROL_REQUEST && recv(fd, part, sizeof(part), MSG_DONTWAIT) == 0)
		abort();
	(void)close(fd);
	control_step(control);
}

static void
page(const uint8_t *p, size_t n)
{
	struct review_row row = {0};
	uint8_t *copy = malloc(n ? n : 1);
	struct ipc_in in = {.p = copy, .n = n};
	size_t rows = 0;
	int r;

	if (!copy)
		abort();
	memcpy(copy, p, n);
	while ((r = review_row_read(&in, &row)) == 1) {
		rows++;
		if (!row.x.rec.path || !row.x.share || rows > n)
			abort();
	}
	if (r < 0 && r != -EBADMSG)
		abort();
	(void)review_row_path(span_of(copy, n));
	review_row_free(&row);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n == 0)
		return 0;
	if (p[0] & 1)
		page(p + 1, n - 1);
	else
		message(p + 1, n - 1);
	return 0;
}
