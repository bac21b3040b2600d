/* make-pdf-seeds FOLDER: small PDFs to start the fuzzer from. The same bytes every time. */
#include <stdio.h>
#include <sys/stat.h>

#include "pdfmake.h"

#include "base/poison.h"

static const char *folder;

static int
save(struct pdfmake *p, const char *name)
{
	char path[4096];
	FILE *f;
	int r;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "wb");
	r = f && fwrite(p->out.p, 1, p->out.n, f) == p->out.n ? 0 : 1;
	if (f && fclose(f) != 0)
		r = 1;
	pdfmake_free(p);
	return r;
}

static int
table(const char *name, const char *more, int quarters)
{
	static const char *const cells[] = {"Name", "SSN", "Pay", "Ann B", "219-09-9999", "81,000",
		"Bob", "457-55-5462", "", "Cem", "078-05-1121", "9"};
	static const int x[] = {72, 200, 300};
	struct pdfmake p;
	struct buf c = {0};

	pdfmake_begin(&p);
	pdfmake_table(&c, x, 3, 700, cells, 4);
	pdfmake_text(&c, 300, 300, 12, quarters, "turned (by) quarters");
	(void)pdfmake_page(&p, buf_span(&c), more);
	(void)pdfmake_page(&p, span_str("BT /J 12 Tf 72 700 Td <59D3540D> Tj ET"), "");
	(void)pdfmake_page(&p, span_str("q 9 0 0 9 5 5 cm BI /W 8 /H 1 /BPC 1 /CS /G ID \xAA EI Q"),
		"/Annots[<</Subtype/Link/Rect[1 1 9 9]/A<</S/URI/URI(http://h/)>>>>]");
	buf_free(&c);
	pdfmake_end(&p, "", 0);
	return save(&p, name);
}

static int
extras(void)
{
	struct pdfmake p;
	int file, info, top;
	char catalog[300];

	pdfmake_begin(&p);
	(void)pdfmake_object(
		&p, "<</Type/Annot/Subtype/Widget/FT/Tx/T(ssn)/TU(Number)/V(219)/Rect[1 1 9 9]>>");
	(void)pdfmake_object(&p,
		"<</Type/Annot/Subtype/Widget/FT/Ch/Ff 393216/T(c)/V(b)/Opt[(a)(b)]/Rect[1 1 9 "
		"9]>>");
	(void)pdfmake_object(
		&p, "<</Type/Annot/Subtype/Text/T(Ann)/Contents(note)/Rect[1 1 9 9]>>");
	file = pdfmake_stream(&p, "/Type/EmbeddedFile/Filter/ASCIIHexDecode", span_str("6869>"));
	file = pdfmake_object(&p, "<</Type/Filespec/F(a.txt)/Desc(d)/EF<</F %d 0 R>>>>", file);
	(void)pdfmake_object(
		&p, "<</Type/Annot/Subtype/FileAttachment/FS %d 0 R/Rect[1 1 9 9]>>", file);
	info = pdfmake_object(&p, "<</Title(A title)/Author<FEFF0041>>>");
	top = pdfmake_object(&p, "<</First %d 0 R/Last %d 0 R/Count 1>>", p.n + 2, p.n + 2);
	(void)pdfmake_object(
		&p, "<</Title(x)/Parent %d 0 R/First %d 0 R/Last %d 0 R>>", top, top + 1, top + 1);
	(void)pdfmake_page(&p, span_str("BT /F 9 Tf 9 9 Td [(a)-900(b)] TJ (c) ' ET"),
		"/Rotate 90/Annots[5 0 R 6 0 R 7 0 R 10 0 R]");
	(void)snprintf(catalog, sizeof catalog,
		"/AcroForm<</Fields[5 0 R 6 0 R]>>/Outlines %d 0 R"
		"/Names<</EmbeddedFiles<</Names[(a.txt) %d 0 R]>>>>",
		top, file);
	pdfmake_end(&p, catalog, info);
	return save(&p, "extras");
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make-pdf-seeds FOLDER\n");
		return 2;
	}
	folder = argv[1];
	(void)mkdir(folder, 0755);
	return table("table", "", 0) | table("turned", "/Rotate 270", 1) | extras();
}
