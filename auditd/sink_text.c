/*
 * What a person reads. Findings are written when the scan is over, grouped by file and worst first,
 * because what matters most must not scroll away. Each is turned into its final lines when it
 * comes, so that at the end only the order is missing.
 */
#include "sink_text.h"

#include "base/poison.h"

#define INDENT 12u

void
text_style(struct text_sink *t, enum style style)
{
	static const char *const codes[STYLES] = {"", "1", "2", "31", "1;31", "33"};

	if (t->o.color && style)
		buf_printf(&t->b, "\033[%sm", codes[style]);
}

void
text_plain(struct text_sink *t)
{
	if (t->o.color)
		buf_puts(&t->b, "\033[0m");
}

void
text_fit(struct text_sink *t, struct span raw, size_t indent)
{
	size_t all = t->width == SIZE_MAX ? SIZE_MAX : t->width * TEXT_LINES;
	size_t room = all > indent + 20 ? all - indent : 20;

	(void)escape_cut(&t->b, raw, ESCAPE_PLAIN, room, true);
}

static uint64_t
hash(struct span s, uint64_t h)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * 0x100000001B3u;
	return (h ^ 0x2F) * 0x100000001B3u;
}

/* One or more texts joined, the whole wrapped at the width and indented under the title. */
static void
put_wrapped(struct text_sink *t, struct span s)
{
	size_t room = t->wrap < INDENT + 20 ? SIZE_MAX : t->wrap - INDENT;

	while (s.n) {
		size_t take = 0, columns = 0;
		struct span line;

		/* words up to the width, one at least */
		while (take < s.n) {
			const uint8_t *space = memchr(s.p + take + 1, ' ', s.n - take - 1);
			size_t end = space ? (size_t)(space - s.p) : s.n;
			size_t n = escape_columns(span_sub(s, take, end - take));

			if (take && columns + n > room)
				break;
			columns += n;
			take = end;
		}
		buf_printf(&t->b, "%*s", (int)INDENT, "");
		line = span_sub(s, 0, take);
		while (line.n && line.p[line.n - 1] == ' ')
			line.n--;
		escape_put(&t->b, line, ESCAPE_PLAIN);
		buf_putc(&t->b, '\n');
		s = span_sub(s, take, s.n);
		while (s.n && s.p[0] == ' ')
			s = span_sub(s, 1, s.n);
	}
}

/* A table judged as a whole has rows, a name is there or not, everything else was found. */
static void
put_counts(struct text_sink *t, const struct finding *f)
{
	bool rows = f->via == VIA_STRUCTURE && f->n_at && f->at[0].kind == PLACE_CELL;

	if (f->via == VIA_NAME && f->count <= 1)
		return;
	buf_puts(&t->b, "  ");
	put_number(&t->b, f->count);
	buf_puts(&t->b, !rows ? " found" : f->count == 1 ? " row" : " rows");
	if (f->unique && f->unique != f->count && !(f->via == VIA_STRUCTURE && f->unique == 1)) {
		buf_puts(&t->b, ", ");
		put_number(&t->b, f->unique);
		buf_puts(&t->b, " distinct");
	}
}

static void
put_title(struct text_sink *t, const struct record *r)
{
	static const enum style styles[SEVERITIES] = {
		[SEV_INFO] = STYLE_DIM,
		[SEV_LOW] = STYLE_DIM,
		[SEV_MEDIUM] = STYLE_YELLOW,
		[SEV_HIGH] = STYLE_RED,
		[SEV_CRITICAL] = STYLE_BOLD_RED,
	};
	const struct finding *f = r->f;
	const char *title = r->rule->title && r->rule->title[0] ? r->rule->title : r->rule->id;

	buf_puts(&t->b, "  ");
	text_style(t, styles[r->severity]);
	buf_printf(&t->b, "%-8s", severity_name(r->severity));
	text_plain(t);
	buf_puts(&t->b, "  ");
	text_style(t, STYLE_BOLD);
	escape_put(&t->b, span_str(title), ESCAPE_PLAIN);
	text_plain(t);
	put_counts(t, f);
	buf_puts(&t->b, "\n");
}

