/* What verbs share: finding worker and rules, and a message for an id that does not exist. */
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "escape.h"
#include "locate.h"
#include "nearest.h"

#include "base/poison.h"

#define JOBS_DEFAULT_MAX 4 /* more workers than this take a file server's disks from its users */
#define NEAREST_IDS	 3

int
cmd_error(const char *verb, const char *fmt, ...)
{
	char who[64];
	va_list ap;

	(void)snprintf(who, sizeof who, "leakaudit %s", verb);
	va_start(ap, fmt);
	escape_say(who, fmt, ap);
	va_end(ap);
	return STATUS_TROUBLE;
}

int
cmd_option(int argc, char **argv, const char *letters, const struct option *options)
{
	int c;

	opterr = 0;
	c = getopt_long(argc, argv, letters, options, NULL);
	if (c != ':' && c != '?')
		return c;
	(void)cmd_error(argv[0], c == ':' ? "option '%s' needs a value" : "unknown option '%s'",
		argv[optind - 1]);
	return 0;
}

void
verb_help(const struct verb *v)
{
	(void)printf("usage: leakaudit %s %s\n\n%s.\n", v->name, v->args, v->summary);
	if (v->help)
		(void)printf("\n%s", v->help);
}

static unsigned
jobs_default(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	if (n < 1)
		return 1;
	return n < JOBS_DEFAULT_MAX ? (unsigned)n : JOBS_DEFAULT_MAX;
}

int
cmd_setup(struct cmd_setup *ret_s, const struct strv *conf_rules, const struct strv *more,
	unsigned jobs, char ret_error[512])
{
	struct cmd_setup s = {0};
	int r = locate_worker(&s.worker, ret_error);

	if (r == 0)
		r = locate_rules(conf_rules, more, &s.files, ret_error);
	if (r < 0) {
		cmd_setup_free(&s);
		return r;
	}
	s.pool = (struct pool_options){.workers = jobs ? jobs : jobs_default(),
		.worker_path = s.worker,
		.rule_files = (const char *const *)s.files.v,
		.n_rule_files = s.files.n};
	*ret_s = s;
	return 0;
}

void
cmd_setup_free(struct cmd_setup *s)
{
	free(s->worker);
	strv_free(&s->files);
	*s = (struct cmd_setup){0};
}

/* A pool that is given no file has nothing to tell. */
static int
no_finding(void *user, const struct job *j, const struct inner *in, const struct finding *f)
{
	(void)user, (void)j, (void)in, (void)f;
	return -EBADMSG;
}

static int
no_run(void *user, const struct job *j, const struct inner *in, uint16_t rule, const uint64_t *fp,
	size_t n)
{
	(void)user, (void)j, (void)in, (void)rule, (void)fp, (void)n;
	return -EBADMSG;
}

static int
no_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail)
{
	(void)user, (void)j, (void)in, (void)reason, (void)hides, (void)detail;
	return -EBADMSG;
}

static int
no_done(void *user, const struct job *j, const struct pool_done *d)
{
	(void)user, (void)j, (void)d;
	return -EBADMSG;
}

int
cmd_catalogue(const struct cmd_setup *s, struct pool **ret_p, char ret_error[1024])
{
	static const struct pool_events silent = {
		.finding = no_finding, .run = no_run, .gap = no_gap, .done = no_done};
	struct pool_options o = s->pool;
	int r;

	o.workers = 1;
	o.only = o.without = NULL;
	o.n_only = o.n_without = 0;
	ret_error[0] = 0;
	r = pool_new(&o, &silent, ret_p, ret_error);
	if (r < 0 && !ret_error[0])
		(void)snprintf(ret_error, 1024, "cannot start a worker: %s", strerror(-r));
	return r;
}

static bool
id_known(const struct catalogue *c, const char *id)
{
	for (uint16_t i = 0; i < c->n; i++) {
		if (strcmp(c->rules[i].id, id) == 0 || strcmp(c->rules[i].category, id) == 0)
			return true;
	}
	return false;
}

/* Appends up to NEAREST_IDS ids and categories that look like the word. */
static void
put_nearest(struct buf *b, const struct catalogue *c, const char *word)
{
	_cleanup_free_ const char **names = calloc(2u * c->n + 1, sizeof(*names));
	size_t n = 0;

	for (uint16_t i = 0; names && i < c->n; i++) {
		names[n++] = c->rules[i].id;
		names[n++] = c->rules[i].category;
	}
	for (unsigned k = 0; k < NEAREST_IDS && n > 0; k++) {
		const char *near = nearest_find(word, names, n);
		size_t kept = 0;

		if (!near)
			break;
		buf_printf(b, "%s%s", k ? ", " : ": did you mean ", near);
		for (size_t i = 0; i < n; i++) {
			if (strcmp(names[i], near) != 0)
				names[kept++] = names[i];
		}
		n = kept;
	}
	buf_puts(b, n < 2u * c->n ? "?" : " (`leakaudit rules` lists them)");
}

int
cmd_check_ids(const struct catalogue *c, const char *const *ids, size_t n, char ret_error[1024])
{
	for (size_t i = 0; i < n; i++) {
		struct buf b = {.max = 1000};

		if (id_known(c, ids[i]))
			continue;
		buf_printf(&b, "unknown rule or category '%.200s'", ids[i]);
		put_nearest(&b, c, ids[i]);
		(void)snprintf(ret_error, 1024, "%s", buf_cstr(&b));
		buf_free(&b);
		return -ENOENT;
	}
	return 0;
}
