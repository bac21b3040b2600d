/*
 * uuencode in the midst of a text: "begin 644 name", lines that say their length in their first
 * character, "end". A word of running text is not mistaken for one, because the line behind must have
 * the length it says. Damage ends the block and what follows is text again.
 */
#include <errno.h>

#include "extract/mail.h"
#include "limits.h"

#include "base/poison.h"

#define UU_BYTES 45u /* of one line, in practice; 63 at the most */
#define UU_LINES 512u /* the first two lines end within */

struct uu {
	struct reader r; /* first: its ops find the rest by it */
	struct mail *m;
	struct linecut *c;
	uint8_t line[64];
	size_t at, n;
	bool done, damaged;
};

static unsigned
uu_value(uint8_t c)
{
	return (unsigned)(c - ' ') & 63;
}

static struct span
uu_strip(struct span line)
{
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	return line;
}

/* Bytes a data line holds, or -1 for no such line. Blanks at its end may have been lost. */
static int
uu_length(struct span line)
{
	size_t n, want;

	if (!line.n || line.p[0] < ' ' || line.p[0] > '`')
		return -1;
	n = uu_value(line.p[0]);
	want = 1 + (n + 2) / 3 * 4;
	for (size_t i = 1; i < line.n; i++) {
		if (line.p[i] < ' ' || line.p[i] > '`')
			return -1;
	}
	return line.n <= want + 2 && (line.n >= want - 3 || n == 0) ? (int)n : -1;
}

/* In the midst of a block: the bytes of a line of data that is damaged, or -1 for no such line. */
static int
uu_damaged(struct span line)
{
	size_t n, want;

	if (line.n < 5 || line.p[0] <= ' ' || line.p[0] > '`')
		return -1;
	n = uu_value(line.p[0]);
	want = 1 + (n + 2) / 3 * 4;
	return n && line.n <= want + 8 && line.n >= want / 2 ? (int)n : -1;
}

/* The name behind "begin 644 ", empty for no such line. */
static struct span
uu_name(struct span line)
{
	size_t i = 6, digits = 0;

	if (!span_has(line, 0, "begin ", 6))
		return (struct span){0};
	while (i < line.n && line.p[i] >= '0' && line.p[i] <= '7') {
		i++;
		digits++;
	}
	if (digits < 3 || digits > 6 || i >= line.n || line.p[i] != ' ')
		return (struct span){0};
	return span_sub(line, i + 1, line.n);
}

enum verdict
uu_judge(struct span s, bool all)
{
	struct span in = span_sub(s, 0, UU_LINES), line;
	const uint8_t *nl = memchr(in.p, '\n', in.n);
	size_t first = nl ? (size_t)(nl - in.p) + 1 : in.n;

	if (in.n >= 6 && !span_has(in, 0, "begin ", 6))
		return CUT_GO_ON;
	if (!nl || !memchr(in.p + first, '\n', in.n - first)) {
		if (!all && s.n < UU_LINES)
			return CUT_MORE;
		if (!nl)
			return CUT_GO_ON;
	}
	if (!uu_name(uu_strip(span_sub(in, 0, first))).n)
		return CUT_GO_ON;
	in = span_sub(in, first, in.n);
	return span_line(&in, &line) && uu_length(line) >= 0 ? CUT_STOP : CUT_GO_ON;
}

static void
uu_decode(struct uu *u, struct span line, size_t n)
{
	u->at = u->n = 0;
	for (size_t i = 1; u->n < n; i += 4) {
		unsigned v[4];

		for (size_t k = 0; k < 4; k++)
			v[k] = i + k < line.n ? uu_value(line.p[i + k]) : 0;
		u->line[u->n++] = (uint8_t)(v[0] << 2 | v[1] >> 4);
		if (u->n < n)
			u->line[u->n++] = (uint8_t)(v[1] << 4 | v[2] >> 2);
		if (u->n < n)
			u->line[u->n++] = (uint8_t)(v[2] << 6 | v[3]);
	}
}

static bool
is_end(struct span line)
{
	return line.n == 3 && memcmp(line.p, "end", 3) == 0;
}

/* The next line of data. False at the block's end. */
static bool
uu_more(struct uu *u)
{
	while (!u->done && u->at == u->n) {
		struct span line, s;
		int n;

		u->done = !cut_line(u->c, &line);
		u->damaged |= u->done;
		if (u->done)
			break;
		s = uu_strip(line);
		if (is_end(s)) {
			u->done = true;
			break;
		}
		n = uu_length(s);
		if (n < 0) {
			n = uu_damaged(s);
			u->damaged |= n >= 0;
		}
		if (n < 0) {
			cut_unread(u->c, line);
			u->done = u->damaged = true;
			break;
		}
		uu_decode(u, s, (size_t)n);
	}
	return !u->done;
}

static ssize_t
uu_read(struct reader *r, void *to, size_t n)
{
	struct uu *u = (struct uu *)r;
	size_t done = 0;
	int q;

	while (done < n && uu_more(u)) {
		size_t k = n - done < u->n - u->at ? n - done : u->n - u->at;

		memcpy((uint8_t *)to + done, u->line + u->at, k);
		u->at += k;
		done += k;
	}
	q = budget_bytes(u->m->s->budget, done);
	if (q < 0)
		return q;
	return done ? (ssize_t)done : u->c->error;
}

static const struct reader_ops uu_ops = {.read = uu_read};

int
uu_child(struct mail *m, struct linecut *c)
{
	struct uu u = {.m = m, .c = c};
	char name[UU_LINES + 1];
	struct span line;
	size_t n;
	int q;

	if (!cut_line(c, &line))
		return 0;
	line = span_sub(uu_name(uu_strip(line)), 0, UU_LINES);
	n = line.n;
	if (n)
		memcpy(name, line.p, n);
	name[n] = 0;
	reader_init(&u.r, &uu_ops, UINT64_MAX);
	m->parts++;
	q = mail_child(m, &u.r, name);
	while (u.at = u.n, uu_more(&u))
		;
	reader_end(&u.r);
	if (q == 0 && u.damaged)
		q = sink_gap(m->s, GAP_CORRUPT, false, "uuencoded attachment without its end");
	return q;
}
