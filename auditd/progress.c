/*
 * Names of files are hostile: whatever is not plain text is shown as '?', and a character that may
 * be two columns wide is counted as two, so that the line never wraps and never moves the cursor.
 */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "finding.h"

#include "base/poison.h"

#define EVERY_NS 200000000ull

static uint64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

unsigned
terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	unsigned long n;

	if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col >= 20)
		return w.ws_col;
	n = columns ? strtoul(columns, NULL, 10) : 0;
	return n >= 20 && n <= 1000 ? (unsigned)n : 80;
}

void
progress_start(struct progress *p, bool on)
{
	*p = (struct progress){.on = on, .start = now_ns()};
}

static void
put_size(struct buf *b, double bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	unsigned u = 0;

	for (; bytes >= 1024 && u < 5; u++)
		bytes /= 1024;
	buf_printf(b, u && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

/* One character made harmless: its length in the text, columns, and whether it may be shown. */
static size_t
safe_char(struct span s, unsigned *ret_columns, bool *ret_shown)
{
	uint32_t c = 0;
	size_t n = utf8_decode(s, &c);
	bool hidden = n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) ||
		(c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		(c >= 0x2066 && c <= 0x2069) || c == 0xfeff;

	*ret_shown = !hidden;
	*ret_columns = hidden || c < 0x80 ? 1 : 2;
	return n ? n : 1;
}

static unsigned
path_columns(struct span s)
{
	unsigned columns = 0, w;
	bool shown;

	for (size_t at = 0; at < s.n; columns += w)
		at += safe_char(span_sub(s, at, s.n), &w, &shown);
	return columns;
}

/* The end of a path says more than its beginning: that is what is cut. */
static void
put_path(struct buf *b, struct span s, unsigned room)
{
	unsigned columns = path_columns(s), w;
	size_t at = 0;
	bool shown;

	if (room < 8)
		return;
	if (columns > room) {
		buf_puts(b, "...");
		while (at < s.n && columns > room - 3) {
			at += safe_char(span_sub(s, at, s.n), &w, &shown);
			columns -= w;
		}
	}
	while (at < s.n) {
		size_t n = safe_char(span_sub(s, at, s.n), &w, &shown);

		if (shown)
			buf_put(b, s.p + at, n);
		else
			buf_putc(b, '?');
		at += n;
	}
}

void
progress_line(struct buf *b, const struct progress_now *now, double seconds, unsigned width)
{
	buf_printf(b, "%llu files, ", (unsigned long long)now->files);
	put_size(b, (double)now->bytes);
	if (seconds >= 1) {
		buf_puts(b, ", ");
		put_size(b, (double)now->bytes / seconds);
		buf_puts(b, "/s");
	}
	buf_printf(b, ", %llu findings", (unsigned long long)now->findings);
	if (now->path[0] && b->n + 2 < width) {
		struct buf path = {0};

		buf_puts(&path, now->path);
		if (now->mask_names && !path.failed)
			name_star(path.p, path.n);
		buf_puts(b, "  ");
		put_path(b, buf_span(&path), width - (unsigned)b->n);
		buf_free(&path);
	}
}

static void
progress_write(const void *p, size_t n)
{
	ssize_t w = write(STDERR_FILENO, p, n);

	(void)w; /* a terminal that went away shows nothing */
}

void
progress_show(struct progress *p, const struct progress_now *now)
{
	struct buf b = {.max = 16384}, line = {.max = 8192};
	uint64_t t = p->on ? now_ns() : 0;

	if (!p->on || t - p->last < EVERY_NS)
		return;
	p->last = t;
	progress_line(&line, now, (double)(t - p->start) / 1e9, terminal_width(STDERR_FILENO) - 1);
	buf_printf(&b, "\r\033[K%s", buf_cstr(&line));
	progress_write(b.p, b.n);
	p->shown = true;
	buf_free(&line);
	buf_free(&b);
}

void
progress_clear(struct progress *p)
{
	static const char erase[] = "\r\033[K";

	if (p->shown)
		progress_write(erase, sizeof(erase) - 1);
	p->shown = false;
}
