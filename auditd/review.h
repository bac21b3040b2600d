/*
 * review: looking by hand at what stands in the store. What `findings`, `gaps` and `show` share:
 * where the records come from, the options, and how a list of them is printed.
 */
#ifndef REVIEW_H
#define REVIEW_H

#include "control.h"
#include "store.h"
#include "strv.h"

#define REVIEW_SAID 512

/* Where records come from. `each` as store_each(). */
struct review {
	int (*each)(void *source, const struct store_filter *f,
		int (*tell)(void *user, const struct stored *x), void *user);
	void (*close)(void *source);
	void *source;
	char said[REVIEW_SAID]; /* why `each` failed, where it is known better than by its number */
};

struct review_args;

/*
 * The one place that decides whom to ask: with --state that store; else the daemon at --socket, which
 * logs it under the name of the verb; where none runs and no socket was named, the store in
 * STORE_DIR_DEFAULT. 0; -errno with a sentence in ret_error. *ret_r stays where it is while in use.
 */
int review_source(
	const struct review_args *a, const char *verb, struct review *ret_r, char ret_error[512]);

/* review_socket.c: the daemon's half of it. 0; -ENOENT, -ECONNREFUSED none runs, -errno. */
int review_socket(const char *path, const char *verb, struct review *r);

/* What to tell of a failure of `each`. */
const char *review_why(const struct review *r, int error);

/* Of the help. */
#define REVIEW_WHERE                                                                               \
	"      --socket PATH         of the daemon, which is asked where it runs\n"                \
	"                            (" CONTROL_SOCKET ")\n"                                       \
	"      --state DIR           read this store instead (" STORE_DIR_DEFAULT ");\n"           \
	"                            ./new for a folder that has the name of a state\n"

enum review_format { REVIEW_TABLE, REVIEW_JSONL, REVIEW_CSV };

struct review_args {
	const char *state; /* NULL = not said */
	const char *socket; /* of the daemon; NULL = not said */
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
