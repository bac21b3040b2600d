/*
 * A worker is forked and exec'd, never only forked: it shall have nothing of this process's memory,
 * descriptors or environment. Between fork and exec only system calls are made.
 */
#include "pool_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define EXIT_NO_EXEC 127
#define LINGER_MS    1000 /* a dying process may take a moment to give back its memory */
#define SOCKET_BYTES (512 * 1024) /* room for two batches on their way */

static const char *const environment[] = {
	"TZ=UTC0",
	"LC_ALL=C.UTF-8",
	"OMP_THREAD_LIMIT=1",
#ifdef SANITIZED
	"ASAN_OPTIONS=exitcode=99:detect_leaks=0:handle_sigill=0:allocator_may_return_null=1",
	"UBSAN_OPTIONS=exitcode=99",
#endif
	NULL,
};

/* Descriptors 0 to 4 in place and no other. */
static void
child_descriptors(int sock, int note, bool keep_stderr)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Out of the way of the places they go to. */
	sock = fcntl(sock, F_DUPFD, 10);
	note = fcntl(note, F_DUPFD, 10);
	null = fcntl(null, F_DUPFD, 10);
	if (sock < 0 || note < 0 || null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
		(!keep_stderr && dup2(null, 2) < 0) || dup2(sock, WORKER_FD_SOCKET) < 0 ||
		dup2(note, WORKER_FD_NOTE) < 0)
		_exit(EXIT_NO_EXEC);
	if (close_range(WORKER_FD_NOTE + 1, ~0u, 0) < 0) {
		for (int fd = WORKER_FD_NOTE + 1; fd < 65536; fd++)
			(void)close(fd);
	}
}

static _Noreturn void
child_exec(const struct pool *p, int sock, int note, pid_t parent)
{
	char *const argv[] = {(char *)(uintptr_t) "leakaudit-worker", NULL};
	sigset_t none;

	/* An interrupt of the terminal is the parent's to answer; its death is ours. */
	(void)setsid();
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_NO_EXEC);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* A service has its rights as ambient ones, which exec() would hand on. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	child_descriptors(sock, note, p->o.worker_stderr);
	(void)execve(p->worker_path, argv, (char *const *)(uintptr_t)environment);
	_exit(EXIT_NO_EXEC);
}

/* Waits for room in the socket: only at start, where the other side reads at once. */
static int
send_start(struct worker *w, struct ipc_out *o)
{
	int64_t end = pool_now_ms() + POOL_START_SEC * 1000;
	int r;

	while ((r = ipc_send(w->sock, o)) == -EAGAIN || r == -ETOOMANYREFS) {
		struct pollfd f = {.fd = w->sock, .events = POLLOUT};

		if (pool_now_ms() > end)
			return -ETIMEDOUT;
		(void)poll(&f, 1, r == -EAGAIN ? 1000 : 10);
		if (f.revents & (POLLERR | POLLHUP))
			return -EPIPE;
	}
	return r;
}

static int
send_options(struct pool *p, struct worker *w)
{
	int r;

	ipc_begin(&p->out, IPC_CONFIG);
	ipc_u32(&p->out, IPC_VERSION);
	ipc_u8(&p->out, p->o.show_none);
	ipc_u8(&p->out, p->catalogue.rules == NULL);
	ipc_bytes(&p->out, span_of(p->o.key, sizeof p->o.key));
	wire_put_words(&p->out, p->o.only, p->o.n_only);
	wire_put_words(&p->out, p->o.without, p->o.n_without);
	r = send_start(w, &p->out);
	explicit_bzero(p->out.b.p, p->out.b.n);
	for (size_t i = 0; i < p->n_rules && r == 0; i++) {
		ipc_begin(&p->out, IPC_RULE);
		wire_put_text(&p->out, p->rules[i].name, LIMIT_NAME);
		ipc_fd(&p->out, p->rules[i].fd);
		r = send_start(w, &p->out);
	}
	ipc_begin(&p->out, IPC_LOCK);
	return r < 0 ? r : send_start(w, &p->out);
}

