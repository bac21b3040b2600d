/*
 * JSON goes out as it is written, line for line, only with its escapes decoded: a key in front of its
 * value is what every rule knows. What is no JSON is text like the rest, and nothing is checked.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "extract/feed.h"
#include "extract/json_tree.h"

#include "base/poison.h"

/* --- strings --------------------------------------------------------------------------- */

static int
put_code(struct json *j, uint32_t c)
{
	uint8_t utf8[16];
	struct buf b = {.p = utf8, .cap = sizeof utf8};

	/* an end of a line that the file does not have */
	buf_put_utf8(&b, c == '\n' ? '\r' : c < ' ' && c != '\t' && c != '\r' ? ' ' : c);
	return lined_put(&j->out, buf_span(&b));
}

/* Four digits are there. A high surrogate waits for its low one. */
static int
code_end(struct json *j)
{
	uint32_t c = j->code, high = j->high;

	j->esc = 0;
	j->high = 0;
	if (c >= 0xD800 && c < 0xDC00) {
		j->high = c;
		return high ? put_code(j, 0xFFFD) : 0;
	}
	if (high && c >= 0xDC00 && c < 0xE000)
		return put_code(j, 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00));
	return put_code(j, c);
}

/* A byte of an escape. 0, -errno, or 1: it is none of it, and has to be looked at again. */
static int
escape(struct json *j, uint8_t c)
{
	static const char from[] = "bfnrt\"\\/'", to[] = "  \r\r\t\"\\/'";
	const char *at;

	if (j->esc == '\\') {
		j->esc = 0;
		if (c == 'u') {
			j->esc = 'u';
			j->digits = 0;
			j->code = 0;
			return 0;
		}
		at = c ? strchr(from, c) : NULL;
		if (at)
			return put_code(j, (uint8_t)to[at - from]);
		return lined_str(&j->out, "\\") < 0 ? -ENOMEM : 1;
	}
	if (hex_of(c) < 0) {
		j->esc = 0;
		return 1;
	}
	j->code = j->code << 4 | (uint32_t)hex_of(c);
	return ++j->digits == 4 ? code_end(j) : 0;
}

static int
string_begin(struct json *j)
{
	int r = j->value ? json_value_begin(j) : 0;

	j->where = JSON_STRING;
	j->esc = 0;
	j->high = 0;
	return r;
}

static int
string_end(struct json *j)
{
	j->where = JSON_BETWEEN;
	if (j->wait_key)
		return json_key_end(j);
	return j->value ? json_value_end(j, j->out.buf.n, false) : 0;
}

/* In a string: a run up to what ends it or has to be decoded. Returns the bytes used. */
static size_t
string_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '"' && s.p[n] != '\\' && s.p[n] != '\n')
		n++;
	return n;
}

static int
in_string(struct json *j, struct span *s)
{
	size_t n;
	int r;

	if (j->esc) {
		r = escape(j, s->p[0]);
		if (r <= 0)
			*s = span_sub(*s, 1, s->n);
		return r > 0 ? 0 : r;
	}
	n = string_run(*s);
	r = lined_put(&j->out, span_sub(*s, 0, n));
	*s = span_sub(*s, n, s->n);
	if (r < 0 || !s->n)
		return r;
	if (s->p[0] == '\\') {
		j->esc = '\\';
		*s = span_sub(*s, 1, s->n);
		return 0;
	}
	r = string_end(j);
	/* a string has no end of a line: this was none, and what follows is looked at afresh */
	if (r == 0)
		r = lined_put(&j->out, span_sub(*s, 0, 1));
	*s = span_sub(*s, 1, s->n);
	return r;
}

/* --- the rest -------------------------------------------------------------------------- */

static bool
is_bare(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
		c == '+' || c == '.' || c == '_' || c >= 0x80;
}

static int
bare_end(struct json *j)
{
	uint8_t c = j->sent == j->out.sent && j->from < j->out.buf.n ? j->out.buf.p[j->from] : 0;
	int r = 0;

	if (j->value)
		r = json_value_end(j, j->out.buf.n, (c >= '0' && c <= '9') || c == '-');
	j->where = JSON_BETWEEN;
	return r;
}

static int
in_bare(struct json *j, struct span *s)
{
	size_t n = 0;
	int r;

	while (n < s->n && is_bare(s->p[n]))
		n++;
	r = lined_put(&j->out, span_sub(*s, 0, n));
	*s = span_sub(*s, n, s->n);
	return r == 0 && s->n ? bare_end(j) : r;
}

static void
mark(struct json *j)
{
	j->from = j->out.buf.n;
	j->sent = j->out.sent;
}

/* Would c be lost if the records at hand became rows? */
static bool
is_stray(const struct json *j, uint8_t c)
{
	if (c == ',' || c == ':' || c == '{' || c == '}' || c == '[' || c == ']')
		return false;
	if (!j->record)
		return true;
	return c == '"' ? !j->wait_key && !j->value : !is_bare(c) || !j->value;
}

static int
between(struct json *j, struct span *s)
{
	uint8_t c;
	size_t n = 0;
	int r;

	while (n < s->n &&
		(s->p[n] == ' ' || s->p[n] == '\n' || s->p[n] == '\r' || s->p[n] == '\t'))
		n++;
	r = n == 1 && s->p[0] == ' ' ? lined_byte(&j->out, ' ')
				     : lined_put(&j->out, span_sub(*s, 0, n));
	*s = span_sub(*s, n, s->n);
	if (r < 0 || !s->n)
		return r;
	c = s->p[0];
	if (j->group && is_stray(j, c) && (r = json_group_stop(j)) < 0)
		return r;
	if (is_bare(c)) {
		r = j->value ? json_value_begin(j) : 0;
		j->where = JSON_BARE;
		mark(j);
		return r;
	}
	if (c == '"') {
		r = string_begin(j);
		r = r == 0 ? lined_byte(&j->out, c) : r;
		mark(j);
	} else if (c == '{' || c == '[') {
		r = json_structure(j, c);
		r = r == 0 ? lined_byte(&j->out, c) : r;
	} else {
		r = lined_byte(&j->out, c);
		r = r == 0 ? json_structure(j, c) : r;
	}
	*s = span_sub(*s, 1, s->n);
	return r;
}

static int
json_feed(void *user, struct span s)
{
	struct json *j = user;
	int r = 0;

	while (r == 0 && s.n) {
		switch (j->where) {
		case JSON_STRING:
			r = in_string(j, &s);
			break;
		case JSON_BARE:
			r = in_bare(j, &s);
			break;
		default:
			r = between(j, &s);
			break;
		}
	}
	return r;
}

static void
json_free(struct json **j)
{
	if (!*j)
		return;
	records_free(&(*j)->rec);
	lined_free(&(*j)->out);
	buf_free(&(*j)->tmp);
	buf_free(&(*j)->texts);
	free(*j);
}

static int
json_run(struct item *it, struct sink *s)
{
	_cleanup_(json_free) struct json *j = calloc(1, sizeof *j);
	int r;

	if (!j)
		return -ENOMEM;
	lined_init(&j->out, s, PART_BODY);
	records_init(&j->rec, &j->out);
	r = feed_text(it, s, charset_choose(it->charset, it->head), json_feed, j);
	if (r == 0)
		r = json_group_stop(j);
	return r == 0 ? lined_close(&j->out) : r;
}

static int
json_bid(const struct item *it)
{
	return it->format == FORMAT_TEXT && strcmp(it->mime, "application/json") == 0 ? 40 : 0;
}

const struct extractor extract_json = {
	.name = "json",
	.formats = "json, also one object a line",
	.bid = json_bid,
	.run = json_run,
};
