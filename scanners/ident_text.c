/*
 * Text has no magic, only habits: a mail begins with header lines, markup with an angle bracket, a
 * table repeats itself. All of it is decided on a few KiB of ASCII, so that a small file costs well
 * below a microsecond and every encoding is treated alike.
 */
#include "ident_text.h"

#include <ctype.h>
#include <strings.h>

#include "extract/csv_guess.h"
#include "extract/mail_head.h"
#include "text_test.h"
#include "limits.h"

#include "base/poison.h"

/* Fields of mails: those that every mail has one of, and those that keep them company. */
static const char *const fields[] = {"From", "To", "Date", "Message-ID", "Received", /* MAIN */
	"Subject", "Cc", "Bcc", "Sender", "Reply-To", "Return-Path", "Delivered-To", "MIME-Version",
	"In-Reply-To", "References", "DKIM-Signature", "X-Mailer", "X-Original-To", "Envelope-To",
	"X-Received", "Newsgroups", "X-Mozilla-Status", "Resent-From", "List-Id",
	"Content-Type"}; /* web servers write it, too: it counts with MIME-Version alone */

#define MAIN	 5u
#define SURE	 4 /* with so many of them, a missing blank line does not matter */
#define RECEIVED (1u << 4) /* each server on the way adds one */
#define FIELDS	 (sizeof fields / sizeof *fields)
#define TYPE	 (1u << (FIELDS - 1))
#define TYPED	 (1u << 12 | TYPE) /* an entity by itself, as openssl writes it */

/* The length of a header field's name at the line's beginning, or 0. */
static size_t
field_name(struct span line)
{
	size_t i = 0;

	while (i < line.n && i < 64 && (isalnum(line.p[i]) || line.p[i] == '-'))
		i++;
	return i && i < line.n && line.p[i] == ':' ? i : 0;
}

