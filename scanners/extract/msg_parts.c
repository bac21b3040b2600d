/*
 * Bodies and attachments. A body in HTML or RTF is read by whoever reads these formats, as the
 * message's own text; the plain one beside it may be older or cut short, and is read as well. All of
 * them are forms of one text.
 */
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "extract/lzfu.h"
#include "extract/mail.h"
#include "extract/mail_name.h"
#include "extract/msg.h"
#include "limits.h"

#include "base/poison.h"

enum {
	PROP_BODY = 0x1000,
	PROP_RTF = 0x1009,
	PROP_HTML = 0x1013,
	PROP_MESSAGE_ID = 0x1035,
	PROP_HEADERS = 0x007D,
	PROP_SUBJECT = 0x0037,
	PROP_SENT = 0x0039,
	PROP_DELIVERED = 0x0E06,
	PROP_LONG_NAME = 0x3707,
	PROP_SHORT_NAME = 0x3704,
	PROP_DISPLAY_NAME = 0x3001,
	PROP_LONG_PATH = 0x370D,
	PROP_PATH = 0x3708,
	PROP_DATA = 0x3701
};

/* The entry of a property, whatever its type, or CFB_NONE. */
static uint32_t
find(const struct cfb *c, uint32_t storage, unsigned id, unsigned *ret_type)
{
	unsigned is, type;

	for (uint32_t e = cfb_first(c, storage); e != CFB_NONE; e = cfb_next(c, e)) {
		if (!msg_property(c, e, &is, &type) || is != id)
			continue;
		*ret_type = type;
		return e;
	}
	return CFB_NONE;
}

static int
plain(struct msg *m)
{
	struct buf t = {0};
	int r = msg_string(m, m->o->c->root, PROP_BODY, &t);

	if (r == 0 && t.n)
		r = sink_text(m->o->s, PART_BODY, NULL, buf_span(&t));
	buf_free(&t);
	return r;
}

/* The web page in r as the message's own text. */
static int
page(struct msg *m, struct reader *r, const char *charset)
{
	int q = html_inline(m->o->it, m->o->s, r, charset);

	reader_end(r);
	return q;
}

/* A page in bytes says itself in which charset it is, or the message does. */
static int
html_bytes(struct msg *m, uint32_t entry)
{
	struct cfb_stream st;
	char charset[16];
	int r = cfb_stream_open(&st, m->o->c, entry);

	(void)snprintf(charset, sizeof charset, m->html_codepage == 65001 ? "utf-8" : "cp%u",
		m->html_codepage);
	if (r == 0)
		r = page(m, &st.r, m->html_codepage ? charset : NULL);
	cfb_stream_close(&st);
	return r;
}

static int
html(struct msg *m)
{
	unsigned type;
	uint32_t e = find(m->o->c, m->o->c->root, PROP_HTML, &type);
	struct reader reader;
	struct buf t = {0};
	int r;

	if (e == CFB_NONE || cfb_type(m->o->c, e) != CFB_STREAM || cfb_size(m->o->c, e) == 0)
		return 0;
	if (type == 0x102)
		return html_bytes(m, e);
	r = msg_string(m, m->o->c->root, PROP_HTML, &t);
	reader_mem(&reader, buf_span(&t));
	if (r == 0 && t.n)
		r = page(m, &reader, "utf-8");
	buf_free(&t);
	return r;
}

static int
rtf(struct msg *m)
{
	unsigned type;
	struct cfb *c = m->o->c;
	uint32_t e = find(c, c->root, PROP_RTF, &type);
	struct buf t = {0};
	int r, q;

	if (e == CFB_NONE || cfb_type(c, e) != CFB_STREAM || cfb_size(c, e) == 0)
		return 0;
	buf_clear(&m->value);
	r = cfb_slurp(c, e, LIMIT_MSG_RTF, &m->value);
	q = r < 0 ? 0 : lzfu_decode(buf_span(&m->value), LIMIT_MSG_RTF, &t);
	if (r == 0 && q == -ENOMEM)
		r = q;
	else if (r == 0 && q < 0)
		r = sink_gap(m->o->s, GAP_CORRUPT, true, "compressed RTF body");
	if (r == 0)
		r = rtf_inline(m->o->it, m->o->s, buf_span(&t));
	buf_free(&t);
	return r;
}

