/*
 * A message's properties are numbered; the ones with names that people know come out as a mail's
 * header does, all other strings (of contacts, tasks, appointments) as plain lines.
 */
#include "extract/msg.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "limits.h"

#include "base/poison.h"

enum { TYPE_STRING8 = 0x1E, TYPE_STRING = 0x1F, TYPE_STRINGS8 = 0x101E, TYPE_STRINGS = 0x101F };

static const struct {
	unsigned id;
	const char *label;
} labels[] = {
	{0x0C1A, "From"},
	{0x0C1F, "From address"},
	{0x5D01, "From SMTP"},
	{0x0042, "On behalf of"},
	{0x0065, "On behalf of address"},
	{0x0E04, "To"},
	{0x0E03, "Cc"},
	{0x0E02, "Bcc"},
	{0x0037, "Subject"},
	{0x1035, "Message-ID"},
	{0x007D, "Headers"},
};

#define LABELS (sizeof labels / sizeof *labels)

static bool
parse_hex(const char *s, unsigned n, unsigned *ret_v)
{
	unsigned v = 0;

	for (unsigned i = 0; i < n; i++) {
		char c = s[i];
		unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0')
			: c >= 'A' && c <= 'F'	  ? (unsigned)(c - 'A') + 10
			: c >= 'a' && c <= 'f'	  ? (unsigned)(c - 'a') + 10
						  : 16;

		if (d > 15)
			return false;
		v = v << 4 | d;
	}
	*ret_v = v;
	return true;
}

bool
msg_property(const struct cfb *c, uint32_t entry, unsigned *ret_id, unsigned *ret_type)
{
	static const char prefix[] = "__substg1.0_";
	struct buf name = {0};
	const char *s;
	bool good;

	cfb_name(c, entry, &name);
	s = buf_cstr(&name);
	good = name.n >= sizeof prefix - 1 + 8 && strncasecmp(s, prefix, sizeof prefix - 1) == 0 &&
		parse_hex(s + sizeof prefix - 1, 4, ret_id) &&
		parse_hex(s + sizeof prefix - 1 + 4, 4, ret_type);
	/* a list's own stream holds only lengths; its items have numbers behind their names */
	if (good && (*ret_type & 0x1000) && name.n > sizeof prefix - 1 + 8)
		*ret_type &= 0xFFFu;
	buf_free(&name);
	return good;
}

static int
put_string(struct msg *m, uint32_t entry, unsigned type, struct buf *out)
{
	int r;

	buf_clear(&m->value);
	r = cfb_slurp(m->o->c, entry, LIMIT_MSG_VALUE, &m->value);
	if (r == 0 && cfb_size(m->o->c, entry) > LIMIT_MSG_VALUE)
		r = sink_gap(m->o->s, GAP_TOO_BIG, true, "message property");
	put_codepage(out, type == TYPE_STRING ? CODEPAGE_UTF16 : m->codepage, buf_span(&m->value));
	while (out->n && out->p[out->n - 1] <= ' ')
		out->n--;
	return out->failed ? -ENOMEM : r;
}

int
msg_string(struct msg *m, uint32_t storage, unsigned id, struct buf *out)
{
	const struct cfb *c = m->o->c;

	for (uint32_t e = cfb_first(c, storage); e != CFB_NONE; e = cfb_next(c, e)) {
		unsigned is, type;

		if (cfb_type(c, e) != CFB_STREAM || !msg_property(c, e, &is, &type) || is != id)
			continue;
		if (type == TYPE_STRING || type == TYPE_STRING8)
			return put_string(m, e, type, out);
	}
	return 0;
}

uint64_t
msg_fixed(struct msg *m, uint32_t storage, unsigned id)
{
	struct cfb *c = m->o->c;
	uint32_t e = cfb_find(c, storage, "__properties_version1.0", CFB_STREAM);
	uint64_t v = 0;

	buf_clear(&m->value);
	if (e == CFB_NONE || cfb_slurp(c, e, LIMIT_MSG_FIXED, &m->value) < 0)
		return 0;
	/* the header before the entries of 16 bytes has 8, 24 or 32 */
	for (size_t at = m->value.n & 15 ? 8 : 32; at + 16 <= m->value.n; at += 16) {
		if (le16(m->value.p + at + 2) == id)
			v = le64(m->value.p + at + 8);
	}
	return v;
}

static int
send_text(struct msg *m, enum part part, const char *name, struct buf *b)
{
	int r = b->failed ? -ENOMEM : 0;

	if (r == 0 && b->n)
		r = sink_text(m->o->s, part, name, buf_span(b));
	buf_clear(b);
	return r;
}

