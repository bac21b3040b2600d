/*
 * Two steps: fields, then a line of them. The second knows how long each value gets when it is
 * escaped and, where all of them are too much, shares the room out so that short ones stay whole:
 * what is lost is always the middle of the longest.
 */
#include "logline.h"

#include <errno.h>
#include <stdio.h>

#include "base/poison.h"

/* --- fields --------------------------------------------------------------------------------- */

static void
field_end(struct logline *l, const char *key, enum logline_kind kind, size_t at)
{
	if (l->n < LOGLINE_FIELDS)
		l->fields[l->n++] = (struct logline_field){
			.key = key, .kind = kind, .at = at, .n = l->text.n - at, .room = SIZE_MAX};
}

static void
add(struct logline *l, const char *key, enum logline_kind kind, struct span value)
{
	size_t at = l->text.n;

	buf_put(&l->text, value.p, value.n);
	field_end(l, key, kind, at);
}

static void
add_word(struct logline *l, const char *key, const char *value)
{
	add(l, key, FIELD_WORD, span_str(value));
}

static void
add_number(struct logline *l, const char *key, uint64_t n)
{
	size_t at = l->text.n;

	buf_printf(&l->text, "%llu", (unsigned long long)n);
	field_end(l, key, FIELD_NUMBER, at);
}

static void
add_head(struct logline *l, const struct store_line *e)
{
	size_t at;

	add_number(l, "v", 1);
	add_word(l, "event", store_event_name(e->event));
	add_word(l, "store", e->store);
	add_number(l, "seq", e->seq);
	at = l->text.n;
	put_time(&l->text, e->ts);
	field_end(l, "ts", FIELD_WORD, at);
}

static const char *
severity_short(enum severity s)
{
	return s == SEV_CRITICAL ? "crit" : severity_name(s);
}

static void
add_graded(struct logline *l, const struct store_line *e, const struct record *r)
{
	add_word(l, "sev", severity_short(r->severity));
	add_number(l, "score", r->score);
	add_word(l, "rule", r->rule->id);
	if (e->event == STORE_GONE)
		return;
	add_word(l, "conf", confidence_name(r->f->confidence));
	add_number(l, "count", r->f->count);
	add_number(l, "unique", r->f->unique);
	add_word(l, "reach", reach_name(r->reach));
}

static void
add_where(struct logline *l, const struct record *r, bool mask)
{
	size_t at = l->text.n;

	record_path(&l->text, r, mask);
	field_end(l, "file", FIELD_TEXT, at);
	if (r->inner.n == 0)
		return;
	at = l->text.n;
	record_inner(&l->text, r, mask);
	field_end(l, "inner", FIELD_TEXT, at);
}

static void
add_stat(struct logline *l, const struct stat *st, enum log_owner owner)
{
	char mode[16];

	if (owner == OWNER_NAME)
		add_word(l, "owner", owner_name(&l->owners, st->st_uid));
	else if (owner == OWNER_UID)
		add_number(l, "owner", st->st_uid);
	(void)snprintf(mode, sizeof(mode), "%04o", st->st_mode & 07777u);
	add_word(l, "mode", mode);
}

static void
add_why(struct logline *l, const struct finding *f)
{
	size_t at = l->text.n;

	for (unsigned i = 0; i < f->n_why; i++)
		buf_printf(&l->text, "%s%.*s", i ? "; " : "", FINDING_TEXT - 1, f->why[i]);
	field_end(l, "why", FIELD_TEXT, at);
}

static void
add_record(struct logline *l, const struct store_line *e, const struct logline_style *style)
{
	const struct record *r = e->record;
	bool finding = r->type == RECORD_FINDING;
	char id[17];

	record_id_hex(r->id, id);
	add_word(l, "id", id);
	if (e->event == STORE_GONE)
		add_word(l, "cause", store_cause_name(e->cause));
	else
		add_word(l, "act", store_act_name(e->act));
	if (finding) {
		add_graded(l, e, r);
	} else {
		add_word(l, "reason", gap_name(r->reason));
		add_number(l, "hides", r->hides);
	}
	if (e->share[0])
		add_word(l, "share", e->share);
	add_where(l, r, !style->plain_names);
	if (r->st)
		add_stat(l, r->st, style->owner);
	if (e->event == STORE_GONE)
		return;
	if (finding)
		add_why(l, r->f);
	else if (r->detail && r->detail[0])
		add(l, "detail", FIELD_TEXT, span_str(r->detail));
}

/* Events of numbers have no other values of digits alone; texts of the others stay texts. */
static bool
is_number(const struct store_line *e, struct span value)
{
	if (e->event != STORE_ROLLUP && e->event != STORE_SCAN_END && e->event != STORE_SUMMARY)
		return false;
	if (value.n == 0 || value.n > 20 || (value.p[0] == '0' && value.n > 1))
		return false;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return false;
	}
	return true;
}

static void
add_pair(struct logline *l, const struct store_line *e, const struct store_pair *p, bool mask)
{
	size_t at = l->text.n;
	struct span value = span_str(p->value);

	if (strcmp(p->key, "sev") == 0 && strcmp(p->value, severity_name(SEV_CRITICAL)) == 0)
		value = span_str(severity_short(SEV_CRITICAL));
	if (p->path && mask) {
		name_put_starred(&l->text, value);
		field_end(l, p->key, FIELD_TEXT, at);
	} else if (p->path) {
		add(l, p->key, FIELD_TEXT, value);
	} else {
		add(l, p->key, is_number(e, value) ? FIELD_NUMBER : FIELD_VALUE, value);
	}
}

