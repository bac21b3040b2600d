/* The socket of the daemon: who may, long answers, and clients that mean ill. */
#include <errno.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "control.h"

#include "base/poison.h"

#define OPERATORS 61234
#define REVIEWERS 61235
#define STRANGER  65534

static char dir[] = "/tmp/leakaudit-ctl-XXXXXX";
static char path[64];
static pid_t server;

static int
request(void *user, const struct control_peer *p, const char *const *words, size_t n, struct buf *b)
{
	unsigned *served = user;

	++*served;
	if (strcmp(words[0], "who") == 0) {
		buf_printf(b, "%u%u%u %u", p->master, p->operates, p->reviews, p->uid);
		return 0;
	}
	if (strcmp(words[0], "big") == 0) {
		size_t size = strtoul(words[1], NULL, 10);

		for (size_t i = 0; i < size; i++)
			buf_putc(b, (uint8_t)('a' + i % 26));
		return 3;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "[%s]", words[i]);
	return 1;
}

static _Noreturn void
serve(void)
{
	unsigned served = 0;
	const struct control_options o = {.path = path,
		.operators = OPERATORS,
		.reviewers = REVIEWERS,
		.request = request,
		.user = &served};
	struct control *c;
	char error[512];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_DFL); /* a client that is gone must not kill us by it */
	if (control_open(&o, &c, error) < 0)
		_exit(1);
	for (;;) {
		struct pollfd fds[CONTROL_CLIENTS + 1];

		(void)poll(fds, control_polls(c, fds), 100);
		control_step(c);
	}
}

static int
setup(void **state)
{
	struct timespec nap = {.tv_nsec = 2000000};
	int fd;

	(void)state;
	if (server == 0) {
		server = fork();
		if (server == 0)
			serve();
	}
	for (int i = 0; i < 1000; i++, (void)nanosleep(&nap, NULL)) {
		if (control_connect(path, &fd) == 0)
			return close(fd);
	}
	return -1;
}

static int
ask(int fd, const char *word, const char *second, char *text, size_t size)
{
	const char *words[] = {word, second};
	struct buf b = {0};
	int r = control_ask(fd, words, second ? 2 : 1, 10000, &b);

	(void)snprintf(text, size, "%s", buf_cstr(&b));
	buf_free(&b);
	return r;
}

static int
dial(void)
{
	int fd = -1;

	assert_int_equal(control_connect(path, &fd), 0);
	return fd;
}

static void
asks_and_answers(void **state)
{
	char text[256];
	int fd = dial();

	(void)state;
	assert_int_equal(ask(fd, "rescan", "h r\n", text, sizeof(text)), 1);
	assert_string_equal(text, "[rescan][h r\n]");
	assert_int_equal(ask(fd, "who", NULL, text, sizeof(text)), 0);
	assert_int_equal(strncmp(text, "1", 1), 0);
	assert_int_equal(ask(fd, "", "", text, sizeof(text)), 1);
	assert_string_equal(text, "[][]");
	assert_int_equal(close(fd), 0);
}

static void
long_answers(void **state)
{
	static const size_t sizes[] = {0, 1, CONTROL_MESSAGE - 1, CONTROL_MESSAGE,
		CONTROL_MESSAGE + 1, 3 * CONTROL_MESSAGE, CONTROL_ANSWER - 1};
	int fd = dial();

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char number[24];
		const char *words[] = {"big", number};
		struct buf b = {0};

		(void)snprintf(number, sizeof(number), "%zu", sizes[i]);
		assert_int_equal(control_ask(fd, words, 2, 10000, &b), 3);
		assert_int_equal(b.n, sizes[i]);
		for (size_t k = 0; k < b.n; k++) {
			if (b.p[k] != 'a' + k % 26)
				fail_msg("byte %zu of %zu", k, b.n);
		}
		buf_free(&b);
	}
	{
		char text[64], number[24];

		(void)snprintf(number, sizeof(number), "%d", CONTROL_ANSWER + 1);
		assert_int_equal(ask(fd, "big", number, text, sizeof(text)), 2);
		assert_string_equal(text, "the answer is too long");
	}
	assert_int_equal(close(fd), 0);
}

