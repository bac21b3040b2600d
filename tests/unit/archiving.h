/* archiving: archives read through the extractors and their recursion. For tests. */
#ifndef ARCHIVING_H
#define ARCHIVING_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "ident.h"
#include "limits.h"
#include "mkarchive.h"
#include "recsink.h"

#define has(log, s)	assert_non_null(strstr(log, s))
#define has_not(log, s) assert_null(strstr(log, s))

/* Reads bytes as a file with at most `bytes` unpacked and `items` members (0: the usual). */
static inline int
run(struct recsink *rs, const char *name, struct span bytes, uint64_t max, uint64_t items)
{
	struct reader r;
	struct item it = {.name = span_str(name), .r = &r};
	int q;

	recsink_init(rs, true);
	budget_start(&rs->budget, bytes.n, NULL);
	if (max)
		rs->budget.bytes = max;
	if (items)
		rs->budget.items = items;
	reader_mem(&r, bytes);
	assert_int_equal(ident_item(&it), 0);
	rs->item = &it;
	q = extract_item(&it, &rs->sink);
	reader_end(&r);
	return q;
}

/* Puts inner into a new archive under a name, beside a note. */
static inline struct span
wrap(struct mkarchive *m, const char *format, const char *filter, const char *name,
	struct span inner)
{
	mk_open(m, format, filter);
	mk_member(m, name, inner, UINT64_MAX);
	mk_file(m, "note.txt", "a note beside it");
	return mk_close(m);
}

#endif
