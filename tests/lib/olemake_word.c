/* Word 97 and Word 2 by hand, after [MS-DOC] and the binary format of Word 2. */
#include "olemake.h"

#include "base/poison.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define DOC_WIDE   2048u /* where the two pieces stand */
#define DOC_NARROW 4096u
#define DOC_PAGE   3072u /* page of paragraph properties */

static void
fill(struct buf *b, size_t to)
{
	while (b->n < to)
		buf_putc(b, 0);
}

static void
poke(struct buf *b, size_t at, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		b->p[at + i] = (uint8_t)(v >> 8 * i);
}

/* Paragraph properties: outside a table up to `a`, in it, rows ending at `c` .. `d`, then outside. */
static void
put_fkp(struct buf *b, uint32_t narrow, const uint32_t *ends, unsigned n)
{
	static const uint8_t in[] = {4, 0, 0, 0x16, 0x24, 1, 0},
			     row[] = {5, 0, 0, 0x16, 0x24, 1, 0x17, 0x24, 1, 0};
	size_t from = b->n;

	put_le(b, DOC_WIDE, 4);
	for (unsigned i = 0; i < n; i++)
		put_le(b, narrow + ends[i], 4);
	for (unsigned i = 0; i < n; i++) {
		put_le(b, i == 0 || i == n - 1 ? 0 : i % 2 ? 200 : 220, 1);
		put_le(b, 0, 8);
		put_le(b, 0, 4);
	}
	fill(b, from + 400);
	buf_put(b, in, sizeof in);
	fill(b, from + 440);
	buf_put(b, row, sizeof row);
	fill(b, from + 511);
	put_le(b, n, 1);
}

void
olemake_doc_streams(size_t front, struct buf *main, struct buf *table)
{
	static const char wide[] = "Dear reader\r";
	static const char narrow[] = "Name\7\7\7" /* a row whose second cell is empty */
				     "Ann\7"
				     "078-05-1120\7\7"
				     "Bye \x13HYPERLINK \"http://example.com\"\x14here\x15\r"
				     "\2 foot\r"
				     "head\r";
	static const uint32_t ends[] = {0, 6, 7, 23, 24, sizeof narrow - 1};
	const uint32_t n_wide = sizeof wide - 1, n_narrow = sizeof narrow - 1;
	struct buf b = {0}, t = {0};

	fill(&b, DOC_WIDE);
	put_wide_ascii(&b, wide);
	fill(&b, DOC_PAGE);
	put_fkp(&b, DOC_NARROW, ends, COUNT(ends));
	fill(&b, DOC_NARROW);
	buf_put(&b, narrow, n_narrow);
	fill(&b, 4608);
	poke(&b, 0, 0xA5EC, 2);
	poke(&b, 2, 0xC1, 2);
	poke(&b, 6, 0x409, 2);
	poke(&b, 10, 0x200, 2);
	poke(&b, 0x4C, n_wide + n_narrow - 12, 4);
	poke(&b, 0x50, 7, 4);
	poke(&b, 0x54, 5, 4);
	fill(&t, front);
	poke(&b, 0x1A2, t.n, 4);
	poke(&b, 0x1A6, 5 + 12 + 16, 4);
	put_le(&t, 2, 1);
	put_le(&t, 12 + 16, 4);
	put_le(&t, 0, 4);
	put_le(&t, n_wide, 4);
	put_le(&t, n_wide + n_narrow, 4);
	put_le(&t, 0, 2);
	put_le(&t, DOC_WIDE, 4);
	put_le(&t, 0, 2);
	put_le(&t, 0, 2);
	put_le(&t, DOC_NARROW * 2 | 0x40000000u, 4);
	put_le(&t, 0, 2);
	poke(&b, 0x102, t.n, 4);
	poke(&b, 0x106, 12, 4);
	put_le(&t, DOC_WIDE, 4);
	put_le(&t, DOC_NARROW + 200, 4);
	put_le(&t, DOC_PAGE / 512, 4);
	*main = b;
	*table = t;
}

void
olemake_doc(struct cfbmake *m)
{
	struct buf b, t;

	olemake_doc_streams(16, &b, &t);
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "WordDocument", buf_span(&b));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "1Table", buf_span(&t));
	olemake_properties(m);
	cfbmake_end(m);
	buf_free(&b);
	buf_free(&t);
}

void
olemake_winword(struct buf *b, unsigned flags, const char *text, size_t said)
{
	put_le(b, 0xA5DB, 2);
	put_le(b, 0x2D, 2);
	put_le(b, 0, 2);
	put_le(b, 0x409, 2);
	put_le(b, 0, 2);
	put_le(b, flags, 2);
	while (b->n < 0x18)
		buf_putc(b, 0);
	put_le(b, 0x180, 4);
	put_le(b, (uint32_t)(0x180 + said), 4);
	while (b->n < 0x180)
		buf_putc(b, 0xEE);
	buf_puts(b, text);
}
