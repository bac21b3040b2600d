/*
 * One component at a time below a held descriptor, so that nobody who can rename things in the
 * tree can lead the walk out of it. openat2() says that in one flag word; where it is missing (old
 * kernels, or RestrictSUIDSGID= of systemd) openat() with O_NOFOLLOW on a single component is
 * equally safe. O_NOATIME is a right of the owner: once it was refused at open it is asked for
 * afterwards, for the owners that have not refused it before.
 */
#include "walk_in.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static int
open_beneath(int dirfd, const char *name, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, dirfd, name, &how, sizeof(how));
}

void
opener_init(struct opener *o)
{
	_cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = open_beneath(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	*o = (struct opener){.openat2 = fd >= 0, .noatime = true, .atime_kept = true};
}

static void
keep_atime(struct opener *o, int fd, const struct stat *st)
{
	size_t i = (size_t)(st->st_uid ^ st->st_dev * 31) % 64;
	bool refused = o->refused[i].set && o->refused[i].uid == st->st_uid &&
		o->refused[i].dev == st->st_dev;

	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return;
	if (!refused && fcntl(fd, F_SETFL, O_NONBLOCK | O_NOATIME) == 0)
		return;
	o->refused[i].set = true;
	o->refused[i].uid = st->st_uid;
	o->refused[i].dev = st->st_dev;
	o->atime_kept = false;
}

static int
open_once(const struct opener *o, int dirfd, const char *name, int flags, bool beneath)
{
	int fd;

	do
		fd = beneath && o->openat2 ? open_beneath(dirfd, name, flags)
					   : openat(dirfd, name, flags);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

static int
open_stat(
	struct opener *o, int dirfd, const char *name, int flags, bool beneath, struct stat *ret_st)
{
	_cleanup_close_ int fd = -1;

	fd = open_once(o, dirfd, name, flags | (o->noatime ? O_NOATIME : 0), beneath);
	if (fd == -EPERM && o->noatime) {
		fd = open_once(o, dirfd, name, flags, beneath);
		o->noatime = fd < 0;
	}
	if (fd < 0)
		return fd;
	if (fstat(fd, ret_st) < 0)
		return -errno;
	if (!o->noatime)
		keep_atime(o, fd, ret_st);
	return fd_take(&fd);
}

int
opener_at(struct opener *o, int dirfd, const char *name, int flags, struct stat *ret_st)
{
	return open_stat(o, dirfd, name, OPEN_FLAGS | O_NOFOLLOW | flags, true, ret_st);
}

int
path_parent(const char *path, int *ret_fd, const char **ret_name)
{
	_cleanup_close_ int fd = -1;

	while (strlen(path) >= PATH_MAX) {
		const char *cut = memrchr(path, '/', PATH_MAX - 1);
		char part[PATH_MAX];
		int next;

		if (!cut || cut == path)
			return -ENAMETOOLONG;
		memcpy(part, path, (size_t)(cut - path));
		part[cut - path] = 0;
		next = openat(fd < 0 ? AT_FDCWD : fd, part, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (next < 0)
			return -errno;
		cleanup_close(&fd);
		fd = next;
		path = cut + 1;
	}
	*ret_name = path;
	*ret_fd = fd_take(&fd);
	return 0;
}

int
opener_path(struct opener *o, const char *path, int flags, bool follow, struct stat *ret_st)
{
	_cleanup_close_ int dirfd = -1;
	const char *name;
	int r = path_parent(path, &dirfd, &name);

	if (r < 0)
		return r;
	flags |= OPEN_FLAGS | (follow ? 0 : O_NOFOLLOW);
	return open_stat(o, dirfd < 0 ? AT_FDCWD : dirfd, name, flags, false, ret_st);
}

int
descend(int dirfd, struct span rel, int *ret_fd)
{
	_cleanup_close_ int fd = openat(dirfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (size_t at = 0; at < rel.n;) {
		const uint8_t *slash = memchr(rel.p + at, '/', rel.n - at);
		size_t n = slash ? (size_t)(slash - rel.p) - at : rel.n - at;
		char name[NAME_MAX + 1];
		int next;

		if (n == 0 || n > NAME_MAX)
			return -EINVAL;
		memcpy(name, rel.p + at, n);
		name[n] = 0;
		next = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -errno;
		cleanup_close(&fd);
		fd = next;
		at += n + 1;
	}
	*ret_fd = fd_take(&fd);
	return 0;
}
