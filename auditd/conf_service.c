/*
 * The tables of the general keys, and the files in their order. What a share does not say itself is
 * filled in when all files are read, so that their order does not matter for it.
 */
#include "conf_service.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "args.h"
#include "base/cleanup.h"
#include "conf_in.h"
#include "outlet.h"

#include "base/poison.h"

#define WORKERS_DEFAULT	      2
#define BYTES_DEFAULT	      (50u << 20) /* a third of what one old disk gives */
#define IO_PERCENT_DEFAULT    20
#define CPU_PERCENT_DEFAULT   40
#define RESOLVED_DAYS_DEFAULT 90
#define FILES_SEC_MAX	      1000000u
#define DAYS_MAX	      3660u

static const struct {
	const char *name;
	int facility;
} facilities[] = {
	{"auth", LOG_AUTH},
	{"authpriv", LOG_AUTHPRIV},
	{"daemon", LOG_DAEMON},
	{"user", LOG_USER},
	{"local0", LOG_LOCAL0},
	{"local1", LOG_LOCAL1},
	{"local2", LOG_LOCAL2},
	{"local3", LOG_LOCAL3},
	{"local4", LOG_LOCAL4},
	{"local5", LOG_LOCAL5},
	{"local6", LOG_LOCAL6},
	{"local7", LOG_LOCAL7},
};

const char *
facility_name(int facility)
{
	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++) {
		if (facilities[i].facility == facility)
			return facilities[i].name;
	}
	return NULL;
}

int
facility_parse(const char *name, int *ret_facility)
{
	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++) {
		if (strcmp(facilities[i].name, name) == 0) {
			*ret_facility = facilities[i].facility;
			return 0;
		}
	}
	return -EINVAL;
}

/* --- schedule --- */

static int
take_hours(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (!s || schedule_hours(s, into) < 0)
		return conf_wrong(p, NULL,
			"%s: expected hours such as \"22:00-05:00\" or "
			"\"12:00-13:00,19:00-06:00\", "
			"at most %d, or always",
			key, SCHEDULE_WINDOWS);
	return 0;
}

static int
take_days(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (!s || schedule_days(s, into) < 0)
		return conf_wrong(p, NULL,
			"%s: expected days such as mon-fri or sat,sun, daily or never", key);
	return 0;
}

static int
take_every(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (!s || schedule_every(s, into) < 0)
		return conf_wrong(p, NULL, "%s: expected days or weeks such as 1d or 2w", key);
	return 0;
}

int
take_schedule(struct conf_parse *p, const char *key, void *into)
{
	static const struct conf_key keys[] = {
		{"hours", take_hours, 0}, {"days", take_days, 0}, {"every", take_every, 0}};
	static const struct conf_table t = {.name = "schedule",
		.expected = "a mapping of hours, days and every",
		.keys = keys,
		.n = 3};

	(void)key;
	return conf_mapping(p, &t, into);
}

/* --- throttle --- */

/* A word for "no limit", so that a default can be taken away. */
static bool
is_off(const char *s)
{
	return s && (strcmp(s, "off") == 0 || strcmp(s, "false") == 0);
}

static int
take_rate(struct conf_parse *p, const char *key, void *into)
{
	uint64_t *ret = into;

	if (is_off(conf_scalar(p))) {
		*ret = 0;
		return 0;
	}
	if (!conf_scalar(p) || args_size(conf_scalar(p), ret) < 0 || *ret == 0)
		return conf_wrong(p, NULL, "%s: expected bytes a second such as 50M, or off", key);
	return 0;
}

static int
take_files(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (is_off(s))
		*(unsigned *)into = 0;
	else if (!s || args_number(s, 1, FILES_SEC_MAX, into) < 0)
		return conf_wrong(p, NULL, "%s: expected files a second such as 500, or off", key);
	return 0;
}

static int
take_percent(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (is_off(s))
		*(unsigned *)into = 0;
	else if (!s || args_number(s, 1, 100, into) < 0)
		return conf_wrong(p, NULL, "%s: expected a percentage from 1 to 100, or off", key);
	return 0;
}

/* "1.5" for each processor becomes 150. */
static int
take_load(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);
	char *end = NULL;
	double load = s ? strtod(s, &end) : 0;

	if (is_off(s))
		*(unsigned *)into = 0;
	else if (!s || *end || !(load >= 0.05 && load <= 1000))
		return conf_wrong(p, NULL,
			"%s: expected a load average for each processor such as 1.5, or off", key);
	else
		*(unsigned *)into = (unsigned)(load * 100 + 0.5);
	return 0;
}

