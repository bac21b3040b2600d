/*
 * What people cannot see from a value alone is added to it: the name of a value that is called "value"
 * or stands in a list. Objects that repeat in a list, or one a line, are rows, and so are lists in a
 * list; the innermost list wins, and an object with a list of objects in it is text.
 */
#include "extract/json_tree.h"

#include <errno.h>

#include "extract/webpage.h"
#include "limits.h"

#include "base/poison.h"

static bool
in_array(const struct json *j)
{
	return j->depth && j->depth <= LIMIT_JSON_DEPTH && (j->arrays >> (j->depth - 1) & 1);
}

static bool
in_object(const struct json *j)
{
	return j->depth && j->depth <= LIMIT_JSON_DEPTH && !(j->arrays >> (j->depth - 1) & 1);
}

static struct span
key_at(const struct json *j, unsigned depth)
{
	return depth <= LIMIT_JSON_DEPTH ? span_of(j->keys[depth].p, j->keys[depth].n)
					 : (struct span){0};
}

static void
key_set(struct json_key *k, struct span s)
{
	s = span_sub(s, 0, LIMIT_JSON_KEY);
	while (s.n == LIMIT_JSON_KEY && s.n && s.p[s.n - 1] >= 0x80)
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

int
json_group_stop(struct json *j)
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

	if (!listed || j->depth >= LIMIT_JSON_DEPTH)
		return 0;
	if (j->group && (j->group != j->depth + 1 || j->record || j->rec.bare))
		r = json_group_stop(j);
	j->group = j->depth + 1;
	j->record = j->depth + 1;
	j->listed = false;
	return r == 0 ? records_begin(&j->rec, key_at(j, j->depth ? j->depth - 1 : 0), j->out.buf.n)
		      : r;
}

/* {"columns": ["Name", "SSN"], "rows": [["Ann", 1], ...]} */
static int
name_columns(struct json *j)
{
	struct span s = buf_span(&j->texts);
	int r = 0;

	if (!j->texts_of || j->texts_of + 1 != j->depth || j->rec.n_held || j->rec.table)
		return 0;
	for (; r == 0 && s.n && s.n > s.p[0]; s = span_sub(s, s.p[0] + 1u, s.n))
		r = records_name(&j->rec, span_sub(s, 1, s.p[0]));
	return r;
}

/* The list that is gathered holds something else: it names nothing. */
static void
texts_stop(struct json *j)
{
	j->texts_of = j->texts_new ? j->texts_of : 0;
	j->texts_at = 0;
}

static void
texts_bracket(struct json *j, bool array)
{
	if (j->texts_at == j->depth && j->depth)
		texts_stop(j);
	if (!array || !in_object(j) || j->record > 1)
		return;
	j->texts_at = j->depth + 1;
	j->texts_new = true;
}

static int
texts_value(struct json *j, struct span s)
{
	if (j->where == JSON_BARE || s.n == 0 || s.n > LIMIT_JSON_KEY ||
		j->texts.n > LIMIT_JSON_TEXTS) {
		texts_stop(j);
		return 0;
	}
	if (j->texts_new)
		buf_clear(&j->texts);
	j->texts_new = false;
	j->texts_of = 0;
	buf_putc(&j->texts, (uint8_t)s.n);
	buf_put(&j->texts, s.p, s.n);
	return j->texts.failed ? -ENOMEM : 0;
}

static void
texts_close(struct json *j)
{
	if (j->texts_at == j->depth && !j->texts_new)
		j->texts_of = j->depth - 1;
	else if (j->texts_of == j->depth)
		j->texts_of = 0;
	if (j->texts_at == j->depth)
		j->texts_at = 0;
}

/* A list in a list, or at the top, may be a row of many. */
static int
list_begin(struct json *j)
{
	int r = 0;

	if (j->group && (j->group != j->depth + 1 || j->record || !j->rec.bare))
		r = json_group_stop(j);
	if ((!in_array(j) && j->depth) || j->depth >= LIMIT_JSON_DEPTH)
		return r;
	j->group = j->depth + 1;
	j->record = j->depth + 1;
	j->listed = true;
	j->column = 0;
	r = r == 0 ? records_begin(&j->rec, key_at(j, j->depth ? j->depth - 1 : 0), j->out.buf.n)
		   : r;
	j->rec.bare = true;
	return r == 0 ? name_columns(j) : r;
}

