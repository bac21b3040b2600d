/*
 * A proposal is for a person to read: whatever is left out stands there with the reason, so that
 * nobody takes the list for all there is.
 */
#include "conf_suggest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "conf_service.h"
#include "escape.h"

#include "base/poison.h"

static const char left_home[] = "home folders are read only where somebody names them";

/* Leading and trailing blanks away, in place. */
static char *
trim(char *s)
{
	size_t n;

	s += strspn(s, " \t\r\n");
	n = strlen(s);
	while (n && strchr(" \t\r\n", s[n - 1]))
		n--;
	s[n] = 0;
	return s;
}

/* What service_conf_load() takes as a name: other bytes become '_'. */
static void
plain_name(char *s)
{
	if (*s == '-')
		*s = '_';
	for (char *p = s; *p; p++) {
		bool letter = (*p | 32) >= 'a' && (*p | 32) <= 'z';

		if (!letter && !(*p >= '0' && *p <= '9') && !strchr("._-$", *p))
			*p = '_';
	}
	if (strlen(s) >= CONF_SHARE_NAME - 8)
		s[CONF_SHARE_NAME - 8] = 0;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : "root";
}

/* name NULL: that of the folder. */
static int
add(struct suggestions *s, const char *path, const char *name, const char *from,
	const char *why_not)
{
	struct suggestion *v = reallocarray(s->v, s->n + 1, sizeof(*v)), *n;
	size_t len = strlen(path);

	if (!v)
		return -ENOMEM;
	s->v = v;
	while (len > 1 && path[len - 1] == '/')
		len--;
	n = &v[s->n];
	*n = (struct suggestion){.path = strndup(path, len), .from = from, .why_not = why_not};
	n->name = n->path ? strdup(name ? name : last_part(n->path)) : NULL;
	if (!n->name) {
		free(n->path);
		return -ENOMEM;
	}
	plain_name(n->name);
	s->n++;
	return 0;
}

/* --- Samba --- */

struct section {
	char name[256], path[4096];
	bool printable;
};

static int
section_end(struct suggestions *s, struct section *x)
{
	const char *why_not = NULL;
	int r = 0;

	if (x->name[0] && x->path[0] && !x->printable && strcasecmp(x->name, "global") != 0) {
		if (strcasecmp(x->name, "homes") == 0)
			why_not = left_home;
		else if (strchr(x->path, '%'))
			why_not = "its path is made for each user";
		else if (strcasecmp(x->name, "print$") == 0)
			why_not = "printer drivers";
		r = add(s, x->path, x->name, "samba", why_not);
	}
	*x = (struct section){0};
	return r;
}

static bool
is_true(const char *s)
{
	return strcasecmp(s, "yes") == 0 || strcasecmp(s, "true") == 0 || strcmp(s, "1") == 0;
}

static void
section_line(struct section *x, char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		return;
	*value++ = 0;
	line = trim(line);
	value = trim(value);
	if (strcasecmp(line, "path") == 0 || strcasecmp(line, "directory") == 0)
		(void)snprintf(x->path, sizeof(x->path), "%s", value);
	if (strcasecmp(line, "printable") == 0 || strcasecmp(line, "print ok") == 0)
		x->printable = is_true(value);
}

int
suggest_samba(struct suggestions *s, FILE *testparm)
{
	_cleanup_free_ char *line = NULL;
	struct section x = {0};
	size_t cap = 0;
	int r = 0;

	while (r == 0 && getline(&line, &cap, testparm) >= 0) {
		char *p = trim(line), *end = *p == '[' ? strrchr(p, ']') : NULL;

		if (end) {
			r = section_end(s, &x);
			*end = 0;
			(void)snprintf(x.name, sizeof(x.name), "%s", trim(p + 1));
		} else if (*p && *p != '#' && *p != ';')
			section_line(&x, p);
	}
	return r < 0 ? r : section_end(s, &x);
}

int
suggest_usershare(struct suggestions *s, const char *name, FILE *f)
{
	_cleanup_free_ char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, f) >= 0) {
		char *p = trim(line);

		if (strncmp(p, "path=", 5) == 0 && p[5] == '/')
			return add(s, p + 5, name, "usershare", NULL);
	}
	return 0;
}

/* --- NFS --- */

