/*
 * A line as loggers want it. The journal gets each field by itself too, escaped and cut as in the
 * line, so that no value has a newline and nothing hostile reaches a terminal by `journalctl -o
 * verbose`: systemd.journal-fields(7), "Native Journal Protocol". Others get what glibc's syslog(3)
 * would send (RFC 3164 without a host name).
 */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "outlet_in.h"

#include "base/poison.h"

/* Equal to those of systemd/leakaudit.catalog. */
static const char *const message_ids[STORE_EVENTS] = {
	[STORE_FINDING] = "e92df16a9b134dcc8aec7ec62e58782b",
	[STORE_GAP] = "0b1a447a1f314921aba4748119b00a0a",
	[STORE_GONE] = "a6638f8652b5455f94ac43952f5232cc",
	[STORE_ROLLUP] = "283f62866e3949a89b61fe9c78521584",
	[STORE_SCAN_START] = "dac911f2c5ec4be29eef09939253e4a5",
	[STORE_SCAN_END] = "e32a69241d0a49a09360922ac9720981",
	[STORE_SUMMARY] = "55911078fc5c491c80b0dd28801d8c4d",
	[STORE_ACK] = "8188aebe840d4f8dbded573667ade638",
	[STORE_ERROR] = "1b20a67fdcd64c25af2c2f6bb7102bb8",
};

int
outlet_connect(const char *path, enum outlet_kind kind, struct outlet_socket *ret_s)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	_cleanup_close_ int fd = -1;

	if (strlen(path) >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	memcpy(sa.sun_path, path, strlen(path) + 1);
	for (int stream = 0; stream < 2; stream++) {
		if (fd >= 0)
			(void)close(fd);
		fd = socket(AF_UNIX,
			(stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd < 0)
			return -errno;
		if (connect(fd, (const struct sockaddr *)&sa, sizeof(sa)) == 0) {
			*ret_s = (struct outlet_socket){kind, stream != 0, fd_take(&fd)};
			return 0;
		}
		if (errno != EPROTOTYPE || kind != OUTLET_TO_SYSLOG)
			break;
	}
	return -errno;
}

void
outlet_disconnect(struct outlet_socket *s)
{
	if (s->kind != OUTLET_NONE)
		(void)close(s->fd);
	*s = (struct outlet_socket){0};
}

/* LEAKAUDIT_RULE for "rule": names of the journal's fields are upper-case letters, digits and "_". */
static void
journal_name(struct buf *b, const char *key)
{
	buf_puts(b, "LEAKAUDIT_");
	if (strcmp(key, "sev") == 0)
		key = "severity";
	else if (strcmp(key, "conf") == 0)
		key = "confidence";
	for (; *key; key++)
		buf_putc(b,
			(uint8_t)(*key >= 'a' && *key <= 'z'	     ? *key - 'a' + 'A'
					: *key >= '0' && *key <= '9' ? *key
								     : '_'));
}

static void
journal_field(struct buf *b, const struct logline *l, unsigned i)
{
	const struct logline_field *f = &l->fields[i];

	journal_name(b, f->key);
	buf_putc(b, '=');
	if (strcmp(f->key, "sev") == 0 &&
		span_eq(span_of(l->text.p + f->at, f->n), span_str("crit")))
		buf_puts(b, severity_name(SEV_CRITICAL));
	else
		logline_value(b, l, i);
	buf_putc(b, '\n');
}

static void
journal_message(
	struct buf *b, struct logline *l, const struct store_line *e, int facility, size_t max)
{
	buf_puts(b, "MESSAGE=");
	logline_put(b, l, max);
	buf_printf(b,
		"\nPRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=" OUTLET_IDENT "\nSYSLOG_PID="
		"%d\nMESSAGE_"
		"ID=%s\n",
		e->priority, LOG_FAC(facility), (int)getpid(), message_ids[e->event]);
	/* the version of the line means nothing here */
	for (unsigned i = 1; i < l->n; i++)
		journal_field(b, l, i);
}

static void
syslog_message(
	struct buf *b, struct logline *l, const struct store_line *e, int facility, size_t max)
{
	time_t now = time(NULL);
	struct tm tm = {0};
	char stamp[32] = "";

	(void)localtime_r(&now, &tm);
	(void)strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
	buf_printf(
		b, "<%d>%s " OUTLET_IDENT "[%d]: ", facility | e->priority, stamp, (int)getpid());
	logline_put(b, l, max);
}

void
outlet_message(struct buf *b, const struct outlet_socket *s, struct logline *l,
	const struct store_line *e, int facility, size_t max)
{
	buf_clear(b);
	if (s->kind == OUTLET_TO_JOURNAL)
		journal_message(b, l, e, facility, max);
	else
		syslog_message(b, l, e, facility, max);
	/* glibc ends a message of a stream so, and every reader of one knows it */
	if (s->stream)
		buf_putc(b, 0);
}
