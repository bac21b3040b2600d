/*
 * JSON goes out as it is written, line for line, only with its escapes decoded: a key in front of its
 * value is what every rule knows. What people cannot see is added: the name of a value that is called
 * "value" or stands in a list. Objects that repeat in a list, or one a line, are rows of a table. What is no
 * JSON is text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "extract/feed.h"
#include "extract/records.h"
#include "extract/webpage.h"
#include "limits.h"

#include "base/poison.h"

#define DEPTH	 64u /* deeper keys are not kept, and objects there are text */
#define KEY_KEEP 96u /* bytes of a key that are kept */

struct key {
	uint8_t n, p[KEY_KEEP];
};

enum where { BETWEEN, IN_STRING, IN_BARE };

struct json {
	struct lined out;
	struct records rec;
	struct buf tmp;
	enum where where;
	unsigned depth; /* open brackets */
	uint64_t arrays; /* bit d: the bracket that opened depth d + 1 is a '[' */
	struct key keys[DEPTH + 1]; /* [d]: the last key at depth d */
	struct key named[DEPTH + 1]; /* [d]: what the object at depth d says its name is */
	unsigned record; /* depth of the record's inside; 0 = none */
	unsigned group; /* depth around the records held back or given, plus 1; 0 = none */
	size_t from; /* of the present string or bare word, in out.buf */
	uint64_t sent; /* as out.sent, then */
	struct span
		last; /* offset and length of the string that just ended: a key if ':' follows */
	bool string; /* one has just ended */
	bool value; /* the next string or word is a value, not a key */
	bool wait_key; /* within an object, in front of ':' */
	/* an escape that is not whole */
	uint8_t esc; /* 0, '\\', or 'u' */
	uint8_t digits;
	uint32_t code, high;
};

static bool
in_array(const struct json *j)
{
	return j->depth && j->depth <= DEPTH && (j->arrays >> (j->depth - 1) & 1);
}

static bool
in_object(const struct json *j)
{
	return j->depth && j->depth <= DEPTH && !(j->arrays >> (j->depth - 1) & 1);
}

static struct span
key_at(const struct json *j, unsigned depth)
{
	return depth <= DEPTH ? span_of(j->keys[depth].p, j->keys[depth].n) : (struct span){0};
}

static void
key_set(struct key *k, struct span s)
{
	s = span_sub(s, 0, KEY_KEEP);
	while (s.n == KEY_KEEP && s.n && s.p[s.n - 1] >= 0x80)
		s.n--;
	k->n = (uint8_t)s.n;
	for (size_t i = 0; i < s.n; i++)
		k->p[i] = s.p[i] < ' ' ? ' ' : s.p[i];
}

static bool
one_of(struct span s, const char *const *list)
{
	for (; *list; list++) {
		if (att_is(s, *list))
			return true;
	}
	return false;
}

static const char *const name_keys[] = {"name", "key", "property", "field", "setting", NULL};
static const char *const value_keys[] = {
	"value", "val", "default", "#text", "$t", "_", "text", NULL};

/* --- records ------------------------------------------------------------------------- */

static int
group_stop(struct json *j)
{
	j->record = j->group = 0;
	return records_stop(&j->rec);
}

/* An object begins: in a list, or at the top, it may be one of many. */
static int
object_begin(struct json *j)
{
	bool listed = in_array(j) || j->depth == 0;
	int r = 0;

	if (!listed || j->depth >= DEPTH)
		return 0;
	if (j->group && (j->group != j->depth + 1 || j->record))
		r = group_stop(j);
	j->group = j->depth + 1;
	j->record = j->depth + 1;
	return r == 0 ? records_begin(&j->rec, key_at(j, j->depth ? j->depth - 1 : 0), j->out.buf.n)
		      : r;
}

/* The last keys of the path, as a column is called. */
static struct span
path_of(struct json *j)
{
	buf_clear(&j->tmp);
	for (unsigned d = j->record; d <= j->depth && d <= DEPTH; d++) {
		if (!j->keys[d].n)
			continue;
		if (j->tmp.n)
			buf_putc(&j->tmp, '.');
		buf_put(&j->tmp, j->keys[d].p, j->keys[d].n);
	}
	return buf_span(&j->tmp);
}

