/*
 * pool: workers that not even a kill ends, because the disk under their file never answers. The
 * share is fuse-share's; the tests run as its command, `inside`, and are skipped where it cannot be
 * mounted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "limits.h"
#include "poolrig.h"

#include "pool_priv.h"

#define CANNOT 77

static char self[4096];

static void
submit_hung(struct rig *g, const char *share)
{
	struct job j = {.fd = -1};
	char path[256];

	(void)snprintf(path, sizeof path, "%s/hung/hangs.txt", share);
	j.fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(j.fd >= 0);
	assert_int_equal(fstat(j.fd, &j.st), 0);
	j.path = strdup("/share/folder/hangs");
	assert_int_equal(pool_submit(g->pool, &j), 0);
}

/* The hung file is a gap after its time, and the others are read by a worker of their own. */
static int
inside_goes_on(const char *share)
{
	struct rig g = {.o = {.progress_sec = 1}};
	int64_t begun;

	rig_start(&g, 1);
	submit_hung(&g, share);
	rig_submit(&g, 1, "find 0");
	rig_submit(&g, 2, "find 0");
	pool_flush(g.pool);
	while (!pool_idle(g.pool))
		assert_int_equal(pool_poll(g.pool, -1), 0);
	assert_non_null(strstr(buf_cstr(&g.log), "timeout"));
	assert_int_equal(rig_lines(buf_cstr(&g.log), "timeout"), 1);
	assert_int_equal(g.done[1], 1);
	assert_int_equal(g.done[2], 1);
	assert_int_equal(g.n_findings, 2);
	assert_int_equal(g.pool->n_stuck, 1);
	begun = pool_now_ms();
	pool_free(g.pool);
	assert_true(pool_now_ms() - begun < POOL_KILL_MS);
	buf_free(&g.log);
	return 0;
}

/* Giving up does not wait for workers that cannot die, however many there are. */
static int
inside_ends(const char *share)
{
	struct rig g = {.o = {.progress_sec = 60}};
	int64_t begun;

	rig_start(&g, 3);
	for (int i = 0; i < 3; i++)
		submit_hung(&g, share);
	pool_flush(g.pool);
	begun = pool_now_ms();
	while (pool_now_ms() - begun < 1000)
		assert_int_equal(pool_poll(g.pool, 100), 0);
	begun = pool_now_ms();
	pool_free(g.pool);
	assert_true(pool_now_ms() - begun < 2 * POOL_KILL_MS);
	buf_free(&g.log);
	return 0;
}

static int
inside(const char *what, const char *share)
{
	void *state = NULL;
	int r = -1;

	if (rig_find_worker(&state) == 0)
		r = strcmp(what, "ends") == 0 ? inside_ends(share) : inside_goes_on(share);
	(void)rig_remove_rules(&state);
	return r == 0 ? 0 : 1;
}

static void
run_inside(const char *what)
{
	char dir[] = "/tmp/test_pool_hung.XXXXXX", tool[4200];
	char *slash;
	int status = 0;
	pid_t pid;

	(void)snprintf(tool, sizeof tool, "%s", self);
	slash = strrchr(tool, '/');
	assert_non_null(slash);
	(void)snprintf(slash, sizeof tool - (size_t)(slash - tool), "/../tools/fuse-share");
	assert_non_null(mkdtemp(dir));
	pid = fork();
	if (pid == 0) {
		execl(tool, tool, "fuse.plain", dir, "/dev/null", self, what, dir, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)rmdir(dir);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
		skip();
	assert_int_equal(status, 0);
}

static void
test_goes_on(void **state)
{
	(void)state;
	run_inside("goes-on");
}

static void
test_ends(void **state)
{
	(void)state;
	run_inside("ends");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on), cmocka_unit_test(test_ends)};
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0)
		return 2;
	if (argc == 3)
		return inside(argv[1], argv[2]);
	return cmocka_run_group_tests_name("pool_hung", tests, NULL, NULL);
}
