/*
 * Shares and what is expected in them. A name goes into every log line of its share and into the
 * names of units, so it is plain; and no file belongs to two shares, or it would be found, and
 * resolved, twice.
 */
#include "conf_in.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "exclude.h"
#include "expect.h"

#include "base/poison.h"

#define SHARES_MAX 4096 /* entries of a list: a mistake of a generator, not a server */
#define DEPTH_MOST 4096u

struct conf_where
conf_here(const struct conf_parse *p)
{
	const struct conf_reading *r = p->user;

	return (struct conf_where){.file = r->file,
		.line = (unsigned)p->e.start_mark.line + 1,
		.column = (unsigned)p->e.start_mark.column + 1};
}

/* Double slashes and "." away; false for "..", control bytes, or what is not absolute. */
static bool
path_plain(const char *s, char *to)
{
	char *end = to;

	if (*s != '/')
		return false;
	while (*s) {
		size_t n = strcspn(s, "/");

		for (size_t i = 0; i < n; i++) {
			if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
				return false;
		}
		if (n == 2 && s[0] == '.' && s[1] == '.')
			return false;
		if (n > 0 && !(n == 1 && s[0] == '.')) {
			*end++ = '/';
			memcpy(end, s, n);
			end += n;
		}
		s += n + (s[n] == '/');
	}
	if (end == to)
		*end++ = '/';
	*end = 0;
	return true;
}

int
conf_path(struct conf_parse *p, const char *key, char **ret_path)
{
	const char *s = conf_scalar(p);
	char *path = s ? malloc(strlen(s) + 2) : NULL;

	if (s && !path)
		return -ENOMEM;
	if (!s || !path_plain(s, path)) {
		free(path);
		return conf_wrong(p, NULL, "%s: expected an absolute path without '..'", key);
	}
	free(*ret_path);
	*ret_path = path;
	return 0;
}

static int
take_pattern(struct conf_parse *p, const char *key, void *into)
{
	const char *word = conf_scalar(p), *why = "nothing";
	struct exclude x = {0};
	int r = exclude_add(&x, span_str(word ? word : ""), &why);

	exclude_free(&x);
	if (!word || r == -EINVAL)
		return conf_wrong(p, NULL, "%s: expected a pattern: %s", key, why);
	return r < 0 ? r : strv_add(into, word);
}

int
conf_patterns(struct conf_parse *p, const char *key, void *into)
{
	return conf_sequence(p, key, "a list of patterns", take_pattern, into);
}

static int
take_path(struct conf_parse *p, const char *key, void *into)
{
	struct conf_share *s = into;

	return conf_path(p, key, &s->path);
}

static bool
name_plain(const char *s)
{
	for (const unsigned char *u = (const unsigned char *)s; *u; u++) {
		if (*u < 0x80 && !(*u >= '0' && *u <= '9') &&
			!((*u | 32) >= 'a' && (*u | 32) <= 'z') && !strchr("._-$", *u))
			return false;
		if (*u >= 0x80)
			return false;
	}
	return *s && *s != '-' && strlen(s) < CONF_SHARE_NAME;
}

static int
take_name(struct conf_parse *p, const char *key, void *into)
{
	struct conf_share *s = into;
	const char *name = conf_scalar(p);

	if (!name || !name_plain(name))
		return conf_wrong(p, NULL,
			"%s: expected at most %d letters, digits and signs of '._-$'", key,
			CONF_SHARE_NAME - 1);
	(void)snprintf(s->name, sizeof(s->name), "%s", name);
	return 0;
}

static int
take_depth(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	if (!s || args_number(s, 1, DEPTH_MOST, into) < 0)
		return conf_wrong(p, NULL, "%s: expected a number from 1 to %u", key, DEPTH_MOST);
	return 0;
}

static const struct conf_key limit_keys[] = {
	{"max-file", conf_size, offsetof(struct conf_share, max_file)},
	{"max-depth", take_depth, offsetof(struct conf_share, max_depth)},
	{"one-file-system", conf_bool, offsetof(struct conf_share, one_file_system)},
};

