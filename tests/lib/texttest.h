/* texttest: what tests of text extractors share. */
#ifndef TEXTTEST_H
#define TEXTTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "recsink.h"

/* What a file of these bytes gives, behind the line that names it. The caller frees rs. */
static inline const char *
text_give(struct recsink *rs, const char *name, struct span in)
{
	const char *log;

	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, name, in), 0);
	log = strchr(recsink_log(rs), '\n');
	assert_non_null(log);
	return log + 1;
}

static inline void
text_expect(const char *name, struct span in, const char *want)
{
	struct recsink rs;

	assert_string_equal(text_give(&rs, name, in), want);
	recsink_free(&rs);
}

static inline void
text_holds(const char *name, struct span in, const char *want)
{
	struct recsink rs;
	const char *log = text_give(&rs, name, in);

	if (!strstr(log, want))
		fail_msg("no '%s' in:\n%s", want, log);
	recsink_free(&rs);
}

#define EXPECT(in, want) text_expect("a", span_of(in, sizeof(in) - 1), want)
#define HOLDS(in, want)	 text_holds("a", span_of(in, sizeof(in) - 1), want)

/* Cut at each byte, the item still ends well. */
static inline void
text_cuts(struct span in)
{
	for (size_t n = 0; n < in.n; n++) {
		struct recsink rs;

		recsink_init(&rs, true);
		assert_int_equal(recsink_bytes(&rs, "a", span_sub(in, 0, n)), 0);
		recsink_free(&rs);
	}
}

static inline int
text_set_up(void **state)
{
	(void)state;
	return extract_open();
}

#endif
