/*
 * Both ends of a page lie here, so that they cannot drift apart. A daemon is trusted more than a worker,
 * and is still read through the same checked cursor: a list is printed on a terminal.
 */
#include "review_page.h"

#include <errno.h>
#include <stdlib.h>

#include "sink_common.h"

#include "base/poison.h"

#define NEXT_BYTES 8

enum kind { NUMBER, TEXT };

/* The filter's members that a word can set, by their names in the request. */
static const struct field {
	const char *name;
	enum kind kind;
	size_t at, size;
	uint64_t max;
} fields[] = {
#define FIELD(name, kind, member, max)                                                             \
	{                                                                                          \
		name, kind, offsetof(struct store_filter, member),                                 \
			sizeof(((struct store_filter *)NULL)->member), max                         \
	}
	FIELD("type", NUMBER, type, RECORD_GAP),
	FIELD("states", NUMBER, states, (1u << STORE_STATES) - 1),
	FIELD("id", NUMBER, id, UINT64_MAX),
	FIELD("severities", NUMBER, severities, (1u << SEVERITIES) - 1),
	FIELD("confidence", NUMBER, min_confidence, CONFIDENCES - 1),
	FIELD("since", NUMBER, since, INT64_MAX),
	FIELD("after", NUMBER, after, INT64_MAX),
	FIELD("share", TEXT, share, 0),
	FIELD("rule", TEXT, rule, 0),
	FIELD("category", TEXT, category, 0),
	FIELD("reason", TEXT, reason, 0),
	FIELD("path", TEXT, path, 0),
};
#define FIELDS (sizeof(fields) / sizeof(*fields))

