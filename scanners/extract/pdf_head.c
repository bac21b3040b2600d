/*
 * A payroll list of forty pages names its columns once. The rows of the pages behind it are a table
 * of its own to a reader of pages, and a column of nine digits without its name is only digits. So
 * the names go along for as long as tables follow whose columns stand below them.
 */
#include "extract/pdf_head.h"
#include "limits.h"

#include "base/poison.h"

#define ROWS_MAX 3u /* of names that are wrapped */

void
pdf_head_free(struct pdf_head *h)
{
	buf_free(&h->text);
	h->n = 0;
}

void
pdf_head_clear(struct pdf_head *h)
{
	h->n = 0;
	buf_clear(&h->text);
}

/* Names are words: a cell with as many digits as letters is a value. */
static bool
is_value(struct span text, const struct pdf_word *w, size_t n)
{
	size_t digits = 0, others = 0;

	for (size_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < w[i].n; k++) {
			uint8_t c = text.p[w[i].off + k];

			digits += c >= '0' && c <= '9';
			others += (c | 0x20) >= 'a' || c >= 0x80;
		}
	}
	return digits > 0 && digits >= others;
}

/* The end of the cell that begins at word i. */
static size_t
cell_end(const struct pdf_word *w, size_t n, size_t i, const struct pdf_table *t)
{
	uint32_t col = pdf_table_column(t, w[i].x0);

	do
		i++;
	while (i < n && pdf_table_column(t, w[i].x0) == col);
	return i;
}

static bool
has_value(struct span text, const struct pdf_word *w, const struct pdf_row *row,
	const struct pdf_table *t)
{
	w += row->from;
	for (size_t i = 0, end; i < row->n; i = end) {
		end = cell_end(w, row->n, i, t);
		if (is_value(text, w + i, end - i))
			return true;
	}
	return false;
}

size_t
pdf_head_rows(struct span text, const struct pdf_word *words, const struct pdf_row *rows,
	const struct pdf_table *t)
{
	for (size_t i = 0; i <= ROWS_MAX && i < t->rows; i++) {
		if (has_value(text, words, &rows[i], t))
			return i;
	}
	return 0;
}

static void
keep_cell(struct pdf_head *h, struct span text, const struct pdf_word *w, size_t n)
{
	struct pdf_title *v = &h->v[h->n];
	float left = w[0].x0, right = w[0].x1;

	v->off = h->text.n;
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(&h->text, ' ');
		buf_put(&h->text, text.p + w[i].off, w[i].n);
		right = w[i].x1 > right ? w[i].x1 : right;
	}
	v->n = h->text.n - v->off;
	v->middle = (left + right) / 2;
	h->n++;
}

/* One column's name, all its rows. */
static void
keep_column(struct pdf_head *h, struct span text, const struct pdf_word *words,
	const struct pdf_row *rows, size_t n, uint32_t col, const struct pdf_table *t)
{
	uint32_t had = h->n;

	for (size_t r = 0; r < n; r++) {
		const struct pdf_word *w = words + rows[r].from;

		for (size_t i = 0, end; i < rows[r].n; i = end) {
			end = cell_end(w, rows[r].n, i, t);
			if (pdf_table_column(t, w[i].x0) != col)
				continue;
			if (h->n > had) {
				struct pdf_title *v = &h->v[had];

				buf_putc(&h->text, ' ');
				keep_cell(h, text, w + i, end - i);
				h->n = had + 1;
				v[0].n = h->text.n - v[0].off;
			} else {
				keep_cell(h, text, w + i, end - i);
			}
		}
	}
}

void
pdf_head_keep(struct pdf_head *h, struct span text, const struct pdf_word *words,
	const struct pdf_row *rows, size_t n, const struct pdf_table *t)
{
	pdf_head_clear(h);
	h->columns = (uint32_t)t->n_cut + 1;
	for (uint32_t col = 1; col <= h->columns && h->n < LIMIT_PDF_COLUMNS; col++)
		keep_column(h, text, words, rows, n, col, t);
	if (h->text.failed)
		pdf_head_clear(h);
}

bool
pdf_head_fits(const struct pdf_head *h, const struct pdf_table *t)
{
	uint32_t columns = (uint32_t)t->n_cut + 1, last = 0;

	if (h->n < 2 || columns > h->columns + 1 || h->columns > columns + 1)
		return false;
	for (uint32_t i = 0; i < h->n; i++) {
		uint32_t col = pdf_table_column(t, h->v[i].middle);

		if (col <= last)
			return false;
		last = col;
	}
	return true;
}

int
pdf_head_put(const struct pdf_head *h, const struct pdf_table *t, struct grid *g)
{
	for (uint32_t i = 0; i < h->n; i++) {
		const struct pdf_title *v = &h->v[i];
		struct span name = span_sub(buf_span(&h->text), v->off, v->n);
		int r = grid_cell(g, pdf_table_column(t, v->middle), name, (struct span){0}, false);

		if (r < 0)
			return r;
	}
	return 0;
}
