/* Lines on their way to loggers of our own: away, full, started anew, in small pieces. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "outlet.h"
#include "storerig.h"

#include "base/poison.h"

static struct storerig rig;
static struct outlet *out;
static char devlog[100], journal[100];
static char said[512];

static void
note(void *user, int priority, const char *sentence)
{
	(void)user;
	(void)snprintf(said, sizeof(said), "%d %s", priority, sentence);
}

static int64_t
ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct outlet_options
options(const char *to)
{
	return (struct outlet_options){.to = to,
		.facility = LOG_LOCAL3,
		.rate = OUTLET_RATE_MAX,
		.say = note,
		.journal = journal,
		.devlog = devlog};
}

/* A store with `files` findings of which nothing is sent yet. */
static int
setup_files(unsigned files)
{
	char name[32];

	srig_init(&rig);
	srig_open(&rig);
	(void)snprintf(devlog, sizeof(devlog), "%s/log", rig.top);
	(void)snprintf(journal, sizeof(journal), "%s/journal", rig.top);
	for (unsigned i = 0; i < files; i++) {
		(void)snprintf(name, sizeof(name), "f%04u-1", i);
		srig_write(&rig, name, "x");
	}
	srig_begin(&rig);
	for (unsigned i = 0; i < files; i++) {
		(void)snprintf(name, sizeof(name), "f%04u-1", i);
		srig_find(&rig, name, NULL, RIG_TOKEN, i, 1);
	}
	srig_end(&rig, true);
	said[0] = 0;
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	return setup_files(10);
}

static int
setup_some(void **state)
{
	(void)state;
	return setup_files(300);
}

static int
setup_many(void **state)
{
	(void)state;
	return setup_files(2500);
}

static int
teardown(void **state)
{
	(void)state;
	outlet_free(out);
	out = NULL;
	srig_free(&rig);
	return 0;
}

static int
listen_at(const char *path, int type)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	(void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	(void)unlink(path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&sa, sizeof(sa)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* The number of the next message, with its text; 0 when there is none. */
static char text[8192];

static uint64_t
next(int fd)
{
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);
	const char *seq;

	if (n < 0)
		return 0;
	text[n] = 0;
	seq = strstr(text, " seq=");
	assert_non_null(seq);
	return strtoull(seq + 5, NULL, 10);
}

/* Steps until nothing waits, reading what comes: numbers from `first` on, each once. */
static uint64_t
pump(int fd, uint64_t first)
{
	int64_t end = ms() + 20000;
	int wait;

	do {
		uint64_t seq;

		assert_true(ms() < end);
		wait = outlet_step(out, rig.s, ms());
		while ((seq = next(fd)) != 0)
			assert_int_equal(seq, first++);
		if (wait > 0)
			(void)poll(NULL, 0, wait < 20 ? wait : 20);
	} while (wait >= 0);
	return first;
}

static void
open_outlet(const char *to)
{
	const struct outlet_options o = options(to);

	assert_int_equal(outlet_new(&o, &out), 0);
}

static void
all_sent(void)
{
	assert_int_equal(store_sent_seq(rig.s), store_last_seq(rig.s));
	assert_int_equal(outlet_error(out), 0);
}

static void
to_syslog(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM);

	(void)state;
	open_outlet(NULL);
	(void)outlet_step(out, rig.s, ms());
	assert_int_equal(next(fd), 1);
	/* local3.info; what glibc sends */
	assert_memory_equal(text, "<158>", 5);
	assert_non_null(strstr(text, ": v=1 event=scan-start store="));
	assert_int_equal(text[8], ' ');
	assert_int_equal(text[20], ' ');
	assert_memory_equal(text + 21, "leakaudit[", 10);
	assert_int_equal(next(fd), 2);
	assert_memory_equal(text, "<156>", 5);
	assert_int_equal(text[strlen(text) - 1] == '\n', 0);
	assert_int_equal(pump(fd, 3), store_last_seq(rig.s) + 1);
	all_sent();
	assert_string_equal(outlet_where(out), devlog);
	(void)close(fd);
}

