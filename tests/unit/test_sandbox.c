/* The cage, by a child that closes it and then tries, and by what the kernel says of that child. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "limits.h"
#include "sandbox.h"
#include "selftest.h"

#define EXIT_OPEN   40 /* the forbidden thing could be done */
#define EXIT_DENIED 41

/* The wait status of a child that closes the cage and tries one thing. */
static int
try_in_cage(int what)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct confinement c;
		int r = sandbox_close(&c);

		if (r < 0)
			_exit(1);
		r = selftest_try((enum selftest)what);
		_exit(r == 0 ? EXIT_OPEN : r == -EACCES ? EXIT_DENIED : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
forbidden_calls_kill(void **state)
{
	(void)state;
	for (int i = 0; i < SELFTESTS; i++) {
		int status = try_in_cage(i);

		if (i == SELFTEST_OPEN) {
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), EXIT_DENIED);
			continue;
		}
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("forbidden thing %d: status %x", i, (unsigned)status);
	}
}

/* Without the cage every one of them can be done: the tests above do test something. */
static void
outside_they_work(void **state)
{
	(void)state;
	for (int i = 0; i < SELFTESTS; i++) {
		pid_t pid;
		int status;

		if (i == SELFTEST_EXEC)
			continue; /* would replace the child */
		pid = fork();
		if (pid == 0) {
			(void)dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
			_exit(selftest_try((enum selftest)i) == 0 ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status != 0)
			fail_msg("thing %d cannot be done outside: %x", i, (unsigned)status);
	}
}

static uint64_t
field(const char *status, const char *name, int base)
{
	const char *p = strstr(status, name);

	assert_non_null(p);
	return strtoull(p + strlen(name), NULL, base);
}

/* A child inside the cage that says how it went over the only descriptor it may write to. */
static void
what_the_kernel_says(void **state)
{
	static char text[8192];
	struct confinement c = {0};
	char path[40];
	int pair[2], back[2], fd, status;
	ssize_t n;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(pipe(back), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char one;

		(void)dup2(pair[1], STDERR_FILENO);
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (sandbox_close(&c) < 0)
			_exit(1);
		if (write(STDERR_FILENO, &c, sizeof c) != sizeof c || read(back[0], &one, 1) != 1)
			_exit(2);
		_exit(0);
	}
	assert_int_equal(read(pair[0], &c, sizeof c), sizeof c);
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof text - 1);
	assert_true(n > 0);
	close(fd);
	assert_int_not_equal(field(text, "\nUid:\t", 10), 0);
	if (getuid() == 0) {
		assert_int_equal(field(text, "\nUid:\t", 10), 65534);
		assert_int_equal(field(text, "\nGid:\t", 10), 65534);
		assert_non_null(strstr(text, "\nGroups:\t \n"));
		assert_int_equal(field(text, "\nCapBnd:\t", 16), 0);
		assert_int_equal(c.uid, 65534);
	}
	assert_int_equal(field(text, "\nCapInh:\t", 16), 0);
	assert_int_equal(field(text, "\nCapPrm:\t", 16), 0);
	assert_int_equal(field(text, "\nCapEff:\t", 16), 0);
	assert_int_equal(field(text, "\nCapAmb:\t", 16), 0);
	assert_int_equal(field(text, "\nNoNewPrivs:\t", 10), 1);
	assert_int_equal(field(text, "\nSeccomp:\t", 10), 2);
	assert_true(
		c.no_new_privs && c.seccomp && c.no_caps && c.unprivileged_uid && c.not_dumpable);
	if (c.landlock_abi == 0)
		assert_non_null(strstr(c.missing, "Landlock"));
	print_message("Landlock ABI %d, missing: '%s'\n", c.landlock_abi, c.missing);
	snprintf(path, sizeof path, "/proc/%d/limits", (int)pid);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof text - 1);
	assert_true(n > 0);
	text[n] = 0;
	close(fd);
	assert_int_equal(field(text, "\nMax file size", 10), 0);
	assert_int_equal(field(text, "\nMax core file size", 10), 0);
	assert_int_equal(field(text, "\nMax processes", 10), 0);
	assert_true(field(text, "\nMax open files", 10) >= 64);
#ifndef SANITIZED
	assert_int_equal(field(text, "\nMax address space", 10), LIMIT_WORKER_AS);
#endif
	assert_int_equal(write(back[1], "x", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(pair[0]);
	close(pair[1]);
	close(back[0]);
	close(back[1]);
}

static int
by_number(const void *a, const void *b)
{
	return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

/* What a scan needs goes on working: memory, files handed in, qsort, time, abort as itself. */
static void
work_goes_on(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY), status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0) {
		struct confinement c;
		struct timespec t;
		char head[4];
		int *big, ok;

		if (sandbox_close(&c) < 0)
			_exit(1);
		big = malloc(64 * MIB);
		ok = big && pread(fd, head, 4, 0) == 4 && memcmp(head, "\177ELF", 4) == 0;
		for (unsigned i = 0; ok && i < 4 * MIB; i++)
			big[i] = (int)(i * 2654435761u);
		if (ok)
			qsort(big, 4 * MIB, sizeof *big, by_number);
		ok = ok && big[0] <= big[1] && clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0;
		free(big);
		if (!ok)
			_exit(3);
		abort();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden_calls_kill),
		cmocka_unit_test(outside_they_work),
		cmocka_unit_test(what_the_kernel_says),
		cmocka_unit_test(work_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
