/*
 * pdf_doc: one open PDF document and the glue to GLib. Used by the pdf*.c files only, and only where
 * HAVE_POPPLER is set.
 */
#ifndef EXTRACT_PDF_DOC_H
#define EXTRACT_PDF_DOC_H

#ifdef HAVE_POPPLER

#include <poppler.h>

#include "base/cleanup.h"
#include "extract/archive_names.h"
#include "extract/pdf_rows.h"

struct pdf {
	struct item *it;
	struct sink *s;
	PopplerDocument *doc;
	struct pdf_rows rows;
	struct names names; /* of attachments */
	struct pdf_word *words;
	size_t room; /* of words */
	uint32_t pages, blank,
		unread; /* in all; with pictures but no text; that cannot be opened */
};

/* The items of r, which seeks, as poppler wants them. Ends early when the budget is blown. */
GInputStream *pdf_input_new(struct reader *r, struct budget *b);

/* The first -errno of the reader or the budget; 0 while well. */
int pdf_input_error(const GInputStream *in);

/* Each gives 0 or the sink's -errno. */
int pdf_page(struct pdf *p, PopplerPage *page, uint32_t number);
int pdf_page_extras(struct pdf *p, PopplerPage *page, uint32_t number);
int pdf_properties(struct pdf *p);
int pdf_outline(struct pdf *p);
int pdf_attachments(struct pdf *p);

/* Takes over a. */
int pdf_attachment(struct pdf *p, PopplerAttachment *a);

/* All of a text as one run; mended where it is not UTF-8. NULL and "" are nothing. */
int pdf_text(struct pdf *p, enum part part, const char *name, uint32_t page, const char *text);

static inline void
cleanup_gfree(void *p)
{
	g_free(*(void **)p);
}

static inline void
cleanup_gobject(void *p)
{
	if (*(void **)p)
		g_object_unref(*(void **)p);
}

#define _cleanup_gfree_	  _cleanup_(cleanup_gfree)
#define _cleanup_gobject_ _cleanup_(cleanup_gobject)

#endif
#endif
