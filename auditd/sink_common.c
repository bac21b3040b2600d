/*
 * The small things all outputs say alike: numbers, times, owners. A buffer is written whole and
 * flushed at once, so that a reader who has left is noticed at the next record and not after the
 * scan.
 */
#include "sink_common.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

int
sink_put(FILE *to, struct buf *b)
{
	bool failed = b->failed;
	size_t n = b->n;

	if (failed)
		return -ENOMEM;
	errno = 0;
	if (n && fwrite(b->p, 1, n, to) != n)
		return errno ? -errno : -EIO;
	if (fflush(to) != 0)
		return errno ? -errno : -EIO;
	buf_clear(b);
	return 0;
}

FILE *
sink_temp(void)
{
	const char *dir = getenv("TMPDIR");
	_cleanup_close_ int fd = -1;
	char name[4096];
	FILE *f;

	if (!dir || dir[0] != '/')
		dir = "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		if ((size_t)snprintf(name, sizeof(name), "%s/leakaudit.XXXXXX", dir) >=
			sizeof(name)) {
			errno = ENAMETOOLONG;
			return NULL;
		}
		fd = mkostemp(name, O_CLOEXEC);
		if (fd < 0)
			return NULL;
		(void)unlink(name);
	}
	f = fdopen(fd, "w+");
	if (f)
		(void)fd_take(&fd);
	return f;
}

const char *
owner_name(struct owners *o, uid_t uid)
{
	size_t i = (uid ^ uid >> 6) % 64;
	struct passwd pw, *found = NULL;
	char text[4096];

	if (o->known[i].set && o->known[i].uid == uid)
		return o->known[i].name;
	o->known[i].set = true;
	o->known[i].uid = uid;
	if (getpwuid_r(uid, &pw, text, sizeof(text), &found) == 0 && found)
		(void)snprintf(o->known[i].name, sizeof(o->known[i].name), "%s", pw.pw_name);
	else
		(void)snprintf(o->known[i].name, sizeof(o->known[i].name), "%u", uid);
	return o->known[i].name;
}

void
put_time(struct buf *b, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[64];

	if (!gmtime_r(&t, &tm) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		(void)snprintf(text, sizeof(text), "1970-01-01T00:00:00Z");
	buf_puts(b, text);
}

void
put_number(struct buf *b, uint64_t n)
{
	char text[32];
	int digits = snprintf(text, sizeof(text), "%llu", (unsigned long long)n);

	for (int i = 0; i < digits; i++) {
		if (i && (digits - i) % 3 == 0)
			buf_putc(b, ',');
		buf_putc(b, (uint8_t)text[i]);
	}
}

void
put_size(struct buf *b, double bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t i = 0;

	while (bytes >= 1023.95 && i + 1 < sizeof(units) / sizeof(units[0])) {
		bytes /= 1024;
		i++;
	}
	buf_printf(b, i ? "%.1f %s" : "%.0f %s", bytes, units[i]);
}
