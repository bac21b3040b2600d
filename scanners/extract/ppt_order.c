/*
 * The stream called "Current User" points to the last edit; each edit points to the one before it and
 * to a table of what it changed. Numbers in these tables lead to the document, whose list of slides
 * is the order a person sees.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/ppt.h"
#include "limits.h"

#include "base/poison.h"

struct table {
	uint32_t *places; /* by number; one more than the place; 0: none */
	struct buf part;
};

/* One record's payload, cut at LIMIT_PPT_DIRECTORY. */
static struct span
payload(struct table *t, struct cfb_stream *s, const struct ppt_head *h)
{
	size_t n = h->n < LIMIT_PPT_DIRECTORY ? h->n : LIMIT_PPT_DIRECTORY;
	uint8_t *to;
	ssize_t got;

	buf_clear(&t->part);
	if (n > s->r.size)
		n = (size_t)s->r.size;
	to = buf_room(&t->part, n ? n : 1);
	got = to ? reader_pread(&s->r, to, n, h->at) : 0;
	return span_of(to, got > 0 ? (size_t)got : 0);
}

/* Runs of places: a word with the first number (20 bits) and how many, then the places. */
static void
take_places(struct table *t, struct span b)
{
	while (b.n >= 4) {
		uint32_t first = le32(b.p) & 0xFFFFF, n = le32(b.p) >> 20;

		b = span_sub(b, 4, b.n);
		for (uint32_t i = 0; i < n && b.n >= 4; i++) {
			if (first + i < LIMIT_PPT_IDS && t->places[first + i] == 0)
				t->places[first + i] = le32(b.p) + 1;
			b = span_sub(b, 4, b.n);
		}
	}
}

/* From the last edit to the first; newer places win. Returns the document's number. */
static uint32_t
take_edits(struct table *t, struct cfb_stream *s, uint32_t off, uint32_t *ret_session)
{
	uint32_t document = 0;

	for (unsigned i = 0; i < LIMIT_PPT_EDITS && off; i++) {
		struct ppt_head h;
		struct span b;
		uint32_t before, table;

		if (!ppt_head_at(s, off, &h) || h.type != PPT_USER_EDIT || h.n < 28)
			break;
		b = payload(t, s, &h);
		if (b.n < 28)
			break;
		if (b.n >= 32 && i == 0 && le32(b.p + 28) != 0)
			*ret_session = le32(b.p + 28);
		before = le32(b.p + 8);
		table = le32(b.p + 12);
		if (document == 0)
			document = le32(b.p + 16);
		if (ppt_head_at(s, table, &h) && h.type == PPT_PERSIST)
			take_places(t, payload(t, s, &h));
		if (before >= off) /* only backwards */
			break;
		off = before;
	}
	return document;
}

static void
add(struct buf *b, uint32_t key, uint32_t page)
{
	const struct ppt_slide sl = {.key = key, .page = page};

	buf_put(b, &sl, sizeof sl);
}

/* The slides of one list. */
static uint32_t
take_list(struct ppt_order *o, const struct table *t, struct cfb_stream *s,
	const struct ppt_head *list, uint32_t page)
{
	uint64_t end = list->at + list->n, off = list->at;
	struct ppt_head h;

	for (; off < end && page < LIMIT_SLIDES && ppt_head_at(s, off, &h); off = h.at + h.n) {
		uint8_t b[16];
		uint32_t number;

		if (h.type != PPT_SLIDE_PERSIST || h.n < sizeof b ||
			reader_pread(&s->r, b, sizeof b, h.at) < (ssize_t)sizeof b)
			continue;
		page++;
		number = le32(b);
		if (number < LIMIT_PPT_IDS)
			add(&o->slides, t->places[number] - 1, page);
		add(&o->ids, le32(b + 12), page);
	}
	return page;
}

static int
by_key(const void *a, const void *b)
{
	uint32_t x = ((const struct ppt_slide *)a)->key, y = ((const struct ppt_slide *)b)->key;

	return (x > y) - (x < y);
}

static void
sort(struct buf *b)
{
	if (b->n)
		qsort(b->p, b->n / sizeof(struct ppt_slide), sizeof(struct ppt_slide), by_key);
}

static void
take_document(struct ppt_order *o, const struct table *t, struct cfb_stream *s, uint32_t place)
{
	struct ppt_head d, h;
	uint32_t page = 0;

	if (!ppt_head_at(s, place, &d) || d.type != PPT_DOCUMENT)
		return;
	for (uint64_t off = d.at; off < d.at + d.n && ppt_head_at(s, off, &h); off = h.at + h.n) {
		if (h.type == PPT_SLIDE_LIST && h.instance == 0)
			page = take_list(o, t, s, &h, page);
	}
	sort(&o->slides);
	sort(&o->ids);
}

int
ppt_order_read(struct ppt_order *o, struct ole *ole, struct cfb_stream *s, struct ppt_cipher *c,
	bool *ret_locked)
{
	uint32_t e = cfb_find(ole->c, ole->c->root, "Current User", CFB_STREAM), document,
		 session = 0;
	struct table t = {0};
	struct buf user = {0};
	int r = e == CFB_NONE ? 0 : cfb_slurp(ole->c, e, LIMIT_PPT_DIRECTORY, &user);

	*ret_locked = cfb_find(ole->c, ole->c->root, "EncryptedSummary", CFB_STREAM) != CFB_NONE ||
		(user.n >= 20 && le32(user.p + 12) == 0xF3D1C4DF);
	if (r == 0 && user.n >= 20) {
		t.places = calloc(LIMIT_PPT_IDS, sizeof *t.places);
		document = t.places ? take_edits(&t, s, le32(user.p + 16), &session) : 0;
		if (*ret_locked || session)
			*ret_locked = !t.places || !ppt_unlock(c, s, t.places, session);
		if (document && document < LIMIT_PPT_IDS && !*ret_locked)
			take_document(o, &t, s, t.places[document] - 1);
		r = t.places ? ole->c->budget->blown : -ENOMEM;
	}
	free(t.places);
	buf_free(&t.part);
	buf_free(&user);
	return r;
}

static uint32_t
page_of(const struct buf *b, uint64_t key)
{
	const struct ppt_slide want = {.key = (uint32_t)key};
	const struct ppt_slide *sl = NULL;

	if (b->n && key <= UINT32_MAX)
		sl = bsearch(&want, b->p, b->n / sizeof want, sizeof want, by_key);
	return sl ? sl->page : 0;
}

uint32_t
ppt_page_at(const struct ppt_order *o, uint64_t off)
{
	return page_of(&o->slides, off);
}

uint32_t
ppt_page_of(const struct ppt_order *o, uint32_t id)
{
	return page_of(&o->ids, id);
}

void
ppt_order_free(struct ppt_order *o)
{
	buf_free(&o->slides);
	buf_free(&o->ids);
}
