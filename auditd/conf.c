/*
 * The command takes of the file what is safe to share with the daemon: never its shares or excludes,
 * or a scan of one folder would silently leave out what the daemon leaves out elsewhere. What is the
 * daemon's is stepped over: `leakaudit config check` looks into it.
 */
#include "conf.h"

#include <errno.h>
#include <string.h>

#include "conf_parse.h"

#include "base/poison.h"

static const struct conf_key limit_keys[] = {
	{"jobs", conf_jobs, offsetof(struct conf, jobs)},
	{"max-file", conf_size, offsetof(struct conf, max_file)},
};

static const struct conf_table limits = {
	.name = "limits",
	.expected = "a mapping of limits",
	.keys = limit_keys,
	.n = sizeof(limit_keys) / sizeof(*limit_keys),
};

static int
take_limits(struct conf_parse *p, const char *key, void *into)
{
	(void)key;
	return conf_mapping(p, &limits, into);
}

static const struct conf_key top_keys[] = {
	{"rules", conf_rules, offsetof(struct conf, rules)},
	{"limits", take_limits, 0},
	{"shares", conf_skip, 0},
	{"schedule", conf_skip, 0},
	{"syslog", conf_skip, 0},
	{"throttle", conf_skip, 0},
	{"retention", conf_skip, 0},
	{"expect", conf_skip, 0},
	{"excludes", conf_skip, 0},
	{"workers", conf_skip, 0},
	{"log_owner", conf_skip, 0},
	{"log_known", conf_skip, 0},
};

static const struct conf_table top = {
	.name = "",
	.expected = "a mapping of keys such as rules and limits",
	.keys = top_keys,
	.n = sizeof(top_keys) / sizeof(*top_keys),
};

int
conf_load(const char *path, struct conf *ret_c, char ret_error[512])
{
	struct conf c = {0};
	int r = conf_read(path, &top, &c, NULL, ret_error);

	if (r < 0)
		conf_free(&c);
	else
		*ret_c = c;
	return r;
}

void
conf_free(struct conf *c)
{
	strv_free(&c->rules);
	*c = (struct conf){0};
}