static void
to_the_journal(void **state)
{
	int fd = listen_at(journal, SOCK_DGRAM), other = listen_at(devlog, SOCK_DGRAM);

	(void)state;
	open_outlet("auto");
	(void)outlet_step(out, rig.s, ms());
	assert_int_equal(next(fd), 1);
	assert_int_equal(next(fd), 2);
	assert_memory_equal(text, "MESSAGE=v=1 event=finding store=", 32);
	assert_non_null(strstr(text, "\nPRIORITY=4\nSYSLOG_FACILITY=19\n"));
	assert_non_null(strstr(text, "\nSYSLOG_IDENTIFIER=leakaudit\n"));
	assert_non_null(strstr(text, "\nMESSAGE_ID="));
	assert_non_null(strstr(text, "\nLEAKAUDIT_RULE=token\n"));
	assert_non_null(strstr(text, "\nLEAKAUDIT_SEVERITY=high\n"));
	assert_non_null(strstr(text, "\nLEAKAUDIT_SEQ=2\n"));
	assert_non_null(strstr(text, "/share/f0000-1\n"));
	assert_int_equal(pump(fd, 3), store_last_seq(rig.s) + 1);
	all_sent();
	assert_int_equal(next(other), 0);
	assert_string_equal(outlet_where(out), "journal");
	(void)close(fd);
	(void)close(other);
}

static void
away_and_back(void **state)
{
	int fd, wait;

	(void)state;
	open_outlet("auto");
	wait = outlet_step(out, rig.s, ms());
	assert_true(wait > 0 && wait <= 2000);
	assert_int_equal(outlet_error(out), -ENOENT);
	assert_int_equal(store_sent_seq(rig.s), 0);
	fd = listen_at(devlog, SOCK_DGRAM);
	assert_int_equal(pump(fd, 1), store_last_seq(rig.s) + 1);
	all_sent();
	/* away again; nobody is told of so short a time */
	(void)close(fd);
	store_say(rig.s, STORE_ERROR, LOG_ERR, NULL, "detail", "a");
	assert_int_equal(store_commit(rig.s), 0);
	assert_true(outlet_step(out, rig.s, ms()) > 0);
	assert_int_equal(outlet_error(out), -ECONNREFUSED);
	assert_string_equal(said, "");
	fd = listen_at(devlog, SOCK_DGRAM);
	assert_int_equal(pump(fd, store_last_seq(rig.s)), store_last_seq(rig.s) + 1);
	assert_non_null(strstr(text, "event=error"));
	all_sent();
	(void)close(fd);
}

/* Another socket in place of the one at hand: nothing fails. */
static void
started_anew(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM), again;

	(void)state;
	open_outlet("auto");
	assert_int_equal(pump(fd, 1), store_last_seq(rig.s) + 1);
	(void)close(fd);
	again = listen_at(devlog, SOCK_DGRAM);
	store_say(rig.s, STORE_ERROR, LOG_ERR, NULL, "detail", "a");
	assert_int_equal(store_commit(rig.s), 0);
	(void)outlet_step(out, rig.s, ms());
	all_sent();
	assert_int_equal(next(again), store_last_seq(rig.s));
	(void)close(again);
}

static void
full(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM);
	int64_t began;
	uint64_t at;

	(void)state;
	open_outlet(devlog);
	for (int i = 0; i < 3; i++)
		(void)outlet_step(out, rig.s, ms());
	while (outlet_error(out) != -EAGAIN)
		(void)outlet_step(out, rig.s, ms());
	at = store_sent_seq(rig.s);
	assert_true(at < store_last_seq(rig.s));
	assert_true(outlet_is_full(devlog));
	began = ms();
	(void)outlet_step(out, rig.s, began);
	assert_true(ms() - began < 200);
	assert_int_equal(store_sent_seq(rig.s), at);
	assert_int_equal(pump(fd, 1), store_last_seq(rig.s) + 1);
	assert_false(outlet_is_full(devlog));
	all_sent();
	(void)close(fd);
}

/* Pieces of any size, and each line whole and once. */
static void
in_a_stream(void **state)
{
	int fd = listen_at(devlog, SOCK_STREAM), c = -1, wait = 0;
	static char all[4 << 20];
	size_t n = 0;
	uint64_t want = 1;

	(void)state;
	open_outlet("auto");
	for (unsigned i = 0; wait >= 0; i++) {
		ssize_t got;

		wait = outlet_step(out, rig.s, ms());
		if (c < 0)
			c = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		for (unsigned k = 0; k < 40 && i >= 10; k++) {
			got = recv(c, all + n, 777, 0);
			n += got > 0 ? (size_t)got : 0;
			assert_true(n < sizeof(all) - 1000);
		}
	}
	for (ssize_t got; (got = recv(c, all + n, 65536, 0)) > 0; n += (size_t)got)
		assert_true(n < sizeof(all) - 70000);
	for (const char *p = all; p < all + n; p += strlen(p) + 1) {
		const char *seq = strstr(p, " seq=");

		assert_memory_equal(p, "<15", 3);
		assert_non_null(seq);
		assert_int_equal(strtoull(seq + 5, NULL, 10), want++);
	}
	assert_int_equal(want, store_last_seq(rig.s) + 1);
	all_sent();
	(void)close(c);
	(void)close(fd);
}

