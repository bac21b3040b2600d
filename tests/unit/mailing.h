/* mailing: a mail as text, and what is read of it. For tests. */
#ifndef MAILING_H
#define MAILING_H

#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/mail_name.h"
#include "mailmake.h"
#include "limits.h"
#include "pack.h"
#include "readtest.h"

#define HEAD                                                                                       \
	"From: Ann <ann@example.com>\nTo: bob@example.com\nSubject: s\n"                           \
	"Date: Mon, 24 Nov 2014 08:00:00 +0000\nMIME-Version: 1.0\n"
#define HEAD_LINE                                                                                  \
	"text header|From: Ann <ann@example.com>\\nTo: bob@example.com\\nSubject: s\\n"            \
	"Date: Mon, 24 Nov 2014 08:00:00 +0000\\n\n"

static inline void
read_span(struct recsink *rs, struct span in)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, "a.eml", in), 0);
}

static inline void
read_mail(struct recsink *rs, const char *in)
{
	read_span(rs, span_str(in));
}

static inline void
expect(const char *in, const char *words)
{
	struct recsink rs;

	read_mail(&rs, in);
	read_has(&rs, words);
	recsink_free(&rs);
}

#define MIXED HEAD "Content-Type: multipart/mixed; boundary=\"B\"\n\n"

#endif
