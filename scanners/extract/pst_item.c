/*
 * A message is a list of numbered properties. Those with names that people know come out as a mail's
 * header does, all other strings (of contacts, tasks, appointments) as plain lines; all bodies are read,
 * for the plain one may be older than the one in HTML or RTF. Attachments are items of their own.
 */
#include <errno.h>

#include "extract/archive_names.h"
#include "extract/extract.h"
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
	PROP_HTML_CODEPAGE = 0x3FDE
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

struct message {
	struct item *it;
	struct sink *s;
	struct pst *p;
	libpff_item_t *item;
	unsigned codepage;
	struct buf head, words, body, html;
	bool html_utf8; /* html has been decoded already */
	struct buf rtf;
	struct pst_value v; /* the property at hand */
	bool damaged;
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

int
pst_child(struct pst *p, struct sink *s, libpff_item_t *item)
{
	struct pst_message m = {.store = p, .item = item};
	struct item child = {.r = &m.r};
	struct buf name = {0};
	int r = budget_tick(s->budget);

	pst_name(&name, p, item);
	reader_init(&m.r, &message_ops, UINT64_MAX);
	child.name = buf_span(&name);
	if (r == 0)
		r = s->ops->child(s, &child);
	reader_end(&m.r);
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

		m->damaged |= r < 0 && r != -ENOMEM;
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
codepage_property(libpff_item_t *item, unsigned id)
{
	uint32_t v = 0;
	libpff_record_set_t *set = pst_first_set(item);
	libpff_record_entry_t *e = NULL;

	if (set && libpff_record_set_get_entry_by_type(set, id, 3, &e, 0, NULL) == 1) {
		(void)libpff_record_entry_get_data_as_32bit_integer(e, &v, NULL);
		(void)libpff_record_entry_free(&e, NULL);
	}
	if (set)
		(void)libpff_record_set_free(&set, NULL);
	return v;
}

static void
find_codepage(struct message *m)
{
	unsigned page = codepage_property(m->item, PROP_CODEPAGE);
	unsigned html = codepage_property(m->item, PROP_HTML_CODEPAGE);

	m->codepage = m->p->codepage;
	if (page && page != CODEPAGE_UTF16 && codepage_charset(page))
		m->codepage = page;
	else if (html && html != CODEPAGE_UTF16 && codepage_charset(html))
		m->codepage = html;
}

static int
properties(struct message *m)
{
	libpff_record_set_t *set = pst_first_set(m->item);
	int n = 0, r = 0;

	if (!set || libpff_record_set_get_number_of_entries(set, &n, NULL) != 1)
		m->damaged = true;
	for (int i = 0; i < n && r == 0; i++) {
		r = budget_tick(m->s->budget);
		if (r == 0 && pst_value_at(set, i, &m->v))
			take_property(m);
		if (r == 0 && m->words.n > LIMIT_PST_WORDS)
			r = send_text(m, PART_METADATA, "properties", &m->words);
	}
	if (set)
		(void)libpff_record_set_free(&set, NULL);
	return r;
}

/* Names and addresses of one recipient on a line. */
static int
recipients(struct message *m)
{
	static const unsigned ids[] = {0x3001, 0x3003, 0x39FE, 0x5FF6};
	libpff_item_t *list = NULL;
	int n = 0, r = 0;

	if (libpff_message_get_recipients(m->item, &list, NULL) != 1)
		return 0;
	if (libpff_item_get_number_of_record_sets(list, &n, NULL) != 1)
		n = 0;
	for (int i = 0; i < n && r == 0; i++) {
		libpff_record_set_t *set = NULL;

		r = budget_tick(m->s->budget);
		if (libpff_item_get_record_set_by_index(list, i, &set, NULL) != 1)
			continue;
		buf_puts(&m->head, "Recipient:");
		for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
			if (!pst_value_of(set, ids[k], &m->v) || !pst_is_string(&m->v))
				continue;
			buf_putc(&m->head, ' ');
			pst_put(&m->head, &m->v, m->codepage);
		}
		buf_putc(&m->head, '\n');
		(void)libpff_record_set_free(&set, NULL);
	}
	(void)libpff_item_free(&list, NULL);
	return r;
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

/* --- attachments --- */

struct attached {
	struct reader r; /* first: its ops find the rest by it */
	libpff_item_t *item;
	struct budget *budget;
};

static ssize_t
attached_pread(struct reader *r, void *to, size_t n, uint64_t off)
{
	struct attached *a = (struct attached *)r;
	int q = budget_tick(a->budget);
	ssize_t got;

	if (q < 0 || off >= r->size)
		return q;
	n = n < r->size - off ? n : (size_t)(r->size - off);
	if (libpff_attachment_data_seek_offset(a->item, (off64_t)off, SEEK_SET, NULL) < 0)
		return -EIO;
	got = libpff_attachment_data_read_buffer(a->item, to, n, NULL);
	return got < 0 ? -EIO : got;
}

static ssize_t
attached_read(struct reader *r, void *to, size_t n)
{
	struct attached *a = (struct attached *)r;
	ssize_t got = attached_pread(r, to, n, r->pos + r->head_n - r->head_at);
	int q = got > 0 ? budget_bytes(a->budget, (uint64_t)got) : 0;

	return q < 0 ? q : got;
}

static const struct reader_ops attached_ops = {.read = attached_read, .pread = attached_pread};

static void
attachment_name(struct message *m, libpff_item_t *item, struct buf *out)
{
	static const unsigned ids[] = {0x3707, 0x3704, 0x3001};
	libpff_record_set_t *set = pst_first_set(item);
	struct buf raw = {.max = LIMIT_NAME};

	for (size_t i = 0; i < sizeof ids / sizeof *ids && !raw.n; i++) {
		if (pst_value_of(set, ids[i], &m->v) && pst_is_string(&m->v))
			pst_put(&raw, &m->v, m->codepage);
	}
	if (!raw.n)
		buf_puts(&raw, "attachment");
	(void)name_decode(out, buf_span(&raw), false);
	buf_free(&raw);
	if (set)
		(void)libpff_record_set_free(&set, NULL);
}

static int
attached_file(struct message *m, libpff_item_t *item)
{
	struct attached a = {.item = item, .budget = m->s->budget};
	struct item child = {.r = &a.r};
	struct buf name = {0};
	size64_t size = 0;
	int r;

	attachment_name(m, item, &name);
	child.name = buf_span(&name);
	if (libpff_attachment_get_data_size(item, &size, NULL) != 1) {
		r = m->s->ops->gap(m->s, GAP_CORRUPT, true, "attachment", &child.name);
	} else {
		reader_init(&a.r, &attached_ops, size);
		r = m->s->ops->child(m->s, &child);
		reader_end(&a.r);
	}
	buf_free(&name);
	return r;
}

static int
attached_item(struct message *m, libpff_item_t *item)
{
	libpff_item_t *inner = NULL;
	int r;

	if (libpff_attachment_get_item(item, &inner, NULL) != 1) {
		m->damaged = true;
		return 0;
	}
	r = pst_child(m->p, m->s, inner);
	(void)libpff_item_free(&inner, NULL);
	return r;
}

/* A file that is only pointed to. */
static int
by_path(struct message *m, libpff_item_t *item)
{
	static const unsigned ids[] = {0x370D, 0x3708};
	libpff_record_set_t *set = pst_first_set(item);
	struct buf path = {0};
	int r;

	for (size_t i = 0; i < sizeof ids / sizeof *ids && !path.n; i++) {
		if (pst_value_of(set, ids[i], &m->v) && pst_is_string(&m->v))
			pst_put(&path, &m->v, m->codepage);
	}
	r = send_text(m, PART_METADATA, "attachment by path", &path);
	buf_free(&path);
	if (set)
		(void)libpff_record_set_free(&set, NULL);
	return r;
}

static int
attachment(struct message *m, int at)
{
	libpff_item_t *item = NULL;
	int type = 0, r;

	if (libpff_message_get_attachment(m->item, at, &item, NULL) != 1 ||
		libpff_attachment_get_type(item, &type, NULL) != 1)
		type = 0;
	switch (type) {
	case LIBPFF_ATTACHMENT_TYPE_DATA:
		r = attached_file(m, item);
		break;
	case LIBPFF_ATTACHMENT_TYPE_ITEM:
		r = attached_item(m, item);
		break;
	case LIBPFF_ATTACHMENT_TYPE_REFERENCE:
		r = by_path(m, item);
		break;
	default:
		m->damaged = true;
		r = budget_tick(m->s->budget);
	}
	if (item)
		(void)libpff_item_free(&item, NULL);
	return r;
}

static int
attachments(struct message *m)
{
	int n = 0, r = 0;

	if (libpff_message_get_number_of_attachments(m->item, &n, NULL) < 0)
		m->damaged = true;
	for (int i = 0; i < n && r == 0; i++)
		r = attachment(m, i);
	return r;
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
	struct pst_message *which = (struct pst_message *)it->r;
	struct message m = {.it = it, .s = s, .p = which->store, .item = which->item};
	int r;

	it->mime = "application/vnd.ms-outlook";
	find_codepage(&m);
	r = message_texts(&m);
	if (r == 0)
		r = attachments(&m);
	if (r == 0 && s->budget->blown == 0 && m.damaged)
		r = sink_gap(s, GAP_CORRUPT, true, "message of an Outlook store");
	buf_free(&m.head);
	buf_free(&m.words);
	buf_free(&m.body);
	buf_free(&m.html);
	buf_free(&m.rtf);
	buf_free(&m.v.data);
	return r < 0 ? r : s->budget->blown;
}
