/* What systemd is told, by a socket of our own in its place. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "notify.h"

#include "base/poison.h"

static int
listen_at(const char *name, size_t n)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(a.sun_path, name, n);
	if (a.sun_path[0] == '@')
		a.sun_path[0] = 0;
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
		0);
	return fd;
}

static void
told(const char *name)
{
	int fd = listen_at(name, strlen(name));
	struct notify n;
	char got[2000];
	ssize_t len;

	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	assert_int_equal(setenv("WATCHDOG_USEC", "3000000", 1), 0);
	assert_int_equal(notify_open(&n), 0);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_int_equal(n.watchdog_ms, 3000);
	assert_int_equal(notify_send(&n, "READY=1\nSTATUS=%s", "well"), 0);
	len = recv(fd, got, sizeof(got), MSG_DONTWAIT);
	assert_int_equal(len, 19);
	assert_memory_equal(got, "READY=1\nSTATUS=well", 19);
	assert_int_equal(notify_reloading(&n), 0);
	len = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);
	assert_true(len > 0);
	got[len] = 0;
	assert_int_equal(strncmp(got, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	assert_true(strtoull(got + 27, NULL, 10) > 0);
	assert_int_equal(close(fd), 0);
	assert_true(notify_send(&n, "WATCHDOG=1") < 0); /* systemd away: said, not fatal */
	notify_close(&n);
}

static void
both_name_spaces(void **state)
{
	char name[64];

	(void)state;
	(void)snprintf(name, sizeof(name), "@leakaudit-notify-%d", (int)getpid());
	told(name);
	(void)snprintf(name, sizeof(name), "/tmp/leakaudit-notify-%d", (int)getpid());
	told(name);
	assert_int_equal(unlink(name), 0);
}

static void
nobody_listens(void **state)
{
	struct notify n;

	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	assert_int_equal(setenv("WATCHDOG_USEC", "3000000", 1), 0);
	assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0); /* not for us */
	assert_int_equal(notify_open(&n), 0);
	assert_int_equal(n.fd, -1);
	assert_int_equal(n.watchdog_ms, 0);
	assert_int_equal(notify_send(&n, "READY=1"), 0);
	notify_close(&n);
}

static void
bad_sockets(void **state)
{
	static char longest[131] = "/";
	static const char *const bad[] = {
		"relative", "@", "/", "vsock:2:1234", "/nonexistent/leakaudit/notify", longest};
	struct notify n;

	(void)state;
	memset(longest + 1, '0', sizeof(longest) - 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(setenv("NOTIFY_SOCKET", bad[i], 1), 0);
		assert_true(notify_open(&n) < 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_name_spaces),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(bad_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
