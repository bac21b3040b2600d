/*
 * The second half of the output for people: what was not looked into, by reason, and the summary
 * in aligned columns. Silence about an unread file would be taken for its innocence.
 */
#include "sink_text.h"

#include "base/poison.h"

int
text_gap(struct text_sink *t, const struct record *r)
{
	struct buf raw = {0};
	size_t detail = r->detail ? escape_columns(span_str(r->detail)) : 0;
	int q;

	t->gaps.hiding[r->reason] += r->hides;
	if (t->gaps.n[r->reason]++ >= TEXT_GAPS && !t->o.verbose)
		return 0;
	record_joined(&raw, r, t->o.mask_names);
	buf_puts(&t->b, "    ");
	text_fit(t, buf_span(&raw), 4 + (detail ? detail + 2 : 0));
	if (detail) {
		buf_puts(&t->b, "  ");
		text_style(t, STYLE_DIM);
		escape_put(&t->b, span_str(r->detail), ESCAPE_PLAIN);
		text_plain(t);
	}
	buf_putc(&t->b, '\n');
	t->b.failed |= raw.failed;
	buf_free(&raw);
	q = worst_add(&t->gaps.list,
		&(struct worst_key){.file = r->reason, .grade = GAP_REASONS - r->reason}, &t->b);
	buf_clear(&t->b);
	return q;
}

static void
reason_head(struct text_sink *t, uint64_t reason)
{
	buf_puts(&t->b, "  ");
	text_style(t, STYLE_BOLD);
	buf_puts(&t->b, gap_name((enum gap_reason)reason));
	text_plain(t);
	buf_puts(&t->b, "  ");
	put_number(&t->b, t->gaps.n[reason]);
	if (t->gaps.hiding[reason] == 0)
		buf_puts(&t->b, ", hiding nothing");
	buf_putc(&t->b, '\n');
}

static void
reason_foot(struct text_sink *t, uint64_t reason)
{
	if (t->o.verbose || t->gaps.n[reason] <= TEXT_GAPS)
		return;
	buf_puts(&t->b, "    and ");
	put_number(&t->b, t->gaps.n[reason] - TEXT_GAPS);
	buf_puts(&t->b, " more\n");
}

int
text_gaps_end(struct text_sink *t)
{
	const struct worst *list = &t->gaps.list;
	int r = worst_sort(&t->gaps.list);

	if (r < 0 || list->n == 0)
		return r;
	buf_puts(&t->b, t->findings.n ? "\n" : "");
	text_style(t, STYLE_BOLD);
	buf_puts(&t->b, "Not looked into");
	text_plain(t);
	buf_putc(&t->b, '\n');
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		uint64_t reason = list->entries[i].key.file;

		if (i == 0 || list->entries[i - 1].key.file != reason)
			reason_head(t, reason);
		r = worst_text(&t->gaps.list, i, &t->b);
		if (i + 1 == list->n || list->entries[i + 1].key.file != reason)
			reason_foot(t, reason);
		if (r == 0)
			r = sink_put(t->o.to, &t->b);
	}
	return r;
}

static size_t
number_width(uint64_t n)
{
	struct buf b = {0};
	size_t width;

	put_number(&b, n);
	width = b.n;
	buf_free(&b);
	return width;
}

/* A lower bound says so. */
static void
put_distinct(struct text_sink *t, const struct rule_total *x, size_t width)
{
	size_t n = number_width(x->unique);

	buf_printf(&t->b, "%*s%s", (int)(width - n) + (x->at_least ? 1 : 2), "",
		x->at_least ? "\xE2\x89\xA5" : "");
	put_number(&t->b, x->unique);
}

static void
put_right(struct text_sink *t, uint64_t n, size_t width)
{
	buf_printf(&t->b, "%*s", (int)(width - number_width(n)) + 2, "");
	put_number(&t->b, n);
}

static void
put_totals(struct text_sink *t, const struct summary *s)
{
	size_t id = 4, unique = 8, copies = 6, files = 5;

	for (size_t i = 0; i < s->n_totals; i++) {
		const struct rule_total *x = &s->totals[i];
		size_t n[4] = {strlen(x->rule->id), number_width(x->unique),
			number_width(x->copies), number_width(x->files)};

		id = n[0] > id ? n[0] : id;
		unique = n[1] > unique ? n[1] : unique;
		copies = n[2] > copies ? n[2] : copies;
		files = n[3] > files ? n[3] : files;
	}
	text_style(t, STYLE_BOLD);
	buf_printf(&t->b, "  %-*s  %*s  %*s  %*s\n", (int)id, "Rule", (int)unique, "Distinct",
		(int)copies, "Copies", (int)files, "Files");
	text_plain(t);
	for (size_t i = 0; i < s->n_totals; i++) {
		buf_printf(&t->b, "  %-*s", (int)id, s->totals[i].rule->id);
		put_distinct(t, &s->totals[i], unique);
		put_right(t, s->totals[i].copies, copies);
		put_right(t, s->totals[i].files, files);
		buf_putc(&t->b, '\n');
	}
	buf_putc(&t->b, '\n');
}

static void
put_counted(struct buf *b, uint64_t n, const char *one, const char *many)
{
	put_number(b, n);
	buf_puts(b, n == 1 ? one : many);
}

static void
put_duration(struct buf *b, double seconds)
{
	uint64_t s = seconds > 0 && seconds < 1e12 ? (uint64_t)seconds : 0;

	if (s < 60)
		buf_printf(b, s < 1 ? "%.2f s" : "%.1f s", seconds > 0 ? seconds : 0.0);
	else if (s < 3600)
		buf_printf(b, "%llu min %llu s", (unsigned long long)s / 60,
			(unsigned long long)s % 60);
	else
		buf_printf(b, "%llu h %llu min", (unsigned long long)s / 3600,
			(unsigned long long)s % 3600 / 60);
}

int
text_summary(struct text_sink *t, const struct summary *s)
{
	struct buf *b = &t->b;

	buf_puts(b, t->findings.n || t->gaps.list.n ? "\n" : "");
	if (s->n_totals)
		put_totals(t, s);
	buf_puts(b, "  ");
	put_counted(b, s->findings, " finding", " findings");
	buf_puts(b, "; read: ");
	put_counted(b, s->files - s->unchanged, " file", " files");
	if (s->items > s->files) {
		buf_puts(b, " and ");
		put_counted(b, s->items - s->files, " item in them", " items in them");
	}
	buf_puts(b, ", ");
	put_size(b, (double)s->bytes);
	buf_puts(b, " in ");
	put_duration(b, s->seconds);
	if (s->seconds >= 0.1) {
		buf_puts(b, ", ");
		put_size(b, (double)s->bytes / s->seconds);
		buf_puts(b, "/s");
	}
	if (s->unchanged) {
		buf_puts(b, "\n  ");
		put_counted(b, s->unchanged, " file is", " files are");
		buf_puts(b, " as before and not read again");
	}
	buf_puts(b, "\n  ");
	if (s->hidden == 0) {
		buf_puts(b, s->complete ? "nothing stayed unread" : "");
	} else {
		text_style(t, STYLE_YELLOW);
		put_number(b, s->hidden);
		buf_puts(b, s->hidden == 1 ? " place stayed unread" : " places stayed unread");
		text_plain(t);
	}
	if (!s->complete) {
		buf_puts(b, s->hidden ? "; " : "");
		text_style(t, STYLE_BOLD_RED);
		buf_puts(b, "interrupted: the rest was not looked at");
		text_plain(t);
	}
	buf_putc(b, '\n');
	return sink_put(t->o.to, b);
}
