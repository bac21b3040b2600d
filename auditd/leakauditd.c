/*
 * The daemon's command line. Where systemd has made folders for the service it says so in the
 * environment, systemd.exec(5); elsewhere the contract's places hold.
 */
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "control.h"
#include "locate.h"
#include "service.h"
#include "store.h"

#include "base/poison.h"

static const char usage[] =
	"usage: leakauditd [-fhV] [-c FILE] [-k FILE] [-s SOCKET] [--state DIR]\n\n"
	"Audits the shares that its configuration names, by night and slowly; see "
	"leakauditd(8).\n\n"
	"  -c, --config FILE  configuration (" CONF_DEFAULT ")\n"
	"      --state DIR    what is remembered (" STORE_DIR_DEFAULT ")\n"
	"  -s, --socket PATH  for leakaudit status and control (" CONTROL_SOCKET ")\n"
	"  -k, --key FILE     key of the fingerprints (" KEY_DEFAULT ")\n"
	"  -f, --foreground   messages to standard error too\n"
	"  -h, --help         this text\n"
	"  -V, --version      the version\n";

static const struct option options[] = {
	{"config", required_argument, NULL, 'c'},
	{"state", required_argument, NULL, 'S'},
	{"socket", required_argument, NULL, 's'},
	{"key", required_argument, NULL, 'k'},
	{"foreground", no_argument, NULL, 'f'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

/* -1: go on; else the exit status. */
static int
parse(int argc, char **argv, struct service_options *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "c:s:k:fhV", options, NULL)) >= 0) {
		switch (c) {
		case 'c':
			o->config = optarg;
			o->config_named = true;
			break;
		case 'S':
			o->state = optarg;
			break;
		case 's':
			o->socket = optarg;
			break;
		case 'k':
			o->key = optarg;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'h':
			(void)fputs(usage, stdout);
			return STATUS_CLEAN;
		case 'V':
			(void)printf("leakauditd %s\n", VERSION);
			return STATUS_CLEAN;
		default:
			return STATUS_TROUBLE;
		}
	}
	if (optind == argc)
		return -1;
	(void)fprintf(stderr, "leakauditd: unexpected argument '%s'\n", argv[optind]);
	return STATUS_TROUBLE;
}

/* $VARIABLE/NAME when it is there, else `otherwise`; *owned keeps it. */
static const char *
from_environment(const char *variable, const char *name, const char *otherwise, char **owned)
{
	const char *dir = getenv(variable);

	if (!dir || *dir != '/' || asprintf(owned, "%s%s", dir, name) < 0)
		return otherwise;
	return access(*owned, F_OK) == 0 ? *owned : otherwise;
}

int
main(int argc, char **argv)
{
	_cleanup_free_ char *state = NULL, *key = NULL;
	struct service_options o = {
		.config = CONF_DEFAULT, .socket = CONTROL_SOCKET, .proc = "/proc"};
	int status;

	(void)setlocale(LC_CTYPE, "");
	(void)signal(SIGPIPE, SIG_IGN);
	o.state = from_environment("STATE_DIRECTORY", "", STORE_DIR_DEFAULT, &state);
	o.key = from_environment("CREDENTIALS_DIRECTORY", "/fingerprint.key", KEY_DEFAULT, &key);
	status = parse(argc, argv, &o);
	if (status >= 0)
		return status;
	if (sodium_init() < 0)
		return STATUS_TROUBLE;
	return service_main(&o);
}
