/*
 * review: looking by hand at what stands in the store. What `findings`, `gaps` and `show` share:
 * where the records come from, the options, and how a list of them is printed.
 */
#ifndef REVIEW_H
#define REVIEW_H

#include "store.h"
#include "strv.h"

/* Where records come from. `each` as store_each(). */
struct review {
	int (*each)(void *source, const struct store_filter *f,
		int (*tell)(void *user, const struct stored *x), void *user);
	void (*close)(void *source);
	void *source;
};

/*
 * The one place that decides whom to ask: the store in `state`, or in STORE_DIR_DEFAULT when that
 * is NULL. 0; -errno with a sentence in ret_error.
 */
int review_source(const char *state, struct review *ret_r, char ret_error[512]);

enum review_format { REVIEW_TABLE, REVIEW_JSONL, REVIEW_CSV };

struct review_args {
	const char *state; /* NULL = the default */
	struct store_filter filter; /* strings borrowed from argv */
	enum review_format format;
	bool help;
	char **words; /* what follows the options */
	int n_words;
};

/* type: what the verb lists, for the filter. 0, or what the verb exits with after its message. */
int review_args(int argc, char **argv, int type, struct review_args *ret_a);

/* What a list came to. */
struct review_result {
	uint64_t told, hiding; /* records; gaps among them that hide content */
};

/*
 * Prints what the filter lets through on standard output, names masked where a rule matched in them.
 * 0 or -errno (-EPIPE: the reader is gone).
 */
int review_list(const struct review *r, const struct review_args *a, struct review_result *ret_res);

/* "2026-11-21 22:10", in local time; "-" for none. */
const char *review_time(int64_t seconds, char ret_text[32]);

#endif
