/*
 * cage-try WORKER FILE RULE-FILE...: tells the real worker to do each forbidden thing, then gives
 * the pool FILE to read. One line each:
 *   NAME signal=N|exit=N|alive findings=N gaps=N replaced=N [gap REASON DETAIL]
 * "alive" is a hole in the cage. A second line, "NAME always ...", is of a worker that does it each
 * time before it may begin: what is then said of FILE. Exit status 1 when there is a hole.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool_priv.h"
#include "selftest.h"

static const char *const names[SELFTESTS] = {
	"open", "socket", "connect", "exec", "fork", "wx", "protect", "ptrace", "write"};

struct seen_here {
	unsigned findings, gaps;
	char gap[200];
};

static int
on_finding(void *user, const struct job *j, const struct inner *in, const struct finding *f)
{
	(void)j, (void)in, (void)f;
	((struct seen_here *)user)->findings++;
	return 0;
}

static int
on_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail)
{
	struct seen_here *s = user;

	(void)j, (void)in;
	s->gaps++;
	snprintf(s->gap, sizeof s->gap, "gap %s%s %s", gap_name(reason), hides ? " hides" : "",
		detail);
	return 0;
}

static int
on_done(void *user, const struct job *j, const struct pool_done *d)
{
	(void)user, (void)j, (void)d;
	return 0;
}

static void
tell(struct pool *p, int what)
{
	ipc_begin(&p->out, IPC_SELFTEST);
	ipc_u8(&p->out, (uint8_t)what);
	(void)ipc_send(p->workers[0].sock, &p->out);
}

/* How it ended, without taking the end from the pool. False: it goes on living. */
static bool
how_it_ended(pid_t pid, char *ret, size_t cap)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd f = {.fd = fd, .events = POLLIN};
	siginfo_t si = {0};

	if (poll(&f, 1, 5000) == 1)
		(void)waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT);
	(void)close(fd);
	if (si.si_pid != pid) {
		snprintf(ret, cap, "alive");
		return false;
	}
	snprintf(ret, cap, "%s=%d", si.si_code == CLD_EXITED ? "exit" : "signal", si.si_status);
	return true;
}

static int
submit(struct pool *p, const char *path)
{
	struct job j = {.fd = open(path, O_RDONLY | O_CLOEXEC), .path = strdup(path)};

	if (j.fd < 0 || !j.path || fstat(j.fd, &j.st) < 0)
		return -EIO;
	return pool_submit(p, &j);
}

/* 1 held, 0 a hole, -errno. */
static int
try_one(const struct pool_options *o, int what, const char *path, bool always)
{
	struct seen_here s = {0};
	const struct pool_events ev = {
		.finding = on_finding, .gap = on_gap, .done = on_done, .user = &s};
	char error[1024], end[32] = "";
	struct pool *p;
	bool held = true;
	pid_t last = 0;
	int r = pool_new(o, &ev, &p, error);

	if (r < 0) {
		fprintf(stderr, "cage-try: %s\n", error);
		return r;
	}
	tell(p, what);
	held = how_it_ended(p->workers[0].pid, end, sizeof end);
	last = p->workers[0].pid;
	r = submit(p, path);
	pool_flush(p);
	while (r == 0 && !pool_idle(p)) {
		r = pool_poll(p, 1);
		/* told as soon as it is there: before the file comes */
		if (always && p->workers[0].pid > 0 && p->workers[0].pid != last) {
			last = p->workers[0].pid;
			tell(p, what);
		}
	}
	printf("%s%s %s findings=%u gaps=%u replaced=%llu %s\n", names[what],
		always ? " always" : "", end, s.findings, s.gaps,
		(unsigned long long)pool_replaced(p), s.gap);
	pool_free(p);
	return r < 0 ? r : held;
}

int
main(int argc, char **argv)
{
	struct pool_options o = {.workers = 1};
	int holes = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: cage-try WORKER FILE RULE-FILE...\n");
		return 2;
	}
	o.worker_path = argv[1];
	o.rule_files = (const char *const *)(argv + 3);
	o.n_rule_files = (size_t)(argc - 3);
	for (int i = 0; i < 2 * SELFTESTS; i++) {
		int r = try_one(&o, i / 2, argv[2], i % 2);

		if (r < 0)
			return 2;
		holes += r == 0;
	}
	return holes != 0;
}
