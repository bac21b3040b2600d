/*
 * Headers are read leniently, because what is taken for no mail is not read at all: any end of line,
 * blanks before the colon, NUL bytes, a missing blank line. The date is taken as the sender wrote it,
 * without his clock's zone, so that the same mail has the same name everywhere.
 */
#include "extract/mail_head.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "extract/archive_names.h"
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

	if (first && (head_from_line(s) || span_has(s, 0, ">From ", 6)))
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

static unsigned
take_number(struct span *s, unsigned *ret_digits)
{
	unsigned v = 0, n = 0;

	while (s->n && isdigit(s->p[0]) && n < 5) {
		v = v * 10 + (unsigned)(s->p[0] - '0');
		*s = span_sub(*s, 1, s->n);
		n++;
	}
	*ret_digits = n;
	return v;
}

static unsigned
month_of(struct span s)
{
	for (unsigned i = 0; s.n >= 3 && i < 12; i++) {
		if (strncasecmp((const char *)s.p, months + (size_t)i * 3, 3) == 0)
			return i + 1;
	}
	return 0;
}

/* Day, month and year in whatever order they stand; "2014-11-24" too. */
static bool
parse_date(struct span s, unsigned *ret_y, unsigned *ret_m, unsigned *ret_d)
{
	unsigned y = 0, m = 0, d = 0, digits;

	s = span_sub(s, 0, 64);
	while (s.n && !(y && m && d)) {
		if (isdigit(s.p[0])) {
			unsigned v = take_number(&s, &digits);

			if (s.n && s.p[0] == ':')
				s = span_sub(s, 6, s.n);
			else if (digits == 4 && !y)
				y = v;
			else if (y && !m && digits <= 2)
				m = v;
			else if (!d && digits <= 2)
				d = v;
			else if (d && m && !y && digits == 2)
				y = v < 70 ? 2000 + v : 1900 + v;
			continue;
		}
		if (!m && isalpha(s.p[0]))
			m = month_of(s);
		while (s.n && isalpha(s.p[0]))
			s = span_sub(s, 1, s.n);
		while (s.n && !isalnum(s.p[0]))
			s = span_sub(s, 1, s.n);
	}
	*ret_y = y;
	*ret_m = m;
	*ret_d = d;
	return y >= 1970 && y < 10000 && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

/* Like head_find(), in bytes that have not been unfolded: a value's next line belongs to it. */
static struct span
raw_find(struct span raw, const char *name)
{
	struct span line;

	while (span_line(&raw, &line) && line.n) {
		size_t n = head_field(line);

		if (!n || !head_is(span_sub(line, 0, n), name))
			continue;
		line = span_sub(line, n + 1, line.n);
		while (line.n && isspace(line.p[0]))
			line = span_sub(line, 1, line.n);
		if (!line.n && is_folded(raw) && span_line(&raw, &line)) {
			while (line.n && isspace(line.p[0]))
				line = span_sub(line, 1, line.n);
		}
		return line;
	}
	return (struct span){0};
}

void
mail_name(struct span raw, char ret_name[MAIL_NAME_MAX])
{
	struct span id = raw_find(raw, "message-id");
	uint64_t hash = name_hash(id.n ? id : span_sub(raw, 0, LIMIT_MAIL_NAMED_BY));
	unsigned y, m, d;

	hash ^= hash >> 32;
	if (parse_date(raw_find(raw, "date"), &y, &m, &d))
		(void)snprintf(ret_name, MAIL_NAME_MAX, "mail-%08x-%04u-%02u-%02u", (uint32_t)hash,
			y % 10000, m % 100, d % 100);
	else
		(void)snprintf(ret_name, MAIL_NAME_MAX, "mail-%08x", (uint32_t)hash);
}
