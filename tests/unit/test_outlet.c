/* Lines on their way to loggers of our own: away, full, started anew, in small pieces. */
#include "outletrig.h"

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
		cmocka_unit_test_setup_teardown(other_settings, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
