/* Syslog lines: exact, short enough, and of one line whatever the names are. */
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

#include "base/utf8.h"
#include "sink_syslog.h"
#include "sinkfix.h"

#include "base/poison.h"

static const char *
line(struct buf *b, const struct record *r, bool mask)
{
	static struct owners owners;
	const struct syslog_place at = {.store = "0", .seq = 812, .ts = 1795299004};

	buf_clear(b);
	syslog_record(b, r, &at, &owners, mask);
	assert_false(b->failed);
	assert_true(b->n <= SYSLOG_LINE);
	for (size_t i = 0; i < b->n; i++)
		assert_true(b->p[i] >= 0x20 && b->p[i] != 0x7F);
	assert_int_equal(utf8_valid(buf_span(b)), b->n);
	return buf_cstr(b);
}

static void
golden(void **state)
{
	struct sinkfix x;
	struct buf b = {0};

	(void)state;
	sinkfix_init(&x);
	assert_string_equal(line(&b, &x.records[1], true),
		"v=1 event=finding store=0 seq=812 ts=2026-11-21T22:10:04Z id=9f2c41d07a3be655 "
		"act=new "
		"sev=crit score=93 rule=us-ssn conf=high count=3803 unique=3790 reach=unknown "
		"file=\"/srv/2014.zip\" inner=\"pay!!roll!q4.xlsx\" owner=root mode=0644 "
		"why=\"column header \\\"SSN\\\"; valid area, group and serial\"");
	assert_string_equal(line(&b, &x.records[2], true),
		"v=1 event=finding store=0 seq=812 ts=2026-11-21T22:10:04Z id=0000000000000003 "
		"act=new "
		"sev=high score=70 rule=token conf=high count=1 unique=1 reach=unknown "
		"file=\"/srv/=a\\x0a\\x1b[31m\\\"q\\\\,!\\xff\\xe2\\x80\\xae.txt\" "
		"inner=\"x\\xc3(\" "
		"why=\"=cmd\"");
	assert_string_equal(line(&b, &x.records[3], true),
		"v=1 event=gap store=0 seq=812 ts=2026-11-21T22:10:04Z id=0000000000000004 act=new "
		"reason=encrypted hides=1 file=\"/srv/old.zip\" inner=\"pay!!roll\" owner=root "
		"mode=0644 detail=\"zip AES-256\"");
	assert_non_null(
		strstr(line(&b, &x.records[0], true), " file=\"/srv/P\xE2\x80\xA6.xlsx\" "));
	assert_null(strstr(line(&b, &x.records[0], true), "tr0ub4dor"));
	assert_non_null(strstr(line(&b, &x.records[0], false), "tr0ub4dor"));
	buf_free(&b);
}

static void
priorities(void **state)
{
	struct sinkfix x;

	(void)state;
	sinkfix_init(&x);
	assert_int_equal(syslog_priority(&x.records[1]), LOG_CRIT);
	assert_int_equal(syslog_priority(&x.records[2]), LOG_WARNING);
	assert_int_equal(syslog_priority(&x.records[0]), LOG_INFO);
	x.records[0].severity = SEV_MEDIUM;
	assert_int_equal(syslog_priority(&x.records[0]), LOG_NOTICE);
	assert_int_equal(syslog_priority(&x.records[3]), LOG_INFO);
}

/* Long names of one, two and four bytes a character and of bytes that grow by escaping. */
static void
cut(void **state)
{
	static const char *const units[] = {
		"a", "\"", "\\", "\n", "\xFF", "\xC3\xA9", "\xF0\x9F\x94\x91", "\xE2\x80\xAE"};
	static char path[40000], inner[40000];
	struct sinkfix x;
	struct buf b = {0};

	(void)state;
	sinkfix_init(&x);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = 0, m = strlen(units[i]);
		const char *text;

		memcpy(path, "/begin/", 7);
		for (n = 7; n + m + 5 < sizeof(path); n += m)
			memcpy(path + n, units[i], m);
		memcpy(path + n, "/end", 5);
		memcpy(inner, path, sizeof(path));
		x.records[1].path = path;
		x.names[0] = span_of(inner, n + 4);
		memset(x.findings[0].why, 'w', sizeof(x.findings[0].why));
		x.findings[0].n_why = LIMIT_WHY;
		text = line(&b, &x.records[1], true);
		assert_non_null(strstr(text, " file=\"/begin/"));
		assert_non_null(strstr(text, "/end\" inner=\"/begin/"));
		assert_non_null(strstr(text, "/end!q4.xlsx\" owner=root"));
		assert_non_null(strstr(text, "\xE2\x80\xA6"));
		assert_string_equal(text + b.n - 6, " cut=1");
	}
	buf_free(&b);
}

/* A line that just fits is not cut; one byte more is. */
static void
edge(void **state)
{
	static char path[4096];
	struct sinkfix x;
	struct buf b = {0};
	size_t rest;

	(void)state;
	sinkfix_init(&x);
	x.records[2].path = "/";
	(void)line(&b, &x.records[2], true);
	rest = b.n - 1;
	memset(path, 'p', SYSLOG_LINE - rest);
	x.records[2].path = path;
	assert_null(strstr(line(&b, &x.records[2], true), "cut=1"));
	assert_int_equal(b.n, SYSLOG_LINE);
	path[SYSLOG_LINE - rest] = 'p';
	assert_non_null(strstr(line(&b, &x.records[2], true), "cut=1"));
	buf_free(&b);
}

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
		cmocka_unit_test(golden),
		cmocka_unit_test(priorities),
		cmocka_unit_test(cut),
		cmocka_unit_test(edge),
		cmocka_unit_test(sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
