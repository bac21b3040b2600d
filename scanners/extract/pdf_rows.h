/*
 * pdf_rows: a page's words, wherever the file drew them, as the rows a reader sees. Knows nothing of
 * PDF: words with boxes in, lines of text and rows of tables out.
 */
#ifndef EXTRACT_PDF_ROWS_H
#define EXTRACT_PDF_ROWS_H

#include "extract/grid.h"

#define PDF_GAP_WIDE 0.8f /* of the height: more than any space between words */

/* Where the next letter of a word stands. */
enum pdf_dir { PDF_RIGHT, PDF_DOWN, PDF_LEFT, PDF_UP, PDF_DIRS };

struct pdf_word {
	float x0, y0, x1, y1; /* the page's points, y downwards */
	uint32_t off, n; /* bytes in the page's text */
	uint32_t seq; /* place in the file's own order */
	uint8_t dir; /* enum pdf_dir */
};

struct pdf_row {
	size_t from, n; /* words, from left to right */
	float base, h; /* where its letters stand; height of the first word's box */
	uint32_t gaps; /* wide enough to part cells */
};

struct pdf_head;

/* One document's pages; all is freed by pdf_rows_free(). */
struct pdf_rows {
	struct sink *s;
	struct grid grid;
	struct buf line;
	uint32_t page;
	unsigned tables; /* of this page */
	uint32_t head_page; /* the last one with a table */
	struct pdf_head *head; /* the names of its columns; NULL before the first table */
	char name[48]; /* of the table at hand */
	bool open; /* text_begin has been called */
	struct span text;
	struct pdf_word *words;
	struct pdf_row *rows;
	size_t n_rows, room_rows;
};

void pdf_rows_init(struct pdf_rows *p, struct sink *s);
void pdf_rows_free(struct pdf_rows *p);

/*
 * Puts a page out: rows whose columns line up as tables named "page N", all others as text. words are
 * turned and sorted in place. 0, -ENOMEM or the sink's -errno.
 */
int pdf_rows_page(
	struct pdf_rows *p, uint32_t page, struct span text, struct pdf_word *words, size_t n);

/* Wide enough to part two cells? */
bool pdf_gap_wide(const struct pdf_word *left_end, float right, const struct pdf_word *next);

#endif