/* Runs as another user with those groups; its exit status is what `as` gives. */
static int
as_user(uid_t uid, gid_t gid, const gid_t *groups, size_t n, int (*as)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (setgroups(n, groups) < 0 || setresgid(gid, gid, gid) < 0 ||
			setresuid(uid, uid, uid) < 0)
			_exit(100);
		_exit(as());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The three rights as digits, or 9 when sent away. */
static int
my_rights(void)
{
	char text[256];
	int fd;

	if (control_connect(path, &fd) < 0)
		return 101;
	if (ask(fd, "who", NULL, text, sizeof(text)) == 2)
		return strstr(text, "neither group") ? 9 : 102;
	return (text[0] - '0') * 4 + (text[1] - '0') * 2 + (text[2] - '0');
}

static void
who_may(void **state)
{
	static const gid_t operators[] = {7, OPERATORS}, both[] = {REVIEWERS, OPERATORS},
			   none[] = {8};

	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(as_user(0, 0, none, 0, my_rights), 4);
	assert_int_equal(as_user(STRANGER, STRANGER, none, 1, my_rights), 9);
	assert_int_equal(as_user(STRANGER, STRANGER, operators, 2, my_rights), 2);
	assert_int_equal(as_user(STRANGER, OPERATORS, none, 0, my_rights), 2);
	assert_int_equal(as_user(STRANGER, REVIEWERS, none, 1, my_rights), 1);
	assert_int_equal(as_user(STRANGER, STRANGER, both, 2, my_rights), 3);
	assert_int_equal(as_user(STRANGER, 0, none, 0, my_rights), 9);
}

static void
bad_messages(void **state)
{
	static const char huge[CONTROL_REQUEST + 10] = "x", many[2 * CONTROL_WORDS] = {0};
	static const struct {
		const void *p;
		size_t n;
		bool closes;
	} bad[] = {{"status", 6, false}, {huge, sizeof(huge), true}, {many, sizeof(many), false},
		{"\xff\xfe\x00\x01", 4, false}, {"a", 1, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char text[256], got[256];
		int fd = dial();
		ssize_t n;

		assert_int_equal(send(fd, bad[i].p, bad[i].n, MSG_NOSIGNAL), (ssize_t)bad[i].n);
		n = recv(fd, got, sizeof(got), 0);
		if (bad[i].closes) {
			assert_true(n <= 0);
		} else {
			assert_true(n > 1);
			assert_memory_equal(got, "2not a request", 14);
			assert_int_equal(ask(fd, "still", "here", text, sizeof(text)), 1);
		}
		assert_int_equal(close(fd), 0);
	}
}

/* Asks for megabytes again and again and reads nothing of it; others are served all the same. */
static void
one_that_does_not_read(void **state)
{
	static const char words[] = "big\0"
				    "4000000";
	int deaf[4];
	char text[64];
	unsigned sent = 0;
	struct timespec a, b;
	int fd;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		deaf[i] = dial();
		while (send(deaf[i], words, sizeof(words), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
			sent++;
	}
	assert_true(sent >= 4 && sent < 100000);
	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	fd = dial();
	for (int i = 0; i < 20; i++)
		assert_int_equal(ask(fd, "still", NULL, text, sizeof(text)), 1);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec - a.tv_sec < 5);
	assert_int_equal(close(fd), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(close(deaf[i]), 0);
}

/* Takes all the places it can get and keeps them. */
static int
take_places(void)
{
	int taken = 0;

	for (int i = 0; i < 40; i++) {
		char text[64];
		int fd;

		if (control_connect(path, &fd) < 0)
			return 101;
		taken += ask(fd, "still", NULL, text, sizeof(text)) == 1;
	}
	(void)raise(SIGSTOP);
	return taken;
}

static void
places_for_root(void **state)
{
	static const gid_t operators[] = {OPERATORS};
	pid_t pids[5];
	char text[64];
	int status, taken = 0, fd;

	(void)state;
	if (getuid() != 0)
		skip();
	for (unsigned i = 0; i < 5; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			if (setgroups(1, operators) < 0 ||
				setresgid(STRANGER, STRANGER, STRANGER) < 0 ||
				setresuid(60000 + i, 60000 + i, 60000 + i) < 0)
				_exit(100);
			_exit(take_places());
		}
		assert_int_equal(waitpid(pids[i], &status, WUNTRACED), pids[i]);
		assert_true(WIFSTOPPED(status));
	}
	fd = dial();
	assert_int_equal(ask(fd, "still", NULL, text, sizeof(text)), 1);
	assert_int_equal(close(fd), 0);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(kill(pids[i], SIGCONT), 0);
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) <= 4);
		taken += WEXITSTATUS(status);
	}
	assert_int_equal(taken, CONTROL_CLIENTS - 4);
}

/* Noise of every kind; what comes back is an answer or an end, and the daemon lives. */
static void
noise(void **state)
{
	unsigned seed = 99;
	char text[64];
	int fd;

	(void)state;
	for (int i = 0; i < 400; i++) {
		uint8_t bytes[5000];
		int k = dial();

		for (int m = 0; m < 8; m++) {
			size_t n;

			seed = seed * 1103515245 + 12345;
			n = (seed >> 10) % (m == 7 ? sizeof(bytes) : 200);
			for (size_t j = 0; j < n; j++) {
				seed = seed * 1103515245 + 12345;
				bytes[j] = seed >> 29 ? (uint8_t)(seed >> 16) : 0;
			}
			if (send(k, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
				break;
		}
		if (i % 3)
			(void)recv(k, bytes, sizeof(bytes), MSG_DONTWAIT);
		assert_int_equal(close(k), 0);
	}
	fd = dial();
	assert_int_equal(ask(fd, "still", NULL, text, sizeof(text)), 1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(waitpid(server, NULL, WNOHANG), 0);
}

static void
one_daemon_only(void **state)
{
	const struct control_options o = {
		.path = path, .operators = CONTROL_NOBODY, .reviewers = CONTROL_NOBODY};
	struct control *c = NULL;
	char error[512];
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(control_open(&o, &c, error), -EADDRINUSE);
	assert_non_null(strstr(error, "another daemon answers there"));
	/* killed, it leaves a socket: the next takes its place */
	assert_int_equal(kill(server, SIGKILL), 0);
	assert_int_equal(waitpid(server, NULL, 0), server);
	server = 0;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(control_connect(path, &fd), -ECONNREFUSED);
	assert_int_equal(control_open(&o, &c, error), 0);
	control_free(c);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(control_connect(path, &fd), -ENOENT);
}

static int
group_setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || chmod(dir, 0755) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/control.sock", dir);
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	if (server > 0) {
		(void)kill(server, SIGKILL);
		(void)waitpid(server, NULL, 0);
	}
	(void)unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(asks_and_answers, setup),
		cmocka_unit_test_setup(long_answers, setup),
		cmocka_unit_test_setup(who_may, setup),
		cmocka_unit_test_setup(bad_messages, setup),
		cmocka_unit_test_setup(one_that_does_not_read, setup),
		cmocka_unit_test_setup(places_for_root, setup),
		cmocka_unit_test_setup(noise, setup),
		cmocka_unit_test_setup(one_daemon_only, setup),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