static int
take_throttle(struct conf_parse *p, const char *key, void *into)
{
	static const struct conf_key keys[] = {
		{"bytes", take_rate, offsetof(struct throttle_limits, bytes_sec)},
		{"files", take_files, offsetof(struct throttle_limits, files_sec)},
		{"load", take_load, offsetof(struct throttle_limits, load_percent)},
		{"io-pressure", take_percent, offsetof(struct throttle_limits, io_percent)},
		{"cpu-pressure", take_percent, offsetof(struct throttle_limits, cpu_percent)},
	};
	static const struct conf_table t = {.name = "throttle",
		.expected = "a mapping of throttles",
		.keys = keys,
		.n = sizeof(keys) / sizeof(*keys)};

	(void)key;
	return conf_mapping(p, &t, into);
}

/* --- log --- */

static int
take_facility(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (!s || facility_parse(s, into) < 0)
		return conf_wrong(p, NULL,
			"%s: expected authpriv, auth, daemon, user or local0 to local7", key);
	return 0;
}

static int
take_format(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);
	bool json = s && strcmp(s, "json") == 0;

	if (!json && !(s && strcmp(s, "logfmt") == 0))
		return conf_wrong(p, NULL, "%s: expected logfmt or json", key);
	*(enum log_format *)into = json ? LOG_JSON : LOG_LOGFMT;
	return 0;
}

static int
take_to(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);
	char **to = into;

	if (s && s[0] == '/') {
		free(*to);
		*to = NULL;
		return conf_path(p, key, to);
	}
	if (!s || (strcmp(s, "auto") != 0 && strcmp(s, "journal") != 0))
		return conf_wrong(
			p, NULL, "%s: expected auto, journal or the path of a socket", key);
	free(*to);
	*to = strdup(s);
	return *to ? 0 : -ENOMEM;
}

static int
take_log_rate(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (!s || args_number(s, 1, OUTLET_RATE_MAX, into) < 0)
		return conf_wrong(
			p, NULL, "%s: expected lines a second from 1 to %u", key, OUTLET_RATE_MAX);
	return 0;
}

static int
take_syslog(struct conf_parse *p, const char *key, void *into)
{
	static const struct conf_key keys[] = {
		{"facility", take_facility, offsetof(struct service_conf, facility)},
		{"format", take_format, offsetof(struct service_conf, format)},
		{"to", take_to, offsetof(struct service_conf, log_to)},
		{"rate", take_log_rate, offsetof(struct service_conf, log_rate)},
		{"mask-names", conf_bool, offsetof(struct service_conf, log_mask_names)},
	};
	static const struct conf_table t = {.name = "syslog",
		.expected = "a mapping such as {facility: local5, format: json}",
		.keys = keys,
		.n = sizeof(keys) / sizeof(*keys)};

	(void)key;
	return conf_mapping(p, &t, into);
}

static const char *const owner_names[] = {"name", "uid", "none"};

static int
take_owner(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	for (int i = 0; s && i <= OWNER_NONE; i++) {
		if (strcmp(s, owner_names[i]) == 0) {
			*(enum log_owner *)into = (enum log_owner)i;
			return 0;
		}
	}
	return conf_wrong(p, NULL, "%s: expected name, uid or none", key);
}

static int
take_resolved(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);
	size_t n = s ? strlen(s) : 0;
	char digits[16];

	(void)snprintf(digits, sizeof(digits), "%.*s", n ? (int)n - 1 : 0, s ? s : "");
	if (n < 2 || n > 8 || s[n - 1] != 'd' || args_number(digits, 1, DAYS_MAX, into) < 0)
		return conf_wrong(p, NULL, "%s: expected days such as 90d", key);
	return 0;
}

static int
take_retention(struct conf_parse *p, const char *key, void *into)
{
	static const struct conf_key keys[] = {
		{"resolved", take_resolved, offsetof(struct service_conf, resolved_days)}};
	static const struct conf_table t = {.name = "retention",
		.expected = "a mapping such as {resolved: 90d}",
		.keys = keys,
		.n = 1};

	(void)key;
	return conf_mapping(p, &t, into);
}

static int
take_limits(struct conf_parse *p, const char *key, void *into)
{
	static const struct conf_key keys[] = {
		{"jobs", conf_jobs, offsetof(struct service_conf, jobs)},
		{"max-file", conf_size, offsetof(struct service_conf, max_file)},
	};
	static const struct conf_table t = {
		.name = "limits", .expected = "a mapping of limits", .keys = keys, .n = 2};

	(void)key;
	return conf_mapping(p, &t, into);
}

