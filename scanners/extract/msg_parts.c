/*
 * Bodies and attachments. A body in HTML or RTF is handed on as an inner item, so that whoever reads
 * these formats reads it; the plain one beside it may be older or cut short, and is read as well.
 */
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "extract/digest.h"
#include "extract/lzfu.h"
#include "extract/msg.h"
#include "limits.h"

#include "base/poison.h"

#define HASHED	 (64 * KIB)
#define FILETIME 10000000ull /* ticks of a second */
#define EPOCH	 11644473600ull /* seconds from 1601 to 1970 */

enum {
	PROP_BODY = 0x1000,
	PROP_RTF = 0x1009,
	PROP_HTML = 0x1013,
	PROP_MESSAGE_ID = 0x1035,
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

/* In UTF-8, unless it is bytes of its own: these say themselves what they are. */
static int
html(struct msg *m)
{
	const struct span name = span_str("body.html");
	unsigned type;
	uint32_t e = find(m->o->c, m->o->c->root, PROP_HTML, &type);
	struct buf t = {0};
	int r;

	if (e == CFB_NONE || cfb_type(m->o->c, e) != CFB_STREAM || cfb_size(m->o->c, e) == 0)
		return 0;
	if (type == 0x102)
		return ole_child_stream(m->o, e, name);
	r = msg_string(m, m->o->c->root, PROP_HTML, &t);
	if (r == 0 && t.n)
		r = ole_child_bytes(m->o, buf_span(&t), name);
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
	if (r == 0)
		r = budget_bytes(c->budget, t.n);
	if (r == 0 && q == -ENOMEM)
		r = q;
	else if (r == 0 && q < 0)
		r = sink_gap(m->o->s, GAP_CORRUPT, true, "compressed RTF body");
	if (r == 0 && t.n)
		r = ole_child_bytes(m->o, buf_span(&t), span_str("body.rtf"));
	buf_free(&t);
	return r;
}

int
msg_body(struct msg *m)
{
	int r = plain(m);

	if (r == 0)
		r = html(m);
	return r < 0 ? r : rtf(m);
}

/* "-2014-11-24" of a time in ticks since 1601. */
static void
put_date(struct buf *out, uint64_t ticks)
{
	uint64_t days;
	unsigned era, year, day, month;

	if (ticks / FILETIME < EPOCH || ticks / FILETIME > EPOCH + 253402300799ull)
		return;
	/* days since 1 March 0000, in eras of 400 years */
	days = (ticks / FILETIME - EPOCH) / 86400 + 719468;
	era = (unsigned)(days / 146097);
	day = (unsigned)(days % 146097);
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	buf_printf(out, "-%04u-%02u-%02u", era * 400 + year + (month >= 10),
		month < 10 ? month + 3 : month - 9, day + 1);
}

int
msg_name(struct msg *m, uint32_t storage, struct buf *out)
{
	struct buf id = {0};
	uint8_t digest[20];
	uint64_t when = msg_fixed(m, storage, PROP_SENT);
	int r = msg_string(m, storage, PROP_MESSAGE_ID, &id);

	if (when == 0)
		when = msg_fixed(m, storage, PROP_DELIVERED);
	if (r == 0 && id.n == 0)
		r = msg_string(m, storage, PROP_SUBJECT, &id);
	if (r == 0 && id.n < HASHED)
		r = msg_string(m, storage, PROP_BODY, &id);
	sha1(span_sub(buf_span(&id), 0, HASHED), digest);
	buf_free(&id);
	buf_printf(out, "mail-%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
	put_date(out, when);
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
		struct buf name = {0};
		bool is;

		cfb_name(c, e, &name);
		is = strncasecmp(buf_cstr(&name), "__attach", 8) == 0;
		buf_free(&name);
		if (is && cfb_type(c, e) == CFB_STORAGE)
			r = attachment(m, e);
	}
	return r;
}