int
logline_fill(struct logline *l, const struct store_line *e, const struct logline_style *style)
{
	l->n = 0;
	l->format = style->format;
	buf_clear(&l->text);
	add_head(l, e);
	if (e->record) {
		add_record(l, e, style);
	} else {
		if (e->share[0])
			add_word(l, "share", e->share);
		for (unsigned i = 0; i < e->n_pairs; i++)
			add_pair(l, e, &e->pairs[i], !style->plain_names);
	}
	if (style->resent)
		add_number(l, "resent", 1);
	return l->text.failed ? -ENOMEM : 0;
}

/* --- the line ------------------------------------------------------------------------------- */

static struct span
value_of(const struct logline *l, const struct logline_field *f)
{
	return span_of(l->text.p + f->at, f->n);
}

static bool
is_bare(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] >= 0x7F || s.p[i] == '"' || s.p[i] == '=' ||
			s.p[i] == '\\')
			return false;
	}
	return s.n > 0;
}

static bool
is_quoted(const struct logline *l, const struct logline_field *f)
{
	if (f->kind == FIELD_NUMBER)
		return false;
	return l->format == LOG_JSON || f->kind == FIELD_TEXT || f->n > f->room ||
		!is_bare(value_of(l, f));
}

static void
put_value(struct buf *b, const struct logline *l, const struct logline_field *f, enum escape style)
{
	if (f->room == SIZE_MAX)
		escape_put(b, value_of(l, f), style);
	else
		(void)escape_cut(b, value_of(l, f), style, f->room, false);
}

static enum escape
escapes(const struct logline *l)
{
	return l->format == LOG_JSON ? ESCAPE_JSON : ESCAPE_LOGFMT;
}

static void
put_field(struct buf *b, const struct logline *l, const struct logline_field *f)
{
	const char *quote = is_quoted(l, f) ? "\"" : "";

	buf_printf(b, l->format == LOG_JSON ? "\"%s\":%s" : "%s=%s", f->key, quote);
	put_value(b, l, f, escapes(l));
	buf_puts(b, quote);
}

static void
put_fields(struct buf *b, const struct logline *l, bool cut)
{
	bool json = l->format == LOG_JSON;

	if (json)
		buf_putc(b, '{');
	for (unsigned i = 0; i < l->n; i++) {
		if (i)
			buf_putc(b, json ? ',' : ' ');
		put_field(b, l, &l->fields[i]);
	}
	if (cut)
		buf_puts(b, json ? ",\"cut\":1" : " cut=1");
	if (json)
		buf_putc(b, '}');
}

/* Bytes of a value once it is escaped; the buffer is for that only. */
static size_t
measure(struct buf *t, const struct logline *l, const struct logline_field *f)
{
	buf_clear(t);
	put_value(t, l, f, escapes(l));
	return t->n;
}

/* Names that are not a file's have their bound whether the line is long or not. */
static bool
cut_words(struct buf *t, struct logline *l)
{
	bool cut = false;

	for (unsigned i = 0; i < l->n; i++) {
		struct logline_field *f = &l->fields[i];

		if (f->kind != FIELD_WORD)
			continue;
		f->room = SIZE_MAX;
		if (measure(t, l, f) > LOGLINE_WORD) {
			f->room = LOGLINE_WORD;
			cut = true;
		}
	}
	return cut;
}

static bool
may_cut(const struct logline_field *f)
{
	return f->kind == FIELD_VALUE || f->kind == FIELD_TEXT;
}

/* Gives what fits its fair part as much as it needs, until all that is left needs more. */
static void
share_room(struct logline *l, const size_t *need, size_t room)
{
	bool more = true;
	unsigned left = 0;

	for (unsigned i = 0; i < l->n; i++)
		left += may_cut(&l->fields[i]);
	while (more && left) {
		size_t part = room / left;

		more = false;
		for (unsigned i = 0; i < l->n; i++) {
			struct logline_field *f = &l->fields[i];

			if (!may_cut(f) || f->room != SIZE_MAX || need[i] > part)
				continue;
			f->room = need[i];
			room -= need[i];
			left--;
			more = true;
		}
	}
	for (unsigned i = 0; i < l->n; i++) {
		if (may_cut(&l->fields[i]) && l->fields[i].room == SIZE_MAX)
			l->fields[i].room = room / left;
	}
}

/* What the line takes without the values that may be cut, and what each of those would take. */
static size_t
fixed_part(struct buf *t, const struct logline *l, size_t *ret_need)
{
	size_t fixed = sizeof("{,\"cut\":1}");

	for (unsigned i = 0; i < l->n; i++) {
		const struct logline_field *f = &l->fields[i];

		ret_need[i] = measure(t, l, f);
		/* the key, a separator, and quotes whether they are needed or not */
		fixed += strlen(f->key) + (l->format == LOG_JSON ? 6 : 4);
		if (!may_cut(f))
			fixed += ret_need[i];
	}
	return fixed;
}

void
logline_put(struct buf *b, struct logline *l, size_t max)
{
	struct buf t = {0};
	size_t start = b->n, need[LOGLINE_FIELDS], fixed;
	bool cut;

	for (unsigned i = 0; i < l->n; i++)
		l->fields[i].room = SIZE_MAX;
	cut = cut_words(&t, l);
	put_fields(b, l, cut);
	if (b->n - start > max) {
		b->n = start;
		fixed = fixed_part(&t, l, need);
		share_room(l, need, fixed < max ? max - fixed : 0);
		put_fields(b, l, true);
	}
	b->failed |= t.failed;
	if (b->failed)
		b->n = start;
	buf_free(&t);
}

void
logline_value(struct buf *b, const struct logline *l, unsigned field)
{
	put_value(b, l, &l->fields[field], ESCAPE_LOGFMT);
}

void
logline_free(struct logline *l)
{
	buf_free(&l->text);
	l->n = 0;
}