static const struct conf_key top_keys[] = {
	{"shares", take_shares, 0},
	{"schedule", take_schedule, offsetof(struct service_conf, schedule)},
	{"throttle", take_throttle, offsetof(struct service_conf, throttle)},
	{"syslog", take_syslog, 0},
	{"retention", take_retention, 0},
	{"rules", conf_rules, offsetof(struct service_conf, rules)},
	{"limits", take_limits, 0},
	{"excludes", conf_patterns, offsetof(struct service_conf, excludes)},
	{"expect", take_expect, 0},
	{"workers", conf_jobs, offsetof(struct service_conf, workers)},
	{"log_owner", take_owner, offsetof(struct service_conf, owner)},
	{"log_known", conf_bool, offsetof(struct service_conf, log_known)},
};

static const struct conf_table top = {
	.name = "",
	.expected = "a mapping of keys such as shares and schedule",
	.keys = top_keys,
	.n = sizeof(top_keys) / sizeof(*top_keys),
};

static struct service_conf
conf_defaults(void)
{
	struct service_conf c = {
		.throttle = {.bytes_sec = BYTES_DEFAULT,
			.io_percent = IO_PERCENT_DEFAULT,
			.cpu_percent = CPU_PERCENT_DEFAULT},
		.workers = WORKERS_DEFAULT,
		.facility = LOG_AUTHPRIV,
		.log_mask_names = true,
		.log_rate = OUTLET_RATE,
		.resolved_days = RESOLVED_DAYS_DEFAULT,
	};

	schedule_default(&c.schedule);
	return c;
}

static int
read_one(struct service_conf *c, const char *path, char ret_error[512])
{
	struct conf_reading r = {.c = c, .file = (unsigned)c->files.n};

	if (strv_add(&c->files, path) < 0)
		return -ENOMEM;
	return conf_read(path, &top, c, &r, ret_error);
}

static int
only_yaml(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return e->d_name[0] != '.' && n > 5 && strcmp(e->d_name + n - 5, ".yaml") == 0;
}

/* conf.d beside the file; none is as good as an empty one. */
static int
read_folder(struct service_conf *c, const char *path, char ret_error[512])
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ struct dirent **found = NULL;
	_cleanup_free_ char *dir = NULL;
	int n, r = 0;

	if (asprintf(&dir, "%.*sconf.d", slash ? (int)(slash - path + 1) : 0, path) < 0)
		return -ENOMEM;
	n = scandir(dir, &found, only_yaml, alphasort);
	if (n < 0 && errno != ENOENT && errno != ENOTDIR) {
		r = -errno;
		(void)snprintf(ret_error, 512, "cannot read '%.400s': %s", dir, strerror(-r));
		return r;
	}
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *file = NULL;

		if (r == 0 && asprintf(&file, "%s/%s", dir, found[i]->d_name) < 0)
			r = -ENOMEM;
		if (r == 0)
			r = read_one(c, file, ret_error);
		free(found[i]);
	}
	return r;
}

/* What a share does not say itself. */
static void
inherit(struct service_conf *c)
{
	for (size_t i = 0; i < c->n_shares; i++) {
		struct conf_share *s = &c->shares[i];

		if (s->schedule.n == 0) {
			memcpy(s->schedule.windows, c->schedule.windows,
				sizeof(s->schedule.windows));
			s->schedule.n = c->schedule.n;
		}
		if (s->schedule.days == CONF_NO_DAYS)
			s->schedule.days = c->schedule.days;
		if (s->schedule.every == 0)
			s->schedule.every = c->schedule.every;
		if (s->max_file == 0)
			s->max_file = c->max_file;
	}
}

int
service_conf_load(const char *path, bool optional, struct service_conf *ret_c, char ret_error[512])
{
	struct service_conf c = conf_defaults();
	int r;

	(void)snprintf(ret_error, 512, "out of memory");
	r = read_one(&c, path, ret_error);
	if (r == -ENOENT && optional)
		r = 0;
	if (r == 0)
		r = read_folder(&c, path, ret_error);
	if (r < 0) {
		service_conf_free(&c);
		return r;
	}
	inherit(&c);
	*ret_c = c;
	return 0;
}

void
service_conf_where(
	const struct service_conf *c, const struct conf_where *at, char *ret_text, size_t size)
{
	(void)snprintf(ret_text, size, "%s:%u:%u",
		at->file < c->files.n ? c->files.v[at->file] : "?", at->line, at->column);
}
