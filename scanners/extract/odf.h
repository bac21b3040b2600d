/* odf: the parts of an OpenDocument package that hold text. */
#ifndef EXTRACT_ODF_H
#define EXTRACT_ODF_H

#include "extract/office.h"

/* The mime that a document says of itself (NULL: nothing), when it may be one. Never NULL. */
const char *odf_mime(struct sink *s, const char *said);

/* content.xml: paragraphs, tables as rows, annotations, notes, deleted text. 0 or -errno. */
int odf_content(struct zippart *p, const char *name);

/*
 * The same, pushed by whoever reads the XML: elements and characters of a body, or of master pages,
 * of which only headers and footers count. NULL for want of memory.
 */
struct odf_flow;
struct odf_flow *odf_flow_new(struct sink *s, bool headers);

/* 0 or -errno of the sink. */
int odf_flow_start(struct odf_flow *f, struct xmlpart *x, const char **atts);
int odf_flow_stop(struct odf_flow *f, struct xmlpart *x);
int odf_flow_text(struct odf_flow *f, const char *s, size_t n);

/* Sends what is left, unless r is below 0, and frees f. Returns the first error. */
int odf_flow_end(struct odf_flow *f, int r);

/* styles.xml: headers and footers of its master pages. */
int odf_styles(struct zippart *p);

#endif