static void
no_faster_than_told(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM);
	struct outlet_options o = options("auto");
	int64_t began = ms();
	uint64_t first, n;

	(void)state;
	o.rate = 200;
	assert_int_equal(outlet_new(&o, &out), 0);
	assert_true(outlet_step(out, rig.s, ms()) >= 0);
	for (first = 1; next(fd); first++)
		;
	while (ms() - began < 500) {
		int wait = outlet_step(out, rig.s, ms());

		while (next(fd))
			first++;
		(void)poll(NULL, 0, wait > 1 ? wait : 1);
	}
	n = store_sent_seq(rig.s);
	assert_int_equal(n, first - 1);
	/* a quarter of a second's at once, then as told */
	assert_in_range(n, 60, 51 + (uint64_t)(ms() - began) * 200 / 1000 + 1);
	(void)close(fd);
}

static void
once_more(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM);
	uint64_t last;

	(void)state;
	open_outlet("auto");
	assert_int_equal(pump(fd, 1), store_last_seq(rig.s) + 1);
	last = store_last_seq(rig.s);
	store_resend(rig.s, 3, 5);
	assert_int_equal(store_resending(rig.s, NULL), 3);
	/* what is new goes first */
	store_say(rig.s, STORE_ERROR, LOG_ERR, NULL, "detail", "a");
	assert_int_equal(store_commit(rig.s), 0);
	(void)outlet_step(out, rig.s, ms());
	assert_int_equal(next(fd), last + 1);
	assert_null(strstr(text, "resent=1"));
	for (uint64_t seq = 3; seq <= 5; seq++) {
		assert_int_equal(next(fd), seq);
		assert_non_null(strstr(text, " resent=1"));
	}
	assert_int_equal(next(fd), 0);
	assert_int_equal(store_resending(rig.s, NULL), 0);
	all_sent();
	/* beyond the last one: to its end, and no further */
	store_resend(rig.s, last, last + 1000);
	(void)outlet_step(out, rig.s, ms());
	assert_int_equal(next(fd), last);
	assert_int_equal(next(fd), last + 1);
	assert_int_equal(next(fd), 0);
	assert_int_equal(outlet_step(out, rig.s, ms()), -1);
	(void)close(fd);
}

/* What was asked for is done after a restart as well, from where it was. */
static void
once_more_after_a_restart(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM);
	uint64_t after = 0;

	(void)state;
	open_outlet("auto");
	(void)pump(fd, 1);
	store_resend(rig.s, 3, 9);
	store_resent(rig.s, 4);
	assert_int_equal(store_commit(rig.s), 0);
	srig_close(&rig);
	srig_open(&rig);
	assert_int_equal(store_resending(rig.s, &after), 5);
	assert_int_equal(after, 4);
	for (uint64_t seq = 5; seq <= 9; seq++) {
		(void)outlet_step(out, rig.s, ms());
		assert_int_equal(next(fd), seq);
		assert_non_null(strstr(text, " resent=1"));
	}
	assert_int_equal(next(fd), 0);
	assert_int_equal(store_commit(rig.s), 0);
	srig_close(&rig);
	srig_open(&rig);
	assert_int_equal(store_resending(rig.s, NULL), 0);
	(void)close(fd);
}

/* The end of our own that is connected to the journal's socket. */
static int
own_end(void)
{
	for (int fd = 3; fd < 1024; fd++) {
		struct sockaddr_un peer = {0};
		socklen_t n = sizeof(peer);

		if (getpeername(fd, (struct sockaddr *)&peer, &n) == 0 &&
			peer.sun_family == AF_UNIX && strcmp(peer.sun_path, journal) == 0)
			return fd;
	}
	return -1;
}

/*
 * A machine with the least room for a datagram that the kernel grants (4,608 bytes): a line that is
 * too long for it, as one in JSON with a name that is no UTF-8, comes shorter, and stops no other.
 */
