/*
 * Keys stand in the order of the contract, and all of them in every object of a kind: a reader
 * need not ask whether one is there, except for path_b64 and inner_b64, which are there only when
 * path and inner cannot say the name exactly.
 */
#include "sink_json_common.h"

#include <sodium.h>

#include "base/utf8.h"

#include "base/poison.h"

static void
put_string(struct buf *b, struct span s)
{
	buf_putc(b, '"');
	escape_put(b, s, ESCAPE_JSON);
	buf_putc(b, '"');
}

static void
put_base64(struct buf *b, struct span s)
{
	size_t n = sodium_base64_encoded_len(s.n, sodium_base64_VARIANT_ORIGINAL);
	uint8_t *to;

	buf_putc(b, '"');
	to = buf_room(b, n);
	if (to) {
		sodium_bin2base64((char *)to, n, s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
		b->n += n - 1; /* its NUL */
	}
	buf_putc(b, '"');
}

static void
key(struct buf *b, const char *name)
{
	if (b->n && b->p[b->n - 1] != '{')
		buf_putc(b, ',');
	buf_putc(b, '"');
	buf_puts(b, name);
	buf_puts(b, "\":");
}

static void
key_string(struct buf *b, const char *name, const char *value)
{
	key(b, name);
	if (value)
		put_string(b, span_str(value));
	else
		buf_puts(b, "null");
}

static void
key_number(struct buf *b, const char *name, uint64_t value)
{
	key(b, name);
	buf_put_number(b, value);
}

static void
key_bool(struct buf *b, const char *name, bool value)
{
	key(b, name);
	buf_puts(b, value ? "true" : "false");
}

static void
key_time(struct buf *b, const char *name, int64_t seconds)
{
	key(b, name);
	buf_putc(b, '"');
	put_time(b, seconds);
	buf_putc(b, '"');
}

static void
head(struct buf *b, const char *type)
{
	buf_putc(b, '{');
	key_string(b, "type", type);
	key_number(b, "v", 1);
}

void
json_scan(struct buf *b, const struct scan_head *h)
{
	head(b, "scan");
	key_string(b, "host", h->host);
	key_string(b, "version", h->version);
	key_string(b, "rules", h->rules);
	key(b, "roots");
	buf_putc(b, '[');
	for (size_t i = 0; i < h->n_roots; i++) {
		if (i)
			buf_putc(b, ',');
		put_string(b, span_str(h->roots[i]));
	}
	buf_putc(b, ']');
	key_time(b, "started", h->started);
	buf_putc(b, '}');
}

static void
put_path(struct buf *b, const struct record *r, bool mask)
{
	struct buf path = {0};

	record_path(&path, r, mask);
	key(b, "path");
	put_string(b, buf_span(&path));
	if (utf8_valid(buf_span(&path)) < path.n) {
		key(b, "path_b64");
		put_base64(b, buf_span(&path));
	}
	b->failed |= path.failed;
	buf_free(&path);
}

/* The names, or all of them in base 64. True when one of them is not UTF-8. */
static bool
put_names(struct buf *b, const struct record *r, bool mask, bool base64)
{
	bool raw = false;

	buf_putc(b, '[');
	for (size_t i = 0; i < r->inner.n; i++) {
		struct buf name = {0};

		record_name(&name, r, i, mask);
		raw |= utf8_valid(buf_span(&name)) < name.n;
		if (i)
			buf_putc(b, ',');
		if (base64)
			put_base64(b, buf_span(&name));
		else
			put_string(b, buf_span(&name));
		b->failed |= name.failed;
		buf_free(&name);
	}
	buf_putc(b, ']');
	return raw;
}

static void
put_inner(struct buf *b, const struct record *r, bool mask)
{
	key(b, "inner");
	if (!put_names(b, r, mask, false))
		return;
	key(b, "inner_b64");
	(void)put_names(b, r, mask, true);
}

/* False, and nothing put, for a place that says nothing. */
static bool
put_place(struct buf *b, const struct place *p)
{
	size_t start = b->n;
	char column[8];

	buf_putc(b, '{');
	if (p->kind == PLACE_LINE) {
		key_number(b, "line", p->line);
		key_number(b, "col", p->col);
	} else if (p->kind == PLACE_CELL) {
		if (p->name[0])
			key_string(b, "sheet", p->name);
		key_number(b, "row", p->row);
		column_name(p->column, column);
		if (column[0])
			key_string(b, "column", column);
	} else if (p->kind == PLACE_PAGE) {
		key_number(b, "page", p->page);
	} else if (p->kind == PLACE_OFFSET) {
		key_number(b, "offset", p->offset);
	}
	if (p->kind == PLACE_PART || (p->part != PART_BODY && p->part != PART_RAW))
		key_string(b, "part", part_name(p->part));
	if (p->kind != PLACE_CELL && p->name[0])
		key_string(b, "name", p->name);
	if (b->n == start + 1) {
		b->n = start;
		return false;
	}
	buf_putc(b, '}');
	return true;
}

static void
put_places(struct buf *b, const struct finding *f)
{
	bool some = false;

	key(b, "at");
	buf_putc(b, '[');
	for (unsigned i = 0; i < f->n_at && i < LIMIT_PLACES; i++) {
		size_t before = b->n;

		if (some)
			buf_putc(b, ',');
		if (put_place(b, &f->at[i]))
			some = true;
		else
			b->n = before;
	}
	buf_putc(b, ']');
}

static void
put_texts(struct buf *b, const char *name, const char (*texts)[FINDING_TEXT], size_t n)
{
	key(b, name);
	buf_putc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(b, ',');
		put_string(b, span_of(texts[i], strnlen(texts[i], FINDING_TEXT)));
	}
	buf_putc(b, ']');
}

