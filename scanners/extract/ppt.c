/*
 * A presentation is a tree of records; each save adds changed slides at the end and leaves the old
 * ones where they were. All of the stream is read from front to back, so that what a person deleted
 * and the file kept is seen too; the pages are those of the last save.
 */
#include "extract/ppt.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define HEAD  8u
#define BLOCK (64 * KIB)

struct level {
	unsigned type;
	uint64_t end;
};

struct ppt {
	struct ole *o;
	struct cfb_stream st;
	struct ppt_order order;
	struct ppt_cipher cipher;
	struct level levels[LIMIT_PPT_DEPTH];
	unsigned depth;
	enum part part;
	uint32_t page; /* of the present slide or notes */
	uint32_t listed; /* slides of the present list so far; 0 outside */
	bool open;
	struct text_at at;
	struct ppt_table table;
	struct buf raw, text;
};

bool
ppt_head_at(struct cfb_stream *s, uint64_t off, struct ppt_head *ret_h)
{
	uint8_t b[HEAD];

	if (reader_pread(&s->r, b, HEAD, off) < (ssize_t)HEAD)
		return false;
	*ret_h = (struct ppt_head){.instance = le16(b) >> 4,
		.type = le16(b + 2),
		.container = (b[0] & 15) == 15,
		.at = off + HEAD,
		.n = le32(b + 4)};
	return true;
}

static int
close_text(struct ppt *p)
{
	if (!p->open)
		return 0;
	p->open = false;
	return p->o->s->ops->text_end(p->o->s);
}

/* Lines of the same part and page become one text. */
static int
put_line(struct ppt *p, enum part part, uint32_t page)
{
	struct sink *s = p->o->s;
	int r = p->text.failed ? -ENOMEM : 0;

	for (size_t i = 0; i < p->text.n; i++) {
		if (p->text.p[i] == '\r' || p->text.p[i] == 0x0B)
			p->text.p[i] = '\n';
	}
	buf_putc(&p->text, '\n');
	if (r == 0 && p->open && (p->at.part != part || p->at.page != page))
		r = close_text(p);
	if (r == 0 && !p->open) {
		p->at = (struct text_at){.part = part, .page = page};
		r = s->ops->text_begin(s, &p->at);
		p->open = r == 0;
	}
	return r < 0 ? r : s->ops->text(s, buf_span(&p->text));
}

static bool
within(const struct ppt *p, unsigned type)
{
	for (unsigned i = 0; i < p->depth; i++) {
		if (p->levels[i].type == type)
			return true;
	}
	return false;
}

static enum part
part_here(const struct ppt *p)
{
	if (within(p, PPT_COMMENT))
		return PART_COMMENT;
	if (within(p, PPT_NOTES))
		return PART_NOTE;
	if (within(p, PPT_LINK))
		return PART_METADATA;
	if (within(p, PPT_HEADERS))
		return PART_FOOTER;
	return p->part;
}

static int
put_cell(struct ppt *p)
{
	struct buf *b = &p->table.text;
	size_t from = b->n;

	buf_put(b, p->text.p, p->text.n);
	for (size_t i = from; i < b->n; i++) {
		if (b->p[i] == '\r' || b->p[i] == 0x0B)
			b->p[i] = '\n';
	}
	buf_putc(b, '\n');
	return b->failed || p->text.failed ? -ENOMEM : 0;
}

/* Text of an atom, block by block; a character has an even place. */
static int
put_atom(struct ppt *p, const struct ppt_head *h)
{
	uint32_t left = h->n;
	uint64_t off = h->at;
	int r = 0;

	if (h->type == PPT_STRING && p->depth && p->levels[p->depth - 1].type == PPT_TAG)
		return 0; /* a program's name */
	while (left && r == 0) {
		size_t n = left < BLOCK ? left : BLOCK;
		uint8_t *to;
		ssize_t got;

		buf_clear(&p->raw);
		to = buf_room(&p->raw, n);
		if (!to)
			return -ENOMEM;
		got = reader_pread(&p->st.r, to, n, off);
		if (got <= 0)
			break;
		buf_clear(&p->text);
		if (h->type == PPT_TEXT_NARROW)
			put_latin1(&p->text, span_of(to, (size_t)got));
		else
			put_utf16(&p->text, span_of(to, (size_t)got));
		off += (uint64_t)got;
		left -= (uint32_t)got;
		r = p->table.depth ? put_cell(p)
				   : put_line(p, part_here(p), p->listed ? p->listed : p->page);
	}
	return r;
}

static void
enter(struct ppt *p, const struct ppt_head *h)
{
	if (h->type == PPT_SLIDE || h->type == PPT_NOTES || h->type == PPT_MASTER)
		p->page = h->type == PPT_SLIDE ? ppt_page_at(&p->order, h->at - HEAD) : 0;
	if (h->type == PPT_SLIDE_LIST) {
		p->part = h->instance == 2 ? PART_NOTE : PART_BODY;
		p->page = 0;
	}
	if (p->depth < LIMIT_PPT_DEPTH)
		p->levels[p->depth++] = (struct level){.type = h->type, .end = h->at + h->n};
}

static int
leave_table(struct ppt *p)
{
	int r = ppt_table_cell(&p->table, p->o->s);

	return r == 0 && p->depth < p->table.depth ? ppt_table_end(&p->table, p->o->s) : r;
}