/* The path at the line's beginning, in place: quotes and \ooo as in exports(5). "" for none. */
static char *
export_path(char *line)
{
	char *to = line, *p = line;
	bool quoted = *p == '"';

	for (p += quoted; *p; p++) {
		if (quoted ? *p == '"' : strchr(" \t", *p) != NULL)
			break;
		if (p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
			p[3] >= '0' && p[3] <= '7') {
			*to++ = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			p += 3;
		} else
			*to++ = *p;
	}
	*to = 0;
	return line;
}

int
suggest_exports(struct suggestions *s, FILE *exports)
{
	_cleanup_free_ char *line = NULL;
	bool goes_on = false;
	size_t cap = 0;
	int r = 0;

	while (r == 0 && getline(&line, &cap, exports) >= 0) {
		char *p = trim(line);
		size_t n = strlen(p);
		bool first = !goes_on;

		goes_on = n && p[n - 1] == '\\';
		if (!first || (*p != '/' && *p != '"'))
			continue;
		p = export_path(p);
		if (*p == '/')
			r = add(s, p, NULL, "nfs", NULL);
	}
	return r;
}

/* --- choosing --- */

static bool
below(const char *path, const char *folder)
{
	size_t n = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '/' || (n && path[n] == 0));
}

static const char *
unfit(const char *path)
{
	static const char *const system[] = {"/proc", "/sys", "/dev", "/run"};

	if (strcmp(path, "/") == 0)
		return "the whole host is no share";
	if (below(path, "/home") || below(path, "/root"))
		return left_home;
	for (size_t i = 0; i < sizeof(system) / sizeof(*system); i++) {
		if (below(path, system[i]))
			return "no files of people";
	}
	return strstr(path, "/../") ? "'..' in its path" : NULL;
}

static bool
name_taken(const struct suggestions *s, size_t before, const char *name)
{
	for (size_t i = 0; i < before; i++) {
		if (!s->v[i].why_not && strcmp(s->v[i].name, name) == 0)
			return true;
	}
	return false;
}

static void
name_apart(const struct suggestions *s, size_t i)
{
	struct suggestion *x = &s->v[i];
	char name[CONF_SHARE_NAME];

	for (unsigned k = 2; name_taken(s, i, x->name) && k < 10000; k++) {
		char *more;

		(void)snprintf(name, sizeof(name), "%.50s-%u", last_part(x->path), k);
		more = strdup(name);
		if (!more)
			return;
		plain_name(more);
		free(x->name);
		x->name = more;
	}
}

void
suggest_settle(struct suggestions *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!s->v[i].why_not)
			s->v[i].why_not = unfit(s->v[i].path);
	}
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < s->n && !s->v[i].why_not; k++) {
			bool same = strcmp(s->v[i].path, s->v[k].path) == 0;

			if (k == i || s->v[k].why_not)
				continue;
			if (same && k < i)
				s->v[i].why_not = "named above";
			else if (!same && below(s->v[i].path, s->v[k].path))
				s->v[i].why_not = "lies in another share of this list";
		}
		if (!s->v[i].why_not)
			name_apart(s, i);
	}
}

static void
print_one(const struct suggestion *x, FILE *to)
{
	struct buf b = {0};

	if (x->why_not) {
		buf_puts(&b, "  # left out: ");
		escape_put(&b, span_str(x->path), ESCAPE_PLAIN);
		buf_printf(&b, " (%s): %s\n", x->from, x->why_not);
	} else {
		buf_puts(&b, "  - path: ");
		yaml_quote(&b, x->path);
		buf_puts(&b, "\n    name: ");
		yaml_quote(&b, x->name);
		buf_printf(&b, " # %s\n", x->from);
	}
	(void)fwrite(b.p, 1, b.n, to);
	buf_free(&b);
}

void
suggest_print(const struct suggestions *s, FILE *to)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++)
		any |= !s->v[i].why_not;
	if (!any)
		(void)fputs("# neither Samba nor the NFS server offers a folder that could be "
			    "proposed\n",
			to);
	(void)fputs(any ? "shares:\n" : "shares: []\n", to);
	for (size_t i = 0; i < s->n; i++)
		print_one(&s->v[i], to);
}

void
suggest_free(struct suggestions *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].path);
		free(s->v[i].name);
	}
	free(s->v);
	*s = (struct suggestions){0};
}
