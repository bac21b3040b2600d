/* pdfmake: a PDF in memory, object by object, for tests. Aborts on any failure. */
#ifndef PDFMAKE_H
#define PDFMAKE_H

#include "base/buf.h"

#define PDFMAKE_OBJECTS 4096
#define PDFMAKE_FONT	3 /* Helvetica, /F of every page */
#define PDFMAKE_CJK	4 /* a font that is not in the file: needs a predefined CMap; /J */

struct pdfmake {
	struct buf out;
	size_t at[PDFMAKE_OBJECTS]; /* of object i; 0: not written */
	int n; /* the last object */
	struct buf kids;
	int pages;
};

void pdfmake_begin(struct pdfmake *p);

/* An object of the next number, which is returned. fmt is all between "obj" and "endobj". */
int pdfmake_object(struct pdfmake *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A stream; dict: entries beside /Length, "" for none. */
int pdfmake_stream(struct pdfmake *p, const char *dict, struct span bytes);

/* A page of 612 x 792 points; more: entries of the page, "" for none. */
int pdfmake_page(struct pdfmake *p, struct span content, const char *more);

/* Ends it: p->out holds the PDF. catalog: more entries; info: number of an object, or 0. */
void pdfmake_end(struct pdfmake *p, const char *catalog, int info);
void pdfmake_free(struct pdfmake *p);

/* Content of a page: text at a place (from below), at a size, turned by quarters to the left. */
void pdfmake_text(struct buf *c, int x, int y, int size, int quarters, const char *text);

/* rows of cells at the x of each column, from y downwards, all of a column before the next one. */
void pdfmake_table(
	struct buf *c, const int *x, int columns, int y, const char *const *cells, int rows);

#endif
