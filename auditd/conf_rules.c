/*
 * Paths in /proc/self/fd stand for the copies: whoever opens rule files by name needs to know nothing
 * of them, and equal content gives the same digest whatever a file is called. The names are shown to
 * nobody, since what is kept has compiled before.
 */
#include "conf_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define COPY_MAX (1 << 24) /* bytes of a rule file; a worker takes as many */

static void
pool_drop(struct pool **p)
{
	if (*p)
		pool_free(*p);
}

/* --- tried --- */

struct asked {
	const struct service_conf *conf;
	const struct catalogue *rules;
	void (*say)(void *user, const char *sentence);
	void *user;
	int result;
};

static void
check_ids(struct asked *a, const struct strv *ids, const struct conf_where *at)
{
	char error[1024], where[512], text[1600];

	if (cmd_check_ids(a->rules, (const char *const *)ids->v, ids->n, error) == 0)
		return;
	service_conf_where(a->conf, at, where, sizeof(where));
	(void)snprintf(text, sizeof(text), "%s: %s", where, error);
	a->say(a->user, text);
	a->result = -EINVAL;
}

int
conf_rules_check(
	const struct service_conf *c, void (*say)(void *user, const char *sentence), void *user)
{
	_cleanup_(cmd_setup_free) struct cmd_setup s = {0};
	_cleanup_(pool_drop) struct pool *p = NULL;
	struct asked a = {.conf = c, .say = say, .user = user};
	char error[1024] = "";
	int r = cmd_setup(&s, &c->rules, NULL, 1, error);

	if (r == 0)
		r = cmd_catalogue(&s, &p, error);
	if (r < 0) {
		say(user, error[0] ? error : strerror(-r));
		return r;
	}
	a.rules = pool_catalogue(p);
	for (size_t i = 0; i < c->n_shares; i++) {
		check_ids(&a, &c->shares[i].only, &c->shares[i].rules_at);
		check_ids(&a, &c->shares[i].without, &c->shares[i].rules_at);
	}
	for (size_t i = 0; i < c->n_expect; i++)
		check_ids(&a, &c->expect[i].categories, &c->expect[i].at);
	return a.result;
}

/* --- kept --- */

static int
copy_file(const char *path, int *ret_fd)
{
	_cleanup_close_ int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
			    to = -1;
	ssize_t n;

	if (from < 0)
		return -errno;
	to = memfd_create("rules", MFD_CLOEXEC);
	if (to < 0)
		return -errno;
	do
		n = sendfile(to, from, NULL, COPY_MAX);
	while (n > 0 && lseek(to, 0, SEEK_CUR) <= COPY_MAX);
	if (n != 0)
		return n < 0 ? -errno : -EFBIG;
	*ret_fd = fd_take(&to);
	return 0;
}

static int
keep_one(struct conf_rules *k, const char *path)
{
	char self[64];
	int fd, r = copy_file(path, &fd);

	if (r < 0)
		return r;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	r = strv_add(&k->paths, self);
	if (r < 0)
		(void)close(fd);
	else
		k->fds[k->paths.n - 1] = fd;
	return r;
}

int
conf_rules_keep(struct conf_rules *k, const struct service_conf *c, char ret_error[1024])
{
	_cleanup_(cmd_setup_free) struct cmd_setup s = {0};
	_cleanup_(conf_rules_free) struct conf_rules fresh = {0};
	int r = cmd_setup(&s, &c->rules, NULL, 1, ret_error);

	if (r < 0)
		return r;
	fresh.fds = calloc(s.files.n + 1, sizeof(*fresh.fds));
	r = fresh.fds ? 0 : -ENOMEM;
	for (size_t i = 0; i < s.files.n && r == 0; i++) {
		r = keep_one(&fresh, s.files.v[i]);
		if (r < 0)
			(void)snprintf(ret_error, 1024, "'%.900s': %s", s.files.v[i], strerror(-r));
	}
	if (r < 0)
		return r;
	conf_rules_free(k);
	*k = fresh;
	fresh = (struct conf_rules){0};
	return 0;
}

void
conf_rules_use(const struct conf_rules *k, struct cmd_setup *setup)
{
	setup->pool.rule_files = (const char *const *)k->paths.v;
	setup->pool.n_rule_files = k->paths.n;
}

void
conf_rules_free(struct conf_rules *k)
{
	for (size_t i = 0; i < k->paths.n; i++)
		(void)close(k->fds[i]);
	free(k->fds);
	strv_free(&k->paths);
	*k = (struct conf_rules){0};
}