static int
value_end(struct json *j, size_t to, bool number)
{
	struct span key = key_at(j, j->depth);
	struct span s = {0};

	j->value = false;
	if (j->sent == j->out.sent && to >= j->from && to <= j->out.buf.n)
		s = span_of(j->out.buf.p + j->from, to - j->from);
	if (in_object(j) && s.n && one_of(key, name_keys))
		key_set(&j->named[j->depth], s);
	if (!j->record || !s.n)
		return 0;
	if (!number && (s.p[0] == 'n' || s.p[0] == 't' || s.p[0] == 'f') && j->where == IN_BARE)
		return 0;
	key = path_of(j);
	if (j->tmp.failed)
		return -ENOMEM;
	return key.n ? records_cell(&j->rec, key, j->from, to, number) : group_stop(j);
}

/* --- what is added -------------------------------------------------------------------- */

/* The name of a value that its own key does not tell: its object's "name", or the key above. */
static struct span
hidden_name(const struct json *j)
{
	struct span key = key_at(j, j->depth);

	if (j->depth > DEPTH || !j->depth)
		return (struct span){0};
	if (in_array(j))
		return key_at(j, j->depth - 1);
	if (!one_of(key, value_keys))
		return (struct span){0};
	if (j->named[j->depth].n)
		return span_of(j->named[j->depth].p, j->named[j->depth].n);
	return key_at(j, j->depth - 1);
}

static int
value_begin(struct json *j)
{
	struct span name = hidden_name(j);
	int r = 0;

	if (name.n) {
		r = lined_add(&j->out, name);
		r = r == 0 ? lined_str(&j->out, ": ") : r;
	}
	return r;
}

/* --- structure ------------------------------------------------------------------------- */

static int
open_bracket(struct json *j, bool array)
{
	int r = 0;

	if (!array)
		r = object_begin(j);
	else if (j->group && !j->record && j->group == j->depth + 1)
		r = group_stop(j);
	if (j->depth < DEPTH) {
		uint64_t bit = UINT64_C(1) << j->depth;

		j->arrays = array ? j->arrays | bit : j->arrays & ~bit;
		j->keys[j->depth + 1].n = 0;
		j->named[j->depth + 1].n = 0;
	} else if (j->group) {
		r = group_stop(j);
	}
	j->depth++;
	j->wait_key = !array;
	j->value = array;
	return r;
}

static int
close_bracket(struct json *j)
{
	int r = 0;

	if (!j->depth)
		return 0;
	if (j->record && j->depth == j->record) {
		j->record = 0;
		/* the bracket itself has to be behind the record's end, and in front of the next */
		r = records_end(&j->rec);
		if (!j->rec.n_held && !j->rec.table)
			j->group = 0;
	} else if (j->group && j->depth < j->group) {
		r = group_stop(j);
	}
	j->depth--;
	j->wait_key = in_object(j);
	j->value = in_array(j);
	return r;
}

static int
on_structure(struct json *j, uint8_t c)
{
	switch (c) {
	case '{':
	case '[':
		return open_bracket(j, c == '[');
	case '}':
	case ']':
		return close_bracket(j);
	case ',':
		j->wait_key = in_object(j);
		j->value = in_array(j);
		return 0;
	case ':':
		j->wait_key = false;
		j->value = true;
		return 0;
	default:
		return 0;
	}
}

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

static int
hex_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
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
	int r = j->value ? value_begin(j) : 0;

	j->where = IN_STRING;
	j->esc = 0;
	j->high = 0;
	return r;
}

static int
string_end(struct json *j)
{
	struct span s = {0};

	j->where = BETWEEN;
	if (j->wait_key) {
		if (j->sent == j->out.sent && j->from <= j->out.buf.n)
			s = span_of(j->out.buf.p + j->from, j->out.buf.n - j->from);
		if (j->depth <= DEPTH)
			key_set(&j->keys[j->depth], s);
		j->wait_key = false;
		return s.n > KEY_KEEP && j->record ? group_stop(j) : 0;
	}
	return j->value ? value_end(j, j->out.buf.n, false) : 0;
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
		r = value_end(j, j->out.buf.n, (c >= '0' && c <= '9') || c == '-');
	j->where = BETWEEN;
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
	if (j->group && is_stray(j, c) && (r = group_stop(j)) < 0)
		return r;
	if (is_bare(c)) {
		r = j->value ? value_begin(j) : 0;
		j->where = IN_BARE;
		mark(j);
		return r;
	}
	if (c == '"') {
		r = string_begin(j);
		r = r == 0 ? lined_byte(&j->out, c) : r;
		mark(j);
	} else if (c == '{' || c == '[') {
		r = on_structure(j, c);
		r = r == 0 ? lined_byte(&j->out, c) : r;
	} else {
		r = lined_byte(&j->out, c);
		r = r == 0 ? on_structure(j, c) : r;
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
		case IN_STRING:
			r = in_string(j, &s);
			break;
		case IN_BARE:
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
		r = group_stop(j);
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
