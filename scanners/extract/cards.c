/*
 * vCard and iCalendar are lines of `NAME;PARAMETER=x:value`, folded at 75 bytes. Each property is a line of
 * text; cards that stand in one file are also what a table of contacts is, so their names, addresses
 * and numbers go out as rows instead. What is attached to an appointment is an item of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "extract/archive_names.h"
#include "extract/extract.h"
#include "extract/feed.h"
#include "extract/lined.h"
#include "extract/mail_base64.h"
#include "extract/records.h"
#include "limits.h"

#include "base/poison.h"

#define NAME_MAX_BYTES 64u

struct cards {
	struct item *it;
	struct lined out;
	struct records rec;
	struct names names; /* of what is attached */
	struct buf line; /* the present one, unfolded */
	struct buf value; /* decoded */
	uint64_t newlines; /* of the source, within line */
	bool quoted; /* line is quoted-printable: '=' at its end goes on */
	bool looked; /* for that, in its first line: nowhere else, or folds would cost squares */
	bool inside; /* a card */
	bool attached; /* line is longer than others, for it holds a file */
	bool begun; /* at the beginning of a line of the source */
	bool cr;
};

static bool
is_word(struct span s, const char *w)
{
	return s.n == strlen(w) && strncasecmp((const char *)s.p, w, s.n) == 0;
}

/* Does s hold w, in any case? */
static bool
holds(struct span s, const char *w)
{
	size_t n = strlen(w);

	for (size_t i = 0; i + n <= s.n; i++) {
		if (strncasecmp((const char *)s.p + i, w, n) == 0)
			return true;
	}
	return false;
}

static void
decode_quoted(struct buf *to, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		int hi = -1, lo = -1;

		if (s.p[i] == '=' && i + 2 < s.n) {
			hi = hex_of(s.p[i + 1]);
			lo = hex_of(s.p[i + 2]);
		}
		if (hi < 0 || lo < 0) {
			buf_putc(to, s.p[i]);
			continue;
		}
		buf_putc(to, (uint8_t)(hi << 4 | lo));
		i += 2;
	}
}

static int
repaired(void *user, struct span utf8)
{
	buf_put(user, utf8.p, utf8.n);
	return 0;
}

/* Backslashes undone; parts of a value (street, town ...) apart by blanks. */
static void
decode_plain(struct buf *to, struct span s)
{
	uint8_t last = ' ';

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '\\' && i + 1 < s.n) {
			c = s.p[++i];
			c = c == 'n' || c == 'N' ? '\r' : c;
		} else if (c == ';') {
			c = ' ';
			if (last == ' ')
				continue;
		}
		buf_putc(to, c == '\n' ? '\r' : c);
		last = c;
	}
}

/* The value of the last parameter whose name ends in `name`, which has its '='; else what is not. */
static struct span
parameter(struct span params, const char *name, const char *otherwise)
{
	struct span value = span_str(otherwise);
	size_t n = strlen(name);

	for (size_t i = 0; i + n < params.n; i++) {
		if (strncasecmp((const char *)params.p + i, name, n) != 0)
			continue;
		value = span_sub(params, i + n, params.n);
		for (size_t k = 0; k < value.n; k++)
			value.n = value.p[k] == ';' ? k : value.n;
	}
	if (value.n > 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = span_sub(value, 1, value.n - 2);
	return value;
}

static int
decode_value(struct cards *c, struct span params, struct span raw)
{
	_cleanup_(buf_free) struct buf bytes = {0}, utf8 = {0};
	struct decoder d;
	int r;

	buf_clear(&c->value);
	if (!c->quoted) {
		decode_plain(&c->value, raw);
		return c->value.failed ? -ENOMEM : 0;
	}
	decode_quoted(&bytes, raw);
	decoder_start(&d, charset_find(parameter(params, "charset=", "utf-8")));
	r = decoder_feed(&d, buf_span(&bytes), repaired, &utf8);
	r = r == 0 ? decoder_end(&d, repaired, &utf8) : r;
	decode_plain(&c->value, buf_span(&utf8));
	return c->value.failed || utf8.failed || bytes.failed ? -ENOMEM : r;
}

/* NAME;PARAMETERS:VALUE apart; a quoted parameter may hold a colon. */
static bool
split(struct span s, struct span *ret_name, struct span *ret_params, struct span *ret_value)
{
	bool quoted = false;
	size_t name = SIZE_MAX;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t ch = s.p[i];

		if (ch == '"')
			quoted = !quoted;
		if ((ch == ';' || ch == ':') && name == SIZE_MAX)
			name = i;
		if (ch != ':' || quoted)
			continue;
		*ret_name = span_sub(s, 0, name);
		*ret_params = span_sub(s, name + 1, i > name ? i - name - 1 : 0);
		*ret_value = span_sub(s, i + 1, s.n);
		return name > 0 && name <= NAME_MAX_BYTES;
	}
	return false;
}

