/* Paths, names and places in the words of the contract; what sink.h declares for all sinks. */
#include "sink_common.h"

#include "base/poison.h"

void
record_id_hex(uint64_t id, char ret_hex[17])
{
	(void)snprintf(ret_hex, 17, "%016llx", (unsigned long long)id);
}

bool
record_names_value(const struct record *r)
{
	if (r->type != RECORD_FINDING || !r->f)
		return false;
	for (size_t i = 0; i < r->f->n_at; i++) {
		if (r->f->at[i].part == PART_NAME)
			return true;
	}
	return r->f->via == VIA_NAME;
}

void
record_path(struct buf *b, const struct record *r, bool mask)
{
	struct span path = span_str(r->path), last = path;

	while (last.n && memchr(last.p, '/', last.n))
		last = span_sub(last, 1, last.n);
	if (!mask) {
		buf_put(b, path.p, path.n);
		return;
	}
	name_put_starred(b, span_sub(path, 0, path.n - last.n));
	if (r->inner.n || !record_names_value(r))
		name_put_starred(b, last);
	else
		name_masked(b, last);
}

void
record_name(struct buf *b, const struct record *r, size_t i, bool mask)
{
	struct span name = r->inner.names[i], last = name;

	if (!mask) {
		buf_put(b, name.p, name.n);
		return;
	}
	while (last.n && memchr(last.p, '/', last.n))
		last = span_sub(last, 1, last.n);
	name_put_starred(b, span_sub(name, 0, name.n - last.n));
	if (i + 1 < r->inner.n || !record_names_value(r))
		name_put_starred(b, last);
	else
		name_masked(b, last);
}

/* A "!" in a name is doubled, so that the joined string can be taken apart again. */
static void
put_doubled(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		buf_putc(b, s.p[i]);
		if (s.p[i] == '!')
			buf_putc(b, '!');
	}
}

void
record_inner(struct buf *b, const struct record *r, bool mask)
{
	for (size_t i = 0; i < r->inner.n; i++) {
		struct buf name = {0};

		record_name(&name, r, i, mask);
		if (i)
			buf_putc(b, '!');
		put_doubled(b, buf_span(&name));
		b->failed |= name.failed;
		buf_free(&name);
	}
}

void
record_joined(struct buf *b, const struct record *r, bool mask)
{
	struct buf path = {0};

	record_path(&path, r, mask);
	put_doubled(b, buf_span(&path));
	if (r->inner.n)
		buf_putc(b, '!');
	record_inner(b, r, mask);
	b->failed |= path.failed;
	buf_free(&path);
}

void
column_name(uint32_t column, char ret_name[8])
{
	char text[8];
	size_t n = 0;

	for (; column > 0; column = (column - 1) / 26)
		text[n++] = (char)('A' + (column - 1) % 26);
	for (size_t i = 0; i < n; i++)
		ret_name[i] = text[n - 1 - i];
	ret_name[n] = 0;
}

static void
put_label(struct buf *b, const char *before, const char *name)
{
	if (!name[0])
		return;
	if (b->n)
		buf_puts(b, ", ");
	buf_puts(b, before);
	escape_put(b, span_str(name), ESCAPE_PLAIN);
}

static void
put_cell(struct buf *b, const struct place *p)
{
	char column[8];

	column_name(p->column, column);
	buf_printf(b, "row %llu", (unsigned long long)p->row);
	put_label(b, "column ", column);
	put_label(b, "sheet ", p->name);
}

void
place_text(struct buf *b, const struct place *p)
{
	struct buf t = {0};

	if (p->kind == PLACE_CELL)
		put_cell(&t, p);
	else if (p->kind == PLACE_LINE)
		buf_printf(&t, "line %llu, column %llu", (unsigned long long)p->line,
			(unsigned long long)p->col);
	else if (p->kind == PLACE_PAGE)
		buf_printf(&t, "page %u", p->page);
	else if (p->kind == PLACE_OFFSET)
		buf_printf(&t, "byte %llu", (unsigned long long)p->offset);
	if (p->part != PART_BODY && p->part != PART_RAW)
		put_label(&t, "", part_name(p->part));
	if (p->kind != PLACE_CELL)
		put_label(&t, "", p->name);
	if (p->kind == PLACE_PART && t.n == 0)
		buf_puts(&t, part_name(p->part));
	buf_put(b, t.p, t.n);
	b->failed |= t.failed;
	buf_free(&t);
}