static int
leave(struct ppt *p, uint64_t off)
{
	int r = 0;

	while (r == 0 && p->depth && p->levels[p->depth - 1].end <= off) {
		unsigned type = p->levels[--p->depth].type;

		if (p->table.depth && p->depth <= p->table.depth)
			r = leave_table(p);
		if (type == PPT_SLIDE || type == PPT_NOTES)
			p->page = 0;
		if (type == PPT_SLIDE_LIST) {
			p->part = PART_BODY;
			p->listed = 0;
		}
	}
	return r;
}

/* Properties of a shape that is a group's own: the group may be a table. */
static int
more_properties(struct ppt *p, const struct ppt_head *h)
{
	uint8_t b[512];
	ssize_t got;
	int r;

	if (p->table.depth || p->depth < 2 || p->levels[p->depth - 1].type != PPT_SHAPE ||
		p->levels[p->depth - 2].type != PPT_SHAPE_GROUP)
		return 0;
	got = reader_pread(&p->st.r, b, h->n < sizeof b ? h->n : sizeof b, h->at);
	if (got <= 0 || !ppt_is_table(span_of(b, (size_t)got), h->instance))
		return 0;
	r = close_text(p);
	ppt_table_begin(&p->table, p->depth - 1, p->page);
	return r;
}

static void
child_anchor(struct ppt *p, const struct ppt_head *h)
{
	uint8_t b[8];

	if (p->table.depth && h->n >= sizeof b &&
		reader_pread(&p->st.r, b, sizeof b, h->at) == (ssize_t)sizeof b)
		ppt_table_anchor(&p->table, span_of(b, sizeof b));
}

/* Which slide the notes, or the texts of a list that follow, belong to. */
static void
place(struct ppt *p, const struct ppt_head *h)
{
	uint8_t b[16];
	size_t n = h->type == PPT_NOTES_ATOM ? 4 : 16;

	if (h->n < n || reader_pread(&p->st.r, b, n, h->at) < (ssize_t)n)
		return;
	if (h->type == PPT_NOTES_ATOM)
		p->page = ppt_page_of(&p->order, le32(b));
	else if (within(p, PPT_SLIDE_LIST) && p->part == PART_BODY)
		p->listed = ppt_page_of(&p->order, le32(b + 12));
}

static int
record(struct ppt *p, const struct ppt_head *h)
{
	int r;

	switch (h->type) {
	case PPT_TEXT_WIDE:
	case PPT_TEXT_NARROW:
	case PPT_STRING:
		return put_atom(p, h);
	case PPT_NOTES_ATOM:
	case PPT_SLIDE_PERSIST:
		place(p, h);
		return 0;
	case PPT_MORE_PROPERTIES:
		return more_properties(p, h);
	case PPT_CHILD_ANCHOR:
		child_anchor(p, h);
		return 0;
	case PPT_OBJECT:
		r = close_text(p);
		return r < 0 ? r : ppt_object(p->o, &p->st, h);
	default:
		return 0;
	}
}

/* A record reaches beyond the end: it is damaged, and what follows it may still be words. */
static int
cut_short(struct ppt *p, uint64_t off)
{
	int r = sink_gap(p->o->s, GAP_CORRUPT, true, "presentation: damaged record");

	p->st.at = off;
	return r < 0 ? r : extract_strings(&p->st.r, p->o->s);
}

static int
walk(struct ppt *p)
{
	struct ppt_head h = {0};
	uint64_t off = 0;
	int r = 0;

	while (r == 0 && ppt_head_at(&p->st, off, &h)) {
		bool inside = h.container && h.type != PPT_CRYPT_SESSION;

		r = leave(p, off);
		if (r < 0)
			break;
		off = inside ? h.at : h.at + h.n;
		if (inside)
			enter(p, &h);
		else
			r = record(p, &h);
		if (r == 0)
			r = budget_tick(p->o->s->budget);
	}
	if (r == 0)
		r = p->o->s->budget->blown;
	if (r == 0)
		r = leave(p, UINT64_MAX);
	if (r == 0)
		r = close_text(p);
	return r == 0 && off > p->st.r.size ? cut_short(p, h.at) : r;
}

static int
read_all(struct ppt *p)
{
	bool locked = false;
	int r = ppt_order_read(&p->order, p->o, &p->st, &p->cipher, &locked);

	if (r == 0 && locked)
		return sink_gap(p->o->s, GAP_ENCRYPTED, true, "PowerPoint RC4 CryptoAPI");
	if (r == 0)
		r = walk(p);
	if (r == 0 && p->cipher.rc4.kind != OLE_RC4_NONE)
		r = ppt_pictures(p->o, &p->cipher.rc4);
	return r;
}

int
ppt_read(struct ole *o)
{
	struct ppt *p = calloc(1, sizeof *p);
	int r;

	if (!p)
		return -ENOMEM;
	p->o = o;
	r = cfb_stream_open(
		&p->st, o->c, cfb_find(o->c, o->c->root, "PowerPoint Document", CFB_STREAM));
	if (r == 0)
		r = read_all(p);
	cfb_stream_close(&p->st);
	ppt_order_free(&p->order);
	buf_free(&p->cipher.parts);
	ppt_table_free(&p->table);
	buf_free(&p->raw);
	buf_free(&p->text);
	free(p);
	return r;
}

static int
bid(const struct item *it)
{
	return ole_bid(it, OLE_PPT);
}

const struct extractor extract_ppt = {
	.name = "ppt",
	.formats = "PowerPoint presentations 97 to 2003 (ppt, pps, pot)",
	.bid = bid,
	.run = ole_run,
};
