/* Every byte is put by hand after the published layouts: what Excel or Word adds beyond them is left out. */
#include "olemake.h"

#include "base/poison.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

void
biff_put(struct buf *b, unsigned id, const void *p, size_t n)
{
	put_le(b, id, 2);
	put_le(b, n, 2);
	buf_put(b, p, n);
}

static void
biff_flush(struct buf *b, unsigned id, struct buf *t)
{
	biff_put(b, id, t->p, t->n);
	buf_clear(t);
}

static void
put_bof(struct buf *b, struct buf *t, unsigned kind)
{
	put_le(t, 0x600, 2);
	put_le(t, kind, 2);
	put_le(t, 0, 12);
	biff_flush(b, 0x809, t);
}

/* "abc" narrow, then "def" wide behind the CONTINUE; and a second string. */
static void
put_sst(struct buf *b, struct buf *t)
{
	put_le(t, 2, 4);
	put_le(t, 2, 4);
	put_le(t, 6, 2);
	put_le(t, 0, 1);
	buf_puts(t, "abc");
	biff_flush(b, 0xFC, t);
	put_le(t, 1, 1);
	put_wide_ascii(t, "de");
	put_le(t, 0x20AC, 2);
	put_le(t, 4, 2);
	put_le(t, 8, 1); /* with one run of formatting */
	put_le(t, 1, 2);
	buf_puts(t, "Nam\xE9");
	put_le(t, 0, 4);
	biff_flush(b, 0x3C, t);
}

static void
put_cell(struct buf *t, unsigned row, unsigned col, unsigned style)
{
	put_le(t, row, 2);
	put_le(t, col, 2);
	put_le(t, style, 2);
}

static void
put_double(struct buf *t, double v)
{
	buf_put(t, &v, sizeof v);
}

static void
put_cells(struct buf *b, struct buf *t)
{
	put_cell(t, 0, 0, 0);
	put_le(t, 0, 4);
	biff_flush(b, 0xFD, t);
	put_cell(t, 0, 1, 0);
	put_le(t, 1, 4);
	biff_flush(b, 0xFD, t);
	put_cell(t, 1, 0, 1);
	put_double(t, 78051120);
	biff_flush(b, 0x203, t);
	put_cell(t, 1, 1, 2);
	put_double(t, 41963);
	biff_flush(b, 0x203, t);
	put_le(t, 1, 2); /* two numbers in one record: 1234 / 100, 42 */
	put_le(t, 2, 2);
	put_le(t, 0, 2);
	put_le(t, 1234u << 2 | 3, 4);
	put_le(t, 0, 2);
	put_le(t, 42u << 2 | 2, 4);
	put_le(t, 3, 2);
	biff_flush(b, 0xBD, t);
	put_cell(t, 2, 0, 0); /* a formula whose result is a string */
	put_le(t, 0xFFFF000000000000ull, 8);
	put_le(t, 0, 8);
	biff_flush(b, 0x06, t);
	put_le(t, 6, 2);
	put_le(t, 0, 1);
	buf_puts(t, "result");
	biff_flush(b, 0x207, t);
	put_cell(t, 2, 1, 0);
	put_le(t, 1, 2);
	biff_flush(b, 0x205, t);
}

static void
put_comment(struct buf *b, struct buf *t)
{
	put_le(t, 0x15, 2); /* the drawing object 7, a comment */
	put_le(t, 18, 2);
	put_le(t, 0x19, 2);
	put_le(t, 7, 2);
	put_le(t, 0, 8);
	biff_flush(b, 0x5D, t);
	put_le(t, 0, 8);
	put_le(t, 0, 2);
	put_le(t, 5, 2); /* characters */
	put_le(t, 0, 6);
	biff_flush(b, 0x1B6, t);
	put_le(t, 0, 1);
	buf_puts(t, "hello");
	biff_flush(b, 0x3C, t);
	put_cell(t, 1, 1, 0);
	put_le(t, 7, 2);
	put_le(t, 3, 2);
	put_le(t, 0, 1);
	buf_puts(t, "Ann");
	biff_flush(b, 0x1C, t);
}

