/*
 * Values are taken as the bytes they are and decoded by the same code as those of a msg file, so one
 * wrong character does not cost the whole of a long body.
 */
#include <errno.h>
#include <time.h>

#include "extract/mail_name.h"
#include "extract/oletext.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define MULTI	   0x1000u
#define PROPERTIES 0xBCu
#define RECORD	   8u /* id, type, value */

enum {
	TYPE_STRING8 = 0x1E,
	TYPE_STRING = 0x1F,
	TYPE_TIME = 0x40,
	TYPE_BINARY = 0x102,
	PROP_SUBJECT = 0x37,
	PROP_SENT = 0x39,
	PROP_HEADERS = 0x7D,
	PROP_DELIVERED = 0xE06,
	PROP_BODY = 0x1000,
	PROP_MESSAGE_ID = 0x1035,
	PROP_CREATED = 0x3007
};

int
pst_props(struct pst_props *set, struct pst *p, const struct pst_node *n)
{
	int r;

	*set = (struct pst_props){.records.max = (size_t)LIMIT_PST_PROPS * RECORD};
	r = pst_heap(&set->heap, p, n);
	if (r == 0 && set->heap.client != PROPERTIES)
		r = -EBADMSG;
	if (r == 0 && !pst_heap_tree(&set->heap, set->heap.root, 2, 6, &set->records))
		p->lost++;
	p->lost += r == -EBADMSG;
	set->n = set->records.n / RECORD;
	return r;
}

void
pst_props_end(struct pst_props *set)
{
	pst_heap_end(&set->heap);
	buf_free(&set->records);
	set->n = 0;
}

static bool
wanted(unsigned type)
{
	switch (type) {
	case TYPE_STRING8:
	case TYPE_STRING:
	case TYPE_STRING8 | MULTI:
	case TYPE_STRING | MULTI:
	case TYPE_TIME:
	case TYPE_BINARY:
		return true;
	default:
		return false;
	}
}

/* MS-PST 2.3.3.4.2: the strings of a list, one a line, in their own encoding. */
static void
take_list(struct pst_value *v)
{
	struct buf all = v->data;
	struct span s = buf_span(&all);
	size_t n = s.n < 4 ? 0 : le32(s.p);

	v->type &= ~MULTI;
	v->data = (struct buf){.max = all.max};
	for (size_t i = 0; i < n && n <= (s.n - 4) / 4 && !v->data.failed; i++) {
		const uint8_t *at = s.p + 4 + 4 * i;
		size_t from = le32(at), to = i + 1 < n ? le32(at + 4) : s.n;
		struct span one = span_sub(s, from, to > from ? to - from : 0);

		buf_put(&v->data, one.p, one.n);
		buf_put(&v->data, "\n", v->type == TYPE_STRING ? 2 : 1);
	}
	buf_free(&all);
}

static bool
take(const struct pst_props *set, const uint8_t *record, struct pst_value *v)
{
	buf_clear(&v->data);
	v->data.max = LIMIT_PST_VALUE;
	v->id = le16(record);
	v->type = le16(record + 2);
	if (!wanted(v->type) || !le32(record + 4) ||
		!pst_heap_value(&set->heap, le32(record + 4), LIMIT_PST_VALUE, &v->data))
		return false;
	if (v->type & MULTI)
		take_list(v);
	return v->data.n > 0;
}

static const uint8_t *
record_of(const struct pst_props *set, unsigned id)
{
	for (size_t i = 0; i < set->n; i++) {
		if (le16(set->records.p + i * RECORD) == id)
			return set->records.p + i * RECORD;
	}
	return NULL;
}

bool
pst_value_at(const struct pst_props *set, size_t at, struct pst_value *v)
{
	return take(set, set->records.p + at * RECORD, v);
}

bool
pst_value_of(const struct pst_props *set, unsigned id, struct pst_value *v)
{
	const uint8_t *record = record_of(set, id);

	buf_clear(&v->data);
	return record && take(set, record, v);
}

uint32_t
pst_number_of(const struct pst_props *set, unsigned id, unsigned *ret_type)
{
	const uint8_t *record = record_of(set, id);

	*ret_type = record ? le16(record + 2) : 0;
	return record ? le32(record + 4) : 0;
}

bool
pst_is_string(const struct pst_value *v)
{
	return v->type == TYPE_STRING || v->type == TYPE_STRING8;
}

void
pst_put(struct buf *out, const struct pst_value *v, unsigned codepage)
{
	size_t from = out->n;
	struct span s = buf_span(&v->data);

	if (v->type == TYPE_STRING)
		put_utf16(out, s);
	else if (v->type == TYPE_STRING8)
		put_codepage(out, codepage, s);
	while (out->n > from && out->p[out->n - 1] <= ' ')
		out->n--;
}

void
pst_put_date(struct buf *out, const struct pst_value *v)
{
	int64_t when = v->type == TYPE_TIME && v->data.n >= 8 ? mail_filetime(le64(v->data.p))
							      : MAIL_NO_DATE;
	time_t t = (time_t)when;
	struct tm tm;

	if (when != MAIL_NO_DATE && gmtime_r(&t, &tm))
		buf_printf(out, "%04d-%02d-%02d", (tm.tm_year + 1900) % 10000, tm.tm_mon + 1,
			tm.tm_mday);
}

static int64_t
sent_at(const struct pst_props *set, struct pst_value *v)
{
	static const unsigned ids[] = {PROP_SENT, PROP_DELIVERED, PROP_CREATED};
	int64_t when = MAIL_NO_DATE;

	for (size_t i = 0; i < sizeof ids / sizeof *ids && when == MAIL_NO_DATE; i++) {
		if (pst_value_of(set, ids[i], v) && v->type == TYPE_TIME && v->data.n >= 8)
			when = mail_filetime(le64(v->data.p));
	}
	return when;
}

static struct span
value_text(const struct pst_props *set, unsigned id, unsigned codepage, struct buf *b)
{
	struct pst_value v = {0};

	b->max = LIMIT_PST_NAMED_BY;
	if (pst_value_of(set, id, &v)) {
		v.data.n = v.data.n < LIMIT_PST_NAMED_BY ? v.data.n : LIMIT_PST_NAMED_BY;
		pst_put(b, &v, codepage);
	}
	buf_free(&v.data);
	return buf_span(b);
}

void
pst_name(struct buf *out, const struct pst *p, const struct pst_props *set)
{
	struct buf id = {0}, subject = {0}, body = {0};
	struct pst_value v = {0};
	struct mail_key k = {.id = value_text(set, PROP_MESSAGE_ID, p->codepage, &id)};
	char name[MAIL_NAME_SIZE];

	k.subject = value_text(set, PROP_SUBJECT, p->codepage, &subject);
	if (k.subject.n > 1 && k.subject.p[0] == 1)
		k.subject = span_sub(k.subject, 2, k.subject.n);
	k.when = sent_at(set, &v);
	if (!k.id.n && !k.subject.n)
		k.content = value_text(set, PROP_BODY, p->codepage, &body);
	mail_key_name(&k, name);
	if (!k.id.n && value_text(set, PROP_HEADERS, p->codepage, &id).n)
		mail_name(buf_span(&id), name);
	buf_puts(out, name);
	buf_free(&id);
	buf_free(&subject);
	buf_free(&body);
	buf_free(&v.data);
}
