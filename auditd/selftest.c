/* Straight system calls, so that no library's own caution answers in the cage's place. */
#include "selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/poison.h"

static int
try_open(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : close(fd);
}

static int
try_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : close(fd);
}

static int
try_connect(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/stdout"};

	/* Not a socket: where connect() is allowed the answer is ENOTSOCK, which is a leak. */
	if (connect(STDIN_FILENO, (const struct sockaddr *)&to, sizeof to) < 0)
		return errno == ENOTSOCK ? 0 : -errno;
	return 0;
}

static int
try_exec(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	(void)execve("/bin/true", argv, NULL);
	return errno == ENOENT ? 0 : -errno;
}

static int
try_fork(void)
{
	long pid = syscall(SYS_clone, 17 /* SIGCHLD */, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -errno : 0;
}

static int
try_map_exec(void)
{
	void *p = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -errno : munmap(p, 4096);
}

static int
try_protect_exec(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) < 0 ? -errno : munmap(p, 4096);
}

static int
try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? -errno : 0;
}

static int
try_write(void)
{
	return write(STDOUT_FILENO, "", 0) < 0 ? -errno : 0;
}

static const struct {
	const char *name;
	int (*try)(void);
} tests[SELFTESTS] = {
	[SELFTEST_OPEN] = {"open", try_open},
	[SELFTEST_SOCKET] = {"socket", try_socket},
	[SELFTEST_CONNECT] = {"connect", try_connect},
	[SELFTEST_EXEC] = {"exec", try_exec},
	[SELFTEST_FORK] = {"fork", try_fork},
	[SELFTEST_MAP_EXEC] = {"wx", try_map_exec},
	[SELFTEST_PROTECT_EXEC] = {"protect", try_protect_exec},
	[SELFTEST_PTRACE] = {"ptrace", try_ptrace},
	[SELFTEST_WRITE] = {"write", try_write},
};

int
selftest_find(const char *name)
{
	for (int i = 0; i < SELFTESTS; i++) {
		if (strcmp(tests[i].name, name) == 0)
			return i;
	}
	return -1;
}

int
selftest_try(enum selftest what)
{
	return what < SELFTESTS ? tests[what].try() : -EINVAL;
}
