/* doc: a Word document (6.0 to 2003) while it is read. */
#ifndef EXTRACT_DOC_H
#define EXTRACT_DOC_H

#include "extract/flow.h"
#include "extract/ole.h"
#include "extract/ole_rc4.h"
#include "extract/oletext.h"

/* The parts of a document, whose texts stand one behind the other. */
enum doc_story {
	STORY_MAIN,
	STORY_FOOTNOTES,
	STORY_HEADERS,
	STORY_MACROS,
	STORY_COMMENTS,
	STORY_ENDNOTES,
	STORY_BOXES,
	STORY_HEADER_BOXES,
	STORIES
};

/* What a paragraph is, as far as tables go. */
struct doc_papx {
	bool known; /* the rest has been found in the file */
	bool in_table, row_end;
	bool inner_cell, inner_row_end; /* of a table within a cell */
	bool elsewhere; /* its properties are too many for their place */
};

/* Properties of paragraphs by their place in the file. */
struct doc_papxs {
	struct cfb_stream *main;
	struct buf bte; /* n + 1 places, then n page numbers */
	uint32_t n;
	uint32_t page; /* in fkp; UINT32_MAX: none */
	uint8_t fkp[512];
};

/* Loads the table of pages out of the table stream, which may be NULL: nothing is known. 0 or -errno. */
int doc_papxs_open(struct doc_papxs *p, struct cfb_stream *main, struct cfb_stream *table,
	uint32_t fc, uint32_t lcb);
void doc_papxs_close(struct doc_papxs *p);
void doc_papx_at(struct doc_papxs *p, uint32_t fc, struct doc_papx *ret);

/* Text on its way from pieces to the sink. */
struct doc_text {
	struct flow flow;
	struct sink *s;
	struct doc_papxs *papxs;
	struct buf para; /* the present paragraph */
	struct buf codes; /* codes of fields in it: links, sources of data */
	uint64_t fields; /* a bit for each open field: set while its code goes by */
	unsigned depth; /* open fields */
	bool begun; /* a story */
	bool row, cell; /* of the open table */
	bool after_cell; /* the last character ended a cell or row */
};

int doc_text_begin(struct doc_text *t, enum doc_story story);
int doc_text_end(struct doc_text *t);

/* Characters as they stand at fc: 8-bit of a code page, or 16-bit. 0 or the sink's -errno. */
int doc_text_put(struct doc_text *t, struct span s, bool wide, unsigned codepage, uint32_t fc);
void doc_text_free(struct doc_text *t);

#endif
