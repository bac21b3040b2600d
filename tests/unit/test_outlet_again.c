/* How fast lines go, how long they may be, and which of them go once more. */
#include "outletrig.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_faster_than_told, setup_many, teardown),
		cmocka_unit_test_setup_teardown(once_more, setup, teardown),
		cmocka_unit_test_setup_teardown(once_more_after_a_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(little_room, setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_crash, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
