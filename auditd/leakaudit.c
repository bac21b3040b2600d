/*
 * The command: a verb and its own options. Verbs of parts that are not built yet are listed, so
 * that a script that calls them fails with a word about why.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "escape.h"
#include "nearest.h"

#include "base/poison.h"

static const struct verb later[] = {
	{.name = "ack", .summary = "Mark a finding as known"},
	{.name = "unack", .summary = "Take such a mark away"},
	{.name = "report", .summary = "A report for people"},
};

static const struct verb *const built[] = {&verb_scan, &verb_rules, &verb_findings, &verb_gaps,
	&verb_show, &verb_status, &verb_control, &verb_config, &verb_resend, &verb_version};

#define N_BUILT (sizeof(built) / sizeof(*built))
#define N_LATER (sizeof(later) / sizeof(*later))

static void
usage(FILE *to)
{
	(void)fprintf(to,
		"usage: leakaudit VERB [OPTION]... [ARGUMENT]...\n\n"
		"Finds personal data, credentials and confidential documents in files.\n\n");
	for (size_t i = 0; i < N_BUILT; i++)
		(void)fprintf(to, "  %-9s %s\n", built[i]->name, built[i]->summary);
	(void)fprintf(to,
		"\n`leakaudit help VERB` lists the options; leakaudit(1) says it all.\n"
		"Try: leakaudit scan ~/Documents\n");
}

static const struct verb *
verb_find(const char *name)
{
	for (size_t i = 0; i < N_BUILT; i++) {
		if (strcmp(built[i]->name, name) == 0)
			return built[i];
	}
	for (size_t i = 0; i < N_LATER; i++) {
		if (strcmp(later[i].name, name) == 0)
			return &later[i];
	}
	return NULL;
}

__attribute__((format(printf, 1, 2))) static void
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	escape_say("leakaudit", fmt, ap);
	va_end(ap);
}

static int
verb_unknown(const char *word)
{
	const char *names[N_BUILT + 1];
	const char *near;

	for (size_t i = 0; i < N_BUILT; i++)
		names[i] = built[i]->name;
	near = nearest_find(word, names, N_BUILT);
	say("unknown verb '%s'%s%s%s", word, near ? ": did you mean " : "", near ? near : "",
		near ? "?" : "");
	usage(stderr);
	return STATUS_TROUBLE;
}

static int
verb_run(const struct verb *v, int argc, char **argv)
{
	if (!v->run)
		return cmd_error(v->name, "not available in this version");
	return v->run(argc, argv);
}

static int
help(const char *word)
{
	const struct verb *v = word ? verb_find(word) : NULL;

	if (word && !v)
		return verb_unknown(word);
	if (v && !v->run)
		return cmd_error(v->name, "not available in this version");
	if (v)
		verb_help(v);
	else
		usage(stdout);
	return STATUS_CLEAN;
}

static int
run(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct verb *v;

	if (!word) {
		usage(stderr);
		return STATUS_TROUBLE;
	}
	if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		word = "version";
	v = verb_find(word);
	return v ? verb_run(v, argc - 1, argv + 1) : verb_unknown(word);
}

/*
 * A standard descriptor that came closed would be given to the next file that is opened, and output
 * written into that. Opened the wrong way round, each use of it fails as it should.
 */
static bool
standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	int status;

	(void)setlocale(LC_CTYPE, "");
	(void)signal(SIGPIPE, SIG_IGN);
	if (!standard_descriptors() || sodium_init() < 0)
		return STATUS_TROUBLE;
	status = run(argc, argv);
	errno = 0;
	if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE && status <= STATUS_FOUND) {
		say("cannot write standard output");
		return STATUS_TROUBLE;
	}
	return status;
}
