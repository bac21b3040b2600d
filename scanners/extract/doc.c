/*
 * The text of a Word document lies in pieces all over the main stream, in the order that a piece table
 * says; what was typed last may stand first. Its parts (main text, footnotes, headers, comments ...)
 * follow each other in that order, each as long as the header block says.
 */
#include "extract/doc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "extract/pictures.h"
#include "limits.h"

#include "base/poison.h"

#define FIB	0x1AAu
#define FIB6	0x168u
#define NFIB_97 0xC1u
#define BLOCK	(64 * KIB)
#define NARROW	0x40000000u /* flag of a piece: 8-bit */

/* MS-DOC 2.2.6: the key changes after so many bytes; the main stream's first ones are in clear. */
#define CIPHER_BLOCK 512u
#define CIPHER_CLEAR 68u

struct doc {
	struct cfb *c;
	struct sink *s;
	struct cfb_stream main;
	uint8_t fib[FIB];
	bool new; /* Word 97 and later */
	bool wide; /* of the single piece of a document without a table of them */
	unsigned codepage;
	struct cfb_stream table;
	bool tabled; /* the table stream is there */
	struct ole_rc4 cipher;
	uint32_t ends[STORIES]; /* character positions at which the parts end */
	struct buf clx;
	struct doc_papxs papxs;
	struct doc_text text;
	enum doc_story story;
	uint8_t *block;
};

static void
decipher(void *cipher, uint64_t off, uint8_t *p, size_t n)
{
	ole_rc4_stream(cipher, CIPHER_BLOCK, off, p, n);
}

/* The main stream: all but what stands in front. */
static void
decipher_main(void *cipher, uint64_t off, uint8_t *p, size_t n)
{
	size_t clear = off >= CIPHER_CLEAR ? 0 : (size_t)(CIPHER_CLEAR - off);

	if (clear < n)
		decipher(cipher, off + clear, p + clear, n - clear);
}

/* The header of an enciphered document stands in clear in front of the tables. True: it opens. */
static bool
unlock(struct doc *d, const char **ret_how)
{
	uint8_t head[512];
	size_t n = le32(d->fib + 14);
	ssize_t got;

	*ret_how = "XOR";
	if (!d->new || le16(d->fib + 10) & 0x8000)
		return false;
	n = n < sizeof head ? n : sizeof head;
	got = d->tabled ? reader_pread(&d->table.r, head, n, 0) : 0;
	if (!ole_rc4_unlock(&d->cipher, span_of(head, got > 0 ? (size_t)got : 0), ret_how))
		return false;
	d->main.decipher = decipher_main;
	d->table.decipher = decipher;
	d->main.cipher = d->table.cipher = &d->cipher;
	(void)reader_pread(&d->main.r, d->fib, FIB, 0);
	return true;
}

static int protected(struct doc *d, const char *how)
{
	char detail[48];

	(void)snprintf(detail, sizeof detail, "Word %s", how);
	return sink_gap(d->s, GAP_ENCRYPTED, true, detail);
}

static void
take_ends(struct doc *d)
{
	const uint8_t *p = d->fib + (d->new ? 0x4C : 0x34);
	uint64_t at = 0;

	for (unsigned i = 0; i < STORIES; i++) {
		uint32_t n = le32(p + 4 * (size_t)i);

		at += n > INT32_MAX ? 0 : n;
		d->ends[i] = at < UINT32_MAX ? (uint32_t)at : UINT32_MAX;
	}
	if (d->ends[STORIES - 1] == 0) /* lost: all is main text */
		d->ends[STORY_MAIN] = UINT32_MAX;
}

/* The characters [cp, cp + n) stand at fc. */
static int
put_run(struct doc *d, uint32_t fc, uint32_t n, bool wide)
{
	uint64_t left = (uint64_t)n << wide, off = fc;
	int r = 0;

	while (left && r == 0) {
		ssize_t got = reader_pread(&d->main.r, d->block, left < BLOCK ? left : BLOCK, off);

		if (got <= 0)
			return d->c->budget->blown;
		r = doc_text_put(&d->text, span_of(d->block, (size_t)got), wide,
			d->new ? 1252 : d->codepage, (uint32_t)off);
		if (r == 0)
			r = budget_tick(d->c->budget);
		off += (uint64_t)got;
		left -= (uint64_t)got;
	}
	return r;
}

/* A piece may reach over the end of a part. */
static int
put_piece(struct doc *d, uint32_t cp, uint32_t end, uint32_t fc, bool wide)
{
	int r = 0;

	while (cp < end && r == 0) {
		enum doc_story story = d->story < STORIES ? d->story : STORY_MAIN;
		uint32_t stop;

		while (story < STORIES && cp >= d->ends[story])
			story++;
		if (story == STORIES)
			return 0;
		if (story != d->story)
			r = doc_text_begin(&d->text, story);
		d->story = story;
		stop = end < d->ends[story] ? end : d->ends[story];
		if (r == 0)
			r = put_run(d, fc, stop - cp, wide);
		fc += (stop - cp) << wide;
		cp = stop;
	}
	return r;
}

/* The table of n pieces: n + 1 positions, then 8 bytes each. */
static int
put_pieces(struct doc *d, struct span t)
{
	uint32_t n = t.n >= 16 ? (uint32_t)((t.n - 4) / 12) : 0, last = 0;
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		uint32_t cp = le32(t.p + 4 * (size_t)i), end = le32(t.p + 4 * (size_t)i + 4);
		uint32_t fc = le32(t.p + 4 * ((size_t)n + 1) + 8 * (size_t)i + 2);
		bool wide = d->new && !(fc & NARROW);

		fc &= ~NARROW;
		if (d->new && !wide)
			fc /= 2;
		if (end <= cp || cp < last || (uint64_t)fc >= d->main.r.size)
			continue;
		last = cp;
		r = put_piece(d, cp, end, fc, wide);
	}
	return r;
}

