/*
 * Headers are read leniently, because what is taken for no mail is not read at all: any end of line,
 * blanks before the colon, NUL bytes, a missing blank line.
 */
#include "extract/mail_head.h"

#include <ctype.h>
#include <strings.h>

#include "limits.h"

#include "base/poison.h"

size_t
head_field(struct span line)
{
	size_t n = 0, colon;

	while (n < line.n && n < LIMIT_MAIL_FIELD_NAME && line.p[n] > ' ' && line.p[n] < 127 &&
		line.p[n] != ':')
		n++;
	colon = n;
	while (colon < line.n && (line.p[colon] == ' ' || line.p[colon] == '\t'))
		colon++;
	return n && colon < line.n && line.p[colon] == ':' ? n : 0;
}

bool
head_is(struct span field, const char *name)
{
	return field.n == strlen(name) && strncasecmp((const char *)field.p, name, field.n) == 0;
}

static bool
is_word(const uint8_t *p, const char *words)
{
	for (; *words; words += 3) {
		if (strncasecmp((const char *)p, words, 3) == 0)
			return true;
	}
	return false;
}

bool
head_is_length(struct span line)
{
	size_t digits = 0, n;

	while (digits < line.n && isdigit(line.p[digits]))
		digits++;
	for (n = digits; n < line.n && line.p[n] == ' '; n++)
		;
	return digits && n > digits && n == line.n;
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "MonTueWedThuFriSatSun";

bool
head_from_line(struct span line)
{
	bool day = false, month = false, clock = false;

	if (!span_has(line, 0, "From ", 5))
		return false;
	line = span_sub(line, 5, LIMIT_FROM_LINE);
	for (size_t i = 0; i + 4 < line.n && line.p[i] != '\n'; i++) {
		const uint8_t *p = line.p + i;

		if (p[0] == ' ' && isalpha(p[1])) {
			day |= is_word(p + 1, days);
			month |= is_word(p + 1, months);
		}
		clock |= isdigit(p[0]) && isdigit(p[1]) && p[2] == ':' && isdigit(p[3]) &&
			isdigit(p[4]);
	}
	return day && month && clock;
}

static struct span
strip_end(struct span line)
{
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* Bytes of a field; what would be taken for the end of one is a blank. */
static void
put_bytes(struct buf *b, struct span s)
{
	size_t at = b->n;

	buf_put(b, s.p, s.n);
	for (; at < b->n; at++) {
		if (b->p[at] == 0 || b->p[at] == '\n' || b->p[at] == '\r')
			b->p[at] = ' ';
	}
}

/* The end of the last field goes: more of it comes. */
static void
drop_end(struct buf *b)
{
	if (b->n && b->p[b->n - 1] == '\n')
		b->n--;
}

static bool
is_folded(struct span line)
{
	return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

/* A whole line or the first piece of one. False: the header ends before it, or with it. */
static bool
head_line(struct linecut *c, struct buf *b, struct span line, bool first)
{
	struct span s = strip_end(line);

	if (first && (head_from_line(s) || span_has(s, 0, ">From ", 6) || head_is_length(s)))
		return true;
	if (s.n == 0)
		return false;
	if (!is_folded(s) && !head_field(s)) {
		cut_unread(c, line);
		return false;
	}
	if (is_folded(s))
		drop_end(b);
	put_bytes(b, s);
	return true;
}

void
head_read(struct linecut *c, struct buf *b)
{
	struct span line;
	bool first = true, piece = false;

	buf_clear(b);
	while (!cut_ends(c) && cut_line(c, &line)) {
		if (piece) {
			drop_end(b);
			put_bytes(b, strip_end(line));
		} else if (!head_line(c, b, line, first)) {
			return;
		}
		if (b->n && b->p[b->n - 1] != '\n')
			buf_putc(b, '\n');
		piece = !c->bol;
		first = false;
	}
}

bool
head_next(struct span *s, struct span *ret_name, struct span *ret_value)
{
	struct span line;

	while (span_line(s, &line)) {
		size_t n = head_field(line);
		const uint8_t *colon;

		if (!n)
			continue;
		*ret_name = span_sub(line, 0, n);
		colon = memchr(line.p + n, ':', line.n - n);
		line = span_sub(line, (size_t)(colon - line.p) + 1, line.n);
		while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
			line = span_sub(line, 1, line.n);
		*ret_value = line;
		return true;
	}
	return false;
}

struct span
head_find(struct span head, const char *name)
{
	struct span field, value;

	while (head_next(&head, &field, &value)) {
		if (head_is(field, name))
			return value;
	}
	return (struct span){0};
}
