/*
 * A heap is a node whose blocks give out small pieces by number; on it stand trees, and on these
 * properties and tables (MS-PST 2.3). It is held in memory whole, within a bound, because its pieces are
 * asked for in no order; values that do not fit it are streams of their own.
 */
#include <errno.h>

#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define SIGNATURE 0xECu
#define TREE	  0xB5u

/*
 * Some programs write stores whose header says that nothing is permuted and whose blocks are. The first
 * heap tells.
 */
static void
heal_crypt(struct pst *p, const struct span *first)
{
	uint8_t head[4];

	if (p->crypt || first->n < 4 || first->p[2] == SIGNATURE)
		return;
	memcpy(head, first->p, sizeof head);
	pst_decode(1, 0, head, sizeof head);
	if (head[2] == SIGNATURE)
		p->crypt = 1;
}

static void
read_blocks(struct pst_heap *h, struct pst_stream *d)
{
	struct span s = pst_stream_block(d, 0);

	heal_crypt(h->p, &s);
	d->block_at = h->p->crypt && s.n > 2 && s.p[2] != SIGNATURE ? 0 : d->block_at;
	for (size_t i = 0; i < pst_stream_blocks(d) && !h->bytes.failed; i++) {
		uint32_t at = (uint32_t)h->bytes.n;

		s = pst_stream_block(d, i);
		buf_put(&h->starts, &at, sizeof at);
		buf_put(&h->bytes, s.p, s.n);
	}
	h->p->too_big |= h->bytes.failed;
}

int
pst_heap(struct pst_heap *h, struct pst *p, const struct pst_node *n)
{
	struct pst_stream d;

	*h = (struct pst_heap){.p = p, .node = *n, .bytes = {.max = LIMIT_PST_HEAP}};
	if (pst_stream(&d, p, n->data))
		read_blocks(h, &d);
	pst_stream_end(&d);
	if (h->bytes.n < 12 || h->bytes.p[2] != SIGNATURE)
		return -EBADMSG;
	h->client = h->bytes.p[3];
	h->root = le32(h->bytes.p + 4);
	return 0;
}

void
pst_heap_end(struct pst_heap *h)
{
	buf_free(&h->bytes);
	buf_free(&h->starts);
}

static struct span
heap_block(const struct pst_heap *h, size_t i)
{
	size_t n = h->starts.n / sizeof(uint32_t);
	uint32_t at = 0, next = (uint32_t)h->bytes.n;

	if (i >= n)
		return (struct span){0};
	memcpy(&at, h->starts.p + i * sizeof at, sizeof at);
	if (i + 1 < n)
		memcpy(&next, h->starts.p + (i + 1) * sizeof next, sizeof next);
	return span_sub(buf_span(&h->bytes), at, next - at);
}

/* MS-PST 2.3.1.1: five bits that are 0, a number within the block, the block; more blocks when big. */
struct span
pst_heap_get(const struct pst_heap *h, uint32_t hid)
{
	unsigned bits = h->p->big ? 14 : 11;
	struct span b = heap_block(h, hid >> (5 + bits));
	size_t i = hid >> 5 & ((1u << bits) - 1), map, from, to;

	if ((hid & 31) || !i || b.n < 2)
		return (struct span){0};
	map = le16(b.p);
	if (map + 4 > b.n || i > le16(b.p + map) || map + 4 + 2 * (i + 1) > b.n)
		return (struct span){0};
	from = le16(b.p + map + 4 + 2 * (i - 1));
	to = le16(b.p + map + 4 + 2 * i);
	return from < to && to <= map ? span_sub(b, from, to - from) : (struct span){0};
}

struct tree {
	const struct pst_heap *h;
	unsigned key, value;
	unsigned left; /* nodes that may still come */
	struct buf *out;
};

static bool
tree_level(struct tree *t, uint32_t hid, unsigned level)
{
	struct span s = pst_heap_get(t->h, hid);
	size_t size = t->key + (level ? 4 : t->value);
	bool fine = s.n > 0 && s.n % size == 0;

	if (!t->left || t->out->failed || budget_tick(t->h->p->budget) < 0)
		return false;
	t->left--;
	if (!level) {
		buf_put(t->out, s.p, s.n / size * size);
		return fine;
	}
	for (size_t i = 0; i + size <= s.n; i += size)
		fine = tree_level(t, le32(s.p + i + t->key), level - 1) && fine;
	return fine;
}

bool
pst_heap_tree(const struct pst_heap *h, uint32_t hid, unsigned key, unsigned value, struct buf *out)
{
	struct span s = pst_heap_get(h, hid);
	struct tree t = {h, key, value, LIMIT_PST_PROPS, out};

	if (s.n < 8 || s.p[0] != TREE || s.p[1] != key || s.p[2] != value ||
		s.p[3] > LIMIT_PST_TREE)
		return false;
	return !le32(s.p + 4) || tree_level(&t, le32(s.p + 4), s.p[3]);
}

static bool
slurp(struct pst *p, uint64_t bid, size_t max, struct buf *out)
{
	struct pst_stream d;
	bool fine = pst_stream(&d, p, bid) && d.size <= max;
	uint8_t *to = NULL;

	p->too_big |= d.size > max;
	p->lost += !d.size;
	if (fine)
		to = buf_room(out, (size_t)d.size);
	if (to)
		out->n += (size_t)pst_stream_pread(&d, to, (size_t)d.size, 0);
	pst_stream_end(&d);
	return to != NULL;
}

bool
pst_heap_value(const struct pst_heap *h, uint32_t hnid, size_t max, struct buf *out)
{
	struct pst_node n;
	struct span s;

	if (hnid & 31) {
		if (pst_below(h->p, h->node.sub, hnid, &n))
			return slurp(h->p, n.data, max, out);
		h->p->lost++;
		return false;
	}
	s = pst_heap_get(h, hnid);
	h->p->lost += hnid && !s.n;
	buf_put(out, s.p, s.n <= max ? s.n : 0);
	return s.n > 0 && s.n <= max;
}
