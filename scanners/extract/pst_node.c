/*
 * Nodes are walked in the order of their numbers, not through the tables of folders: so nothing depends
 * on those, and mails that no folder holds any longer come like others. A part of the tree that
 * cannot be had costs the nodes below it. Levels must go down and numbers up: no page that several others
 * lead to gives its nodes twice, and no circle goes on.
 */
#include <errno.h>

#include "base/cleanup.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define PAGE_NBT 0x81u
#define SUB	 2u /* cb: a list of nodes within a node */

struct walk {
	struct pst *p;
	pst_node_fn *node;
	void *user;
	uint64_t next; /* the least number that may still come */
};

/* --- the tree of all nodes ------------------------------------------------------------------- */

static int walk_page(struct walk *w, struct pst_ref ref, unsigned above);

static int
walk_entry(struct walk *w, const uint8_t *e, const struct pst_entries *es)
{
	struct pst *p = w->p;
	unsigned n = p->wide ? 8 : 4;
	struct pst_node node = {.nid = le32(e)};

	if (node.nid < w->next) {
		p->lost++;
		return 0;
	}
	if (es->level) {
		struct pst_ref ref = {pst_number(p, e + n), pst_number(p, e + (size_t)2 * n)};

		w->next = node.nid;
		return walk_page(w, ref, es->level);
	}
	node.data = pst_number(p, e + n);
	node.sub = pst_number(p, e + (size_t)2 * n);
	node.parent = le32(e + (size_t)3 * n);
	w->next = (uint64_t)node.nid + 1;
	return w->node(w->user, &node);
}

static int
walk_page(struct walk *w, struct pst_ref ref, unsigned above)
{
	uint8_t page[LIMIT_PST_PAGE];
	const uint8_t *cached = pst_page(w->p, ref, PAGE_NBT);
	struct pst_entries es;
	int r = budget_tick(w->p->budget);

	if (cached)
		memcpy(page, cached, w->p->page);
	if (!cached || !pst_entries(w->p, page, &es) || es.level >= above ||
		(!es.level && es.size < (w->p->wide ? 28 : 16))) {
		w->p->lost++;
		return r;
	}
	for (unsigned i = 0; i < es.n && r == 0; i++)
		r = walk_entry(w, page + (size_t)i * es.size, &es);
	return r;
}

int
pst_walk(struct pst *p, pst_node_fn *node, void *user)
{
	struct walk w = {.p = p, .node = node, .user = user};

	return walk_page(&w, p->nodes, LIMIT_PST_LEVELS);
}

/* --- nodes within a node ------------------------------------------------------------------------- */

struct list {
	const uint8_t *at;
	unsigned n, size, level;
};

/* MS-PST 2.2.2.8.3.3 */
static bool
read_list(struct pst *p, uint64_t bid, uint8_t *b, struct list *l)
{
	size_t n = pst_block(p, bid, b), head = p->wide ? 8 : 4;

	if (n < head || b[0] != SUB || b[1] > 1)
		return false;
	l->level = b[1];
	l->n = le16(b + 2);
	l->size = (p->wide ? 8u : 4u) * (l->level ? 2 : 3);
	l->at = b + head;
	return l->n * l->size <= n - head;
}

/* The nodes of a list whose numbers are `next` and more, in whatever order. */
static int
walk_list(struct walk *w, uint64_t sub, unsigned above)
{
	unsigned n = w->p->wide ? 8 : 4;
	_cleanup_free_ uint8_t *b = malloc(w->p->block);
	uint64_t from = w->next;
	struct list l;
	int r = budget_tick(w->p->budget);

	if (!b)
		return -ENOMEM;
	if (!read_list(w->p, sub, b, &l) || l.level >= above) {
		w->p->lost++;
		return r;
	}
	for (unsigned i = 0; i < l.n && r == 0; i++) {
		const uint8_t *e = l.at + (size_t)i * l.size;
		struct pst_node node = {.nid = le32(e), .data = pst_number(w->p, e + n)};

		if (node.nid < (l.level ? w->next : from)) {
			w->p->lost++;
			continue;
		}
		if (l.level) {
			w->next = node.nid;
			r = walk_list(w, node.data, l.level);
			continue;
		}
		node.sub = pst_number(w->p, e + (size_t)2 * n);
		if (node.nid >= w->next)
			w->next = (uint64_t)node.nid + 1;
		r = w->node(w->user, &node);
	}
	return r;
}

int
pst_walk_below(struct pst *p, uint64_t sub, pst_node_fn *node, void *user)
{
	struct walk w = {.p = p, .node = node, .user = user};

	return sub ? walk_list(&w, sub, 2) : 0;
}

struct wanted {
	uint32_t nid;
	struct pst_node *n;
};

static int
is_wanted(void *user, const struct pst_node *n)
{
	const struct wanted *w = user;

	if (n->nid != w->nid)
		return 0;
	*w->n = *n;
	return 1;
}

bool
pst_below(struct pst *p, uint64_t sub, uint32_t nid, struct pst_node *ret_n)
{
	struct wanted w = {nid, ret_n};

	return pst_walk_below(p, sub, is_wanted, &w) == 1;
}
