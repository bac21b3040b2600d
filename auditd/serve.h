/*
 * serve: the worker's half of the conversation: options and rule files come in, the cage closes,
 * hello goes out, then one job after the other. What is done with a file is the caller's, so that
 * tests can put a script in the scanner's place.
 */
#ifndef SERVE_H
#define SERVE_H

#include "wire.h"

/* An allocation failed: the other side reads it as `memory` and tries without the item at hand. */
#define SERVE_EXIT_NOMEM 12

struct serve_rule_file {
	char *name;
	int fd; /* to be read from offset 0; stays serve's */
};

struct serve_options {
	char **only, **without;
	size_t n_only, n_without;
	bool show_none;
	uint8_t key[32];
	const struct serve_rule_file *files;
	size_t n_files;
};

/* Why the rules were refused. */
struct serve_bad {
	char file[256];
	uint32_t line, column;
	char message[256];
};

struct serve;

struct serve_ops {
	/* Loads everything that opens files. 0, or -errno with *ret_bad filled. */
	int (*open)(void *user, const struct serve_options *o, struct serve_bad *ret_bad);
	/* Rules there are after open(), their digest, and one of them (strings borrowed). */
	uint16_t (*rules)(void *user, char ret_digest[65]);
	void (*rule)(void *user, uint16_t i, struct rule_info *ret_r);
	/* What is read and with which libraries: "NAME: words" with '|' between; borrowed. */
	const char *(*about)(void *user);
	/* Deals with one file; results go through serve_*(). Non-zero ends the process. */
	int (*scan)(void *user, struct serve *s, const struct wire_job *j, int fd,
		uint64_t *ret_items, uint64_t *ret_bytes, const char **ret_mime);
	/* Runs every example, serve_checked() for each. 0 or -errno. */
	int (*check)(void *user, struct serve *s);
};

/* main() of a worker: returns the exit status once the socket is closed by the other side. */
int serve_main(const struct serve_ops *ops, void *user);

/* For scan(): 0 or -errno (the other side is gone). */
int serve_finding(struct serve *s, const struct inner *in, const struct finding *f);
int serve_run(struct serve *s, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n);
int serve_gap(struct serve *s, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail);
/* Notes the item at hand in the shared page. */
void serve_enter(struct serve *s, const struct inner *in, uint32_t ordinal);
/* The heart-beat: raise it while working. */
volatile uint64_t *serve_progress(struct serve *s);

/* For check(). */
int serve_checked(struct serve *s, uint16_t rule, const char *file, uint32_t line, bool failed,
	const char *message);

/* For tests: says what stands in o, whatever that is, and sends it with all that was said before. */
int serve_raw(struct serve *s, struct ipc_out *o);

#endif
