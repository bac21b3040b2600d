/*
 * RFC 4180, one row a finding or gap. A spreadsheet takes a cell that begins with =, +, - or @ for
 * a formula, and names are chosen by strangers: such a cell gets an apostrophe before it.
 */
#include "sink_common.h"

#include "base/poison.h"

struct csv {
	struct sink_options o;
	struct owners owners;
	struct buf b;
};

static const char columns[] = "type,id,rule,category,severity,confidence,score,path,inner,mime,"
			      "count,unique,why,at,sample,"
			      "via,reach,owner,mode,size,mtime,reason,detail,hides\r\n";

void
csv_cell(struct buf *b, struct span raw)
{
	struct buf text = {0};
	bool quote;

	if (raw.n && strchr("=+-@", raw.p[0]) && raw.p[0])
		buf_putc(&text, '\'');
	escape_put(&text, raw, ESCAPE_PLAIN);
	quote = text.n && (memchr(text.p, ',', text.n) || memchr(text.p, '"', text.n));
	if (quote)
		buf_putc(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_putc(b, '"');
		buf_putc(b, text.p[i]);
	}
	buf_puts(b, quote ? "\"" : "");
	b->failed |= text.failed;
	buf_free(&text);
}

static void
cell(struct csv *c, struct span raw)
{
	csv_cell(&c->b, raw);
	buf_putc(&c->b, ',');
}

static void
cell_text(struct csv *c, const char *text)
{
	cell(c, span_str(text));
}

static void
cell_number(struct csv *c, uint64_t n)
{
	buf_printf(&c->b, "%llu,", (unsigned long long)n);
}

static void
cell_built(struct csv *c, struct buf *b)
{
	cell(c, buf_span(b));
	c->b.failed |= b->failed;
	buf_free(b);
}

static void
cell_texts(struct csv *c, const char (*texts)[FINDING_TEXT], size_t n)
{
	struct buf t = {0};

	for (size_t i = 0; i < n; i++)
		buf_printf(&t, "%s%.*s", i ? "; " : "", FINDING_TEXT - 1, texts[i]);
	cell_built(c, &t);
}

static void
cell_places(struct csv *c, const struct finding *f)
{
	struct buf t = {0};

	for (unsigned i = 0; i < f->n_at; i++) {
		size_t before = t.n, start;

		if (t.n)
			buf_puts(&t, "; ");
		start = t.n;
		place_text(&t, &f->at[i]);
		if (t.n == start)
			t.n = before;
	}
	cell_built(c, &t);
}

static void
cells_where(struct csv *c, const struct record *r)
{
	struct buf t = {0};

	record_path(&t, r, c->o.mask_names);
	cell_built(c, &t);
	record_inner(&t, r, c->o.mask_names);
	cell_built(c, &t);
}

static void
cells_finding(struct csv *c, const struct record *r)
{
	const struct finding *f = r->f;

	cell_text(c, r->rule->id);
	cell_text(c, r->rule->category);
	cell_text(c, severity_name(r->severity));
	cell_text(c, confidence_name(f->confidence));
	cell_number(c, r->score);
	cells_where(c, r);
	cell_text(c, f->mime);
	cell_number(c, f->count);
	cell_number(c, f->unique);
	cell_texts(c, f->why, f->n_why);
	cell_places(c, f);
	cell_texts(c, f->samples, c->o.show_none ? 0 : f->n_samples);
	cell_text(c, via_name(f->via));
	cell_text(c, reach_name(r->reach));
}

static void
cells_stat(struct csv *c, const struct stat *st)
{
	struct buf t = {0};

	if (!st) {
		buf_puts(&c->b, ",,,,");
		return;
	}
	cell_text(c, owner_name(&c->owners, st->st_uid));
	buf_printf(&c->b, "%04o,", st->st_mode & 07777u);
	cell_number(c, (uint64_t)st->st_size);
	put_time(&t, st->st_mtim.tv_sec);
	cell_built(c, &t);
}

static int
csv_begin(void *state, const struct sink_options *o, const struct scan_head *h)
{
	struct csv *c = state;

	(void)h;
	c->o = *o;
	buf_puts(&c->b, columns);
	return sink_put(c->o.to, &c->b);
}

static int
csv_record(void *state, const struct record *r)
{
	struct csv *c = state;
	char id[17];

	record_id_hex(r->id, id);
	cell_text(c, r->type == RECORD_FINDING ? "finding" : "gap");
	cell_text(c, id);
	if (r->type == RECORD_FINDING) {
		cells_finding(c, r);
		cells_stat(c, r->st);
		buf_puts(&c->b, ",,\r\n");
		return sink_put(c->o.to, &c->b);
	}
	buf_puts(&c->b, ",,,,,");
	cells_where(c, r);
	buf_puts(&c->b, ",,,,,,,,");
	cells_stat(c, r->st);
	cell_text(c, gap_name(r->reason));
	cell_text(c, r->detail);
	buf_puts(&c->b, r->hides ? "true\r\n" : "false\r\n");
	return sink_put(c->o.to, &c->b);
}

static void
csv_free(void *state)
{
	struct csv *c = state;

	buf_free(&c->b);
}

extern const struct output output_csv;
const struct output output_csv = {
	.name = "csv",
	.begin = csv_begin,
	.record = csv_record,
	.free = csv_free,
	.state_size = sizeof(struct csv),
};
