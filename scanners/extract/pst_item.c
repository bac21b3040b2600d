/*
 * A message is a list of numbered properties. Those with names that people know come out as a mail's
 * header does, all other strings (of contacts, tasks, appointments) as plain lines; all bodies are read,
 * for the plain one may be older than the one in HTML or RTF. Attachments are items of their own.
 */
#include <errno.h>

#include "extract/lzfu.h"
#include "extract/mail.h"
#include "extract/oletext.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

enum {
	PROP_BODY = 0x1000,
	PROP_RTF = 0x1009,
	PROP_HTML = 0x1013,
	PROP_CODEPAGE = 0x3FFD,
	PROP_HTML_CODEPAGE = 0x3FDE,
	TYPE_LONG = 3,
	NID_RECIPIENTS = 0x692
};

static const struct {
	unsigned id;
	const char *label;
} labels[] = {
	{0x0037, "Subject"},
	{0x0039, "Date"},
	{0x0042, "On behalf of"},
	{0x0065, "On behalf of address"},
	{0x007D, "Headers"},
	{0x0C1A, "From"},
	{0x0C1F, "From address"},
	{0x0E02, "Bcc"},
	{0x0E03, "Cc"},
	{0x0E04, "To"},
	{0x0E06, "Received"},
	{0x1035, "Message-ID"},
	{0x3A07, "Government ID number"},
	{0x3A08, "Business phone"},
	{0x3A09, "Home phone"},
	{0x3A15, "Postal address"},
	{0x3A16, "Company"},
	{0x3A17, "Title"},
	{0x3A18, "Department"},
	{0x3A1C, "Mobile phone"},
	{0x3A42, "Date of birth"},
	{0x3A4A, "Customer ID"},
};

/* A message of a store, as the reader of an item. */
struct pst_message {
	struct reader r; /* first: its ops find the rest by it */
	struct pst *store;
	struct pst_node node;
	struct pst_props set;
	uint64_t before; /* damage that was seen and not told before it */
	bool done;
};

struct message {
	struct item *it;
	struct sink *s;
	struct pst *p;
	const struct pst_node *node;
	const struct pst_props *set;
	unsigned codepage;
	struct buf head, words, body, html;
	bool html_utf8; /* html has been decoded already */
	struct buf rtf;
	struct pst_value v; /* the property at hand */
};

/* --- the reader that stands for a message --- */

static ssize_t
message_read(struct reader *r, void *to, size_t n)
{
	struct pst_message *m = (struct pst_message *)r;

	if (m->done || n < 4)
		return 0;
	m->done = true;
	memcpy(to, "!BDN", 4);
	return 4;
}

static const struct reader_ops message_ops = {.read = message_read};

bool
pst_is_message(const struct reader *r)
{
	return r->ops == &message_ops;
}

static uint64_t
untold(const struct pst *p)
{
	return p->lost + p->wrong - p->told;
}

/* What was damaged or left out in this message; `before` it there was as much untold. */
static int
say_lost(struct pst *p, struct sink *s, uint64_t before)
{
	int r = 0;

	if (s->budget->blown)
		return 0;
	if (p->too_big)
		r = sink_gap(s, GAP_TOO_BIG, true, "part of a message of an Outlook store");
	if (r == 0 && untold(p) != before) {
		p->told += untold(p) - before;
		r = sink_gap(s, GAP_CORRUPT, true, "message of an Outlook store");
	}
	return r;
}

int
pst_child(struct pst *p, struct sink *s, const struct pst_node *n)
{
	struct pst_message m = {.store = p, .node = *n, .before = untold(p)};
	struct item child = {.r = &m.r};
	struct buf name = {0};
	int r = budget_tick(s->budget);

	if (r == 0)
		r = pst_props(&m.set, p, n);
	if (r == 0 || r == -EBADMSG) {
		pst_name(&name, p, &m.set);
		reader_init(&m.r, &message_ops, UINT64_MAX);
		child.name = buf_span(&name);
		r = s->ops->child(s, &child);
		reader_end(&m.r);
	}
	pst_props_end(&m.set);
	buf_free(&name);
	return r;
}

/* --- properties --- */

static int
send_text(struct message *m, enum part part, const char *name, struct buf *b)
{
	int r = b->failed ? -ENOMEM : 0;

	if (r == 0 && b->n)
		r = sink_text(m->s, part, name, buf_span(b));
	buf_clear(b);
	return r;
}

static void
put_line(struct message *m, struct buf *out, const char *label)
{
	size_t from = out->n, named;

	if (label)
		buf_printf(out, "%s: ", label);
	named = out->n;
	if (pst_is_string(&m->v))
		pst_put(out, &m->v, m->codepage);
	else
		pst_put_date(out, &m->v);
	/* a subject's prefix ("RE: ") is told by two characters before it: a mark and its length */
	if (out->n > named + 1 && out->p[named] == 1) {
		memmove(out->p + named, out->p + named + 2, out->n - named - 2);
		out->n -= 2;
	}
	if (out->n <= named)
		out->n = from;
	else
		buf_putc(out, '\n');
}

