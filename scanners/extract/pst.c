/*
 * Messages are handed on as inner items that come back here one by one: a finding names the message, a
 * crash or a time-out costs that message. Folder names are words like any others and no part of an item's
 * name. A store whose trees are damaged gives what can be reached, says that this is not all, and its
 * printable runs are searched besides.
 */
#include <errno.h>
#include <stdio.h>

#include "extract/extract.h"
#include "extract/mail_codec.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define CRYPT_AT_64 513 /* bCryptMethod of a Unicode store, */
#define CRYPT_AT_32 461 /* and of an ANSI one */
#define NOTHING	    8 /* zeros in a row */
#define CRYPT_EDP   0x10 /* by Windows Information Protection: its key lives elsewhere */

enum { PROP_NAME = 0x3001 };

struct walk {
	struct pst *p;
	uint64_t messages;
};

static int
folder_name(struct pst *p, const struct pst_node *n)
{
	struct pst_props set;
	struct pst_value v = {0};
	struct buf name = {.max = LIMIT_NAME};
	int r = pst_props(&set, p, n);

	if (r == 0 && pst_value_of(&set, PROP_NAME, &v))
		pst_put(&name, &v, p->codepage);
	if (name.n)
		r = sink_text(p->s, PART_METADATA, "folder", buf_span(&name));
	pst_props_end(&set);
	buf_free(&v.data);
	buf_free(&name);
	return r == -EBADMSG ? 0 : r;
}

static int
node(void *user, const struct pst_node *n)
{
	struct walk *w = user;

	switch (PST_TYPE(n->nid)) {
	case PST_FOLDER:
	case PST_SEARCH:
		return n->data ? folder_name(w->p, n) : 0;
	case PST_MESSAGE:
		w->messages++;
		return pst_child(w->p, w->p->s, n);
	default:
		return 0;
	}
}

static int
say_mailbox(const struct walk *w)
{
	char words[64];
	const struct file_fact fact = {.kind = FACT_MAILBOX, .count = w->messages, .words = words};

	(void)snprintf(words, sizeof words, "Outlook store with %llu message%s",
		(unsigned long long)w->messages, w->messages == 1 ? "" : "s");
	return sink_fact(w->p->s, &fact);
}

/* A store by its header, none of whose messages could be reached. */
static int
say_store(const struct pst *p)
{
	const struct file_fact fact = {
		.kind = FACT_MAIL_STORE, .words = "Outlook store whose messages cannot be reached"};

	return sink_fact(p->s, &fact);
}

/* A permuted store, its bytes as they are meant. */
struct decoded {
	struct reader r; /* first: its ops find the rest by it */
	struct pst *p;
};

/* Where zeros end that begin at `from`. */
static size_t
zeros_end(const uint8_t *b, size_t from, size_t n)
{
	while (from < n && b[from] == 0)
		from++;
	return from;
}

/* Words of what could not be reached: permuted bytes can be read wherever they are. */
static ssize_t
decoded_pread(struct reader *r, void *to, size_t n, uint64_t off)
{
	const struct decoded *d = (const struct decoded *)r;
	ssize_t got = reader_pread(d->p->src, to, n, off);
	uint8_t *b = to;

	for (size_t i = 0; got > 0 && i < (size_t)got;) {
		size_t end = zeros_end(b, i, (size_t)got);

		/* what was never written is no text; a zero or two are letters */
		if (end - i < NOTHING) {
			end += end < (size_t)got;
			pst_decode(1, 0, b + i, end - i);
		}
		i = end;
	}
	return got;
}

static ssize_t
decoded_read(struct reader *r, void *to, size_t n)
{
	return decoded_pread(r, to, n, r->pos + r->head_n - r->head_at);
}

static const struct reader_ops decoded_ops = {.read = decoded_read, .pread = decoded_pread};

static int
words(struct pst *p)
{
	struct decoded d = {.p = p};
	int r;

	if (p->crypt != 1)
		return extract_strings(p->src, p->s);
	reader_init(&d.r, &decoded_ops, p->src->size);
	r = extract_strings(&d.r, p->s);
	reader_end(&d.r);
	return r;
}

static int
store_walk(struct pst *p)
{
	struct walk w = {.p = p};
	int r = pst_walk(p, node, &w);

	if (r == 0)
		r = w.messages || !p->lost ? say_mailbox(&w) : say_store(p);
	if (r < 0 || p->budget->blown)
		return r;
	if (p->lost) {
		r = sink_gap(
			p->s, GAP_CORRUPT, true, "Outlook store: parts of it cannot be reached");
		return r < 0 ? r : words(p);
	}
	return p->wrong > p->told ? sink_gap(p->s, GAP_CORRUPT, false, "Outlook store: checksums")
				  : 0;
}

/* What could not be opened at all. */
static int
unread(struct pst *p, struct item *it, int why)
{
	bool wide = it->head.n > 10 && it->head.p[10] >= 21;
	size_t at = wide ? CRYPT_AT_64 : CRYPT_AT_32;
	int r;

	if (why == -EOVERFLOW)
		return sink_gap(p->s, GAP_TOO_BIG, true, "Outlook store within a container");
	if (why != -EBADMSG)
		return why;
	r = say_store(p);
	if (r < 0)
		return r;
	if (it->head.n > at && it->head.p[at] == CRYPT_EDP)
		r = sink_gap(
			p->s, GAP_ENCRYPTED, true, "Outlook store: Windows Information Protection");
	else
		r = sink_gap(p->s, GAP_CORRUPT, true, "Outlook store");
	return r < 0 ? r : extract_strings(p->src, p->s);
}

static int
run(struct item *it, struct sink *s)
{
	struct pst p = {.it = it, .s = s, .budget = s->budget};
	int r;

	if (pst_is_message(it->r))
		return pst_message_run(it, s);
	r = pst_open(&p, it->r);
	r = r == 0 ? store_walk(&p) : unread(&p, it, r);
	if (r == 0)
		r = s->budget->blown;
	pst_close(&p);
	return r;
}

static int
bid(const struct item *it)
{
	if (pst_is_message(it->r))
		return 100;
	return it->format == FORMAT_PST ? 90 : 0;
}

const struct extractor extract_pst = {
	.name = "pst",
	.formats = "Outlook stores (pst, ost, pab)",
	.open = mail_codec_open,
	.bid = bid,
	.run = run,
};
