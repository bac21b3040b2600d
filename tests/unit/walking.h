/* walking: a tree made for a walk, and what the walk gives of it. For tests. */
#ifndef WALKING_H
#define WALKING_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "idset.h"
#include "walk_in.h"

static char top[64];
static struct buf got; /* one line an event: "file PATH", "gap REASON[ hides] PATH (DETAIL)" */
static struct walk_stats stats;
static bool plain_openat; /* as on a kernel without openat2() */

static inline void
note(const struct walk_event *e)
{
	size_t n = strlen(top);
	const char *path = strncmp(e->path, top, n) == 0 ? e->path + n : e->path;
	struct stat st;

	assert_int_equal(strlen(e->path), e->path_n);
	if (e->type == WALK_GAP) {
		assert_int_equal(e->fd, -1);
		buf_printf(&got, "gap %s%s %s (%s)\n", gap_name(e->reason),
			e->hides ? " hides" : "", path, e->detail);
		return;
	}
	assert_int_equal(fstat(e->fd, &st), 0);
	assert_int_equal(st.st_ino, e->st.st_ino);
	buf_printf(&got, "file %s\n", path);
	(void)close(e->fd);
}

static inline void
run(const struct walk_options *o)
{
	struct walk_event e;
	struct walk *w = NULL;
	char error[512];
	int r = walk_new(o, &w, error);

	if (r < 0)
		fail_msg("walk_new: %s", error);
	if (plain_openat)
		w->opener.openat2 = false;
	buf_clear(&got);
	while ((r = walk_next(w, &e)) > 0)
		note(&e);
	assert_int_equal(r, 0);
	assert_true(walk_done(w));
	stats = *walk_stats(w);
	walk_free(w);
}

static inline void
run_top(void)
{
	const char *root = top;

	run(&(struct walk_options){.roots = &root, .n_roots = 1});
}

static inline void
expect(const char *want)
{
	assert_string_equal(buf_cstr(&got), want);
}

static inline bool
has(const char *line)
{
	return strstr(buf_cstr(&got), line) != NULL;
}

/* path below top, in a buffer that the second call after this one reuses */
static const char *
at(const char *path)
{
	static char text[2][512];
	static unsigned turn;

	turn ^= 1;
	(void)snprintf(text[turn], sizeof(text[turn]), "%s/%s", top, path);
	return text[turn];
}

static inline void
make_dir(const char *path)
{
	assert_int_equal(mkdir(at(path), 0755), 0);
}

static inline void
make_file(const char *path)
{
	int fd = open(at(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "text\n", 5), 5);
	(void)close(fd);
}

static inline int
set_up(void **state)
{
	(void)state;
	(void)snprintf(top, sizeof(top), "/tmp/test_walk.XXXXXX");
	return mkdtemp(top) && chmod(top, 0755) == 0 ? 0 : -1;
}

static inline int
tear_down(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--", top, (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
