/* odf: the parts of an OpenDocument package that hold text. */
#ifndef EXTRACT_ODF_H
#define EXTRACT_ODF_H

#include "extract/office.h"

/* content.xml: paragraphs, tables as rows, annotations, notes, deleted text. 0 or -errno. */
int odf_content(struct zippart *p, const char *name);

/* styles.xml: headers and footers of its master pages. */
int odf_styles(struct zippart *p);

#endif
