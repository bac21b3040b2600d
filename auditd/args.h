/* args: the command line of `leakaudit scan` as a struct. Parsing decides nothing else. */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "finding.h"
#include "strv.h"

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* Plain strings are borrowed from argv. */
struct scan_args {
	const char *format; /* "text" unless said */
	const char *output; /* NULL = standard output */
	const char *exclude_from, *files_from, *baseline, *config;
	const char *state; /* NULL = none */
	struct strv only, without, rules, excludes, includes, paths;
	unsigned jobs; /* 0 = not said */
	unsigned max_depth; /* 0 = none */
	uint64_t max_file; /* 0 = not said */
	enum severity min_severity; /* SEV_LOW unless said */
	enum severity fail_on; /* SEV_INFO = any reported */
	enum confidence min_confidence; /* CONF_MEDIUM unless said */
	enum when progress, color;
	unsigned verbose;
	bool no_default_excludes, one_file_system, nul, show_none, mask_names, syslog, quiet, help;
};

/*
 * Reads `scan [OPTION]... PATH...`; argv[0] is the verb. 0; -EINVAL for bad usage, -ENOSYS for what
 * this version has not, -ENOMEM; then ret_error holds a sentence without a full stop and *ret_a
 * nothing. With help set, nothing else counts.
 */
int args_parse(int argc, char **argv, struct scan_args *ret_a, char ret_error[512]);

/* Bytes: digits, then nothing or one of K M G T in powers of 1024 (also as KB, KiB). 0 or -EINVAL. */
int args_size(const char *s, uint64_t *ret_n);

/* A number from min to max in decimal digits. 0 or -EINVAL. */
int args_number(const char *s, unsigned min, unsigned max, unsigned *ret_n);

/* A number from 0 to 2^63 - 1 in decimal digits. 0 or -EINVAL. */
int args_count(const char *s, uint64_t *ret_n);

void args_free(struct scan_args *a);

#endif
