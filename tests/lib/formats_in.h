/* formats_in: what the writers of formats share. */
#ifndef FORMATS_IN_H
#define FORMATS_IN_H

#include "formats.h"

#define CELL(c, r, k) ((c)->table.cells[(r) * (c)->table.cols + (k)])

/* Rows and paragraphs in tags. */
struct tags {
	const char *table, *row, *cell, *cell_end, *row_end, *table_end, *line, *line_end;
};

extern const struct tags format_html_tags;

/* `before`, s with the marks of XML escaped, `after`. */
void format_xml(struct buf *b, const char *before, const char *s, const char *after);

/* s with what a format says for some characters: map has pairs of a character and its text, then NULL. */
void format_escaped(struct buf *b, const char *s, const char *const *map);

/* The table and the lines in tags. */
void format_tagged(const struct content *c, const struct tags *t, struct buf *b);

/* Writers, as struct format wants them. */
void format_text(const struct content *c, struct buf *b);
void format_html(const struct content *c, struct buf *b);
void format_odt(const struct content *c, struct buf *b);
void format_xlsx(const struct content *c, struct buf *b);
void format_ods(const struct content *c, struct buf *b);
void format_docx(const struct content *c, struct buf *b);
void format_epub(const struct content *c, struct buf *b);
void format_pptx(const struct content *c, struct buf *b);
void format_pdf(const struct content *c, struct buf *b);
void format_msg(const struct content *c, struct buf *b);
void format_xls(const struct content *c, struct buf *b);
void format_xml2003(const struct content *c, struct buf *b);

#endif
