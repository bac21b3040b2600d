/*
 * Attachments are the nodes of that type below a message; the table that lists them says nothing that
 * they do not. Each is a file in a stream, a message in a node below, or the name of a file elsewhere.
 */
#include <errno.h>

#include "extract/archive_names.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

enum {
	PROP_NAME = 0x3001,
	PROP_DATA = 0x3701,
	PROP_FILE = 0x3704,
	PROP_METHOD = 0x3705,
	PROP_LONG_FILE = 0x3707,
	PROP_PATH = 0x3708,
	PROP_LONG_PATH = 0x370D,
	TYPE_OBJECT = 0x0D,
	TYPE_BINARY = 0x102,
	AS_MESSAGE = 5
};

struct attachments {
	struct pst *p;
	struct sink *s;
	unsigned codepage;
};

/* --- a file --- */

struct attached {
	struct reader r; /* first: its ops find the rest by it */
	struct pst_stream *data;
	struct budget *budget;
};

static ssize_t
attached_pread(struct reader *r, void *to, size_t n, uint64_t off)
{
	struct attached *a = (struct attached *)r;
	int q = budget_tick(a->budget);

	return q < 0 ? q : pst_stream_pread(a->data, to, n, off);
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

/* The first of these properties that has a text. */
static void
first_text(const struct pst_props *set, const unsigned *ids, size_t n, unsigned codepage,
	struct buf *out)
{
	struct pst_value v = {0};

	for (size_t i = 0; i < n && !out->n; i++) {
		if (pst_value_of(set, ids[i], &v) && pst_is_string(&v))
			pst_put(out, &v, codepage);
	}
	buf_free(&v.data);
}

static void
attachment_name(const struct pst_props *set, unsigned codepage, struct buf *out)
{
	static const unsigned ids[] = {PROP_LONG_FILE, PROP_FILE, PROP_NAME};
	struct buf raw = {.max = LIMIT_NAME};

	first_text(set, ids, sizeof ids / sizeof *ids, codepage, &raw);
	if (!raw.n)
		buf_puts(&raw, "attachment");
	(void)name_decode(out, buf_span(&raw), false);
	buf_free(&raw);
}

/* A short file lies in the heap itself, a longer one in a node. */
static int
file(struct attachments *as, const struct pst_props *set, uint32_t at)
{
	struct pst_stream data = {0};
	struct attached a = {.data = &data, .budget = as->s->budget};
	struct item child = {0};
	struct buf name = {0};
	struct pst_node n;
	int r;

	attachment_name(set, as->codepage, &name);
	child.name = buf_span(&name);
	if (!(at & 31)) {
		reader_mem(&a.r, pst_heap_get(&set->heap, at));
	} else if (pst_below(as->p, set->heap.node.sub, at, &n) &&
		pst_stream(&data, as->p, n.data)) {
		reader_init(&a.r, &attached_ops, data.size);
	} else {
		as->p->lost++;
		at = 0;
	}
	child.r = &a.r;
	if (at) {
		r = as->s->ops->child(as->s, &child);
		reader_end(&a.r);
	} else {
		r = as->s->ops->gap(as->s, GAP_CORRUPT, true, "attachment", &child.name);
	}
	pst_stream_end(&data);
	buf_free(&name);
	return r;
}

/* --- others --- */

/* MS-PST 2.3.3.5: an object's value is the number of the node below that holds it, and its size. */
static uint32_t
object(const struct pst_props *set, uint32_t at)
{
	struct span s = pst_heap_get(&set->heap, at);

	return s.n >= 4 ? le32(s.p) : 0;
}

static int
message(struct attachments *as, const struct pst_props *set, uint32_t nid)
{
	struct pst_node n;

	if (pst_below(as->p, set->heap.node.sub, nid, &n))
		return pst_child(as->p, as->s, &n);
	as->p->lost++;
	return 0;
}

/* A file that is only pointed to. */
static int
by_path(struct attachments *as, const struct pst_props *set)
{
	static const unsigned ids[] = {PROP_LONG_PATH, PROP_PATH};
	struct buf path = {0};
	int r = 0;

	first_text(set, ids, sizeof ids / sizeof *ids, as->codepage, &path);
	if (path.n)
		r = sink_text(as->s, PART_METADATA, "attachment by path", buf_span(&path));
	buf_free(&path);
	return r;
}

static int
attachment(void *user, const struct pst_node *n)
{
	struct attachments *as = user;
	struct pst_props set;
	unsigned type, any;
	uint32_t at, method;
	int r;

	if (PST_TYPE(n->nid) != PST_ATTACHMENT)
		return 0;
	r = pst_props(&set, as->p, n);
	at = pst_number_of(&set, PROP_DATA, &type);
	method = pst_number_of(&set, PROP_METHOD, &any);
	if (type == TYPE_OBJECT)
		at = object(&set, at);
	if (r == 0 && type == TYPE_OBJECT && method == AS_MESSAGE)
		r = message(as, &set, at);
	else if (r == 0 && at && (type == TYPE_OBJECT || type == TYPE_BINARY))
		r = file(as, &set, at);
	else if (r == 0)
		r = by_path(as, &set);
	pst_props_end(&set);
	return r == -EBADMSG ? 0 : r;
}

int
pst_attachments(struct pst *p, struct sink *s, const struct pst_node *message, unsigned codepage)
{
	struct attachments as = {p, s, codepage};

	return pst_walk_below(p, message->sub, attachment, &as);
}
