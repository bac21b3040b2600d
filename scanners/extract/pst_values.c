/*
 * Values are taken as the bytes they are and decoded here, by the same code as those of a msg file:
 * the library's own conversion gives nothing at all when one character of a long body is wrong.
 */
#include <time.h>

#include "extract/mail_name.h"
#include "extract/oletext.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define MULTI 0x1000u

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

static bool
wanted(unsigned type)
{
	type &= ~MULTI;
	return type == TYPE_STRING8 || type == TYPE_STRING || type == TYPE_TIME ||
		type == (TYPE_BINARY & ~MULTI);
}

/* The strings of a list, one a line, in their own encoding. */
static bool
take_list(libpff_record_entry_t *e, struct pst_value *v)
{
	libpff_multi_value_t *list = NULL;
	int n = 0;

	if (libpff_record_entry_get_multi_value(e, &list, NULL) != 1)
		return false;
	if (libpff_multi_value_get_number_of_values(list, &n, NULL) != 1)
		n = 0;
	for (int i = 0; i < n && !v->data.failed; i++) {
		uint32_t type;
		uint8_t *p = NULL;
		size_t size = 0;

		if (libpff_multi_value_get_value(list, i, &type, &p, &size, NULL) != 1 || !p)
			continue;
		buf_put(&v->data, p, size);
		buf_put(&v->data, "\n", (v->type & ~MULTI) == TYPE_STRING ? 2 : 1);
	}
	(void)libpff_multi_value_free(&list, NULL);
	v->type &= ~MULTI;
	return v->data.n > 0;
}

static bool
take(libpff_record_entry_t *e, struct pst_value *v)
{
	uint32_t id = 0, type = 0;
	size_t size = 0;
	uint8_t *to;

	buf_clear(&v->data);
	v->data.max = LIMIT_PST_VALUE;
	if (libpff_record_entry_get_entry_type(e, &id, NULL) != 1 ||
		libpff_record_entry_get_value_type(e, &type, NULL) != 1 || !wanted(type))
		return false;
	v->id = id;
	v->type = type;
	if (type & MULTI)
		return (type & ~MULTI) != TYPE_TIME && type != (TYPE_BINARY | MULTI) &&
			take_list(e, v);
	if (libpff_record_entry_get_data_size(e, &size, NULL) != 1 || !size ||
		size > LIMIT_PST_VALUE)
		return false;
	to = buf_room(&v->data, size);
	if (!to || libpff_record_entry_get_data(e, to, size, NULL) != 1)
		return false;
	v->data.n = size;
	return true;
}

bool
pst_value_at(libpff_record_set_t *set, int at, struct pst_value *v)
{
	libpff_record_entry_t *e = NULL;
	bool good;

	if (libpff_record_set_get_entry_by_index(set, at, &e, NULL) != 1)
		return false;
	good = take(e, v);
	(void)libpff_record_entry_free(&e, NULL);
	return good;
}

bool
pst_value_of(libpff_record_set_t *set, unsigned id, struct pst_value *v)
{
	const uint8_t any = LIBPFF_ENTRY_VALUE_FLAG_MATCH_ANY_VALUE_TYPE;
	libpff_record_entry_t *e = NULL;
	bool good;

	buf_clear(&v->data);
	if (!set || libpff_record_set_get_entry_by_type(set, id, 0, &e, any, NULL) != 1)
		return false;
	good = take(e, v);
	(void)libpff_record_entry_free(&e, NULL);
	return good;
}

libpff_record_set_t *
pst_first_set(libpff_item_t *item)
{
	libpff_record_set_t *set = NULL;

	if (libpff_item_get_record_set_by_index(item, 0, &set, NULL) != 1)
		return NULL;
	return set;
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
sent_at(libpff_record_set_t *set, struct pst_value *v)
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
value_text(libpff_record_set_t *set, unsigned id, unsigned codepage, struct buf *b)
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
pst_name(struct buf *out, const struct pst *p, libpff_item_t *item)
{
	libpff_record_set_t *set = pst_first_set(item);
	struct buf id = {0}, subject = {0}, body = {0};
	struct pst_value v = {0};
	struct mail_key k = {.id = value_text(set, PROP_MESSAGE_ID, p->codepage, &id)};
	char name[MAIL_NAME_SIZE];

	k.subject = value_text(set, PROP_SUBJECT, p->codepage, &subject);
	if (k.subject.n > 1 && k.subject.p[0] == 1)
		k.subject = span_sub(k.subject, 2, k.subject.n);
	k.when = sent_at(set, &v);
	k.content = value_text(set, PROP_BODY, p->codepage, &body);
	mail_key_name(&k, name);
	if (!k.id.n && value_text(set, PROP_HEADERS, p->codepage, &id).n)
		mail_name(buf_span(&id), name);
	buf_puts(out, name);
	buf_free(&id);
	buf_free(&subject);
	buf_free(&body);
	buf_free(&v.data);
	if (set)
		(void)libpff_record_set_free(&set, NULL);
}