static void
put_stat(struct buf *b, const struct stat *st, struct owners *owners)
{
	char mode[8];

	if (!st) {
		key_string(b, "owner", NULL);
		key_string(b, "mode", NULL);
		key_string(b, "size", NULL);
		key_string(b, "mtime", NULL);
		return;
	}
	(void)snprintf(mode, sizeof(mode), "%04o", st->st_mode & 07777u);
	key_string(b, "owner", owner_name(owners, st->st_uid));
	key_string(b, "mode", mode);
	key_number(b, "size", (uint64_t)st->st_size);
	key_time(b, "mtime", st->st_mtim.tv_sec);
}

static void
put_finding(
	struct buf *b, const struct record *r, const struct sink_options *o, struct owners *owners)
{
	const struct finding *f = r->f;

	key_string(b, "rule", r->rule->id);
	key_string(b, "category", r->rule->category);
	key_string(b, "severity", severity_name(r->severity));
	key_string(b, "confidence", confidence_name(f->confidence));
	key_number(b, "score", r->score);
	put_path(b, r, o->mask_names);
	put_inner(b, r, o->mask_names);
	key_string(b, "mime", f->mime);
	key_number(b, "count", f->count);
	key_number(b, "unique", f->unique);
	put_texts(b, "why", f->why, f->n_why < LIMIT_WHY ? f->n_why : LIMIT_WHY);
	put_places(b, f);
	put_texts(b, "sample", f->samples,
		o->show_none			       ? 0
			: f->n_samples < LIMIT_SAMPLES ? f->n_samples
						       : LIMIT_SAMPLES);
	key_string(b, "via", via_name(f->via));
	key(b, "reach");
	buf_printf(b, "{\"class\":\"%s\",\"readers\":null,\"via\":[]}", reach_name(r->reach));
	put_stat(b, r->st, owners);
}

void
json_record(
	struct buf *b, const struct record *r, const struct sink_options *o, struct owners *owners)
{
	char id[17];

	record_id_hex(r->id, id);
	head(b, r->type == RECORD_FINDING ? "finding" : "gap");
	key_string(b, "id", id);
	if (r->type == RECORD_FINDING) {
		put_finding(b, r, o, owners);
	} else {
		put_path(b, r, o->mask_names);
		put_inner(b, r, o->mask_names);
		key_string(b, "reason", gap_name(r->reason));
		key_string(b, "detail", r->detail ? r->detail : "");
		key_bool(b, "hides", r->hides);
	}
	buf_putc(b, '}');
}

static void
put_values(struct buf *b, const struct summary *s)
{
	key(b, "values");
	buf_putc(b, '{');
	for (size_t i = 0; i < s->n_totals; i++) {
		key(b, s->totals[i].rule->id);
		buf_putc(b, '{');
		key_number(b, "unique", s->totals[i].unique);
		key_number(b, "copies", s->totals[i].copies);
		key_number(b, "files", s->totals[i].files);
		if (s->totals[i].at_least)
			key_bool(b, "at_least", true);
		buf_putc(b, '}');
	}
	buf_putc(b, '}');
}

void
json_summary(struct buf *b, const struct summary *s)
{
	double tenths = s->seconds > 0 && s->seconds < 1e12 ? s->seconds * 10 : 0;

	head(b, "summary");
	key_bool(b, "complete", s->complete);
	key_number(b, "hidden", s->hidden);
	key_number(b, "files", s->files);
	key_number(b, "items", s->items);
	key_number(b, "bytes", s->bytes);
	key_number(b, "findings", s->findings);
	key_number(b, "gaps", s->gaps);
	key_number(b, "unchanged", s->unchanged);
	key(b, "seconds");
	/* without printf's %f, whose point depends on the locale */
	buf_printf(
		b, "%llu.%llu", (unsigned long long)tenths / 10, (unsigned long long)tenths % 10);
	put_values(b, s);
	buf_putc(b, '}');
}