/* A body, kept for its turn. False: it is none. */
static bool
take_body(struct message *m)
{
	struct buf *b = &m->v.data;

	if (m->v.id == PROP_BODY && pst_is_string(&m->v)) {
		pst_put(&m->body, &m->v, m->codepage);
	} else if (m->v.id == PROP_HTML && pst_is_string(&m->v)) {
		pst_put(&m->html, &m->v, m->codepage);
		m->html_utf8 = true;
	} else if (m->v.id == PROP_HTML) {
		buf_put(&m->html, b->p, b->n);
	} else if (m->v.id == PROP_RTF) {
		int r = lzfu_decode(buf_span(b), LIMIT_PST_RTF, &m->rtf);

		m->p->lost += r < 0 && r != -ENOMEM;
	} else {
		return false;
	}
	return true;
}

static void
take_property(struct message *m)
{
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (labels[i].id == m->v.id) {
			put_line(m, &m->head, labels[i].label);
			return;
		}
	}
	if (!take_body(m) && pst_is_string(&m->v))
		put_line(m, &m->words, NULL);
}

static unsigned
codepage_property(const struct message *m, unsigned id)
{
	unsigned type;
	uint32_t page = pst_number_of(m->set, id, &type);

	return type == TYPE_LONG && page != CODEPAGE_UTF16 && codepage_charset(page) ? page : 0;
}

static void
find_codepage(struct message *m)
{
	unsigned page = codepage_property(m, PROP_CODEPAGE);

	if (!page)
		page = codepage_property(m, PROP_HTML_CODEPAGE);
	m->codepage = page ? page : m->p->codepage;
}

static int
properties(struct message *m)
{
	int r = 0;

	for (size_t i = 0; i < m->set->n && r == 0; i++) {
		r = budget_tick(m->s->budget);
		if (r == 0 && pst_value_at(m->set, i, &m->v)) {
			r = budget_bytes(m->s->budget, m->v.data.n);
			take_property(m);
		}
		if (r == 0 && m->words.n > LIMIT_PST_WORDS)
			r = send_text(m, PART_METADATA, "properties", &m->words);
		if (r == 0 && m->head.n > LIMIT_PST_WORDS)
			r = send_text(m, PART_HEADER, "message", &m->head);
	}
	return r;
}

/* Names and addresses of one recipient on a line. */
static int
recipient(void *user, struct span words)
{
	struct message *m = user;

	buf_puts(&m->head, "Recipient:");
	buf_put(&m->head, words.p, words.n);
	buf_putc(&m->head, '\n');
	return m->head.n > LIMIT_PST_WORDS ? send_text(m, PART_HEADER, "message", &m->head) : 0;
}

static int
recipients(struct message *m)
{
	static const unsigned ids[] = {0x3001, 0x3003, 0x39FE, 0x5FF6};
	struct pst_node table;

	if (!pst_below(m->p, m->node->sub, NID_RECIPIENTS, &table))
		return 0;
	return pst_table_rows(
		m->p, &table, ids, sizeof ids / sizeof *ids, m->codepage, recipient, m);
}

/* --- bodies --- */

static int
html(struct message *m)
{
	struct reader r;
	int q;

	if (m->html.failed)
		return -ENOMEM;
	reader_mem(&r, buf_span(&m->html));
	q = m->html.n ? html_inline(m->it, m->s, &r, m->html_utf8 ? "utf-8" : NULL) : 0;
	reader_end(&r);
	return q;
}

static int
message_texts(struct message *m)
{
	int r = properties(m);

	if (r == 0)
		r = recipients(m);
	if (r == 0)
		r = send_text(m, PART_HEADER, "message", &m->head);
	if (r == 0)
		r = sink_form(m->s, FORM_FIRST);
	if (r == 0)
		r = send_text(m, PART_BODY, NULL, &m->body);
	if (r == 0)
		r = sink_form(m->s, FORM_NEXT);
	if (r == 0)
		r = html(m);
	if (r == 0)
		r = sink_form(m->s, FORM_NEXT);
	if (r == 0)
		r = m->rtf.failed ? -ENOMEM : rtf_inline(m->it, m->s, buf_span(&m->rtf));
	if (r == 0)
		r = sink_form(m->s, FORM_END);
	return r < 0 ? r : send_text(m, PART_METADATA, "properties", &m->words);
}

int
pst_message_run(struct item *it, struct sink *s)
{
	const struct pst_message *which = (const struct pst_message *)it->r;
	struct pst *p = which->store;
	struct message m = {.it = it, .s = s, .p = p, .node = &which->node, .set = &which->set};
	bool above = p->too_big;
	int r;

	it->mime = "application/vnd.ms-outlook";
	p->too_big = false;
	find_codepage(&m);
	r = message_texts(&m);
	buf_free(&m.head);
	buf_free(&m.words);
	buf_free(&m.body);
	buf_free(&m.html);
	buf_free(&m.rtf);
	buf_free(&m.v.data);
	if (r == 0)
		r = pst_attachments(p, s, &which->node, m.codepage);
	if (r == 0)
		r = say_lost(p, s, which->before);
	p->too_big = above;
	return r < 0 ? r : s->budget->blown;
}
