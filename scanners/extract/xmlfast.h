/*
 * xmlfast: a plain scanner for the two kinds of part that make up nearly all bytes of a workbook. Used
 * by xmlpart.c alone.
 */
#ifndef EXTRACT_XMLFAST_H
#define EXTRACT_XMLFAST_H

#include "extract/xmlpart.h"

/* The head of a part is UTF-8 XML that xmlfast_parse() can read. */
bool xmlfast_takes(struct span head);

/*
 * Reads p on from the bytes `head` already taken from it. Tells x->ops as expat would; does not
 * compare names of end tags. 0, -EBADMSG where the XML is damaged, -EMSGSIZE for a token or a part
 * over its limit, else -errno.
 */
int xmlfast_parse(struct xmlpart *x, struct zippart *p, struct span head);

/* What both readers report; each gives x->err, and nothing comes after x->stopped. */
int xmlpart_start(struct xmlpart *x, const char *q, const char **atts);
int xmlpart_end(struct xmlpart *x, const char *q);
int xmlpart_text(struct xmlpart *x, const char *s, size_t n);

/* internal: with declarations of its own, which refuse the part; a DTD elsewhere is not read. */
int xmlpart_doctype(struct xmlpart *x, bool internal);

#endif