int
msg_body(struct msg *m)
{
	struct sink *s = m->o->s;
	int r = sink_form(s, FORM_FIRST);

	if (r == 0)
		r = plain(m);
	if (r == 0)
		r = sink_form(s, FORM_NEXT);
	if (r == 0)
		r = html(m);
	if (r == 0)
		r = sink_form(s, FORM_NEXT);
	if (r == 0)
		r = rtf(m);
	return r < 0 ? r : sink_form(s, FORM_END);
}

int
msg_name(struct msg *m, uint32_t storage, struct buf *out)
{
	struct buf id = {0}, subject = {0}, body = {0}, head = {0};
	char name[MAIL_NAME_SIZE];
	struct mail_key k;
	uint64_t when = msg_fixed(m, storage, PROP_SENT);
	int r = msg_string(m, storage, PROP_MESSAGE_ID, &id);

	if (r == 0)
		r = msg_string(m, storage, PROP_SUBJECT, &subject);
	if (r == 0)
		r = msg_string(m, storage, PROP_BODY, &body);
	if (r == 0)
		r = msg_string(m, storage, PROP_HEADERS, &head);
	k = (struct mail_key){.id = buf_span(&id),
		.subject = buf_span(&subject),
		.when = mail_filetime(when ? when : msg_fixed(m, storage, PROP_DELIVERED)),
		.content = buf_span(&body)};
	if (id.n == 0 && head.n)
		mail_name(buf_span(&head), name);
	else
		mail_key_name(&k, name);
	buf_puts(out, name);
	buf_free(&id);
	buf_free(&subject);
	buf_free(&body);
	buf_free(&head);
	return r;
}

static int
file_name(struct msg *m, uint32_t storage, struct buf *out)
{
	static const unsigned ids[] = {PROP_LONG_NAME, PROP_SHORT_NAME, PROP_DISPLAY_NAME};
	int r = 0;

	for (size_t i = 0; i < sizeof ids / sizeof *ids && r == 0 && out->n == 0; i++)
		r = msg_string(m, storage, ids[i], out);
	if (out->n == 0)
		buf_puts(out, "attachment");
	return r;
}

/* A file that is only pointed to. */
static int
by_path(struct msg *m, uint32_t storage)
{
	struct buf t = {0};
	int r = msg_string(m, storage, PROP_LONG_PATH, &t);

	if (r == 0 && t.n == 0)
		r = msg_string(m, storage, PROP_PATH, &t);
	if (r == 0 && t.n)
		r = sink_text(m->o->s, PART_METADATA, "attachment by path", buf_span(&t));
	buf_free(&t);
	return r;
}

static int
attachment(struct msg *m, uint32_t storage)
{
	struct cfb *c = m->o->c;
	unsigned type = 0;
	uint32_t e = find(c, storage, PROP_DATA, &type);
	struct buf name = {0};
	int r;

	if (e == CFB_NONE)
		return by_path(m, storage);
	if (cfb_type(c, e) == CFB_STORAGE && ole_kind(c, e) == OLE_MSG)
		r = msg_name(m, e, &name);
	else
		r = file_name(m, storage, &name);
	if (r == 0 && cfb_type(c, e) == CFB_STORAGE)
		r = ole_child_storage(m->o, e, buf_span(&name));
	else if (r == 0)
		r = ole_child_stream(m->o, e, buf_span(&name));
	buf_free(&name);
	return r;
}

int
msg_attachments(struct msg *m)
{
	const struct cfb *c = m->o->c;
	int r = 0;

	for (uint32_t e = cfb_first(c, c->root); e != CFB_NONE && r == 0; e = cfb_next(c, e)) {
		if (msg_storage(c, e, "__attach"))
			r = attachment(m, e);
	}
	return r;
}
