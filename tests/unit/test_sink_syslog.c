/* `scan --syslog`: what libc is given. The lines themselves: test_logline.c. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "sinkfix.h"

#include "base/poison.h"

/* What libc sends, caught by a /dev/log of our own in a mount namespace of our own. */
static void
sent(void **state)
{
	static const char *const wants[] = {"<86>", "<86>", "<82>", "<84>", "<86>", "<86>", "<86>"};
	static const char *const events[] = {
		"scan-start", "finding", "finding", "finding", "gap", "gap", "scan-end"};
	struct sockaddr_un sa = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sinkfix x;
	char text[4096], want[64];

	(void)state;
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("none", "/dev", "tmpfs", 0, "size=1m") < 0)
		skip();
	assert_int_equal(bind(s, (struct sockaddr *)&sa, sizeof(sa)), 0);
	sinkfix_init(&x);
	assert_int_equal(sinkfix_into(&x, "syslog", &(struct sink_options){0}, NULL), 0);
	for (unsigned i = 0; i < SINKFIX_RECORDS + 2; i++) {
		ssize_t n = recv(s, text, sizeof(text) - 1, 0);

		assert_true(n > 0);
		text[n] = 0;
		assert_memory_equal(text, wants[i], 4);
		assert_non_null(strstr(text, " leakaudit["));
		(void)snprintf(
			want, sizeof(want), " v=1 event=%s store=0 seq=%u ts=", events[i], i + 1);
		assert_non_null(strstr(text, want));
		assert_null(strstr(text, "tr0ub4dor"));
	}
	assert_non_null(strstr(text, " complete=1 hidden=1 files=52011 "));
	assert_int_equal(recv(s, text, sizeof(text), 0), -1);
	(void)close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
