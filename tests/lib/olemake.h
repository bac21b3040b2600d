/* olemake: small old Office documents for tests and for seeds of fuzzers. Aborts on any failure. */
#ifndef OLEMAKE_H
#define OLEMAKE_H

#include "cfbmake.h"

/* One BIFF record. */
void biff_put(struct buf *b, unsigned id, const void *p, size_t n);

/*
 * Appends a workbook of BIFF8 to b: a hidden sheet "Staff" with a shared string cut by a CONTINUE
 * that makes it wide, numbers with formats, a formula's string, a comment, header and footer.
 */
void olemake_book(struct buf *b);

/* The workbook in its file. */
void olemake_xls(struct cfbmake *m, unsigned shift);

/* Gives the file a set of properties: the title "Salaries". */
void olemake_properties(struct cfbmake *m);

/* Another set: the parts "Staff" and "Pay", and "Password" with the value "hush!". */
void olemake_parts(struct cfbmake *m);

/*
 * A picture's record of a drawing: its head, one digest or two, a mark, the magic and bytes of 1 up to
 * n in all.
 */
void olemake_blip(struct buf *b, unsigned type, unsigned digests, const char *magic, size_t n);

/* Word 97: two pieces (16-bit, then 8-bit), a table of two rows, a footnote and a header. */
void olemake_doc(struct cfbmake *m);

/* Its two streams; the tables begin behind `front` bytes (16 at least). */
void olemake_doc_streams(size_t front, struct buf *main, struct buf *table);

/*
 * Appends Word 2, which has no compound storage: a header, then the text with its marks, of which the
 * header says that it has `said` bytes. flags: 4 saved fast, 0x100 enciphered.
 */
void olemake_winword(struct buf *b, unsigned flags, const char *text, size_t said);

/* A slide with narrow and wide text, its notes, a comment. */
void olemake_ppt(struct cfbmake *m);

/* Two groups of five shapes, in any order: text, then a table whose second row leaves a column out. */
void olemake_ppt_tables(struct cfbmake *m);

/* A workbook within, twice. */
void olemake_ppt_objects(struct cfbmake *m);

/* Of olemake_ppt(): its streams, and where its objects 1 (the document) and 2 (the slide) are. */
struct olemake_ppt {
	struct buf main, user;
	uint32_t place[3], size[3];
};

/* session: the header of an enciphered one, as object 3, or nothing. */
void olemake_ppt_streams(struct olemake_ppt *o, struct span session);

/* A message: subject, body, RTF, a file and a message attached. */
void olemake_msg(struct cfbmake *m);

#endif
