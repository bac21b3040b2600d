/*
 * A report that is cut off looks like a clean one, so it only gets its name when it is complete on
 * disk. A symbolic link is followed first: the file behind it is what gets replaced.
 */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

static int
outfile_straight(const char *path, struct outfile *ret_o)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	FILE *f;

	if (fd < 0)
		return -errno;
	f = fdopen(fd, "w");
	if (!f) {
		(void)close(fd);
		return -ENOMEM;
	}
	*ret_o = (struct outfile){.f = f};
	return 0;
}

static int
outfile_temp(const char *path, struct outfile *ret_o)
{
	struct outfile o = {.path = realpath(path, NULL)};
	int fd = -1;

	if (!o.path)
		o.path = strdup(path);
	if (!o.path || asprintf(&o.temp, "%s.XXXXXX", o.path) < 0) {
		free(o.path);
		return -ENOMEM;
	}
	fd = mkostemp(o.temp, O_CLOEXEC);
	if (fd >= 0)
		o.f = fdopen(fd, "w");
	if (!o.f) {
		int r = -errno;

		if (fd >= 0) {
			(void)close(fd);
			(void)unlink(o.temp);
		}
		free(o.temp);
		free(o.path);
		return r;
	}
	*ret_o = o;
	return 0;
}

int
outfile_open(const char *path, struct outfile *ret_o, char ret_error[512])
{
	struct stat st;
	bool there = stat(path, &st) == 0;
	int r;

	if (there && S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (there && !S_ISREG(st.st_mode))
		r = outfile_straight(path, ret_o);
	else
		r = outfile_temp(path, ret_o);
	if (r < 0)
		(void)snprintf(ret_error, 512, "cannot write '%.400s': %s", path, strerror(-r));
	return r;
}

/* The rename itself survives a power cut. */
static void
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	_cleanup_close_ int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		(void)fsync(fd);
}

int
outfile_commit(struct outfile *o)
{
	int r = 0;

	if (fflush(o->f) != 0 || ferror(o->f))
		r = errno ? -errno : -EIO;
	if (r == 0 && o->temp && fsync(fileno(o->f)) < 0)
		r = -errno;
	if (fclose(o->f) != 0 && r == 0)
		r = -errno;
	o->f = NULL;
	if (r == 0 && o->temp && rename(o->temp, o->path) < 0)
		r = -errno;
	if (r == 0 && o->temp) {
		sync_folder(o->path);
		free(o->temp);
		o->temp = NULL;
	}
	outfile_abort(o);
	return r;
}

void
outfile_abort(struct outfile *o)
{
	if (o->f)
		(void)fclose(o->f);
	if (o->temp)
		(void)unlink(o->temp);
	free(o->temp);
	free(o->path);
	*o = (struct outfile){0};
}