static void
little_room(void **state)
{
	int fd = listen_at(journal, SOCK_DGRAM), least = 0, end, cut = 0;
	struct outlet_options o = options("auto");
	static char name[611];

	(void)state;
	o.style.format = LOG_JSON;
	memset(name, 0xFF, sizeof(name) - 1);
	assert_int_equal(outlet_new(&o, &out), 0);
	while (store_sent_seq(rig.s) < store_last_seq(rig.s)) {
		(void)outlet_step(out, rig.s, ms());
		while (recv(fd, text, sizeof(text) - 1, 0) > 0)
			;
	}
	store_say(rig.s, STORE_ERROR, LOG_ERR, NULL, "detail", "short");
	store_say(rig.s, STORE_ERROR, LOG_ERR, NULL, "detail", name);
	store_say(rig.s, STORE_ERROR, LOG_ERR, NULL, "detail", "short again");
	assert_int_equal(store_commit(rig.s), 0);
	end = own_end();
	assert_true(end >= 0);
	assert_int_equal(setsockopt(end, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)), 0);
	for (uint64_t seq = store_last_seq(rig.s) - 2; seq <= store_last_seq(rig.s); seq++) {
		ssize_t n = -1;

		for (int64_t until = ms() + 5000; n < 0 && ms() < until;
			n = recv(fd, text, sizeof(text) - 1, 0)) {
			(void)outlet_step(out, rig.s, ms());
			(void)poll(NULL, 0, 1);
		}
		assert_true(n > 0 && n < 4608);
		text[n] = 0;
		assert_int_equal(strtoull(strstr(text, "\nLEAKAUDIT_SEQ=") + 15, NULL, 10), seq);
		if (strstr(text, ",\"cut\":1")) {
			cut++;
			/* MESSAGE= and no more than LOGLINE_MIN */
			assert_true(strchr(text, '\n') - text <= 8 + 1024);
		}
	}
	assert_int_equal(cut, 1);
	all_sent();
	(void)close(fd);
}

/* What is sent and not yet marked on the disk goes again, with its number. */
static void
after_a_crash(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM);
	char command[256];
	uint64_t last, seq = 0, n = 0;

	(void)state;
	open_outlet("auto");
	assert_int_equal(store_commit(rig.s), 0);
	(void)snprintf(command, sizeof(command), "cp -r %s %s/copy", rig.state, rig.top);
	assert_int_equal(system(command), 0);
	last = store_last_seq(rig.s);
	assert_int_equal(pump(fd, 1), last + 1);
	srig_close(&rig);
	(void)snprintf(command, sizeof(command), "rm -rf %s; mv %s/copy %s", rig.state, rig.top,
		rig.state);
	assert_int_equal(system(command), 0);
	srig_open(&rig);
	assert_int_equal(store_sent_seq(rig.s), 0);
	assert_int_equal(store_last_seq(rig.s), last);
	(void)outlet_step(out, rig.s, ms());
	for (n = 0; (seq = next(fd)) != 0; n++)
		assert_int_equal(seq, n + 1);
	assert_in_range(n, 2, last);
	(void)close(fd);
}

static void
other_settings(void **state)
{
	int fd = listen_at(devlog, SOCK_DGRAM), other;
	struct outlet_options o = options(journal);

	(void)state;
	open_outlet("auto");
	assert_int_equal(pump(fd, 1), store_last_seq(rig.s) + 1);
	other = listen_at(journal, SOCK_DGRAM);
	o.style.format = LOG_JSON;
	o.facility = LOG_DAEMON;
	assert_int_equal(outlet_set(out, &o), 0);
	store_say(rig.s, STORE_ERROR, LOG_ERR, NULL, "detail", "a\"b");
	assert_int_equal(store_commit(rig.s), 0);
	(void)outlet_step(out, rig.s, ms());
	assert_int_equal(recv(fd, text, sizeof(text), 0), -1);
	assert_true(recv(other, text, sizeof(text), 0) > 0);
	assert_memory_equal(text, "<27>", 4);
	assert_non_null(strstr(text, "]: {\"v\":1,\"event\":\"error\",\"store\":\""));
	assert_non_null(strstr(text, "\"detail\":\"a\\\"b\"}"));
	(void)close(fd);
	(void)close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(to_syslog, setup, teardown),
		cmocka_unit_test_setup_teardown(to_the_journal, setup, teardown),
		cmocka_unit_test_setup_teardown(away_and_back, setup, teardown),
		cmocka_unit_test_setup_teardown(started_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(full, setup_some, teardown),
		cmocka_unit_test_setup_teardown(in_a_stream, setup_many, teardown),
		cmocka_unit_test_setup_teardown(no_faster_than_told, setup_many, teardown),
		cmocka_unit_test_setup_teardown(once_more_after_a_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(little_room, setup, teardown),
		cmocka_unit_test_setup_teardown(once_more, setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_crash, setup, teardown),
		cmocka_unit_test_setup_teardown(other_settings, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