void
olemake_book(struct buf *b)
{
	static const unsigned formats[] = {0, 164, 14};
	struct buf t = {0};
	size_t at, from = b->n;

	put_bof(b, &t, 5);
	put_le(&t, 11, 2);
	put_le(&t, 0, 1);
	buf_puts(&t, "000-00-0000");
	{
		struct buf f = {0};

		put_le(&f, 164, 2);
		buf_put(&f, t.p, t.n);
		buf_clear(&t);
		biff_flush(b, 0x41E, &f);
		buf_free(&f);
	}
	for (size_t i = 0; i < COUNT(formats); i++) {
		put_le(&t, 0, 2);
		put_le(&t, formats[i], 2);
		put_le(&t, 0, 8);
		put_le(&t, 0, 8);
		biff_flush(b, 0xE0, &t);
	}
	at = b->n + 4;
	put_le(&t, 0, 4);
	put_le(&t, 2, 1); /* very hidden */
	put_le(&t, 0, 1);
	put_le(&t, 5, 1);
	put_le(&t, 0, 1);
	buf_puts(&t, "Staff");
	biff_flush(b, 0x85, &t);
	put_sst(b, &t);
	biff_put(b, 0x0A, NULL, 0);
	for (unsigned i = 0; i < 4; i++)
		b->p[at + i] = (uint8_t)((b->n - from) >> 8 * i);
	put_bof(b, &t, 0x10);
	put_le(&t, 7, 2);
	put_le(&t, 0, 1);
	buf_puts(&t, "&LTop&P");
	biff_flush(b, 0x14, &t);
	put_cells(b, &t);
	put_comment(b, &t);
	biff_put(b, 0x0A, NULL, 0);
	buf_free(&t);
}

/* Title and company, in the two streams that all documents have. */
static void
put_properties(struct cfbmake *m)
{
	struct buf t = {0};

	put_le(&t, 0xFFFE, 4);
	put_le(&t, 0, 4);
	put_le(&t, 0, 8);
	put_le(&t, 0, 8);
	put_le(&t, 1, 4);
	put_le(&t, 0, 8);
	put_le(&t, 0, 8);
	put_le(&t, 48, 4);
	put_le(&t, 60, 4); /* one section: size, 2 properties */
	put_le(&t, 2, 4);
	put_le(&t, 1, 4);
	put_le(&t, 24, 4);
	put_le(&t, 2, 4);
	put_le(&t, 32, 4);
	put_le(&t, 2, 4);
	put_le(&t, 1252, 4);
	put_le(&t, 30, 4);
	put_le(&t, 9, 4);
	buf_puts(&t, "Salaries");
	put_le(&t, 0, 4);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "\5SummaryInformation", buf_span(&t));
	buf_free(&t);
}

void
olemake_xls(struct cfbmake *m, unsigned shift)
{
	struct buf b = {0};

	cfbmake_begin(m, shift);
	olemake_book(&b);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Workbook", buf_span(&b));
	put_properties(m);
	cfbmake_end(m);
	buf_free(&b);
}

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
	put_properties(m);
	cfbmake_end(m);
	buf_free(&b);
	buf_free(&t);
}

/* A record of a presentation; a container when its version is 15. */
static void
ppt_put(struct buf *b, unsigned version, unsigned instance, unsigned type, const struct buf *t)
{
	put_le(b, version | instance << 4, 2);
	put_le(b, type, 2);
	put_le(b, t->n, 4);
	buf_put(b, t->p, t->n);
}

static void
ppt_text(struct buf *b, unsigned type, const char *s)
{
	struct buf t = {0};

	if (type == 4008)
		buf_puts(&t, s);
	else
		put_wide_ascii(&t, s);
	ppt_put(b, 0, 0, type, &t);
	buf_free(&t);
}

/* Text, a comment; notes; the list of slides. */
static void
ppt_objects(struct olemake_ppt *o)
{
	struct buf *b = &o->main, in = {0}, t = {0}, list = {0};

	o->place[2] = (uint32_t)b->n;
	ppt_text(&in, 4008, "Budget\rfilms");
	ppt_text(&in, 4000, "wide text");
	ppt_text(&t, 4026, "Ann");
	ppt_put(&in, 15, 0, 12000, &t);
	ppt_put(b, 15, 0, 1006, &in);
	o->size[2] = (uint32_t)b->n - o->place[2];
	buf_clear(&in);
	buf_clear(&t);
	put_le(&t, 256, 4);
	put_le(&t, 0, 4);
	ppt_put(&in, 1, 0, 1009, &t);
	ppt_text(&in, 4008, "speak slowly");
	ppt_put(b, 15, 0, 1008, &in);
	buf_clear(&in);
	buf_clear(&t);
	o->place[1] = (uint32_t)b->n;
	put_le(&t, 2, 4);
	put_le(&t, 0, 8);
	put_le(&t, 256, 4);
	put_le(&t, 0, 4);
	ppt_put(&list, 0, 0, 1011, &t);
	ppt_text(&list, 4008, "Outline");
	ppt_put(&in, 15, 0, 4080, &list);
	ppt_put(b, 15, 0, 1000, &in);
	o->size[1] = (uint32_t)b->n - o->place[1];
	buf_free(&in);
	buf_free(&t);
	buf_free(&list);
}

