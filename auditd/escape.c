/*
 * Everything goes one character at a time through one function that says how it is shown and how
 * wide that is; putting, measuring and cutting are loops over it, so they cannot disagree.
 */
#include "escape.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/utf8.h"

#include "base/poison.h"

struct unit {
	size_t raw; /* bytes taken */
	size_t n; /* bytes shown */
	size_t columns;
	char text[24];
};

/* Controls, and marks that would reorder or hide what stands around them. */
static bool
unseen(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x061C || c == 0xFEFF ||
		(c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
		(c >= 0x2060 && c <= 0x206F) || (c >= 0xFFF9 && c <= 0xFFFB) ||
		(c >= 0xE0000 && c <= 0xE007F);
}

/* Hangul, CJK, kana, full-width forms, pictures. */
static const struct {
	uint32_t from, to;
} wide[] = {
	{0x1100, 0x115F},
	{0x2E80, 0xA4CF},
	{0xAC00, 0xD7A3},
	{0xF900, 0xFAFF},
	{0xFE30, 0xFE6F},
	{0xFF00, 0xFF60},
	{0xFFE0, 0xFFE6},
	{0x1F300, 0x1FAFF},
	{0x20000, 0x3FFFD},
};

/* Combining marks take none. */
static size_t
char_columns(uint32_t c)
{
	if ((c >= 0x300 && c <= 0x36F) || (c >= 0x20D0 && c <= 0x20FF) ||
		(c >= 0xFE00 && c <= 0xFE0F))
		return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (c >= wide[i].from && c <= wide[i].to)
			return 2;
	}
	return 1;
}

static void
unit_hex(struct unit *u, struct span raw)
{
	for (size_t i = 0; i < raw.n; i++)
		u->n += (size_t)snprintf(
			u->text + u->n, sizeof(u->text) - u->n, "\\x%02x", raw.p[i]);
	u->columns = u->n;
}

/* A pair of surrogates beyond the first plane. */
static void
unit_json(struct unit *u, uint32_t c)
{
	if (c > 0xFFFF)
		u->n = (size_t)snprintf(u->text, sizeof(u->text), "\\u%04x\\u%04x",
			(c - 0x10000) >> 10 | 0xD800, ((c - 0x10000) & 0x3FF) | 0xDC00);
	else
		u->n = (size_t)snprintf(u->text, sizeof(u->text), "\\u%04x", c);
}

static struct unit
unit_at(struct span s, size_t at, enum escape style)
{
	struct unit u = {0};
	uint32_t c = 0;

	u.raw = utf8_decode(span_sub(s, at, s.n), &c);
	if (u.raw == 0) {
		u.raw = 1;
		if (style == ESCAPE_JSON) {
			memcpy(u.text, "\xEF\xBF\xBD", 3);
			u.n = 3;
		} else {
			unit_hex(&u, span_sub(s, at, 1));
		}
	} else if (unseen(c)) {
		if (style == ESCAPE_JSON)
			unit_json(&u, c);
		else
			unit_hex(&u, span_sub(s, at, u.raw));
	} else {
		if (style != ESCAPE_PLAIN && (c == '"' || c == '\\'))
			u.text[u.n++] = '\\';
		memcpy(u.text + u.n, s.p + at, u.raw);
		u.n += u.raw;
		u.columns = char_columns(c);
	}
	return u;
}

/* Bytes from `at` on that every style shows as they are. */
static size_t
plain_run(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && s.p[at + n] >= ' ' && s.p[at + n] < 0x7F && s.p[at + n] != '"' &&
		s.p[at + n] != '\\')
		n++;
	return n;
}

void
escape_put(struct buf *b, struct span s, enum escape style)
{
	for (size_t at = 0; at < s.n;) {
		size_t plain = plain_run(s, at);
		struct unit u;

		buf_put(b, s.p + at, plain);
		at += plain;
		if (at == s.n)
			break;
		u = unit_at(s, at, style);
		buf_put(b, u.text, u.n);
		at += u.raw;
	}
}

static size_t
measure(struct span s, enum escape style, bool columns)
{
	size_t n = 0;

	for (size_t at = 0; at < s.n;) {
		struct unit u = unit_at(s, at, style);

		n += columns ? u.columns : u.n;
		at += u.raw;
	}
	return n;
}

size_t
escape_columns(struct span s)
{
	return measure(s, ESCAPE_PLAIN, true);
}

bool
escape_cut(struct buf *b, struct span s, enum escape style, size_t max, bool columns)
{
	size_t total = measure(s, style, columns), seen = 0, head, tail;
	bool dots = false;

	if (max < 8)
		max = 8;
	if (total <= max) {
		escape_put(b, s, style);
		return false;
	}
	/* the ellipsis is one column or three bytes; the end of a path says more than its middle */
	max -= columns ? 1 : 3;
	head = max / 2;
	tail = max - head;
	for (size_t at = 0; at < s.n;) {
		struct unit u = unit_at(s, at, style);
		size_t n = columns ? u.columns : u.n;

		if (seen + n <= head && !dots) {
			buf_put(b, u.text, u.n);
		} else if (total - seen <= tail) {
			buf_put(b, u.text, u.n);
		} else if (!dots) {
			buf_puts(b, "\xE2\x80\xA6");
			dots = true;
		}
		seen += n;
		at += u.raw;
	}
	return true;
}

void
escape_say(const char *who, const char *fmt, va_list ap)
{
	_cleanup_(buf_free) struct buf b = {0};
	_cleanup_free_ char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	escape_put(&b, span_str(text ? text : fmt), ESCAPE_PLAIN);
	(void)fprintf(stderr, "%s: %s\n", who, b.failed ? fmt : buf_cstr(&b));
}