/* The last keys of the path, as a column is called. */
static struct span
path_of(struct json *j)
{
	buf_clear(&j->tmp);
	for (unsigned d = j->record; d <= j->depth && d <= LIMIT_JSON_DEPTH; d++) {
		if (!j->keys[d].n)
			continue;
		if (j->tmp.n)
			buf_putc(&j->tmp, '.');
		buf_put(&j->tmp, j->keys[d].p, j->keys[d].n);
	}
	return buf_span(&j->tmp);
}

int
json_value_end(struct json *j, size_t to, bool number)
{
	struct span key = key_at(j, j->depth);
	struct span s = {0};
	int r;

	j->value = false;
	if (j->sent == j->out.sent && to >= j->from && to <= j->out.buf.n)
		s = span_of(j->out.buf.p + j->from, to - j->from);
	if (j->texts_at && j->texts_at == j->depth && (r = texts_value(j, s)) < 0)
		return r;
	if (in_object(j) && s.n && one_of(key, name_keys))
		key_set(&j->named[j->depth], s);
	if (!j->record || !s.n)
		return 0;
	if (!number && (s.p[0] == 'n' || s.p[0] == 't' || s.p[0] == 'f') && j->where == JSON_BARE)
		return 0;
	if (j->listed)
		return records_cell_at(&j->rec, j->column, j->from, to, number);
	key = path_of(j);
	if (j->tmp.failed)
		return -ENOMEM;
	return key.n ? records_cell(&j->rec, key, j->from, to, number) : json_group_stop(j);
}

/* --- what is added -------------------------------------------------------------------- */

/* The name of a value that its own key does not tell: its object's "name", or the key above. */
static struct span
hidden_name(const struct json *j)
{
	struct span key = key_at(j, j->depth);

	if (j->depth > LIMIT_JSON_DEPTH || !j->depth)
		return (struct span){0};
	if (in_array(j))
		return key_at(j, j->depth - 1);
	if (!one_of(key, value_keys))
		return (struct span){0};
	if (j->named[j->depth].n)
		return span_of(j->named[j->depth].p, j->named[j->depth].n);
	return key_at(j, j->depth - 1);
}

int
json_value_begin(struct json *j)
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
	else if (j->depth == 0 || (in_array(j) && (j->record < 2 || j->listed)) ||
		(j->group && !j->record && j->group == j->depth + 1))
		r = list_begin(j);
	texts_bracket(j, array);
	if (j->depth < LIMIT_JSON_DEPTH) {
		uint64_t bit = UINT64_C(1) << j->depth;

		j->arrays = array ? j->arrays | bit : j->arrays & ~bit;
		j->keys[j->depth + 1].n = 0;
		j->named[j->depth + 1].n = 0;
	} else if (j->group) {
		r = json_group_stop(j);
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
	texts_close(j);
	if (j->record && j->depth == j->record) {
		j->record = 0;
		/* the bracket itself has to be behind the record's end, and in front of the next */
		r = records_end(&j->rec);
		if (!j->rec.n_held && !j->rec.table)
			j->group = 0;
	} else if (j->group && j->depth < j->group) {
		r = json_group_stop(j);
	}
	j->depth--;
	j->wait_key = in_object(j);
	j->value = in_array(j);
	return r;
}

int
json_structure(struct json *j, uint8_t c)
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
		j->column += j->record && j->record == j->depth;
		return 0;
	case ':':
		j->wait_key = false;
		j->value = true;
		return 0;
	default:
		return 0;
	}
}

int
json_key_end(struct json *j)
{
	struct span s = {0};

	if (j->sent == j->out.sent && j->from <= j->out.buf.n)
		s = span_sub(buf_span(&j->out.buf), j->from, j->out.buf.n);
	if (j->depth <= LIMIT_JSON_DEPTH)
		key_set(&j->keys[j->depth], s);
	j->wait_key = false;
	return s.n > LIMIT_JSON_KEY && j->record ? json_group_stop(j) : 0;
}