static void
put_reasons(struct text_sink *t, const struct finding *f)
{
	struct buf line = {0};

	buf_printf(&line, "%s confidence", confidence_name(f->confidence));
	for (unsigned i = 0; i < f->n_why; i++)
		buf_printf(&line, "%s%.*s", i ? "; " : ": ", FINDING_TEXT - 1, f->why[i]);
	put_wrapped(t, buf_span(&line));
	buf_free(&line);
}

static void
put_samples(struct text_sink *t, const struct finding *f)
{
	struct buf line = {0};

	for (unsigned i = 0; i < f->n_samples && !t->o.show_none; i++)
		buf_printf(&line, "%s%.*s", i ? "   " : "", FINDING_TEXT - 1, f->samples[i]);
	put_wrapped(t, buf_span(&line));
	buf_free(&line);
}

/* Three places say enough to a person; -v gives all that were kept. */
static void
put_places(struct text_sink *t, const struct finding *f)
{
	struct buf line = {0};

	text_places(&line, f, t->o.verbose ? LIMIT_PLACES : 3);
	put_wrapped(t, buf_span(&line));
	buf_free(&line);
}

/* The header first, with its length before it: only the first of a group shows it. */
static void
put_where(struct text_sink *t, const struct record *r)
{
	struct buf raw = {0};
	uint32_t n;

	record_joined(&raw, r, t->o.mask_names);
	buf_put(&t->b, "\0\0\0\0", 4);
	text_style(t, STYLE_BOLD);
	text_fit(t, buf_span(&raw), 0);
	text_plain(t);
	buf_putc(&t->b, '\n');
	n = (uint32_t)t->b.n - 4;
	if (t->b.n >= 4)
		memcpy(t->b.p, &n, 4);
	t->b.failed |= raw.failed;
	buf_free(&raw);
}

static int
text_begin(void *state, const struct sink_options *o, const struct scan_head *h)
{
	struct text_sink *t = state;

	(void)h;
	t->o = *o;
	t->width = o->width ? o->width : SIZE_MAX;
	t->wrap = o->width ? o->width : 80;
	return 0;
}

static int
text_record(void *state, const struct record *r)
{
	struct text_sink *t = state;
	struct worst_key key = {.file = hash(span_str(r->path), 0xCBF29CE484222325u)};
	int q;

	if (r->type == RECORD_GAP)
		return t->o.quiet ? 0 : text_gap(t, r);
	key.where = key.file;
	for (size_t i = 0; i < r->inner.n; i++)
		key.where = hash(r->inner.names[i], key.where);
	key.grade = (uint32_t)r->severity << 16 | r->score;
	put_where(t, r);
	put_title(t, r);
	put_reasons(t, r->f);
	put_samples(t, r->f);
	put_places(t, r->f);
	q = worst_add(&t->findings, &key, &t->b);
	buf_clear(&t->b);
	return q;
}

static int
findings_end(struct text_sink *t)
{
	int r = worst_sort(&t->findings);

	for (size_t i = 0; r == 0 && i < t->findings.n; i++) {
		const struct worst_entry *e = &t->findings.entries[i];
		bool first = i == 0 || e[-1].key.where != e->key.where;
		uint32_t head = 0;

		buf_clear(&t->text);
		r = worst_text(&t->findings, i, &t->text);
		if (r < 0)
			return r;
		memcpy(&head, t->text.p, 4);
		if (first && i)
			buf_putc(&t->b, '\n');
		if (first)
			buf_put(&t->b, t->text.p + 4, head);
		buf_put(&t->b, t->text.p + 4 + head, t->text.n - 4 - head);
		r = sink_put(t->o.to, &t->b);
	}
	return r;
}

static int
text_end(void *state, const struct summary *s)
{
	struct text_sink *t = state;
	int r = findings_end(t);

	if (r == 0 && !t->o.quiet)
		r = text_gaps_end(t);
	if (r == 0 && !t->o.quiet)
		r = text_summary(t, s);
	return r < 0 ? r : sink_put(t->o.to, &t->b);
}

static void
text_free(void *state)
{
	struct text_sink *t = state;

	worst_free(&t->findings);
	worst_free(&t->gaps.list);
	buf_free(&t->b);
	buf_free(&t->text);
}

extern const struct output output_text;
const struct output output_text = {
	.name = "text",
	.begin = text_begin,
	.record = text_record,
	.end = text_end,
	.free = text_free,
	.state_size = sizeof(struct text_sink),
};
