/*
 * A build folder works as it stands, without being installed: what lies beside the program comes
 * first. Whether the program is in a build folder is told by the folder's name, so that an installed
 * program never takes rules from a config folder that happens to be two levels above it.
 */
#include "locate.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define RULES_SHIPPED DATADIR "/rules"
#define RULES_SITE    SYSCONFDIR "/leakaudit/rules.d"

/* The folder this program is in, as a heap string. */
static int
program_folder(char **ret_dir)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *dir;

	if (n < 0)
		return -errno;
	self[n] = 0;
	slash = strrchr(self, '/');
	if (!slash)
		return -ENOENT;
	dir = strndup(self, (size_t)(slash - self));
	if (!dir)
		return -ENOMEM;
	*ret_dir = dir;
	return 0;
}

int
locate_worker(char **ret_path, char ret_error[512])
{
	static const char installed[] = LIBEXECDIR "/leakaudit-worker";
	_cleanup_free_ char *dir = NULL;
	char *path = NULL;

	if (program_folder(&dir) == 0 && asprintf(&path, "%s/leakaudit-worker", dir) >= 0) {
		if (access(path, X_OK) == 0) {
			*ret_path = path;
			return 0;
		}
		free(path);
	}
	if (access(installed, X_OK) < 0) {
		(void)snprintf(ret_error, 512,
			"cannot find leakaudit-worker, neither beside this program nor as '%s'",
			installed);
		return -ENOENT;
	}
	path = strdup(installed);
	if (!path)
		return -ENOMEM;
	*ret_path = path;
	return 0;
}

/* PROJECT/build/MODE -> PROJECT/config/rules, when that is where we are. */
static bool
build_rules(char **ret_dir)
{
	_cleanup_free_ char *dir = NULL;
	char *mode, *build, *rules;
	struct stat st;

	if (program_folder(&dir) < 0)
		return false;
	mode = strrchr(dir, '/');
	if (!mode)
		return false;
	*mode = 0;
	build = strrchr(dir, '/');
	if (!build || strcmp(build, "/build") != 0)
		return false;
	*build = 0;
	if (asprintf(&rules, "%s/config/rules", dir) < 0)
		return false;
	if (stat(rules, &st) < 0 || !S_ISDIR(st.st_mode)) {
		free(rules);
		return false;
	}
	*ret_dir = rules;
	return true;
}

static bool
is_rule_file(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".yaml") == 0;
}

static void
close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

/* The *.yaml of a folder by name; -errno when it cannot be read. */
static int
add_folder(const char *dir, struct strv *files)
{
	_cleanup_(close_folder) DIR *d = opendir(dir);
	size_t from = files->n;
	const struct dirent *e;

	if (!d)
		return -errno;
	while ((errno = 0, e = readdir(d))) {
		_cleanup_free_ char *path = NULL;
		int r;

		if (!is_rule_file(e->d_name))
			continue;
		if (asprintf(&path, "%s/%s", dir, e->d_name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		r = strv_add(files, path);
		if (r < 0)
			return r;
	}
	if (errno)
		return -errno;
	strv_sort(files, from);
	return 0;
}

/* What the user named: it must be there, and a folder must hold something. */
static int
add_named(const char *path, struct strv *files, char ret_error[512])
{
	size_t before = files->n;
	struct stat st;
	int r = stat(path, &st) < 0 ? -errno : 0;

	if (r == 0)
		r = S_ISDIR(st.st_mode) ? add_folder(path, files) : strv_add(files, path);
	if (r < 0)
		(void)snprintf(
			ret_error, 512, "cannot read rules '%.400s': %s", path, strerror(-r));
	else if (files->n == before) {
		(void)snprintf(ret_error, 512, "rules folder '%.400s' holds no *.yaml file", path);
		r = -ENOENT;
	}
	return r;
}

static int
add_shipped(struct strv *files, char ret_error[512])
{
	_cleanup_free_ char *dir = NULL;
	const char *from = build_rules(&dir) ? dir : RULES_SHIPPED;
	int r = add_named(from, files, ret_error);

	if (r < 0)
		return r;
	r = add_folder(RULES_SITE, files);
	return r == -ENOENT || r == -EACCES ? 0 : r;
}

int
locate_rules(const struct strv *conf, const struct strv *more, struct strv *ret_files,
	char ret_error[512])
{
	const struct strv *named[] = {conf, more};
	struct strv files = {0};
	int r;

	(void)snprintf(ret_error, 512, "cannot list the rule files");
	r = add_shipped(&files, ret_error);
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; r == 0 && named[k] && i < named[k]->n; i++)
			r = add_named(named[k]->v[i], &files, ret_error);
	}
	if (r < 0) {
		strv_free(&files);
		return r;
	}
	*ret_files = files;
	return 0;
}
