/* pdfing: what the tests of PDF share. */
#ifndef PDFING_H
#define PDFING_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "doctest.h"
#include "limits.h"
#include "pdfmake.h"
#include "sandbox.h"
#include "readtest.h"

extern const struct extractor extract_pdf;

#ifdef HAVE_POPPLER

static inline void
run(struct recsink *rs, struct pdfmake *p, const char *catalog, int info)
{
	pdfmake_end(p, catalog, info);
	doc_run_bytes(rs, &extract_pdf, buf_span(&p->out));
	pdfmake_free(p);
}

/* A document of one page. */
static inline void
run_page(struct recsink *rs, struct buf *content, const char *more)
{
	struct pdfmake p;

	pdfmake_begin(&p);
	(void)pdfmake_page(&p, buf_span(content), more);
	buf_free(content);
	run(rs, &p, "", 0);
}

#endif

#endif