/* The name without its group ("item1.TEL"). */
static struct span
plain_name(struct span name)
{
	const uint8_t *dot = memchr(name.p, '.', name.n);

	return dot ? span_sub(name, (size_t)(dot - name.p) + 1, name.n) : name;
}

/* What a column or a line is called, in a word that people and rules know. */
static struct span
spoken(struct span name)
{
	static const struct {
		const char *name, *is;
	} words[] = {{"FN", "full name"}, {"N", "name"}, {"TEL", "telephone"}, {"EMAIL", "email"},
		{"ORG", "company"}, {"ADR", "address"}, {"BDAY", "birthday"}, {"TITLE", "title"},
		{"UID", "identifier"}}; /* of the entry: no user's */

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (is_word(name, words[i].name))
			return span_str(words[i].is);
	}
	return name;
}

static bool
is_binary(struct span params)
{
	return holds(params, "base64") || holds(params, "encoding=b");
}

static bool
is_attached(const struct cards *c, struct span name)
{
	return !c->inside && is_word(name, "ATTACH");
}

/* A file in base64: text that is open ends before it. */
static int
put_attached(struct cards *c, struct span params, struct span raw)
{
	_cleanup_(buf_free) struct buf bytes = {0}, name = {0};
	struct base64 state = {0};
	struct item it = {.up = c->it};
	struct reader r;
	int q = lined_close(&c->out);
	uint8_t *to = q == 0 ? buf_room(&bytes, raw.n / 4 * 3 + 5) : NULL;

	if (!to)
		return q < 0 ? q : -ENOMEM;
	bytes.n += base64_step(&state, raw, to);
	bytes.n += base64_end(&state, to + bytes.n);
	it.raw_name = !name_decode(&name, parameter(params, "filename=", "attachment"), false);
	names_number(&c->names, &name);
	it.name = buf_span(&name);
	it.r = &r;
	reader_mem(&r, buf_span(&bytes));
	q = name.failed ? -ENOMEM : c->out.s->ops->child(c->out.s, &it);
	reader_end(&r);
	return q;
}

static int
put_property(struct cards *c, struct span name, struct span params, struct span raw)
{
	bool binary = is_binary(params);
	struct span key = spoken(name);
	size_t from;
	int r = binary ? 0 : decode_value(c, params, raw);

	if (r == 0)
		r = lined_add(&c->out, key);
	if (r == 0 && params.n) {
		r = lined_str(&c->out, " ");
		r = r == 0 ? lined_add(&c->out, params) : r;
	}
	if (r == 0)
		r = lined_str(&c->out, ": ");
	if (r == 0 && binary && is_attached(c, name))
		return put_attached(c, params, raw);
	from = c->out.buf.n;
	if (r == 0)
		r = lined_add(&c->out, binary ? raw : buf_span(&c->value));
	if (r < 0 || !c->inside)
		return r;
	return binary || is_word(name, "VERSION") || is_word(name, "REV") || is_word(name, "PRODID")
		? 0
		: records_cell(&c->rec, key, from, c->out.buf.n, false);
}

static int
put_line(struct cards *c)
{
	struct span s = buf_span(&c->line), name, params, raw;
	int r = 0;

	if (c->line.failed)
		return -ENOMEM;
	if (!split(s, &name, &params, &raw)) {
		r = c->inside && s.n ? records_stop(&c->rec) : 0;
		r = r == 0 ? lined_add(&c->out, s) : r;
	} else if (is_word(name, "BEGIN")) {
		if (is_word(raw, "VCARD"))
			r = records_begin(&c->rec, span_str("contacts"), c->out.buf.n);
		c->inside |= is_word(raw, "VCARD");
	} else if (is_word(name, "END")) {
		if (is_word(raw, "VCARD") && c->inside) {
			c->inside = false;
			r = records_end(&c->rec);
		}
	} else {
		r = put_property(c, plain_name(name), params, raw);
	}
	for (; r == 0 && c->newlines; c->newlines--)
		r = lined_put(&c->out, span_of("\n", 1));
	buf_clear(&c->line);
	c->quoted = c->looked = c->attached = false;
	return r;
}