static int
take_limits(struct conf_parse *p, const char *key, void *into)
{
	static const struct conf_table t = {.name = "limits",
		.expected = "a mapping of limits",
		.keys = limit_keys,
		.n = sizeof(limit_keys) / sizeof(*limit_keys)};

	(void)key;
	return conf_mapping(p, &t, into);
}

static const struct conf_key rule_keys[] = {
	{"only", conf_words, offsetof(struct conf_share, only)},
	{"without", conf_words, offsetof(struct conf_share, without)},
};

static int
take_share_rules(struct conf_parse *p, const char *key, void *into)
{
	static const struct conf_table t = {.name = "rules",
		.expected = "a mapping of only or without",
		.keys = rule_keys,
		.n = sizeof(rule_keys) / sizeof(*rule_keys)};
	struct conf_share *s = into;

	(void)key;
	s->rules_at = conf_here(p);
	return conf_mapping(p, &t, into);
}

static const struct conf_key share_keys[] = {
	{"path", take_path, 0},
	{"name", take_name, 0},
	{"schedule", take_schedule, offsetof(struct conf_share, schedule)},
	{"excludes", conf_patterns, offsetof(struct conf_share, excludes)},
	{"limits", take_limits, 0},
	{"rules", take_share_rules, 0},
};

static const struct conf_table share_table = {
	.name = "share",
	.expected = "a share: a mapping of path, name and others",
	.keys = share_keys,
	.n = sizeof(share_keys) / sizeof(*share_keys),
};

/* Is b the same as a, or below it? Both in their shortest form. */
static bool
path_covers(const char *a, const char *b)
{
	size_t n = strcmp(a, "/") == 0 ? 0 : strlen(a);

	return strncmp(a, b, n) == 0 && (b[n] == '/' || b[n] == 0);
}

/* A share without a name is called after its folder. */
static int
default_name(struct conf_parse *p, const yaml_mark_t *at, struct conf_share *s)
{
	const char *last = strrchr(s->path, '/') + 1;

	if (s->name[0])
		return 0;
	if (!*last)
		last = "root";
	if (!name_plain(last))
		return conf_wrong(
			p, at, "name: expected one for '%.100s', whose own will not do", s->path);
	(void)snprintf(s->name, sizeof(s->name), "%s", last);
	return 0;
}

static int
check_share(struct conf_parse *p, const yaml_mark_t *at, const struct service_conf *c,
	struct conf_share *s)
{
	int r;

	if (!s->path)
		return conf_wrong(p, at, "share: expected a path");
	r = default_name(p, at, s);
	if (r < 0)
		return r;
	if (c->n_shares == SHARES_MAX)
		return conf_wrong(p, at, "shares: expected at most %d", SHARES_MAX);
	for (size_t i = 0; i < c->n_shares; i++) {
		const struct conf_share *o = &c->shares[i];

		if (strcmp(o->name, s->name) == 0)
			return conf_wrong(p, at,
				"name: expected another than '%s', as %s:%u has it", s->name,
				c->files.v[o->at.file], o->at.line);
		if (path_covers(o->path, s->path) || path_covers(s->path, o->path))
			return conf_wrong(p, at,
				"path: expected '%.80s' and '%.80s' (share '%s') not to overlap",
				s->path, o->path, o->name);
	}
	return 0;
}

static void
share_free(struct conf_share *s)
{
	free(s->path);
	strv_free(&s->excludes);
	strv_free(&s->only);
	strv_free(&s->without);
}

