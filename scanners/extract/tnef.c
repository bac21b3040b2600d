/*
 * winmail.dat: what Outlook sends when it thinks the other side is Outlook. The list of attributes is
 * walked once: the message's come first, then each attachment's behind a mark, and because its data
 * stand before its real name, an attachment is handed on when the next one begins. It is held in
 * memory, as mails are small.
 */
#include "extract/tnef.h"

#include <errno.h>

#include "extract/archive_names.h"
#include "extract/charset.h"
#include "extract/extract.h"
#include "extract/lzfu.h"
#include "extract/mail.h"
#include "extract/slurp.h"
#include "limits.h"

#include "base/poison.h"

enum {
	ATT_FROM = 0x8000,
	ATT_SUBJECT = 0x8004,
	ATT_BODY = 0x800C,
	ATT_DATA = 0x800F,
	ATT_TITLE = 0x8010,
	ATT_PROPS = 0x9003,
	ATT_RECIPIENTS = 0x9004,
	ATT_BEGIN = 0x9002,
	ATT_ATTACHMENT = 0x9005,
	ATT_CODEPAGE = 0x9007
};

enum {
	PR_BODY = 0x1000,
	PR_RTF = 0x1009,
	PR_HTML = 0x1013,
	PR_DATA = 0x3701,
	PR_FILENAME = 0x3704,
	PR_LONG_FILENAME = 0x3707
};

struct tnef {
	const struct item *it;
	struct sink *s;
	struct span in;
	const struct charset *charset; /* of 8-bit strings */
	struct names names;
	struct buf name, raw; /* the attachment's names: as shown, as found */
	struct buf text; /* properties, a line each */
	struct span data; /* the attachment at hand */
	bool attached, long_name, damaged;
	unsigned bodies;
};

static int
append(void *user, struct span utf8)
{
	buf_put(user, utf8.p, utf8.n);
	return 0;
}

/* A string of a property as UTF-8, up to its first NUL. */
static void
put_string(struct tnef *t, struct buf *b, const struct mapi *p)
{
	const struct charset *c =
		p->type == MAPI_UNICODE ? charset_find(span_str("utf-16le")) : t->charset;
	size_t at = b->n;
	const uint8_t *nul;
	struct decoder d;

	decoder_start(&d, c);
	if (decoder_feed(&d, p->data, append, b) == 0)
		(void)decoder_end(&d, append, b);
	nul = b->n > at ? memchr(b->p + at, 0, b->n - at) : NULL;
	if (nul)
		b->n = (size_t)(nul - b->p);
}

static int
give_child(struct tnef *t, struct span data)
{
	struct item child = {0};
	struct reader r;
	int q = budget_bytes(t->s->budget, data.n);

	if (q < 0)
		return q;
	t->name.max = LIMIT_NAME;
	buf_clear(&t->name);
	child.raw_name = !name_decode(&t->name, buf_span(&t->raw), false);
	if (!t->name.n)
		buf_puts(&t->name, "unnamed");
	names_number(&t->names, &t->name);
	reader_mem(&r, data);
	child.r = &r;
	child.name = buf_span(&t->name);
	q = t->s->ops->child(t->s, &child);
	reader_end(&r);
	return q;
}

/* The attachment at hand is complete. */
static int
end_attachment(struct tnef *t)
{
	int q = t->attached && t->data.n ? give_child(t, t->data) : 0;

	buf_clear(&t->raw);
	t->data = (struct span){0};
	t->attached = t->long_name = false;
	return q;
}

/* An attached message or document: behind the identity of its interface. */
static struct span
object_data(struct span s)
{
	static const uint8_t tail[] = {0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};

	return span_has(s, 4, tail, sizeof tail) ? span_sub(s, 16, s.n) : s;
}

static void
attachment_prop(struct tnef *t, const struct mapi *p)
{
	bool string = p->type == MAPI_STRING8 || p->type == MAPI_UNICODE;

	if (p->id == PR_DATA && (p->type == MAPI_OBJECT || p->type == MAPI_BINARY))
		t->data = object_data(p->data);
	if (string && (p->id == PR_LONG_FILENAME || (p->id == PR_FILENAME && !t->long_name))) {
		buf_clear(&t->raw);
		put_string(t, &t->raw, p);
		t->long_name = p->id == PR_LONG_FILENAME;
	}
}

static int
give_rtf(struct tnef *t, struct span packed)
{
	struct buf rtf = {0};
	int q = lzfu_decode(packed, LIMIT_PART, &rtf);

	if (q == -EBADMSG)
		t->damaged = true;
	if (q != -ENOMEM && rtf.n)
		q = rtf_inline(t->it, t->s, buf_span(&rtf));
	else if (q != -ENOMEM)
		q = q < 0 ? sink_gap(t->s, GAP_CORRUPT, true, "winmail.dat: its RTF is damaged")
			  : 0;
	buf_free(&rtf);
	return q;
}

static int
put_html(struct tnef *t, struct span page)
{
	struct reader r;
	int q;

	reader_mem(&r, page);
	q = html_inline(t->it, t->s, &r, NULL);
	reader_end(&r);
	return q;
}

/* One of the message's bodies comes: all say the same. */
static int
next_body(struct tnef *t)
{
	return sink_form(t->s, t->bodies++ ? FORM_NEXT : FORM_FIRST);
}

