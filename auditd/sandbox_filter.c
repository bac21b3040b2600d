/*
 * The system calls of a worker after the cage is closed: one table, each with its reason, anything
 * else kills the process. What libraries try out of habit (a configuration file, a terminal) is
 * answered with an error instead, because dying of it would cost a file for nothing; and what a
 * dying process needs to report its own abort() is there so that a crash is not taken for a breach.
 */
#include "sandbox_priv.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>

#include "ipc.h"

#include "base/cleanup.h"
#include "base/poison.h"

enum when {
	ALWAYS,
	ARG_IS, /* argument `arg` equals value */
	ARG_IS_NOT, /* argument `arg` differs from value */
	ARG_LACKS, /* argument `arg` has none of the bits of value */
	ARG_HAS, /* argument `arg` has all of the bits of value */
	ARG_IS_SELF /* argument `arg` is this process's id */
};

struct call {
	int nr;
	int error; /* 0: allowed; else the call fails with it */
	enum when when;
	uint8_t arg;
	uint64_t value;
	const char *reason;
};

static const struct call calls[] = {
	/* the files handed in, and nothing else that could be opened */
	{SCMP_SYS(read), 0, ALWAYS, 0, 0, "content"},
	{SCMP_SYS(pread64), 0, ALWAYS, 0, 0, "content"},
	{SCMP_SYS(lseek), 0, ALWAYS, 0, 0, "content, and holes in it"},
	{SCMP_SYS(fstat), 0, ALWAYS, 0, 0, "size of content"},
	{SCMP_SYS(newfstatat), 0, ARG_IS, 3, AT_EMPTY_PATH, "fstat() of newer libc"},
	{SCMP_SYS(close), 0, ALWAYS, 0, 0, "content that was read"},
	{SCMP_SYS(fcntl), 0, ARG_IS, 1, F_GETFL, "libraries look how a descriptor was opened"},
	{SCMP_SYS(fcntl), 0, ARG_IS, 1, F_GETFD, "libraries look how a descriptor was opened"},
	{SCMP_SYS(fadvise64), 0, ALWAYS, 0, 0, "reading ahead"},
	/* memory, never executable */
	{SCMP_SYS(mmap), 0, ARG_LACKS, 2, PROT_EXEC, "malloc"},
	{SCMP_SYS(mprotect), 0, ARG_LACKS, 2, PROT_EXEC, "malloc"},
	{SCMP_SYS(mremap), 0, ALWAYS, 0, 0, "realloc"},
	{SCMP_SYS(munmap), 0, ALWAYS, 0, 0, "free"},
	{SCMP_SYS(madvise), 0, ALWAYS, 0, 0, "free"},
	{SCMP_SYS(brk), 0, ALWAYS, 0, 0, "malloc"},
	/* the socket, and the standard error (null, or inherited when debugging) */
	{SCMP_SYS(sendmsg), 0, ARG_IS, 0, WORKER_FD_SOCKET, "results"},
	{SCMP_SYS(recvmsg), 0, ARG_IS, 0, WORKER_FD_SOCKET, "jobs"},
	{SCMP_SYS(write), 0, ARG_IS, 0, STDERR_FILENO, "last words of libraries"},
	{SCMP_SYS(writev), 0, ARG_IS, 0, STDERR_FILENO, "last words of libc's abort"},
	/* time, chance and self */
	{SCMP_SYS(clock_gettime), 0, ALWAYS, 0, 0, "CPU budget; time where the vDSO has none"},
	{SCMP_SYS(gettimeofday), 0, ALWAYS, 0, 0, "time where the vDSO has none"},
	{SCMP_SYS(time), 0, ALWAYS, 0, 0, "time where the vDSO has none"},
	{SCMP_SYS(getrandom), 0, ALWAYS, 0, 0, "hash seeds"},
	{SCMP_SYS(getrusage), 0, ALWAYS, 0, 0, "own use of memory and CPU"},
	{SCMP_SYS(sysinfo), 0, ALWAYS, 0, 0, "qsort() asks how much memory there is"},
	{SCMP_SYS(futex), 0, ALWAYS, 0, 0, "locks of libraries"},
	{SCMP_SYS(sched_yield), 0, ALWAYS, 0, 0, "locks of libraries"},
	{SCMP_SYS(getpid), 0, ALWAYS, 0, 0, "libraries notice a fork; abort"},
	{SCMP_SYS(gettid), 0, ALWAYS, 0, 0, "abort"},
	/* ending, and ending badly */
	{SCMP_SYS(exit), 0, ALWAYS, 0, 0, "end"},
	{SCMP_SYS(exit_group), 0, ALWAYS, 0, 0, "end"},
	{SCMP_SYS(rt_sigreturn), 0, ALWAYS, 0, 0, "end of a handler"},
	{SCMP_SYS(rt_sigprocmask), 0, ALWAYS, 0, 0, "abort"},
	{SCMP_SYS(rt_sigaction), 0, ALWAYS, 0, 0, "abort"},
	{SCMP_SYS(tgkill), 0, ARG_IS_SELF, 0, 0, "abort"},
	{SCMP_SYS(restart_syscall), 0, ALWAYS, 0, 0, "waking from a stop"},
	/* asked out of habit: told no */
	{SCMP_SYS(open), EACCES, ALWAYS, 0, 0, "libraries look for their configuration"},
	{SCMP_SYS(access), EACCES, ALWAYS, 0, 0, "libraries look for their configuration"},
	{SCMP_SYS(faccessat), EACCES, ALWAYS, 0, 0, "libraries look for their configuration"},
	{SCMP_SYS(faccessat2), EACCES, ALWAYS, 0, 0, "libraries look for their configuration"},
	{SCMP_SYS(stat), EACCES, ALWAYS, 0, 0, "libraries look for their configuration"},
	{SCMP_SYS(lstat), EACCES, ALWAYS, 0, 0, "libraries look for their configuration"},
	{SCMP_SYS(newfstatat), EACCES, ARG_IS_NOT, 3, AT_EMPTY_PATH, "libraries look for files"},
	{SCMP_SYS(statx), EACCES, ALWAYS, 0, 0, "libraries look for their configuration"},
	{SCMP_SYS(readlink), EACCES, ALWAYS, 0, 0, "libraries look for themselves"},
	{SCMP_SYS(readlinkat), EACCES, ALWAYS, 0, 0, "libraries look for themselves"},
	{SCMP_SYS(getcwd), EACCES, ALWAYS, 0, 0, "libraries make paths whole"},
	{SCMP_SYS(ioctl), ENOTTY, ALWAYS, 0, 0, "stdio asks for a terminal"},
	{SCMP_SYS(clone3), ENOSYS, ALWAYS, 0, 0, "libc then tries clone, which kills"},
	{SCMP_SYS(sched_getaffinity), EPERM, ALWAYS, 0, 0, "libraries count processors"},
	{SCMP_SYS(prctl), EPERM, ALWAYS, 0, 0, "naming of maps by malloc"},
#ifdef SANITIZED
	/* what a sanitizer needs to say what it found */
	{SCMP_SYS(sigaltstack), 0, ALWAYS, 0, 0, "sanitizer"},
	{SCMP_SYS(getppid), 0, ALWAYS, 0, 0, "sanitizer"},
	{SCMP_SYS(nanosleep), 0, ALWAYS, 0, 0, "sanitizer"},
	{SCMP_SYS(clock_nanosleep), 0, ALWAYS, 0, 0, "sanitizer"},
#endif
};

