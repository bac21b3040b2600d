/*
 * What `control rescan` asked for stays asked for until it has been done, over a restart and a crash too:
 * a file in the state folder with a share's name in each line, "!" in front where what looks lost is lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "service_in.h"

#include "base/poison.h"

#define ASKED	  "rescan" /* in the state folder */
#define ASKED_MAX (1024 * 1024) /* bytes of it: all shares there may be, and more */

static void
put_share(struct buf *b, const struct service *s, const struct share_state *st)
{
	bool now = s->run.state == st && s->run.asked;

	if (st->asked || now)
		buf_printf(
			b, "%s%s\n", st->confirm || (now && s->run.confirm) ? "!" : "", st->name);
}

static int
write_file(const char *path, const struct buf *b)
{
	_cleanup_free_ char *fresh = NULL;
	_cleanup_close_ int fd = -1;
	int r = 0;

	if (asprintf(&fresh, "%s.new", path) < 0)
		return -ENOMEM;
	fd = open(fresh, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (write(fd, b->p, b->n) != (ssize_t)b->n || fsync(fd) < 0 || rename(fresh, path) < 0) {
		r = errno ? -errno : -EIO;
		(void)unlink(fresh);
	}
	return r;
}

int
asked_save(const struct service *s)
{
	_cleanup_free_ char *path = NULL;
	struct buf b = {0};
	int r;

	if (asprintf(&path, "%s/" ASKED, s->o->state) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < s->conf.n_shares; i++)
		put_share(&b, s, &s->states[i]);
	if (b.failed)
		r = -ENOMEM;
	else if (b.n == 0)
		r = unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	else
		r = write_file(path, &b);
	buf_free(&b);
	return r;
}

static void
take_line(struct service *s, const char *line)
{
	bool confirm = *line == '!';
	const struct conf_share *share = service_conf_share(&s->conf, line + confirm);

	if (!share)
		return;
	plan_state(s, share)->asked = true;
	plan_state(s, share)->confirm = confirm;
	service_say(s, LOG_NOTICE, "share '%s' is to be scanned, as was asked before", share->name);
}

void
asked_load(struct service *s)
{
	_cleanup_free_ char *path = NULL, *text = malloc(ASKED_MAX + 1);
	_cleanup_close_ int fd = -1;
	char *save = NULL;
	ssize_t n;

	if (!text || asprintf(&path, "%s/" ASKED, s->o->state) < 0)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	n = fd < 0 ? 0 : read(fd, text, ASKED_MAX);
	if (n <= 0)
		return;
	text[n] = 0;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(s, line);
}
