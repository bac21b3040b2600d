/* office: what the zip-based documents have in common. */
#ifndef EXTRACT_OFFICE_H
#define EXTRACT_OFFICE_H

#include "extract/flow.h"
#include "extract/extract.h"
#include "extract/xmlpart.h"

enum office { OFFICE_NONE, OFFICE_XLSX, OFFICE_XLSB, OFFICE_DOCX, OFFICE_PPTX, OFFICE_ODF };

/*
 * Which document a zip is, by the names in its central directory, or in its first local headers when
 * the reader cannot seek. OFFICE_NONE for any other zip, also for one that holds documents.
 */
enum office office_kind(const struct item *it);

/* The mime of a kind; xlsm, docm and the like count as their family. */
const char *office_mime(enum office kind);

/*
 * Parts that mean the same in all of them: properties, embedded objects, pictures, links to outside,
 * custom XML. True when p was one; *ret_r is then 0 or -errno.
 */
bool office_part(struct zippart *p, struct item *it, int *ret_r);

/* All words of a part, one element a line. */
int office_words(struct zippart *p, enum part part, const char *name, const char *what);

/*
 * Paragraphs and tables of WordprocessingML and DrawingML alike (w:p, a:p, w:tbl, a:tbl ...), deleted
 * text and text boxes included.
 */
int office_flow(
	struct zippart *p, enum part part, const char *name, uint32_t page, const char *what);

#endif
