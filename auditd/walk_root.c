/*
 * Roots are looked up once, at the start, so that a wrong PATH is said before anything is read.
 * Their paths stay as the user wrote them (links and all), only made absolute: ids of findings
 * hang on them. Which roots are the same or lie in one another is told by device and inode.
 */
#include "walk_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"

#include "base/poison.h"

char *
path_absolute(const char *cwd, const char *p)
{
	struct buf b = {0};
	const char *end;

	if (p[0] != '/')
		buf_puts(&b, strcmp(cwd, "/") == 0 ? "" : cwd);
	for (; *p; p = *end ? end + 1 : end) {
		end = strchrnul(p, '/');
		if (end == p || (end == p + 1 && p[0] == '.'))
			continue;
		buf_putc(&b, '/');
		buf_put(&b, p, (size_t)(end - p));
	}
	(void)buf_cstr(&b);
	if (b.failed || !b.p) {
		buf_free(&b);
		return NULL;
	}
	return (char *)b.p;
}

bool
has_dotdot(const char *p)
{
	const char *at = p;

	while ((at = strstr(at, ".."))) {
		if ((at == p || at[-1] == '/') && (at[2] == 0 || at[2] == '/'))
			return true;
		at += 2;
	}
	return false;
}

static int
root_path(const struct walk *w, const char *given, char **ret_path)
{
	_cleanup_free_ char *real = NULL;
	char *path;

	if (!given[0])
		return -ENOENT;
	if (has_dotdot(given)) {
		real = realpath(given, NULL);
		if (!real)
			return -errno;
		given = real;
	}
	path = path_absolute(w->cwd, given);
	if (!path)
		return -ENOMEM;
	*ret_path = path;
	return 0;
}

static int
root_look(struct walk *w, struct root *root)
{
	_cleanup_close_ int dirfd = -1;
	const char *name, *path = root->path[0] ? root->path : "/";
	struct stat st;
	int r = path_parent(path, &dirfd, &name);

	if (r < 0)
		return r;
	if (fstatat(dirfd < 0 ? AT_FDCWD : dirfd, name, &st, 0) < 0)
		return -errno;
	root->dev = st.st_dev;
	root->ino = st.st_ino;
	root->dir = S_ISDIR(st.st_mode);
	root->special = !root->dir && !S_ISREG(st.st_mode);
	root->again = !idset_add(&w->root_ids, st.st_dev, st.st_ino);
	w->file_roots |= !root->dir;
	return 0;
}

static int
pattern_error(const char *pattern, const char *why, char ret_error[512])
{
	(void)snprintf(ret_error, 512, "pattern '%s': %s", pattern, why);
	return -EINVAL;
}

static int
add_patterns(struct exclude *x, const char *const *patterns, size_t n, char ret_error[512])
{
	for (size_t i = 0; i < n; i++) {
		const char *why = "";
		int r = exclude_add(x, span_str(patterns[i]), &why);

		if (r == -EINVAL)
			return pattern_error(patterns[i], why, ret_error);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
open_list(struct walk *w, const struct walk_options *o, char ret_error[512])
{
	w->list_sep = o->nul ? 0 : '\n';
	w->list = strcmp(o->files_from, "-") == 0 ? stdin : fopen(o->files_from, "re");
	if (w->list)
		return 0;
	(void)snprintf(ret_error, 512, "'%s': %s", o->files_from, strerrordesc_np(errno));
	return -errno;
}

int
walk_roots(struct walk *w, const struct walk_options *o, char ret_error[512])
{
	int r = 0;

	if (o->exclude_from)
		r = exclude_add_file(&w->excludes, o->exclude_from, ret_error, 512);
	if (r == 0)
		r = add_patterns(&w->excludes, o->excludes, o->n_excludes, ret_error);
	if (r == 0)
		r = add_patterns(&w->includes, o->includes, o->n_includes, ret_error);
	if (r == 0 && o->files_from)
		r = open_list(w, o, ret_error);
	if (r < 0)
		return r;
	w->roots = calloc(o->n_roots + 1, sizeof(*w->roots));
	if (!w->roots)
		return -ENOMEM;
	for (size_t i = 0; i < o->n_roots && !w->list; i++, w->n_roots++) {
		r = root_path(w, o->roots[i], &w->roots[i].path);
		if (r == 0)
			r = root_look(w, &w->roots[i]);
		if (r < 0) {
			w->n_roots += w->roots[i].path != NULL;
			(void)snprintf(
				ret_error, 512, "'%s': %s", o->roots[i], strerrordesc_np(-r));
			return r;
		}
	}
	return 0;
}