bool
msg_storage(const struct cfb *c, uint32_t entry, const char *prefix)
{
	struct buf name = {0};
	bool is;

	cfb_name(c, entry, &name);
	is = strncasecmp(buf_cstr(&name), prefix, strlen(prefix)) == 0;
	buf_free(&name);
	return is && cfb_type(c, entry) == CFB_STORAGE;
}

static int
recipients(struct msg *m, struct buf *out)
{
	static const unsigned ids[] = {0x3001, 0x3003, 0x39FE};
	const struct cfb *c = m->o->c;
	int r = 0;

	for (uint32_t e = cfb_first(c, c->root); e != CFB_NONE && r == 0; e = cfb_next(c, e)) {
		if (!msg_storage(c, e, "__recip"))
			continue;
		buf_puts(out, "Recipient:");
		for (size_t i = 0; i < sizeof ids / sizeof *ids && r == 0; i++) {
			buf_putc(out, ' ');
			r = msg_string(m, e, ids[i], out);
		}
		buf_putc(out, '\n');
	}
	return r;
}

static bool
is_labelled(unsigned id)
{
	for (size_t i = 0; i < LABELS; i++) {
		if (labels[i].id == id)
			return true;
	}
	return id == 0x1000 || id == 0x1013; /* bodies */
}

/* Of a recipient: name, addresses and their other forms, and the kind of address. */
static bool
is_address(unsigned id)
{
	static const uint16_t ids[] = {
		0x3001, 0x3002, 0x3003, 0x39FE, 0x39FF, 0x3A20, 0x403D, 0x403E, 0x5FE5, 0x5FF6};

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* The strings of a storage but for those that `said` tells to have gone out already. */
static int
other_strings(struct msg *m, uint32_t storage, bool (*said)(unsigned id), struct buf *out)
{
	const struct cfb *c = m->o->c;
	int r = 0;

	for (uint32_t e = cfb_first(c, storage); e != CFB_NONE && r == 0; e = cfb_next(c, e)) {
		unsigned id, type;

		if (cfb_type(c, e) != CFB_STREAM || !msg_property(c, e, &id, &type) || said(id) ||
			(type != TYPE_STRING && type != TYPE_STRING8))
			continue;
		r = put_string(m, e, type, out);
		buf_putc(out, '\n');
		if (r == 0 && out->n > LIMIT_MSG_WORDS)
			r = send_text(m, PART_METADATA, "properties", out);
	}
	return r;
}

/* Telephones, offices and whatever else the sender's address book says of the recipients. */
static int
recipients_strings(struct msg *m, struct buf *out)
{
	const struct cfb *c = m->o->c;
	int r = 0;

	for (uint32_t e = cfb_first(c, c->root); e != CFB_NONE && r == 0; e = cfb_next(c, e)) {
		if (msg_storage(c, e, "__recip"))
			r = other_strings(m, e, is_address, out);
	}
	return r;
}

int
msg_headers(struct msg *m)
{
	struct buf out = {0};
	int r = 0;

	for (size_t i = 0; i < LABELS && r == 0; i++) {
		size_t from = out.n, named;

		buf_puts(&out, labels[i].label);
		buf_puts(&out, ": ");
		named = out.n;
		r = msg_string(m, m->o->c->root, labels[i].id, &out);
		if (out.n <= named)
			out.n = from;
		else
			buf_putc(&out, '\n');
	}
	if (r == 0)
		r = recipients(m, &out);
	if (r == 0)
		r = send_text(m, PART_HEADER, "message", &out);
	if (r == 0)
		r = other_strings(m, m->o->c->root, is_labelled, &out);
	if (r == 0)
		r = recipients_strings(m, &out);
	if (r == 0)
		r = send_text(m, PART_METADATA, "properties", &out);
	buf_free(&out);
	return r;
}

int
msg_read(struct ole *o)
{
	struct msg m = {.o = o, .codepage = 1252};
	unsigned page = (unsigned)(msg_fixed(&m, o->c->root, 0x3FFD) & 0xFFFF);
	unsigned html = (unsigned)(msg_fixed(&m, o->c->root, 0x3FDE) & 0xFFFF);
	int r;

	if (page && page != CODEPAGE_UTF16 && codepage_charset(page))
		m.codepage = page;
	else if (html && html != CODEPAGE_UTF16 && codepage_charset(html))
		m.codepage = html;
	m.html_codepage = html;
	r = msg_headers(&m);
	if (r == 0)
		r = msg_body(&m);
	if (r == 0)
		r = msg_attachments(&m);
	buf_free(&m.value);
	return r < 0 ? r : o->c->budget->blown;
}

static int
bid(const struct item *it)
{
	return ole_bid(it, OLE_MSG);
}

const struct extractor extract_msg = {
	.name = "msg",
	.formats = "Outlook messages and contacts (msg)",
	.bid = bid,
	.run = ole_run,
};
