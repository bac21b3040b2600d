/*
 * `leakaudit config`: the daemon's configuration looked at without the daemon. `check` tries all that
 * can be tried: the files, the rules, and that the ids in it exist; its exit status is what a tool that
 * writes the file wants to know.
 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "conf_rules.h"
#include "conf_service.h"
#include "conf_suggest.h"
#include "locate.h"

#include "base/poison.h"

#define USERSHARES "/var/lib/samba/usershares"
#define EXPORTS	   "/etc/exports"

static void
close_file(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

static void
close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

/* --- check --- */

/* File, line and column in front, as compilers write them. */
static void
say_mistake(void *user, const char *sentence)
{
	(void)user;
	(void)fprintf(stderr, "%s\n", sentence);
}

static int
config_check(const char *path, bool quiet)
{
	_cleanup_(service_conf_free) struct service_conf c = {0};
	char error[512];
	int r = service_conf_load(path, false, &c, error);

	if (r < 0)
		say_mistake(NULL, error);
	else
		r = conf_rules_check(&c, say_mistake, NULL);
	if (r < 0)
		return STATUS_TROUBLE;
	if (!quiet)
		(void)printf("%s: %zu share%s, no mistake\n", path, c.n_shares,
			c.n_shares == 1 ? "" : "s");
	return STATUS_CLEAN;
}

static int
config_show(const char *path, bool named)
{
	_cleanup_(service_conf_free) struct service_conf c = {0};
	char error[512];

	if (service_conf_load(path, !named, &c, error) < 0) {
		(void)fprintf(stderr, "%s\n", error);
		return STATUS_TROUBLE;
	}
	service_conf_print(&c, stdout);
	return STATUS_CLEAN;
}

/* --- suggest --- */

/* What Samba has in force, by its own word; a host without it has none. */
static int
suggest_testparm(struct suggestions *s)
{
	FILE *f = popen("testparm -s 2>/dev/null", "re");
	int r;

	if (!f)
		return -errno;
	r = suggest_samba(s, f);
	(void)pclose(f);
	return r;
}

static int
suggest_file(struct suggestions *s, const char *path, int (*take)(struct suggestions *s, FILE *f))
{
	_cleanup_(close_file) FILE *f = fopen(path, "re");

	return f ? take(s, f) : 0;
}

static int
take_exports_d(struct suggestions *s, const char *dir, const char *name)
{
	_cleanup_free_ char *path = NULL;
	size_t n = strlen(name);

	if (name[0] == '.' || n <= 8 || strcmp(name + n - 8, ".exports") != 0)
		return 0;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	return suggest_file(s, path, suggest_exports);
}

static int
take_usershare(struct suggestions *s, const char *dir, const char *name)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_(close_file) FILE *f = NULL;

	if (name[0] == '.')
		return 0;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	f = fopen(path, "re");
	return f ? suggest_usershare(s, name, f) : 0;
}

static int
suggest_folder(struct suggestions *s, const char *dir,
	int (*take)(struct suggestions *s, const char *dir, const char *name))
{
	_cleanup_(close_folder) DIR *d = opendir(dir);
	const struct dirent *e;
	int r = 0;

	while (d && r == 0 && (e = readdir(d)))
		r = take(s, dir, e->d_name);
	return r;
}

static int
config_suggest(const char *samba)
{
	_cleanup_(suggest_free) struct suggestions s = {0};
	int r = samba ? suggest_file(&s, samba, suggest_samba) : suggest_testparm(&s);

	if (r == 0)
		r = suggest_folder(&s, USERSHARES, take_usershare);
	if (r == 0)
		r = suggest_file(&s, EXPORTS, suggest_exports);
	if (r == 0)
		r = suggest_folder(&s, EXPORTS ".d", take_exports_d);
	if (r < 0)
		return cmd_error("config", "%s", strerror(-r));
	suggest_settle(&s);
	suggest_print(&s, stdout);
	return STATUS_CLEAN;
}

/* --- the verb --- */

struct config_args {
	const char *config, *samba;
	bool quiet, help;
};

static int
config_args(int argc, char **argv, struct config_args *a)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"samba", required_argument, NULL, 'S'},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	optind = 0;
	while ((c = cmd_option(argc, argv, ":c:qh", options)) > 0) {
		if (c == 'c')
			a->config = optarg;
		if (c == 'S')
			a->samba = optarg;
		a->quiet |= c == 'q';
		a->help |= c == 'h';
	}
	return c == 0 ? STATUS_TROUBLE : 0;
}

static int
config_run(int argc, char **argv)
{
	struct config_args a = {0};
	int r = config_args(argc, argv, &a), n = argc - optind;
	const char *what = r == 0 && n > 0 ? argv[optind] : "", *file;

	if (r != 0)
		return r;
	if (a.help) {
		verb_help(&verb_config);
		return STATUS_CLEAN;
	}
	file = n > 1 ? argv[optind + 1] : a.config;
	if (n > (strcmp(what, "check") == 0 ? 2 : 1))
		return cmd_error("config", "unexpected '%s'", argv[argc - 1]);
	if (strcmp(what, "check") == 0)
		return config_check(file ? file : CONF_DEFAULT, a.quiet);
	if (strcmp(what, "show") == 0)
		return config_show(file ? file : CONF_DEFAULT, file != NULL);
	if (strcmp(what, "suggest") == 0)
		return config_suggest(a.samba);
	return cmd_error("config", "expected check, show or suggest");
}

const struct verb verb_config = {
	.name = "config",
	.args = "check [FILE] | show | suggest",
	.summary = "Check, show or suggest a configuration",
	.help = "  check [FILE]        is it good? Says where not: FILE:LINE:COLUMN: what was "
		"expected\n"
		"  show                all that is in force, defaults too, as YAML\n"
		"  suggest             shares that Samba and NFS offer here, as YAML\n"
		"  -c, --config FILE   (" CONF_DEFAULT "); conf.d/*.yaml beside it belong to it\n"
		"      --samba FILE    the output of `testparm -s`, instead of running it\n"
		"  -q, --quiet         check: say nothing when all is well\n"
		"\nExit status: 0 good, 2 not.\n",
	.run = config_run,
};