void
olemake_ppt_streams(struct olemake_ppt *o, struct span session)
{
	struct buf *b = &o->main, t = {0};
	uint32_t places[3], table, edit;

	ppt_objects(o);
	places[0] = o->place[1];
	places[1] = o->place[2];
	places[2] = (uint32_t)b->n;
	if (session.n) {
		buf_put(&t, session.p, session.n);
		ppt_put(b, 15, 0, 12052, &t);
		buf_clear(&t);
	}
	table = (uint32_t)b->n;
	put_le(&t, 1 | (session.n ? 3u : 2u) << 20, 4);
	for (size_t i = 0; i < (session.n ? 3u : 2u); i++)
		put_le(&t, places[i], 4);
	ppt_put(b, 0, 0, 6002, &t);
	buf_clear(&t);
	edit = (uint32_t)b->n;
	put_le(&t, 256, 4);
	put_le(&t, 0, 4);
	put_le(&t, 0, 4);
	put_le(&t, table, 4);
	put_le(&t, 1, 4);
	put_le(&t, 0, 8);
	if (session.n)
		put_le(&t, 3, 4);
	ppt_put(b, 0, 0, 4085, &t);
	put_le(&o->user, 0, 8);
	put_le(&o->user, 20, 4);
	put_le(&o->user, session.n ? 0xF3D1C4DF : 0xE391C05F, 4);
	put_le(&o->user, edit, 4);
	buf_free(&t);
}

void
olemake_ppt(struct cfbmake *m)
{
	struct olemake_ppt o = {0};

	olemake_ppt_streams(&o, (struct span){0});
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "PowerPoint Document", buf_span(&o.main));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Current User", buf_span(&o.user));
	cfbmake_end(m);
	buf_free(&o.main);
	buf_free(&o.user);
}

static void
put_property(struct cfbmake *m, unsigned up, const char *name, const char *s)
{
	struct buf t = {0};

	put_wide_ascii(&t, s);
	(void)cfbmake_stream(m, up, name, buf_span(&t));
	buf_free(&t);
}

/* Sent at noon, 24 November 2014. */
static void
put_fixed(struct cfbmake *m, unsigned up, unsigned header)
{
	struct buf t = {0};

	for (unsigned i = 0; i < header; i++)
		buf_putc(&t, 0);
	put_le(&t, 0x00390040, 4);
	put_le(&t, 6, 4);
	put_le(&t, (11644473600ull + 1416830400ull) * 10000000ull, 8);
	(void)cfbmake_stream(m, up, "__properties_version1.0", buf_span(&t));
	buf_free(&t);
}

/* MS-OXRTFCP, 3.1: "{\rtf1\ansi\ansicpg1252\pard hello world}" with a newline. */
static const uint8_t rtf[] = {0x2D, 0, 0, 0, 0x2B, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75, 0xF1, 0xC5,
	0xC7, 0xA7, 0x03, 0, 0x0A, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0A,
	0xF3, 0x20, 0x68, 0x65, 0x6C, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xB0, 0x6C, 0x64, 0x7D, 0x0A,
	0x80, 0x0F, 0xA0};

void
olemake_msg(struct cfbmake *m)
{
	unsigned up, in;

	cfbmake_begin(m, 9);
	put_fixed(m, CFBMAKE_ROOT, 32);
	put_property(m, CFBMAKE_ROOT, "__substg1.0_0037001F", "Layoffs");
	put_property(m, CFBMAKE_ROOT, "__substg1.0_0C1A001F", "Ann");
	put_property(m, CFBMAKE_ROOT, "__substg1.0_1000001F", "plain body");
	put_property(m, CFBMAKE_ROOT, "__substg1.0_3A08001F", "555-0100");
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "__substg1.0_10130102",
		span_str("<html><table><tr><td>Pia</td><td>17</td></tr></table></html>"));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "__substg1.0_10090102", span_of(rtf, sizeof rtf));
	up = cfbmake_storage(m, CFBMAKE_ROOT, "__recip_version1.0_#00000000");
	put_property(m, up, "__substg1.0_3001001F", "Bob");
	put_property(m, up, "__substg1.0_39FE001F", "bob@example.com");
	up = cfbmake_storage(m, CFBMAKE_ROOT, "__attach_version1.0_#00000000");
	put_fixed(m, up, 8);
	put_property(m, up, "__substg1.0_3707001F", "list.txt");
	(void)cfbmake_stream(m, up, "__substg1.0_37010102", span_str("attached words\n"));
	up = cfbmake_storage(m, CFBMAKE_ROOT, "__attach_version1.0_#00000001");
	put_fixed(m, up, 8);
	in = cfbmake_storage(m, up, "__substg1.0_3701000D");
	put_fixed(m, in, 24);
	put_property(m, in, "__substg1.0_0037001F", "inner subject");
	put_property(m, in, "__substg1.0_1000001F", "inner body");
	cfbmake_end(m);
}