/* Property modifiers may stand before the piece table. An empty span: there is none. */
static struct span
piece_table(struct span clx)
{
	while (clx.n >= 5 && clx.p[0] == 1)
		clx = span_sub(clx, 3 + (size_t)le16(clx.p + 1), clx.n);
	if (clx.n < 5 || clx.p[0] != 2)
		return (struct span){0};
	return span_sub(clx, 5, le32(clx.p + 1));
}

static int
load_clx(struct doc *d)
{
	uint32_t fc = le32(d->fib + (d->new ? 0x1A2 : 0x160));
	uint32_t n = le32(d->fib + (d->new ? 0x1A6 : 0x164));
	struct reader *from = d->new ? &d->table.r : &d->main.r;
	uint8_t *to;
	ssize_t got = 0;

	if (n == 0 || n > LIMIT_DOC_PIECES || (d->new && !d->tabled))
		return 0;
	if (fc < from->size) {
		n = n < from->size - fc ? n : (uint32_t)(from->size - fc);
		to = buf_room(&d->clx, n);
		got = to ? reader_pread(from, to, n, fc) : -ENOMEM;
	}
	d->clx.n = got > 0 ? (size_t)got : 0;
	return got == -ENOMEM ? -ENOMEM : d->c->budget->blown;
}

static int
put_text(struct doc *d)
{
	struct span pieces;
	int r = load_clx(d);
	uint32_t min = le32(d->fib + 0x18), max = le32(d->fib + 0x1C);

	if (r < 0)
		return r;
	pieces = piece_table(buf_span(&d->clx));
	if (pieces.n >= 16)
		return put_pieces(d, pieces);
	if (d->new)
		r = sink_gap(d->s, GAP_CORRUPT, true, "Word document without a piece table");
	if (max > d->main.r.size)
		max = (uint32_t)d->main.r.size;
	if (r < 0 || min >= max)
		return r;
	return put_piece(d, 0, (max - min) >> d->wide, min, d->wide);
}

static int
read_text(struct doc *d)
{
	/* pages of Word 6 are laid out otherwise: its tables are told by their marks alone */
	int r = doc_papxs_open(&d->papxs, &d->main, d->new && d->tabled ? &d->table : NULL,
		le32(d->fib + 0x102), le32(d->fib + 0x106));

	d->text.s = d->s;
	d->text.papxs = &d->papxs;
	d->story = STORIES;
	d->block = malloc(BLOCK);
	if (r == 0)
		r = d->block ? put_text(d) : -ENOMEM;
	if (r == 0)
		r = doc_text_end(&d->text);
	doc_text_free(&d->text);
	doc_papxs_close(&d->papxs);
	buf_free(&d->clx);
	free(d->block);
	return r;
}

static int
open_table(struct doc *d, const char *name)
{
	uint32_t e = cfb_find(d->c, d->c->root, name, CFB_STREAM);
	int r = e == CFB_NONE ? 0 : cfb_stream_open(&d->table, d->c, e);

	d->tabled = r == 0 && e != CFB_NONE;
	return r;
}

static int
read_fib(struct doc *d)
{
	const char *how = NULL;
	ssize_t got = reader_pread(&d->main.r, d->fib, FIB, 0);
	unsigned nfib, flags;
	int r;

	if (got < (ssize_t)FIB6)
		return d->c->budget->blown ? d->c->budget->blown
					   : sink_gap(d->s, GAP_CORRUPT, true, "Word document");
	nfib = le16(d->fib + 2);
	flags = le16(d->fib + 10);
	d->new = nfib >= NFIB_97 &&got == (ssize_t)FIB;
	d->wide = flags & 0x1000;
	d->codepage = codepage_of_language(le16(d->fib + 6));
	r = open_table(d, flags & 0x200 ? "1Table" : "0Table");
	if (r == 0 && flags & 0x100 && !unlock(d, &how))
		return protected(d, how);
	take_ends(d);
	return r < 0 ? r : read_text(d);
}

/* Those of a document in clear are found by ole_pictures(). */
static int
pictures(struct doc *d)
{
	uint32_t e = cfb_find(d->c, d->c->root, "Data", CFB_STREAM);
	struct cfb_stream data;
	int r;

	d->main.at = 0;
	r = pictures_run(&d->main.r, d->s);
	if (r < 0 || e == CFB_NONE)
		return r;
	r = cfb_stream_open(&data, d->c, e);
	data.decipher = decipher;
	data.cipher = &d->cipher;
	if (r == 0)
		r = pictures_run(&data.r, d->s);
	cfb_stream_close(&data);
	return r;
}

int
doc_read(struct ole *o)
{
	struct cfb *c = o->c;
	struct doc *d = calloc(1, sizeof *d);
	int r = -ENOMEM;

	if (d) {
		d->c = c;
		d->s = o->s;
		r = cfb_stream_open(&d->main, c, cfb_find(c, c->root, "WordDocument", CFB_STREAM));
		if (r == 0)
			r = read_fib(d);
		if (r == 0 && d->cipher.kind != OLE_RC4_NONE)
			r = pictures(d);
		cfb_stream_close(&d->main);
		if (d->tabled)
			cfb_stream_close(&d->table);
	}
	free(d);
	return r;
}

static int
bid(const struct item *it)
{
	return ole_bid(it, OLE_DOC);
}

const struct extractor extract_doc = {
	.name = "doc",
	.formats = "Word documents 6.0 to 2003 (doc, dot)",
	.bid = bid,
	.run = ole_run,
};