/* A property of the message: bodies become what they are, other strings a line of text. */
static int
message_prop(struct tnef *t, const struct mapi *p)
{
	bool is_body = p->id == PR_BODY || p->id == PR_HTML || p->id == PR_RTF;
	struct buf body = {0};
	int q = is_body ? next_body(t) : 0;

	if (q < 0)
		return q;
	if (p->id == PR_RTF && p->type == MAPI_BINARY)
		return give_rtf(t, p->data);
	if (p->id == PR_HTML && p->type == MAPI_BINARY)
		return put_html(t, p->data);
	if (p->type != MAPI_STRING8 && p->type != MAPI_UNICODE)
		return 0;
	if (p->id != PR_BODY && p->id != PR_HTML) {
		put_string(t, &t->text, p);
		buf_putc(&t->text, '\n');
		return 0;
	}
	put_string(t, &body, p);
	q = p->id == PR_HTML ? put_html(t, buf_span(&body))
			     : sink_text(t->s, PART_BODY, NULL, buf_span(&body));
	buf_free(&body);
	return q;
}

static int
walk_props(struct tnef *t, struct span s, bool message)
{
	struct mapi_walk w;
	int q = 0;

	mapi_start(&w, s);
	while (q == 0 && mapi_next(&w)) {
		if (message)
			q = message_prop(t, &w.at);
		else
			attachment_prop(t, &w.at);
	}
	t->damaged |= w.bad;
	return q;
}

/* A count of rows, each a run of properties. */
static int
walk_rows(struct tnef *t, struct span s)
{
	uint32_t rows = s.n >= 4 ? le32(s.p) : 0;
	struct mapi_walk w;
	int q = 0;

	s = span_sub(s, 4, s.n);
	while (rows-- && s.n >= 4 && q == 0) {
		mapi_start(&w, s);
		while (q == 0 && mapi_next(&w))
			q = message_prop(t, &w.at);
		t->damaged |= w.bad;
		if (w.bad)
			break;
		s = w.s;
	}
	return q;
}

static void
put_line(struct tnef *t, struct span data)
{
	struct mapi p = {.type = MAPI_STRING8, .data = data};

	put_string(t, &t->text, &p);
	buf_putc(&t->text, '\n');
}

static void
set_codepage(struct tnef *t, struct span data)
{
	struct buf name = {0};

	if (data.n < 4)
		return;
	buf_printf(&name, "cp%u", le32(data.p));
	t->charset = charset_find(buf_span(&name));
	if (!t->charset && le32(data.p) == 65001)
		t->charset = charset_find(span_str("utf-8"));
	buf_free(&name);
}

static int
attribute(struct tnef *t, uint16_t id, struct span data)
{
	struct mapi p = {.id = PR_BODY, .type = MAPI_STRING8, .data = data};
	int q;

	switch (id) {
	case ATT_BEGIN:
		q = end_attachment(t);
		t->attached = true;
		return q;
	case ATT_TITLE:
		p.id = PR_FILENAME;
		attachment_prop(t, &p);
		return 0;
	case ATT_DATA:
		t->attached = true;
		t->data = data;
		return 0;
	case ATT_ATTACHMENT:
		return walk_props(t, data, false);
	case ATT_PROPS:
		return walk_props(t, data, true);
	case ATT_RECIPIENTS:
		return walk_rows(t, data);
	case ATT_BODY:
		return message_prop(t, &p);
	case ATT_FROM:
	case ATT_SUBJECT:
		put_line(t, data);
		return 0;
	case ATT_CODEPAGE:
		set_codepage(t, data);
		return 0;
	default:
		return 0;
	}
}

static int
walk(struct tnef *t)
{
	struct span s = span_sub(t->in, 6, t->in.n);
	int q = 0;

	while (q == 0 && s.n >= 9) {
		uint32_t n = le32(s.p + 5);

		q = budget_tick(t->s->budget);
		t->damaged |= n > s.n - 9 || s.p[0] < 1 || s.p[0] > 2;
		if (q == 0 && s.p[0] >= 1 && s.p[0] <= 2)
			q = attribute(t, le16(s.p + 1), span_sub(s, 9, n));
		else
			break;
		s = span_sub(s, (size_t)n + 11, s.n);
	}
	t->damaged |= s.n > 0 && s.n < 9;
	if (q == 0 && t->bodies)
		q = sink_form(t->s, FORM_END);
	if (q == 0)
		q = end_attachment(t);
	if (q == 0 && t->text.n)
		q = sink_text(t->s, PART_METADATA, NULL, buf_span(&t->text));
	if (q == 0 && t->damaged)
		q = sink_gap(t->s, GAP_CORRUPT, true, "winmail.dat: damaged");
	return q;
}

static int
tnef_run(struct item *it, struct sink *s)
{
	struct buf all = {0};
	struct tnef t = {.it = it, .s = s};
	int q = reader_slurp(it->r, s->budget, LIMIT_SLURP, &all);

	t.in = buf_span(&all);
	if (q == 0)
		q = walk(&t);
	else if (q == -EOVERFLOW)
		q = sink_gap(s, GAP_TOO_BIG, true, "winmail.dat larger than memory allows");
	else if (q != -EFBIG && q != -E2BIG && q != -ETIME && q != -ECANCELED && q != -ENOMEM)
		q = sink_gap(s, GAP_IO_ERROR, true, "reading failed before the end");
	buf_free(&all);
	buf_free(&t.name);
	buf_free(&t.raw);
	buf_free(&t.text);
	names_free(&t.names);
	return q;
}

static int
tnef_bid(const struct item *it)
{
	return it->format == FORMAT_TNEF ? 100 : 0;
}

const struct extractor extract_tnef = {
	.name = "tnef",
	.formats = "winmail.dat (TNEF)",
	.open = charset_open,
	.bid = tnef_bid,
	.run = tnef_run,
};
