/* The plainest PDF there is: no compression, one cross-reference table, so that a test can read it. */
#include "pdfmake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

static int
object_begin(struct pdfmake *p, int number)
{
	int n = number ? number : ++p->n;

	if (n >= PDFMAKE_OBJECTS)
		abort();
	p->at[n] = p->out.n;
	buf_printf(&p->out, "%d 0 obj\n", n);
	return n;
}

static void
object_end(struct pdfmake *p)
{
	buf_puts(&p->out, "\nendobj\n");
	if (p->out.failed)
		abort();
}

void
pdfmake_begin(struct pdfmake *p)
{
	*p = (struct pdfmake){.n = PDFMAKE_CJK};
	buf_puts(&p->out, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
	(void)object_begin(p, PDFMAKE_FONT);
	buf_puts(&p->out,
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
	object_end(p);
	(void)object_begin(p, PDFMAKE_CJK);
	buf_puts(&p->out,
		"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
		"/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000"
		"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6"
		"/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880"
		"/StemV 93>>>>]>>");
	object_end(p);
}

int
pdfmake_object(struct pdfmake *p, const char *fmt, ...)
{
	int n = object_begin(p, 0);
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	buf_puts(&p->out, text);
	free(text);
	object_end(p);
	return n;
}

int
pdfmake_stream(struct pdfmake *p, const char *dict, struct span bytes)
{
	int n = object_begin(p, 0);

	buf_printf(&p->out, "<<%s/Length %zu>>stream\n", dict, bytes.n);
	buf_put(&p->out, bytes.p, bytes.n);
	buf_puts(&p->out, "\nendstream");
	object_end(p);
	return n;
}

int
pdfmake_page(struct pdfmake *p, struct span content, const char *more)
{
	int c = pdfmake_stream(p, "", content);
	int n = pdfmake_object(p,
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
		"/Resources<</Font<</F 3 0 R/J 4 0 R>>>>%s>>",
		c, more);

	buf_printf(&p->kids, "%d 0 R ", n);
	p->pages++;
	return n;
}

void
pdfmake_end(struct pdfmake *p, const char *catalog, int info)
{
	size_t xref;

	(void)object_begin(p, 1);
	buf_printf(&p->out, "<</Type/Catalog/Pages 2 0 R%s>>", catalog);
	object_end(p);
	(void)object_begin(p, 2);
	buf_printf(&p->out, "<</Type/Pages/Kids[%s]/Count %d>>", buf_cstr(&p->kids), p->pages);
	object_end(p);
	xref = p->out.n;
	buf_printf(&p->out, "xref\n0 %d\n0000000000 65535 f \n", p->n + 1);
	for (int i = 1; i <= p->n; i++)
		buf_printf(&p->out, "%010zu 00000 n \n", p->at[i]);
	buf_printf(&p->out, "trailer\n<</Size %d/Root 1 0 R", p->n + 1);
	if (info)
		buf_printf(&p->out, "/Info %d 0 R", info);
	buf_printf(&p->out, ">>\nstartxref\n%zu\n%%%%EOF\n", xref);
	if (p->out.failed)
		abort();
}

void
pdfmake_free(struct pdfmake *p)
{
	buf_free(&p->out);
	buf_free(&p->kids);
}

void
pdfmake_text(struct buf *c, int x, int y, int size, int quarters, const char *text)
{
	static const char *const turns[] = {"1 0 0 1", "0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"};

	buf_printf(
		c, "BT /F %d Tf %s %d %d Tm (%s) Tj ET\n", size, turns[quarters & 3], x, y, text);
}

void
pdfmake_table(struct buf *c, const int *x, int columns, int y, const char *const *cells, int rows)
{
	for (int k = 0; k < columns; k++) {
		for (int i = 0; i < rows; i++) {
			if (*cells[i * columns + k])
				pdfmake_text(c, x[k], y - 14 * i, 10, 0, cells[i * columns + k]);
		}
	}
}
