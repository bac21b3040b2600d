/* cmd: the verbs of leakaudit, each in cmd_NAME.c, listed in leakaudit.c. */
#ifndef CMD_H
#define CMD_H

#include "pool.h"
#include "strv.h"

/* The contract's exit status. */
enum {
	STATUS_CLEAN = 0,
	STATUS_FOUND = 1,
	STATUS_TROUBLE = 2,
	STATUS_HIDDEN = 3,
	STATUS_SIGNAL = 128, /* and the signal's number */
};

struct verb {
	const char *name;
	const char *args; /* for the usage line */
	const char *summary; /* for the list of verbs */
	const char *help; /* options, for --help; or NULL */
	/* argv[0] is the verb; gives the exit status. NULL: not built yet. */
	int (*run)(int argc, char **argv);
};

extern const struct verb verb_scan, verb_rules, verb_findings, verb_gaps, verb_show, verb_status,
	verb_control, verb_config, verb_resend, verb_version;

/* Prints usage of the verb. */
void verb_help(const struct verb *v);

struct option;

/*
 * The next option by getopt_long(3), its value in optarg; argv[0] is the verb, the first call wants
 * optind = 0. -1 behind the last: optind is then the first word. 0 for one that is unknown or lacks its
 * value: then the sentence is out, and what is left is STATUS_TROUBLE.
 */
int cmd_option(int argc, char **argv, const char *letters, const struct option *options);

/* "leakaudit VERB: message" on standard error; gives STATUS_TROUBLE. */
int cmd_error(const char *verb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What a scan and the rule verbs need before any worker starts. */
struct cmd_setup {
	char *worker;
	struct strv files; /* rule files in order */
	struct pool_options pool;
};

/*
 * Finds worker and rules; jobs 0 = processors, at most 4. 0 or -errno with a sentence in ret_error.
 * The pool's pointers point into *ret_s.
 */
int cmd_setup(struct cmd_setup *ret_s, const struct strv *conf_rules, const struct strv *more,
	unsigned jobs, char ret_error[512]);
void cmd_setup_free(struct cmd_setup *s);

/* Starts one worker for its catalogue alone. 0 or -errno with a sentence in ret_error. */
int cmd_catalogue(const struct cmd_setup *s, struct pool **ret_p, char ret_error[1024]);

/*
 * Words that are neither rule nor category: -ENOENT with a sentence and the nearest ids in
 * ret_error; 0 when all are known.
 */
int cmd_check_ids(
	const struct catalogue *c, const char *const *ids, size_t n, char ret_error[1024]);

#endif
