/*
 * Whom to ask. The daemon, where one runs, lets in who may read; a store is read by who may open it. It may be read while another process writes it; SQLite's log keeps both apart.
 */
#include "review.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "control.h"

#include "base/poison.h"

static int
store_source_each(void *source, const struct store_filter *f,
	int (*tell)(void *user, const struct stored *x), void *user)
{
	return store_each(source, f, tell, user);
}

static void
store_source_close(void *source)
{
	store_close(source);
}

static int
review_store(const char *dir, struct review *r, char ret_error[512])
{
	const struct store_options o = {.dir = dir, .read_only = true};
	struct store *s = NULL;
	int e = store_open(&o, &s, ret_error);

	if (e == 0) {
		r->each = store_source_each;
		r->close = store_source_close;
		r->source = s;
	}
	return e;
}

int
review_source(
	const struct review_args *a, const char *verb, struct review *ret_r, char ret_error[512])
{
	const char *socket = a->socket ? a->socket : CONTROL_SOCKET;
	int r;

	ret_r->said[0] = 0;
	if (a->state)
		return review_store(a->state, ret_r, ret_error);
	r = review_socket(socket, verb, ret_r);
	if ((r == -ENOENT || r == -ECONNREFUSED) && !a->socket)
		return review_store(STORE_DIR_DEFAULT, ret_r, ret_error);
	if (r < 0)
		(void)snprintf(ret_error, 512, "cannot reach the daemon at '%.300s': %s", socket,
			strerror(-r));
	return r;
}

const char *
review_why(const struct review *r, int error)
{
	return r->said[0] ? r->said : strerror(-error);
}

const char *
review_time(int64_t seconds, char ret_text[32])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (seconds == 0 || !localtime_r(&t, &tm) ||
		strftime(ret_text, 32, "%Y-%m-%d %H:%M", &tm) == 0)
		(void)snprintf(ret_text, 32, "-");
	return ret_text;
}