/* A line of the source is whole: is it the first half of one that goes on? */
static bool
goes_on(struct cards *c)
{
	struct span name, params, raw;

	if (!c->looked && split(buf_span(&c->line), &name, &params, &raw))
		c->quoted = holds(params, "quoted-printable");
	c->looked = true;
	if (!c->quoted || !c->line.n || c->line.p[c->line.n - 1] != '=')
		return false;
	c->line.n--;
	return true;
}

static int
on_newline(struct cards *c)
{
	c->begun = true;
	if (goes_on(c)) {
		c->begun = false;
		c->newlines++;
	}
	return 0;
}

/* The line has become longer than a line is: it holds a file, or goes out as it is. */
static int
outgrown(struct cards *c)
{
	struct span name, params, raw;
	int r;

	if (c->attached && c->line.n <= LIMIT_CARD_FILE)
		return 0;
	if (!c->attached && split(buf_span(&c->line), &name, &params, &raw) && is_binary(params) &&
		is_attached(c, name)) {
		c->attached = true;
		return 0;
	}
	r = lined_add(&c->out, c->attached ? span_str("ATTACH") : buf_span(&c->line));
	if (r == 0 && c->attached)
		r = sink_gap(c->out.s, GAP_TOO_BIG, true, "file attached to an appointment");
	buf_clear(&c->line);
	c->attached = false;
	return r;
}

/* A run without ends of lines. A blank at the beginning of a line folds it to the one before. */
static int
on_run(struct cards *c, struct span s)
{
	int r = 0;

	if (c->begun && s.n) {
		c->newlines++;
		if (s.p[0] == ' ' || s.p[0] == '\t')
			s = span_sub(s, 1, s.n);
		else
			r = put_line(c);
		c->begun = false;
	}
	buf_put(&c->line, s.p, s.n);
	return r == 0 && c->line.n > LIMIT_CARD_LINE ? outgrown(c) : r;
}

static int
cards_feed(void *user, struct span s)
{
	struct cards *c = user;
	int r = 0;

	while (r == 0 && s.n) {
		const uint8_t *nl = memchr(s.p, '\n', s.n);
		struct span run = span_sub(s, 0, nl ? (size_t)(nl - s.p) : s.n);

		s = span_sub(s, run.n + (nl != NULL), s.n);
		if (run.n && run.p[run.n - 1] == '\r')
			run.n--;
		r = on_run(c, run);
		if (r == 0 && nl) {
			/* an empty line, or several */
			if (c->begun) {
				c->newlines++;
				r = put_line(c);
			}
			r = r == 0 ? on_newline(c) : r;
		}
	}
	return r;
}

static void
cards_free(struct cards *c)
{
	names_free(&c->names);
	records_free(&c->rec);
	lined_free(&c->out);
	buf_free(&c->line);
	buf_free(&c->value);
}

static int
cards_run(struct item *it, struct sink *s)
{
	_cleanup_(cards_free) struct cards c = {.it = it};
	int r;

	lined_init(&c.out, s, PART_BODY);
	records_init(&c.rec, &c.out);
	r = feed_text(it, s, charset_choose(it->charset, it->head), cards_feed, &c);
	c.newlines += r == 0 && c.begun;
	if (r == 0)
		r = put_line(&c);
	if (r == 0)
		r = records_stop(&c.rec);
	return r == 0 ? lined_close(&c.out) : r;
}

static int
vcf_bid(const struct item *it)
{
	return it->format == FORMAT_TEXT && strcmp(it->mime, "text/vcard") == 0 ? 50 : 0;
}

static int
ics_bid(const struct item *it)
{
	return it->format == FORMAT_TEXT && strcmp(it->mime, "text/calendar") == 0 ? 50 : 0;
}

const struct extractor extract_vcf = {
	.name = "vcf",
	.formats = "contacts (vcf)",
	.bid = vcf_bid,
	.run = cards_run,
};

const struct extractor extract_ics = {
	.name = "ics",
	.formats = "calendars (ics)",
	.bid = ics_bid,
	.run = cards_run,
};
