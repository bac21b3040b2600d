/*
 * Of tables only the recipients' is read: folders' tables repeat what is in the messages. A row's
 * strings lie in the heap, the rows themselves in it or in a node of their own (MS-PST 2.3.4).
 */
#include <errno.h>

#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define TABLE  0x7Cu
#define HEAD   22u
#define COLUMN 8u
#define ROW_ID 8u /* bytes that every row begins with: its number and version */

struct table {
	struct pst_heap heap;
	struct span head; /* its description */
	size_t size; /* of a row */
};

static int
open_table(struct table *t, struct pst *p, const struct pst_node *n)
{
	int r = pst_heap(&t->heap, p, n);

	if (r < 0)
		return r;
	t->head = pst_heap_get(&t->heap, t->heap.root);
	if (t->heap.client != TABLE || t->head.n < HEAD || t->head.p[0] != TABLE ||
		t->head.n < HEAD + (size_t)COLUMN * t->head.p[1])
		return -EBADMSG;
	t->size = le16(t->head.p + 8);
	return t->size >= ROW_ID ? 0 : -EBADMSG;
}

/* A string of a row. */
static bool
cell(const struct table *t, const uint8_t *row, unsigned id, struct pst_value *v)
{
	for (unsigned i = 0; i < t->head.p[1]; i++) {
		const uint8_t *c = t->head.p + HEAD + (size_t)COLUMN * i;

		if (le16(c + 2) != id || c[6] != 4 || le16(c + 4) + 4u > t->size)
			continue;
		v->id = id;
		v->type = le16(c);
		buf_clear(&v->data);
		return pst_is_string(v) && le32(row + le16(c + 4)) &&
			pst_heap_value(&t->heap, le32(row + le16(c + 4)), LIMIT_PST_CELL, &v->data);
	}
	return false;
}

struct rows {
	const struct table *t;
	const unsigned *ids;
	size_t n_ids;
	unsigned codepage;
	int (*row)(void *user, struct span words);
	void *user;
	struct pst_value v;
	struct buf words;
};

static int
one_row(struct rows *o, const uint8_t *row)
{
	struct pst *p = o->t->heap.p;
	int r;

	buf_clear(&o->words);
	for (size_t k = 0; k < o->n_ids; k++) {
		if (!cell(o->t, row, o->ids[k], &o->v))
			continue;
		buf_putc(&o->words, ' ');
		pst_put(&o->words, &o->v, o->codepage);
	}
	r = budget_tick(p->budget);
	if (r == 0)
		r = budget_bytes(p->budget, o->words.n);
	if (r == 0)
		r = o->words.failed ? -ENOMEM : o->row(o->user, buf_span(&o->words));
	return r;
}

static int
some_rows(struct rows *o, struct span s)
{
	int r = 0;

	for (size_t at = 0; at + o->t->size <= s.n && r == 0; at += o->t->size)
		r = one_row(o, s.p + at);
	return r;
}

/* Rows in a node: as many in each block as fit it whole. */
static int
node_rows(struct rows *o, uint32_t nid)
{
	struct pst *p = o->t->heap.p;
	struct pst_stream d = {0};
	struct pst_node n;
	int r = 0;

	if (!pst_below(p, o->t->heap.node.sub, nid, &n) || !pst_stream(&d, p, n.data))
		p->lost++;
	for (size_t i = 0; i < pst_stream_blocks(&d) && r == 0; i++)
		r = some_rows(o, pst_stream_block(&d, i));
	pst_stream_end(&d);
	return r;
}

int
pst_table_rows(struct pst *p, const struct pst_node *n, const unsigned *ids, size_t n_ids,
	unsigned codepage, int (*row)(void *user, struct span words), void *user)
{
	struct table t = {0};
	struct rows o = {.t = &t,
		.ids = ids,
		.n_ids = n_ids,
		.codepage = codepage,
		.row = row,
		.user = user};
	int r = open_table(&t, p, n);
	uint32_t at = r == 0 ? le32(t.head.p + 14) : 0;

	if (at)
		r = at & 31 ? node_rows(&o, at) : some_rows(&o, pst_heap_get(&t.heap, at));
	p->lost += r == -EBADMSG;
	pst_heap_end(&t.heap);
	buf_free(&o.v.data);
	buf_free(&o.words);
	return r == -EBADMSG ? 0 : r;
}
