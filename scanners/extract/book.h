/*
 * book: a workbook while it is read, whether its parts are XML (xlsx) or records (xlsb). A first walk
 * gathers strings, styles and sheet names, a second one lets the sheets go by.
 */
#ifndef EXTRACT_BOOK_H
#define EXTRACT_BOOK_H

#include "extract/grid.h"
#include "extract/numfmt.h"
#include "extract/office.h"
#include "extract/rels.h"

struct book_sheet {
	char *name, *rid;
	const char *part; /* by the workbook's relationships; "" when they do not say */
	bool hidden;
};

struct book_format {
	uint32_t id;
	struct numfmt fmt;
};

/* The part `part` belongs to the part `owner`. */
struct book_link {
	char *part, *owner;
};

#define BOOK_BUILTINS 64u

struct book {
	struct sink *s;
	struct item *it;
	struct grid grid;
	struct rels rels;
	struct buf strings; /* shared strings, one behind the other */
	struct buf offsets; /* uint32_t each: offset, and how often a long one went out */
	struct buf names; /* sheet and defined names, a line each */
	struct book_sheet *sheets;
	struct book_format *formats;
	struct book_link *links;
	uint32_t *xf; /* format id of each cell style */
	const struct numfmt **style; /* by cell style; NULL shows the bare number */
	struct numfmt builtin[BOOK_BUILTINS];
	uint32_t n_sheets, n_formats, n_links, n_xf, n_style;
	bool d1904;
	bool ready; /* the first walk is done */
};

/* The extractors' run. kind only names what the bid saw: parts of both kinds are read. */
int book_run(struct item *it, struct sink *s, enum office kind);

/* For the first walk. 0 or -ENOMEM; beyond a sane number they are dropped. */
int book_add_string(struct book *b, struct span utf8);
int book_add_sheet(struct book *b, const char *name, const char *rid, bool hidden);
int book_add_format(struct book *b, uint32_t id, const char *code);
int book_add_xf(struct book *b, uint32_t id);

/* All styles are there: which format each of them shows. Part of book_run(). 0 or -ENOMEM. */
int book_settle_styles(struct book *b);

/* For a sheet: one cell. `raw` may lie in b->grid.text. 0 or the sink's -errno. */
int book_number(struct book *b, uint32_t col, uint32_t style, struct span raw);
int book_double(struct book *b, uint32_t col, uint32_t style, double v);

/* The value of an RK number ([MS-XLS] 2.5.217): thirty bits of an integer or of a double, or a hundredth of it. */
double book_rk(uint32_t k);

int book_shared(struct book *b, uint32_t col, uint64_t index);

/* A comment on the sheet that owns the comments' part; ref as "B2". */
int book_comment(struct book *b, const char *part, const char *ref, struct span text);

/* A header or footer without its codes (&L, &"Arial,Bold", &P ...). Empty ones are dropped. */
int book_header(struct book *b, enum part part, struct span text);

/* Parts in XML (xlsx.c, xlsxsheet.c) and in records (xlsb.c). 0 or -errno. */
int xlsx_strings(struct book *b, struct zippart *p);
int xlsx_styles(struct book *b, struct zippart *p);
int xlsx_workbook(struct book *b, struct zippart *p);
int xlsx_comments(struct book *b, struct zippart *p);
int xlsx_sheet(struct book *b, struct zippart *p);
int xlsb_strings(struct book *b, struct zippart *p);
int xlsb_styles(struct book *b, struct zippart *p);
int xlsb_workbook(struct book *b, struct zippart *p);
int xlsb_comments(struct book *b, struct zippart *p);
int xlsb_sheet(struct book *b, struct zippart *p);

#endif
