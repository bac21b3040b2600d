/*
 * Whom to ask. The store may be read while another process writes it; SQLite's log keeps both apart.
 */
#include "review.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

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

int
review_source(const char *state, struct review *ret_r, char ret_error[512])
{
	const struct store_options o = {
		.dir = state ? state : STORE_DIR_DEFAULT, .read_only = true};
	struct store *s = NULL;
	int r = store_open(&o, &s, ret_error);

	if (r < 0)
		return r;
	*ret_r = (struct review){
		.each = store_source_each, .close = store_source_close, .source = s};
	return 0;
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
