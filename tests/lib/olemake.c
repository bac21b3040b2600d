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
void
olemake_properties(struct cfbmake *m)
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

/* An entry of a section's list: the property and where it stands, counted from the section on. */
static void
put_entry(struct buf *t, unsigned id, size_t off)
{
	put_le(t, id, 4);
	put_le(t, off, 4);
}

void
olemake_parts(struct cfbmake *m)
{
	struct buf t = {0};

	put_le(&t, 0xFFFE, 4);
	for (int i = 0; i < 20; i++)
		buf_putc(&t, 0);
	put_le(&t, 2, 4);
	for (unsigned i = 0; i < 2; i++) {
		put_le(&t, 0, 8);
		put_le(&t, 0, 8);
		put_le(&t, i ? 114 : 68, 4);
	}
	put_le(&t, 46, 4); /* the names of two parts, the second behind a variant's number */
	put_le(&t, 1, 4);
	put_entry(&t, 13, 16);
	put_le(&t, 0x101E, 4);
	put_le(&t, 2, 4);
	put_le(&t, 6, 4);
	buf_put(&t, "Staff\0", 6);
	put_le(&t, 4, 4);
	buf_put(&t, "Pay\0", 4);
	buf_puts(&t, "    ");
	put_le(&t, 80, 4); /* a property of the author's own, with its name */
	put_le(&t, 3, 4);
	put_entry(&t, 0, 32);
	put_entry(&t, 1, 54);
	put_entry(&t, 2, 62);
	put_le(&t, 1, 4);
	put_le(&t, 2, 4);
	put_le(&t, 9, 4);
	buf_put(&t, "Password\0 ", 10);
	put_le(&t, 2, 4);
	put_le(&t, 1252, 4);
	put_le(&t, 31, 4);
	put_le(&t, 5, 4);
	put_wide_ascii(&t, "hush!");
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "\5DocumentSummaryInformation", buf_span(&t));
	buf_free(&t);
}

void
olemake_xls(struct cfbmake *m, unsigned shift)
{
	struct buf b = {0};

	cfbmake_begin(m, shift);
	olemake_book(&b);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Workbook", buf_span(&b));
	olemake_properties(m);
	cfbmake_end(m);
	buf_free(&b);
}

void
olemake_blip(struct buf *b, unsigned type, unsigned digests, const char *magic, size_t n)
{
	put_le(b, (0x6E0 + digests - 1) << 4, 2);
	put_le(b, type, 2);
	put_le(b, 16 * digests + 1 + n, 4);
	for (unsigned i = 0; i < 16 * digests; i++)
		buf_putc(b, 0x77);
	buf_putc(b, 0xFF);
	buf_puts(b, magic);
	for (size_t i = strlen(magic); i < n; i++)
		buf_putc(b, 1);
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
	put_property(m, up, "__substg1.0_3A19001F", "Room 7");
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
