/*
 * Word for Windows 1 and 2 wrote one plain file without compound storage: a header of the kind that
 * later versions have, then the text, 8-bit, from fcMin to fcMac, with the marks of Word 6. Where a
 * document was saved fast its pieces lie there too, in the order in which they were written.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/doc.h"
#include "limits.h"

#include "base/poison.h"

#define BLOCK	  32768u
#define FIB	  0x20u /* of the header, up to where the text ends */
#define FAST	  0x0004u
#define ENCRYPTED 0x0100u

/* The first bytes and the version tell 1.x (9B A5, 9C A5) from 2.0 (DB A5). */
static bool
is_winword(struct span h)
{
	uint32_t min = h.n >= FIB ? le32(h.p + 0x18) : 0, max = h.n >= FIB ? le32(h.p + 0x1C) : 0;
	unsigned magic = h.n >= FIB ? le16(h.p) : 0, version = h.n >= FIB ? le16(h.p + 2) : 0;

	return (magic == 0xA5DB || magic == 0xA59B || magic == 0xA59C) && version >= 0x14 &&
		version < 0x65 && min >= FIB && min <= max;
}

/* The file from its beginning: what stands in front of the text goes by. */
static int
put_text(struct doc_text *t, struct reader *r, struct span fib, uint8_t *block)
{
	uint32_t from = le32(fib.p + 0x18), end = le32(fib.p + 0x1C), at = 0;
	unsigned codepage = codepage_of_language(le16(fib.p + 6));
	int q = doc_text_begin(t, STORY_MAIN);

	while (q == 0 && at < end) {
		uint32_t stop = at < from ? from : end;
		ssize_t got = reader_read(r, block, stop - at < BLOCK ? stop - at : BLOCK);

		if (got <= 0)
			break;
		if (at >= from)
			q = doc_text_put(t, span_of(block, (size_t)got), false, codepage, at);
		if (q == 0)
			q = budget_tick(t->s->budget);
		at += (uint32_t)got;
	}
	if (q == 0)
		q = doc_text_end(t);
	if (q == 0 && at < end)
		q = sink_gap(t->s, GAP_CORRUPT, true, "Word document: cut short");
	return q;
}

static int
run(struct item *it, struct sink *s)
{
	struct doc_papxs none = {.page = UINT32_MAX}; /* tables are told by their marks alone */
	struct doc_text t = {.s = s, .papxs = &none};
	uint8_t fib[FIB], *block;
	int r = 0;

	memcpy(fib, it->head.p, FIB);
	it->mime = "application/msword";
	if (le16(fib + 10) & ENCRYPTED)
		return sink_gap(s, GAP_ENCRYPTED, true, "Word 2 document");
	block = malloc(BLOCK);
	r = block ? put_text(&t, it->r, span_of(fib, FIB), block) : -ENOMEM;
	if (r == 0 && le16(fib + 10) & FAST)
		r = sink_gap(
			s, GAP_UNSUPPORTED, false, "Word document saved fast: order of its text");
	doc_text_free(&t);
	free(block);
	return r;
}

static int
bid(const struct item *it)
{
	return is_winword(it->head) ? 70 : 0;
}

const struct extractor extract_winword = {
	.name = "winword",
	.formats = "Word for Windows 1 and 2 (doc)",
	.bid = bid,
	.run = run,
};
