/*
 * Text has no magic, only habits: a mail begins with header lines, markup with an angle bracket, a
 * table repeats itself. All of it is decided on a few KiB of ASCII, so that a small file costs well
 * below a microsecond and every encoding is treated alike.
 */
#include "ident_text.h"

#include <ctype.h>
#include <strings.h>

#include "extract/csv_guess.h"
#include "text_test.h"

#include "base/poison.h"

#define MAIL_LINES 64 /* header lines looked at */

static const struct {
	const char *name;
	uint8_t bit;
} headers[] = {
	{"from", 1},
	{"to", 2},
	{"subject", 4},
	{"date", 8},
	{"message-id", 16},
	{"received", 32},
	{"return-path", 32},
	{"delivered-to", 32},
	{"mime-version", 64},
	{"content-type", 64},
};

/* The length of a header field's name at the line's beginning, or 0. */
static size_t
field_name(struct span line)
{
	size_t i = 0;

	while (i < line.n && i < 64 && (isalnum(line.p[i]) || line.p[i] == '-'))
		i++;
	return i && i < line.n && line.p[i] == ':' ? i : 0;
}

static unsigned
field_bit(struct span line, size_t n)
{
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		if (strlen(headers[i].name) == n &&
			strncasecmp((const char *)line.p, headers[i].name, n) == 0)
			return headers[i].bit;
	}
	return 0;
}

static struct span
take_line(struct span *s)
{
	const uint8_t *nl = memchr(s->p, '\n', s->n);
	size_t n = nl ? (size_t)(nl - s->p) : s->n;
	struct span line = span_sub(*s, 0, n);

	*s = span_sub(*s, n + 1, s->n);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* "From someone Mon Nov 24 08:00:00 2014": an mbox. */
static bool
is_mbox_line(struct span line)
{
	unsigned colons = 0, digits = 0;

	if (!span_has(line, 0, "From ", 5) || line.n < 24 || line.n > 256)
		return false;
	for (size_t i = 5; i < line.n; i++) {
		colons += line.p[i] == ':';
		digits += isdigit(line.p[i]) != 0;
	}
	return colons >= 1 && digits >= 7;
}

/* Header lines to the first blank one, with From and enough of its companions. */
static bool
is_mail(struct span s)
{
	unsigned seen = 0, lines = 0;

	while (s.n && lines++ < MAIL_LINES) {
		struct span line = take_line(&s);
		size_t n;

		if (line.n == 0)
			break;
		if (line.p[0] == ' ' || line.p[0] == '\t') {
			if (lines == 1)
				return false;
			continue;
		}
		n = field_name(line);
		if (n == 0)
			return false;
		seen |= field_bit(line, n);
	}
	if ((seen & (1 | 4)) == (1 | 4) && (seen & (8 | 16 | 32 | 64)))
		return true;
	return (seen & 1) && __builtin_popcount(seen) >= 3 && (seen & (16 | 32 | 64));
}

static bool
has_word(struct span s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && strncasecmp((const char *)s.p, word, n) == 0;
}

static const char *
text_mime(struct span s)
{
	while (s.n && isspace(s.p[0]))
		s = span_sub(s, 1, s.n);
	if (has_word(s, "<!doctype html") || has_word(s, "<html") || has_word(s, "<head"))
		return "text/html";
	if (has_word(s, "<?xml")) {
		struct span head = span_sub(s, 0, 1024);

		return memmem(head.p, head.n, "<html", 5) ? "text/html" : "text/xml";
	}
	if (s.n > 1 && s.p[0] == '{') {
		s = span_sub(s, 1, s.n);
		while (s.n && isspace(s.p[0]))
			s = span_sub(s, 1, s.n);
		if (s.n && (s.p[0] == '"' || s.p[0] == '}'))
			return "application/json";
	}
	return "text/plain";
}

void
ident_text(struct item *it, bool whole)
{
	uint8_t buf[CSV_SAMPLE];
	struct span s = span_of(buf, text_sample(it->head, it->charset, buf, sizeof buf));
	struct span rest = s;

	it->format = FORMAT_TEXT;
	if (is_mbox_line(take_line(&rest)) && is_mail(rest)) {
		it->format = FORMAT_MAIL;
		it->mime = "application/mbox";
		return;
	}
	if (is_mail(s)) {
		it->format = FORMAT_MAIL;
		it->mime = "message/rfc822";
		return;
	}
	it->mime = text_mime(s);
	if (strcmp(it->mime, "text/plain") == 0 &&
		csv_guess(s, csv_name(it->name), !whole || s.n == sizeof buf)) {
		it->format = FORMAT_CSV;
		it->mime = "text/csv";
	}
}
