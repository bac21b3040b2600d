/*
 * make-documents FOLDER [ROWS]: one staff list of known numbers as the sources of what other
 * programs then write: staff.csv, staff.xlsx, letter.docx (a table over many pages), slides.fodp (a
 * table on each slide), payroll.tbl (troff). All hold the same ROWS (default 120) different Social
 * Security numbers, one in three without dashes, in their column.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"
#include "pack.h"

#define COLS	 5u
#define ON_SLIDE 6u

static const char *const head[COLS] = {"Name", "Employee ID", "SSN", "Hire date", "Net pay"};

static void
put(const char *folder, const char *name, const struct buf *b)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (!f || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static const char *
keep(const char *s)
{
	char *p = strdup(s);

	if (!p)
		abort();
	return p;
}

static struct sheet
staff(struct gen *g, size_t rows)
{
	struct sheet s = {.name = "Staff", .rows = rows + 1, .cols = COLS};
	const char **c = calloc(s.rows * COLS, sizeof *c);
	char v[64];

	if (!c)
		abort();
	memcpy(c, head, sizeof head);
	for (size_t r = 1; r < s.rows; r++) {
		const char **row = c + r * COLS;

		gen_person(g, v);
		row[0] = keep(v);
		(void)snprintf(v, sizeof v, "E%05u", gen_range(g, 10000, 99999));
		row[1] = keep(v);
		gen_ssn(g, r % 3 ? "-" : "", v);
		row[2] = keep(v);
		(void)snprintf(v, sizeof v, "20%02u-%02u-%02u", gen_range(g, 0, 14),
			gen_range(g, 1, 12), gen_range(g, 1, 28));
		row[3] = keep(v);
		(void)snprintf(
			v, sizeof v, "%u.%02u", gen_range(g, 1100, 9900), gen_range(g, 0, 99));
		row[4] = keep(v);
	}
	s.cells = c;
	return s;
}

static void
write_csv(const char *folder, const struct sheet *s)
{
	struct buf b = {0};

	for (size_t i = 0; i < s->rows * COLS; i++)
		buf_printf(&b, "%s%s", s->cells[i], (i + 1) % COLS ? "," : "\n");
	put(folder, "staff.csv", &b);
	buf_free(&b);
}

/* A table for tbl(1); its first row stands on the first page only. */
static void
write_troff(const char *folder, const struct sheet *s)
{
	struct buf b = {0};

	buf_puts(&b, ".pl 11i\n.ll 7i\n.LP\nPayroll of November\n.TS\nl l l l n.\n");
	for (size_t i = 0; i < s->rows * COLS; i++)
		buf_printf(&b, "%s%s", s->cells[i], (i + 1) % COLS ? "\t" : "\n");
	buf_puts(&b, ".TE\n");
	put(folder, "payroll.tbl", &b);
	buf_free(&b);
}

static void
slide_row(struct buf *b, const char *const *cells)
{
	buf_puts(b, "<table:table-row>");
	for (size_t c = 0; c < COLS; c++)
		buf_printf(b, "<table:table-cell><text:p>%s</text:p></table:table-cell>", cells[c]);
	buf_puts(b, "</table:table-row>");
}

#define ODF "urn:oasis:names:tc:opendocument:xmlns:"

static void
write_slides(const char *folder, const struct sheet *s)
{
	struct buf b = {0};

	buf_puts(&b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<office:document xmlns:office=\"" ODF "office:1.0\" xmlns:draw=\"" ODF "drawing:1."
		"0\" "
		"xmlns:"
		"table="
		"\"" ODF "table:1.0\" xmlns:text=\"" ODF "text:1.0\" xmlns:svg=\"" ODF "svg-"
		"compatible:"
		"1."
		"0\" "
		"xmlns:presentation="
		"\"" ODF "presentatio"
		"n:1.0\" "
		"office:"
		"version="
		"\"1.2\" "
		"office:"
		"mimetype=\""
		"application/vnd.oasis.opendocument.presentation\">"
		"<office:body><office:presentation>");
	for (size_t r = 1, page = 1; r < s->rows; page++) {
		buf_printf(&b,
			"<draw:page draw:name=\"Staff %zu\"><draw:frame svg:x=\"1cm\" "
			"svg:y=\"1cm\" svg:width=\"24cm\" svg:height=\"12cm\"><table:table>",
			page);
		for (size_t c = 0; c < COLS; c++)
			buf_puts(&b, "<table:table-column/>");
		slide_row(&b, s->cells);
		for (size_t k = 0; k < ON_SLIDE && r < s->rows; k++, r++)
			slide_row(&b, s->cells + r * COLS);
		buf_puts(&b, "</table:table></draw:frame></draw:page>");
	}
	buf_puts(&b, "</office:presentation></office:body></office:document>");
	put(folder, "slides.fodp", &b);
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	static const char *const above[] = {"To all in payroll", "The list as it stands today."};
	struct gen g;
	struct buf b = {0};
	struct sheet s;

	if (argc < 2) {
		fprintf(stderr, "usage: make-documents FOLDER [ROWS]\n");
		return 2;
	}
	gen_seed(&g, 20141124);
	s = staff(&g, argc > 2 ? strtoul(argv[2], NULL, 10) : 120);
	write_csv(argv[1], &s);
	write_troff(argv[1], &s);
	write_slides(argv[1], &s);
	pack_xlsx(&s, 1, &b);
	put(argv[1], "staff.xlsx", &b);
	pack_docx(above, 2, &s, &b);
	put(argv[1], "letter.docx", &b);
	buf_free(&b);
	return 0;
}
