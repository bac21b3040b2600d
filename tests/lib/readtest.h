/* readtest: what tests share that read bytes as a file, through whatever reader takes them. */
#ifndef READTEST_H
#define READTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ident.h"
#include "recsink.h"

/* For a group of tests: before the first, after the last. */
static inline int
read_open(void **state)
{
	(void)state;
	return ident_open() < 0 || extract_open() < 0;
}

static inline int
read_close(void **state)
{
	(void)state;
	extract_close();
	ident_close();
	return 0;
}

static inline void
read_has(struct recsink *rs, const char *words)
{
	if (!strstr(recsink_log(rs), words))
		fail_msg("no '%s' in:\n%.3000s", words, recsink_log(rs));
}

static inline void
read_lacks(struct recsink *rs, const char *words)
{
	if (strstr(recsink_log(rs), words))
		fail_msg("'%s' in:\n%.3000s", words, recsink_log(rs));
}

/* Reads the bytes as a file of that name, all that is in it too. The caller frees rs. */
static inline void
read_bytes(struct recsink *rs, const char *name, struct span bytes)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, name, bytes), 0);
}

/* What they give has the words of one and not of the other; NULL for any. */
static inline void
read_expect(const char *name, struct span bytes, const char *has, const char *lacks)
{
	struct recsink rs;

	read_bytes(&rs, name, bytes);
	if (has)
		read_has(&rs, has);
	if (lacks)
		read_lacks(&rs, lacks);
	recsink_free(&rs);
}

#endif