static uint64_t
field_number(const struct field *fd, const struct store_filter *f)
{
	const uint8_t *p = (const uint8_t *)f + fd->at;
	uint32_t narrow;
	uint64_t wide;

	if (fd->size == sizeof(wide)) {
		memcpy(&wide, p, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, p, sizeof(narrow));
	return narrow;
}

static void
put_field(struct buf *b, const struct field *fd, const struct store_filter *f)
{
	const char *text;
	uint64_t n;

	if (fd->kind == TEXT) {
		memcpy(&text, (const uint8_t *)f + fd->at, sizeof(text));
		if (text)
			buf_printf(b, "%s=%s%c", fd->name, text, 0);
		return;
	}
	/* "type" of both findings and gaps is -1, and is left out as what is 0 elsewhere */
	n = field_number(fd, f);
	if (fd->at == offsetof(struct store_filter, type) ? f->type >= 0 : n > 0)
		buf_printf(b, "%s=%llu%c", fd->name, (unsigned long long)n, 0);
}

int
review_words_make(const char *verb, const struct store_filter *f, struct review_words *ret_w)
{
	struct review_words w = {.n = 0};

	buf_printf(&w.text, "%s%c", verb, 0);
	for (size_t i = 0; i < FIELDS; i++)
		put_field(&w.text, &fields[i], f);
	if (w.text.failed) {
		buf_free(&w.text);
		return -ENOMEM;
	}
	for (size_t at = 0; at < w.text.n && w.n < REVIEW_WORDS;) {
		w.v[w.n++] = (const char *)w.text.p + at;
		at += strlen((const char *)w.text.p + at) + 1;
	}
	*ret_w = w;
	return 0;
}

void
review_words_free(struct review_words *w)
{
	buf_free(&w->text);
}

static int
set_number(const struct field *fd, const char *value, struct store_filter *f)
{
	uint8_t *p = (uint8_t *)f + fd->at;
	uint32_t narrow;
	uint64_t n;
	char *end;

	if (!*value || strspn(value, "0123456789") != strlen(value))
		return -EINVAL;
	errno = 0;
	n = strtoull(value, &end, 10);
	if (errno || *end || n > fd->max)
		return -EINVAL;
	narrow = (uint32_t)n;
	if (fd->size == sizeof(n))
		memcpy(p, &n, sizeof(n));
	else
		memcpy(p, &narrow, sizeof(narrow));
	return 0;
}

static int
set_field(const char *word, struct store_filter *f)
{
	const char *value = strchr(word, '=');
	size_t n = value ? (size_t)(value - word) : 0;

	for (size_t i = 0; i < FIELDS && value; i++) {
		if (strlen(fields[i].name) != n || memcmp(fields[i].name, word, n) != 0)
			continue;
		value++;
		if (fields[i].kind == NUMBER)
			return set_number(&fields[i], value, f);
		memcpy((uint8_t *)f + fields[i].at, &value, sizeof(value));
		return 0;
	}
	return -EINVAL;
}

int
review_words_read(const char *const *words, size_t n, struct store_filter *ret_f)
{
	struct store_filter f = {.type = -1};
	int r = 0;

	for (size_t i = 1; i < n && r == 0; i++)
		r = set_field(words[i], &f);
	f.sort = STORE_BY_ROW;
	f.rows = REVIEW_ROWS;
	if (r == 0)
		*ret_f = f;
	return r;
}

/* --- rows ----------------------------------------------------------------------------------- */

void
review_page_begin(struct buf *b)
{
	static const uint8_t room[NEXT_BYTES];

	buf_clear(b);
	buf_put(b, room, sizeof(room));
}

void
review_page_next(struct buf *b, uint64_t next)
{
	if (b->n >= NEXT_BYTES)
		memcpy(b->p, &next, NEXT_BYTES);
}

static void
put_names(struct ipc_out *o, const struct record *r, bool whole)
{
	struct span names[WIRE_NAMES];
	struct inner in = {.names = names, .n = r->inner.n < WIRE_NAMES ? r->inner.n : WIRE_NAMES};
	size_t ends[WIRE_NAMES];
	struct buf path = {0}, all = {0};

	record_path(&path, r, !whole);
	ipc_bytes(o, buf_span(&path));
	for (size_t i = 0; i < in.n; i++) {
		record_name(&all, r, i, !whole);
		ends[i] = all.n;
	}
	for (size_t i = 0; i < in.n; i++) {
		size_t from = i ? ends[i - 1] : 0;

		names[i] = span_sub(buf_span(&all), from, ends[i] - from);
	}
	wire_put_inner(o, &in);
	o->b.failed |= path.failed || all.failed;
	buf_free(&path);
	buf_free(&all);
}

static void
put_judgement(struct ipc_out *o, const struct record *r, bool whole)
{
	static char unknown[] = "?";
	struct rule_info rule = *r->rule;

	if (!*rule.id)
		rule.id = unknown;
	if (!whole)
		rule.advice = rule.about = rule.refs = NULL;
	wire_put_rule(o, &rule);
	ipc_u8(o, (uint8_t)r->severity);
	ipc_u8(o, (uint8_t)r->reach);
	ipc_u32(o, r->score);
	wire_put_finding(o, r->f);
}

void
review_page_row(struct buf *b, const struct stored *x, bool whole)
{
	const struct record *r = &x->rec;
	struct ipc_out o = {.b = *b};

	ipc_u64(&o, x->no);
	wire_put_text(&o, x->share, WIRE_DETAIL);
	ipc_u8(&o, (uint8_t)x->state);
	ipc_u8(&o, (uint8_t)x->cause);
	ipc_u8(&o, x->held);
	ipc_u64(&o, (uint64_t)x->first);
	ipc_u64(&o, (uint64_t)x->last);
	ipc_u64(&o, (uint64_t)x->since);
	ipc_u8(&o, (uint8_t)r->type);
	ipc_u64(&o, r->id);
	put_names(&o, r, whole);
	wire_put_stat(&o, r->st);
	if (r->type == RECORD_FINDING) {
		put_judgement(&o, r, whole);
	} else {
		ipc_u8(&o, (uint8_t)r->reason);
		ipc_u8(&o, r->hides);
		wire_put_text(&o, r->detail, WIRE_DETAIL);
	}
	*b = o.b;
}

static int
get_judgement(struct ipc_in *i, struct review_row *row)
{
	struct record *r = &row->x.rec;
	uint8_t severity, reach;

	wire_rule_free(&row->rule);
	row->rule = (struct rule_info){0};
	if (wire_get_rule(i, &row->rule) < 0)
		return -EBADMSG;
	severity = ipc_get_u8(i);
	reach = ipc_get_u8(i);
	r->score = ipc_get_u32(i);
	if (severity >= SEVERITIES || reach >= REACHES || wire_get_finding(i, &row->f) < 0)
		return -EBADMSG;
	r->severity = severity;
	r->reach = reach;
	r->rule = &row->rule;
	r->f = &row->f;
	return 0;
}

static int
get_gap(struct ipc_in *i, struct review_row *row)
{
	struct record *r = &row->x.rec;
	uint8_t reason = ipc_get_u8(i), hides = ipc_get_u8(i);

	if (reason >= GAP_REASONS || hides > 1)
		return -EBADMSG;
	r->reason = reason;
	r->hides = hides;
	r->detail = row->detail;
	return wire_get_text(i, row->detail, sizeof(row->detail), false);
}

static int
get_state(struct ipc_in *i, struct review_row *row)
{
	struct stored *x = &row->x;
	uint8_t state, cause, held;

	*x = (struct stored){.no = ipc_get_u64(i)};
	if (wire_get_text(i, row->share, sizeof(row->share), false) < 0)
		return -EBADMSG;
	state = ipc_get_u8(i);
	cause = ipc_get_u8(i);
	held = ipc_get_u8(i);
	if (state >= STORE_STATES || cause >= STORE_CAUSES || held > 1)
		return -EBADMSG;
	x->share = row->share;
	x->state = state;
	x->cause = cause;
	x->held = held;
	x->first = (int64_t)ipc_get_u64(i);
	x->last = (int64_t)ipc_get_u64(i);
	x->since = (int64_t)ipc_get_u64(i);
	return 0;
}

static int
get_names(struct ipc_in *i, struct review_row *row)
{
	struct span path = ipc_get_bytes(i, LIMIT_MESSAGE);

	if (path.n == 0 || memchr(path.p, 0, path.n) || wire_get_inner(i, &row->inner) < 0)
		return -EBADMSG;
	buf_clear(&row->path);
	buf_put(&row->path, path.p, path.n);
	row->x.rec.path = buf_cstr(&row->path);
	row->x.rec.inner = row->inner.in;
	row->x.rec.st = wire_get_stat(i, &row->st) ? &row->st : NULL;
	return row->path.failed ? -ENOMEM : 0;
}

int
review_row_read(struct ipc_in *page, struct review_row *row)
{
	uint8_t type;
	uint64_t id;
	int r;

	if (page->at == page->n && !page->bad)
		return 0;
	r = get_state(page, row);
	type = ipc_get_u8(page);
	id = ipc_get_u64(page);
	if (r == 0 && type > RECORD_GAP)
		r = -EBADMSG;
	if (r == 0)
		r = get_names(page, row);
	if (r == 0) {
		row->x.rec.id = id;
		if (type == RECORD_GAP)
			row->x.rec.type = RECORD_GAP;
		r = type == RECORD_GAP ? get_gap(page, row) : get_judgement(page, row);
	}
	if (r == 0 && page->bad)
		r = -EBADMSG;
	return r < 0 ? r : 1;
}

struct span
review_row_path(struct span row)
{
	struct ipc_in i = {.p = (uint8_t *)(uintptr_t)row.p, .n = row.n};

	(void)ipc_get_u64(&i);
	(void)ipc_get_bytes(&i, WIRE_DETAIL);
	for (unsigned k = 0; k < 3; k++) /* state, cause, held */
		(void)ipc_get_u8(&i);
	for (unsigned k = 0; k < 3; k++) /* times */
		(void)ipc_get_u64(&i);
	(void)ipc_get_u8(&i);
	(void)ipc_get_u64(&i);
	return ipc_get_bytes(&i, LIMIT_MESSAGE);
}

void
review_row_free(struct review_row *row)
{
	wire_rule_free(&row->rule);
	buf_free(&row->path);
}
