/*
 * Places are counted only when somebody asks, from the row's beginning or the last place asked for, so
 * that ordinary rows pay nothing. What changes or takes away bytes of the window asks first.
 */
#include "extract/csv_long.h"

#include "base/poison.h"

uint64_t
csv_long_lines(const uint8_t *p, size_t n)
{
	uint64_t lines = 0;
	const uint8_t *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}
	return lines;
}

void
csv_long_place(struct csv_rows *c, size_t at)
{
	struct csv_place *k = &c->place;
	const uint8_t *p, *last;
	size_t n;

	if (k->line == 0)
		*k = (struct csv_place){.at = c->row, .line = c->line, .col = 1};
	p = c->win.p + k->at;
	n = at - k->at;
	last = n ? memrchr(p, '\n', n) : NULL;
	k->col = last ? (size_t)(p + n - last) : k->col + n;
	k->line += last ? csv_long_lines(p, n) : 0;
	k->at = at;
}

size_t
csv_long_unescape(struct csv_rows *c, size_t from, size_t n)
{
	uint8_t *p = c->win.p + from;
	size_t k = 0;

	csv_long_place(c, from + n);
	for (size_t i = 0; i < n; i++) {
		p[k++] = p[i];
		if (p[i] == '"' && i + 1 < n && p[i + 1] == '"')
			i++;
	}
	return k;
}

/* No quote closes there, so that lines can be told by their newlines and cells by their separators. */
bool
csv_long_rows(const struct csv_rows *c)
{
	const uint8_t *p = c->win.p + c->field + 1, *end = c->win.p + c->pos;
	size_t lines = 0, rows = 0, seps = 0;

	p = memchr(p, '\n', (size_t)(end - p)); /* the rest of this row */
	while (p && ++p < end) {
		if (*p == c->sep) {
			seps++;
		} else if (*p == '\n') {
			lines++;
			rows += seps + 1 == c->cols;
			seps = 0;
		}
	}
	return lines > 0 && rows * 2 >= lines;
}

static int
begin(struct csv_rows *c, size_t from)
{
	struct text_at at = {.part = PART_BODY, .lines = true};

	csv_long_place(c, from);
	at.line = c->place.line;
	at.col = c->place.col;
	return c->s->ops->text_begin(c->s, &at);
}

static int
put(struct csv_rows *c, size_t from, size_t n)
{
	return n ? c->s->ops->text(c->s, span_of(c->win.p + from, n)) : 0;
}

int
csv_long_give(struct csv_rows *c, size_t from, size_t n)
{
	int r = begin(c, from);

	if (c->escaped)
		n = csv_long_unescape(c, from, n);
	if (r == 0)
		r = put(c, from, n);
	return r < 0 ? r : c->s->ops->text_end(c->s);
}

int
csv_long_part(struct csv_rows *c)
{
	bool quoted = c->where != IN_PLAIN;
	size_t from = c->field + quoted, n = c->pos - from, rest = c->win.n - c->pos;
	int r = c->going ? 0 : begin(c, from);

	c->going = true;
	csv_long_place(c, c->pos);
	if (quoted)
		c->lines += csv_long_lines(c->win.p + from, n);
	if (r == 0)
		r = put(c, from, c->escaped ? csv_long_unescape(c, from, n) : n);
	memmove(c->win.p + from, c->win.p + c->pos, rest);
	c->win.n = from + rest;
	c->pos = c->place.at = from;
	c->trust = c->trust < from ? c->trust : from;
	return r;
}

int
csv_long_end(struct csv_rows *c, size_t from, size_t n)
{
	int r = put(c, from, n);

	c->going = false;
	return r < 0 ? r : c->s->ops->text_end(c->s);
}