static int
make_note(struct worker *w, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create("note", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *note;

	if (fd < 0 || ftruncate(fd, sizeof *w->note) < 0)
		return -errno;
	/* A worker that shrank it would kill us by SIGBUS. */
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return -errno;
	note = mmap(NULL, sizeof *w->note, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (note == MAP_FAILED)
		return -errno;
	w->note = note;
	*ret_fd = fd_take(&fd);
	return 0;
}

static int
start_process(struct pool *p, struct worker *w)
{
	_cleanup_close_ int theirs = -1, note = -1;
	int pair[2], size = SOCKET_BYTES, r;
	pid_t parent = getpid(), pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	w->sock = pair[0];
	theirs = pair[1];
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	(void)setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	if (fcntl(w->sock, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	r = make_note(w, &note);
	if (r < 0)
		return r;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		child_exec(p, theirs, note, parent);
	w->pid = pid;
	w->state = WORKER_HELLO;
	return 0;
}

int
worker_start(struct pool *p, struct worker *w)
{
	int r;

	*w = (struct worker){.sock = -1};
	r = start_process(p, w);
	if (r < 0) {
		worker_release(w);
		return r;
	}
	r = send_options(p, w);
	/* One that is gone already says so by the end of its socket, with its status. */
	return r == -EPIPE || r == -ETIMEDOUT ? 0 : r;
}

void
worker_release(struct worker *w)
{
	if (w->sock >= 0)
		(void)close(w->sock);
	if (w->note)
		(void)munmap(w->note, sizeof *w->note);
	*w = (struct worker){.sock = -1};
}

/* Those that were left behind and are dead by now. */
static void
reap_stuck(struct pool *p)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < p->n_stuck; i++) {
		if (waitpid(p->stuck[i], NULL, WNOHANG) == 0)
			p->stuck[kept++] = p->stuck[i];
	}
	p->n_stuck = kept;
}

/* Waits a while for the end of a process: its status, or -ETIMEDOUT. */
static int
wait_for(pid_t pid, int ms, int *ret_status)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd f = {.fd = fd, .events = POLLIN};
	int64_t end = pool_now_ms() + ms, left = ms;
	pid_t r;

	while ((r = waitpid(pid, ret_status, WNOHANG)) == 0 && left > 0) {
		(void)poll(&f, fd >= 0, fd >= 0 ? (int)left : 10);
		left = end - pool_now_ms();
	}
	return r == 0 ? -ETIMEDOUT : 0;
}

/* What waits for a dead server's disk cannot even be killed: it goes when the disk answers. */
static int
end_process(struct pool *p, struct worker *w)
{
	int64_t left = p->end_ms ? p->end_ms - pool_now_ms() : POOL_KILL_MS;
	int status = SIGKILL;

	(void)kill(w->pid, SIGKILL);
	if (wait_for(w->pid, left > 0 ? (int)left : 0, &status) < 0 && p->n_stuck < POOL_STUCK_MAX)
		p->stuck[p->n_stuck++] = w->pid;
	w->pid = 0;
	reap_stuck(p);
	return status;
}

int
worker_kill(struct pool *p, struct worker *w)
{
	return w->pid > 0 ? end_process(p, w) : 0;
}

int
worker_reap(struct pool *p, struct worker *w)
{
	int status = 0;

	if (wait_for(w->pid, LINGER_MS, &status) < 0)
		return end_process(p, w);
	w->pid = 0;
	return status;
}

uint64_t
worker_rss(const struct worker *w)
{
	_cleanup_close_ int fd = -1;
	char path[40], text[64], *end;
	ssize_t n;

	(void)snprintf(path, sizeof path, "/proc/%d/statm", (int)w->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (n <= 0)
		return 0;
	text[n] = 0;
	(void)strtoull(text, &end, 10);
	return strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t
worker_cpu_ms(const struct worker *w)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(w->pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
