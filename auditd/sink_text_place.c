/*
 * Where something was found, for people: places of one kind are one short list ("sheet Staff: cells
 * C4, C5 ..."), others stand one by one. Machines read the other outputs, which say all of it.
 */
#include "sink_text.h"

#include "base/poison.h"

static bool
alike(const struct place *a, const struct place *b)
{
	return a->kind == b->kind && a->part == b->part && strcmp(a->name, b->name) == 0;
}

/* What tells places of one kind apart; equal ones stand once. */
static void
put_short(struct buf *b, const struct place *p)
{
	char column[8];

	if (p->kind == PLACE_CELL) {
		column_name(p->column, column);
		buf_printf(b, "%s%llu", column, (unsigned long long)p->row);
	} else if (p->kind == PLACE_LINE) {
		buf_printf(b, "%llu", (unsigned long long)p->line);
	} else {
		buf_printf(b, "%u", p->page);
	}
}

/* The list itself. How many are in it. */
static unsigned
put_list(struct buf *b, const struct place *at, unsigned n)
{
	struct buf last = {0}, now = {0};
	unsigned put = 0;

	for (unsigned i = 0; i < n; i++) {
		buf_clear(&now);
		put_short(&now, &at[i]);
		if (put && strcmp(buf_cstr(&now), buf_cstr(&last)) == 0)
			continue;
		buf_printf(b, "%s%s", put++ ? ", " : "", buf_cstr(&now));
		buf_clear(&last);
		buf_puts(&last, buf_cstr(&now));
	}
	b->failed |= now.failed || last.failed;
	buf_free(&now);
	buf_free(&last);
	return put;
}

static void
put_group(struct buf *b, const struct place *at, unsigned n, bool more)
{
	static const char *const nouns[] = {
		[PLACE_LINE] = "line", [PLACE_CELL] = "cell", [PLACE_PAGE] = "page"};
	struct buf list = {0};
	unsigned put = put_list(&list, at, n);

	if (at->name[0]) {
		buf_puts(b, at->kind == PLACE_CELL ? "sheet " : "");
		escape_put(b, span_str(at->name), ESCAPE_PLAIN);
		buf_puts(b, ": ");
	}
	buf_printf(b, "%s%s %s%s", nouns[at->kind], put > 1 ? "s" : "", buf_cstr(&list),
		more ? " \xE2\x80\xA6" : "");
	b->failed |= list.failed;
	buf_free(&list);
}

static void
put_each(struct buf *b, const struct place *at, unsigned n, bool more)
{
	struct buf last = {0}, now = {0};

	for (unsigned i = 0; i < n; i++) {
		buf_clear(&now);
		place_text(&now, &at[i]);
		if (now.n == 0 || strcmp(buf_cstr(&now), buf_cstr(&last)) == 0)
			continue;
		buf_printf(b, "%s%s", b->n ? "; " : "", buf_cstr(&now));
		buf_clear(&last);
		buf_puts(&last, buf_cstr(&now));
	}
	if (b->n && more)
		buf_puts(b, " \xE2\x80\xA6");
	b->failed |= now.failed || last.failed;
	buf_free(&now);
	buf_free(&last);
}

void
text_places(struct buf *b, const struct finding *f, unsigned most)
{
	unsigned n = f->n_at < most ? f->n_at : most;
	bool more = f->via != VIA_STRUCTURE && f->count > n, group = n > 0;
	enum place_kind kind = f->at[0].kind;

	for (unsigned i = 0; i < n; i++)
		group = group && alike(&f->at[0], &f->at[i]);
	group = group && f->at[0].part == PART_BODY &&
		(kind == PLACE_CELL || kind == PLACE_PAGE || (kind == PLACE_LINE && n > 1));
	if (group)
		put_group(b, f->at, n, more);
	else
		put_each(b, f->at, n, more);
}