static int
take_share(struct conf_parse *p, const char *key, void *into)
{
	struct service_conf *c = into;
	struct conf_share s = {.at = conf_here(p), .schedule.days = CONF_NO_DAYS}, *more;
	yaml_mark_t at = p->e.start_mark;
	int r = conf_mapping(p, &share_table, &s);

	(void)key;
	if (r == 0)
		r = check_share(p, &at, c, &s);
	more = r == 0 ? reallocarray(c->shares, c->n_shares + 1, sizeof(s)) : NULL;
	if (!more) {
		share_free(&s);
		return r < 0 ? r : -ENOMEM;
	}
	c->shares = more;
	c->shares[c->n_shares++] = s;
	return 0;
}

int
take_shares(struct conf_parse *p, const char *key, void *into)
{
	return conf_sequence(p, key, "a list of shares", take_share, into);
}

static int
take_expect_path(struct conf_parse *p, const char *key, void *into)
{
	struct conf_expect *e = into;
	int r = conf_path(p, key, &e->path);
	const char *why = r == 0 ? expect_glob(e->path) : NULL;

	return why ? conf_wrong(p, NULL, "%s: expected a pattern: %s", key, why) : r;
}

static int
take_reach(struct conf_parse *p, const char *key, void *into)
{
	const char *s = conf_scalar(p);

	for (int i = REACH_OWNER; s && i < REACHES; i++) {
		if (strcmp(s, reach_name((enum reach)i)) == 0) {
			*(enum reach *)into = (enum reach)i;
			return 0;
		}
	}
	return conf_wrong(p, NULL, "%s: expected %s, %s, %s or %s", key, reach_name(REACH_OWNER),
		reach_name(REACH_GROUP), reach_name(REACH_NAMED), reach_name(REACH_EVERYONE));
}

static const struct conf_key expect_keys[] = {
	{"path", take_expect_path, 0},
	{"categories", conf_words, offsetof(struct conf_expect, categories)},
	{"reach", take_reach, offsetof(struct conf_expect, reach)},
};

static const struct conf_table expect_table = {
	.name = "expect",
	.expected = "a mapping of path, categories and reach",
	.keys = expect_keys,
	.n = sizeof(expect_keys) / sizeof(*expect_keys),
};

static void
conf_expect_free(struct conf_expect *e)
{
	free(e->path);
	strv_free(&e->categories);
}

static int
take_one_expect(struct conf_parse *p, const char *key, void *into)
{
	struct service_conf *c = into;
	struct conf_expect e = {.at = conf_here(p), .reach = REACH_UNKNOWN}, *more;
	yaml_mark_t at = p->e.start_mark;
	int r = conf_mapping(p, &expect_table, &e);

	(void)key;
	if (r == 0 && (!e.path || e.categories.n == 0 || e.reach == REACH_UNKNOWN))
		r = conf_wrong(p, &at, "expect: expected path, categories and reach");
	if (r == 0 && c->n_expect == SHARES_MAX)
		r = conf_wrong(p, &at, "expect: expected at most %d entries", SHARES_MAX);
	more = r == 0 ? reallocarray(c->expect, c->n_expect + 1, sizeof(e)) : NULL;
	if (!more) {
		conf_expect_free(&e);
		return r < 0 ? r : -ENOMEM;
	}
	c->expect = more;
	c->expect[c->n_expect++] = e;
	return 0;
}

int
take_expect(struct conf_parse *p, const char *key, void *into)
{
	return conf_sequence(p, key, "a list of what is expected", take_one_expect, into);
}

const struct conf_share *
service_conf_share(const struct service_conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_shares; i++) {
		if (strcmp(c->shares[i].name, name) == 0)
			return &c->shares[i];
	}
	return NULL;
}

void
service_conf_free(struct service_conf *c)
{
	for (size_t i = 0; i < c->n_shares; i++)
		share_free(&c->shares[i]);
	for (size_t i = 0; i < c->n_expect; i++)
		conf_expect_free(&c->expect[i]);
	free(c->shares);
	free(c->expect);
	free(c->log_to);
	strv_free(&c->files);
	strv_free(&c->rules);
	strv_free(&c->excludes);
	*c = (struct service_conf){0};
}