static uint32_t
field_bit(struct span line, size_t n)
{
	uint8_t first = line.p[0] & 0xDF;

	for (size_t i = 0; i < FIELDS; i++) {
		if (((uint8_t)fields[i][0]) == first && strlen(fields[i]) == n &&
			strncasecmp((const char *)line.p, fields[i], n) == 0)
			return UINT32_C(1) << i;
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

/* git's patches begin like a mailbox, but are read line by line. */
static bool
is_patch(struct span line)
{
	return line.n > 45 && span_has(line, 45, " Mon Sep 17 00:00:00 2001", 25);
}

/* "From someone Mon Nov 24 08:00:00 2014": an mbox. */
static bool
is_mbox_line(struct span line)
{
	unsigned colons = 0, digits = 0;

	if (!span_has(line, 0, "From ", 5) || line.n < 24 || line.n > 256 || is_patch(line))
		return false;
	for (size_t i = 5; i < line.n; i++) {
		colons += line.p[i] == ':';
		digits += isdigit(line.p[i]) != 0;
	}
	return colons >= 1 && digits >= 7;
}

static bool
is_enough(uint32_t seen, int more, int least)
{
	if ((seen & TYPED) == TYPED)
		return true;
	seen &= ~TYPE;
	return (seen & ((1u << MAIN) - 1)) && __builtin_popcount(seen) + more >= least;
}

/*
 * Fields to the first blank line, or as far as s goes, with `least` known ones among them, one of
 * which every mail has and one of which is written as mails write it (and YAML does not).
 */
static bool
is_mail(struct span s, int least)
{
	uint32_t seen = 0;
	int more = 0;
	bool capital = false, first = true, cut = s.n == LIMIT_CSV_SAMPLE;

	for (; s.n; first = false) {
		struct span line = take_line(&s);
		uint32_t bit;
		size_t n;

		if (line.n == 0)
			break;
		if ((line.p[0] == ' ' || line.p[0] == '\t') && !first)
			continue;
		n = field_name(line);
		if (n == 0 && ((s.n == 0 && cut) || __builtin_popcount(seen) >= SURE))
			break;
		if (n == 0)
			return false;
		bit = field_bit(line, n);
		more += bit == RECEIVED && (seen & bit);
		seen |= bit;
		capital |= bit && isupper(line.p[0]);
	}
	return capital && is_enough(seen, more, least);
}

/* The kind of mail s begins, or NULL. */
static const char *
mail_mime(struct span s)
{
	struct span rest = s, line = take_line(&rest);

	if (is_mbox_line(line) && is_mail(rest, 1))
		return "application/mbox";
	return is_mail(head_is_length(line) ? rest : s, 2) ? "message/rfc822" : NULL;
}

bool
ident_mail(struct item *it)
{
	struct span s = span_sub(it->head, 0, LIMIT_CSV_SAMPLE);
	const char *mime;

	if (!s.n || !isalnum(s.p[0]))
		return false;
	mime = mail_mime(s);
	if (!mime)
		return false;
	it->format = FORMAT_MAIL;
	it->mime = mime;
	return true;
}

static bool
has_word(struct span s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && strncasecmp((const char *)s.p, word, n) == 0;
}

static struct span
skip_blanks(struct span s)
{
	while (s.n && isspace(s.p[0]))
		s = span_sub(s, 1, s.n);
	return s;
}

/* An object, or a list of objects, strings or lists; "[section]" is an ini file, "[[x]]" is TOML. */
static bool
is_json(struct span s)
{
	for (unsigned lists = 0; s.n && s.p[0] == '[' && lists < 8; lists++) {
		s = skip_blanks(span_sub(s, 1, s.n));
		if (s.n && lists && (s.p[0] == '-' || isdigit(s.p[0])))
			return true;
		if (s.n && s.p[0] == '"')
			return true;
	}
	if (s.n < 2 || s.p[0] != '{')
		return false;
	s = skip_blanks(span_sub(s, 1, s.n));
	return s.n && (s.p[0] == '"' || s.p[0] == '}');
}

/* `name="value"`, any number of them, and the end of a tag. The rest of s behind it, or p is NULL. */
static struct span
skip_tag(struct span s, bool *ret_empty)
{
	const struct span none = {0};

	while (s.n && (isalnum(s.p[0]) || strchr("_:.-", s.p[0])))
		s = span_sub(s, 1, s.n);
	for (unsigned atts = 0; atts < 64; atts++) {
		const uint8_t *e;

		s = skip_blanks(s);
		*ret_empty = s.n && s.p[0] == '/';
		if (*ret_empty)
			s = span_sub(s, 1, s.n);
		if (s.n && s.p[0] == '>')
			return span_sub(s, 1, s.n);
		while (s.n && (isalnum(s.p[0]) || strchr("_:.-", s.p[0])))
			s = span_sub(s, 1, s.n);
		s = skip_blanks(s);
		if (s.n < 3 || s.p[0] != '=')
			return none;
		s = skip_blanks(span_sub(s, 1, s.n));
		e = s.n > 1 && strchr("\"'", s.p[0]) ? memchr(s.p + 1, s.p[0], s.n - 1) : NULL;
		if (!e)
			return none;
		s = span_sub(s, (size_t)(e - s.p) + 1, s.n);
	}
	return none;
}

/* XML without its declaration: a whole tag, and behind it another or the end of a line. */
static bool
is_xml(struct span s)
{
	bool empty = false;
	struct span rest;

	for (unsigned n = 0; n < 8 && (has_word(s, "<!--") || has_word(s, "<?")); n++) {
		const uint8_t *e =
			memmem(s.p, s.n, s.p[1] == '!' ? "-->" : "?>", s.p[1] == '!' ? 3 : 2);

		if (!e)
			return false;
		s = skip_blanks(span_sub(s, (size_t)(e - s.p) + (s.p[1] == '!' ? 3 : 2), s.n));
	}
	if (has_word(s, "<!doctype"))
		return true;
	if (s.n < 3 || s.p[0] != '<' || !isalpha(s.p[1]))
		return false;
	rest = skip_tag(span_sub(s, 1, s.n), &empty);
	if (!rest.p)
		return false;
	rest = skip_blanks(rest);
	return rest.n == 0 ? empty : rest.p[0] == '<' && !empty;
}

static bool
is_html(struct span s)
{
	static const char *const begins[] = {"<!doctype html", "<html", "<head", "<body", "<title>",
		"<meta ", "<div", "<p>", "<p ", "<table", "<h1", "<center>", "<script", "<font",
		"<ul>"};

	for (size_t i = 0; s.n && s.p[0] == '<' && i < sizeof begins / sizeof *begins; i++) {
		if (has_word(s, begins[i]))
			return true;
	}
	return false;
}

static const char *
text_mime(struct span s)
{
	struct span head;

	s = skip_blanks(s);
	head = span_sub(s, 0, 1024);
	if (is_html(s))
		return "text/html";
	if (has_word(s, "<?xml") || (s.n && s.p[0] == '<' && is_xml(s)))
		return memmem(head.p, head.n, "<html", 5) ? "text/html" : "text/xml";
	if (has_word(s, "<!--") && memmem(head.p, head.n, "<html", 5))
		return "text/html";
	if (is_json(s))
		return "application/json";
	if (has_word(s, "BEGIN:VCARD"))
		return "text/vcard";
	if (has_word(s, "BEGIN:VCALENDAR"))
		return "text/calendar";
	return "text/plain";
}

void
ident_text(struct item *it, bool whole)
{
	uint8_t buf[LIMIT_CSV_SAMPLE];
	struct span s = span_of(buf, text_sample(it->head, it->charset, buf, sizeof buf));

	it->format = FORMAT_TEXT;
	/* of plain ASCII that begins with a letter ident_mail() has seen the same bytes */
	it->mime = strcmp(it->charset, "us-ascii") == 0 && s.n && isalpha(s.p[0]) ? NULL
										  : mail_mime(s);
	if (it->mime && !strstr(it->charset, "-16") && !strstr(it->charset, "-32")) {
		it->format = FORMAT_MAIL;
		return;
	}
	it->mime = text_mime(s);
	if (strcmp(it->mime, "text/plain") == 0)
		it->sep = csv_guess(s, csv_name(it->name), !whole || s.n == sizeof buf);
	if (it->sep) {
		it->format = FORMAT_CSV;
		it->mime = "text/csv";
	}
}