/* Where Landlock decides what can be opened: for reading only. All else as without it. */
#define OPEN_MORE (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY) | O_PATH)
#define OPEN_WHY  "libraries look for their configuration"

static const struct call open_never[] = {
	{SCMP_SYS(openat), EACCES, ALWAYS, 0, 0, OPEN_WHY},
};

static const struct call open_reads[] = {
	{SCMP_SYS(openat), 0, ARG_LACKS, 2, OPEN_MORE, "fonts' tables of poppler"},
	{SCMP_SYS(openat), EACCES, ARG_HAS, 2, O_WRONLY, OPEN_WHY},
	{SCMP_SYS(openat), EACCES, ARG_HAS, 2, O_RDWR, OPEN_WHY},
	{SCMP_SYS(openat), EACCES, ARG_HAS, 2, O_CREAT, OPEN_WHY},
	{SCMP_SYS(openat), EACCES, ARG_HAS, 2, O_TRUNC, OPEN_WHY},
	{SCMP_SYS(openat), EACCES, ARG_HAS, 2, O_APPEND, OPEN_WHY},
	{SCMP_SYS(openat), EACCES, ARG_HAS, 2, O_TMPFILE & ~O_DIRECTORY, OPEN_WHY},
	{SCMP_SYS(openat), EACCES, ARG_HAS, 2, O_PATH, OPEN_WHY},
};

static int
add_call(scmp_filter_ctx ctx, const struct call *c)
{
	uint32_t action = c->error ? SCMP_ACT_ERRNO((uint32_t)c->error) : SCMP_ACT_ALLOW;
	struct scmp_arg_cmp arg = {.arg = c->arg};

	/* Not every machine has the older calls. */
	if (c->nr < 0)
		return 0;
	switch (c->when) {
	case ALWAYS:
		return seccomp_rule_add(ctx, action, c->nr, 0);
	case ARG_IS:
	case ARG_IS_SELF:
		arg.op = SCMP_CMP_EQ;
		arg.datum_a = c->when == ARG_IS ? c->value : (uint64_t)getpid();
		break;
	case ARG_IS_NOT:
		arg.op = SCMP_CMP_NE;
		arg.datum_a = c->value;
		break;
	case ARG_LACKS:
	case ARG_HAS:
		arg.op = SCMP_CMP_MASKED_EQ;
		arg.datum_a = c->value;
		arg.datum_b = c->when == ARG_HAS ? c->value : 0;
		break;
	}
	return seccomp_rule_add_array(ctx, action, c->nr, 1, &arg);
}

static void
release(scmp_filter_ctx *ctx)
{
	seccomp_release(*ctx);
}

static int
add_calls(scmp_filter_ctx ctx, const struct call *c, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = add_call(ctx, &c[i]);
	return r;
}

int
sandbox_filter(bool opens)
{
	_cleanup_(release) scmp_filter_ctx ctx = NULL;
	int r;

	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL)
		return -ENOSYS;
	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!ctx)
		return -ENOMEM;
	r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0)
		r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r == 0)
		r = add_calls(ctx, calls, sizeof calls / sizeof *calls);
	if (r == 0)
		r = opens ? add_calls(ctx, open_reads, sizeof open_reads / sizeof *open_reads)
			  : add_calls(ctx, open_never, 1);
	return r < 0 ? r : seccomp_load(ctx);
}
