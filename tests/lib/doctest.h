/* doctest: what tests of document extractors share. */
#ifndef DOCTEST_H
#define DOCTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "extract/office.h"
#include "recsink.h"
#include "zipmake.h"

#define TYPES                                                                                      \
	{                                                                                          \
		"[Content_Types].xml", "<Types/>"                                                  \
	}

/* Runs x over bytes and keeps the log in rs, which the caller frees. */
static inline void
doc_run_bytes(struct recsink *rs, const struct extractor *x, struct span bytes)
{
	recsink_init(rs, false);
	assert_int_equal(recsink_force(rs, x, "test", bytes), 0);
}

static inline void
doc_run(struct recsink *rs, const struct extractor *x, const struct zipmake_part *parts, size_t n)
{
	struct zipmake z;

	zipmake_all(&z, parts, n);
	doc_run_bytes(rs, x, buf_span(&z.out));
	zipmake_free(&z);
}

#define DOC_RUN(rs, x, parts) doc_run(rs, x, parts, sizeof(parts) / sizeof *(parts))

/* The log has that line, whole. */
static inline void
doc_has(struct recsink *rs, const char *line)
{
	const char *log = recsink_log(rs);
	size_t n = strlen(line);

	for (const char *at = log; (at = strstr(at, line)); at++) {
		if ((at == log || at[-1] == '\n') && at[n] == '\n')
			return;
	}
	fail_msg("no line '%s' in:\n%s", line, log);
}

static inline void
doc_lacks(struct recsink *rs, const char *words)
{
	if (strstr(recsink_log(rs), words))
		fail_msg("'%s' in:\n%s", words, recsink_log(rs));
}

/* The kind an item of these bytes is taken for, read from a file or from a stream. */
static inline enum office
doc_kind(struct span bytes, bool seek)
{
	static const struct reader_ops deaf = {0};
	struct reader r;
	struct item it = {.name = span_str("x"), .format = FORMAT_ZIP, .r = &r};

	reader_mem(&r, bytes);
	it.head = span_sub(bytes, 0, READER_HEAD);
	if (!seek)
		r.ops = &deaf;
	return office_kind(&it);
}

#endif
