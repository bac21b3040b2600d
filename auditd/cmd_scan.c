/*
 * `leakaudit scan`: arguments and configuration become the options of one audit_run(), its result
 * an exit status. Signals only set a flag; the line itself stops at a place where it can still write
 * what it has.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "audit.h"
#include "base/cleanup.h"
#include "cmd.h"
#include "conf.h"
#include "key.h"
#include "locate.h"
#include "outfile.h"
#include "progress.h"
#include "store.h"

#include "base/poison.h"

struct scan {
	struct scan_args a;
	struct conf conf;
	struct cmd_setup setup;
	struct outfile out;
	struct audit_sink sinks[2];
	struct audit_options o;
	struct store *store;
};

static volatile int stop_signal;

/* Kills this process's children with calls that are safe in a signal handler. */
static void
kill_children(void)
{
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	char text[4096];
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	pid_t pid = 0;

	for (ssize_t i = 0; i < n; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			pid = pid * 10 + (text[i] - '0');
			continue;
		}
		if (pid > 1)
			(void)kill(pid, SIGKILL);
		pid = 0;
	}
}

static void
on_signal(int sig)
{
	if (stop_signal) {
		kill_children();
		_exit(STATUS_SIGNAL + sig);
	}
	stop_signal = sig;
}

/* A list of paths that comes through a pipe may be waited for without end. */
static bool
list_may_wait(const char *files_from)
{
	struct stat st;

	if (!files_from)
		return false;
	return strcmp(files_from, "-") == 0 || stat(files_from, &st) < 0 || !S_ISREG(st.st_mode);
}

/*
 * A write to a slow reader goes on after the signal, or a line would be torn; only waiting for more
 * paths is cut off by it.
 */
static void
catch_signals(const char *files_from)
{
	static const int asked[] = {SIGINT, SIGHUP};
	const struct sigaction act = {
		.sa_handler = on_signal, .sa_flags = list_may_wait(files_from) ? 0 : SA_RESTART};
	struct sigaction old;

	/* Ignored ones stay so: a job in the background, nohup. */
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		if (sigaction(asked[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			(void)sigaction(asked[i], &act, NULL);
	}
	(void)sigaction(SIGTERM, &act, NULL);
}

static bool
choose(enum when w, bool automatic)
{
	return w == WHEN_ALWAYS || (w == WHEN_AUTO && automatic);
}

static bool
terminal_can_color(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

static int
scan_config(struct scan *s, char error[512])
{
	const char *path = s->a.config ? s->a.config : CONF_DEFAULT;
	int r = conf_load(path, &s->conf, error);

	return !s->a.config && (r == -ENOENT || r == -EACCES) ? 0 : r;
}

static int
scan_sink(struct scan *s, const char *name, FILE *to, bool mask_names, char error[512])
{
	const struct output *out = output_find(name);

	if (!out) {
		(void)snprintf(error, 512, "%s: not available in this version", name);
		return -ENOSYS;
	}
	s->sinks[s->o.n_sinks++] = (struct audit_sink){
		.output = out,
		.options = {.to = to,
			.color = choose(s->a.color, !s->a.output && terminal_can_color()),
			.width = !s->a.output && isatty(STDOUT_FILENO)
				? terminal_width(STDOUT_FILENO)
				: 0,
			.show_none = s->a.show_none,
			.mask_names = mask_names,
			.quiet = s->a.quiet,
			.verbose = s->a.verbose},
	};
	return 0;
}

static int
scan_sinks(struct scan *s, char error[512])
{
	int r = 0;

	if (s->a.output)
		r = outfile_open(s->a.output, &s->out, error);
	if (r == 0)
		r = scan_sink(
			s, s->a.format, s->a.output ? s->out.f : stdout, s->a.mask_names, error);
	if (r == 0 && s->a.syslog)
		r = scan_sink(s, "syslog", NULL, true, error);
	s->o.sinks = s->sinks;
	return r;
}

static struct walk_options
scan_walk(const struct scan *s)
{
	const struct scan_args *a = &s->a;

	return (struct walk_options){
		.roots = (const char *const *)a->paths.v,
		.n_roots = a->paths.n,
		.files_from = a->files_from,
		.nul = a->nul,
		.excludes = (const char *const *)a->excludes.v,
		.n_excludes = a->excludes.n,
		.includes = (const char *const *)a->includes.v,
		.n_includes = a->includes.n,
		.exclude_from = a->exclude_from,
		.no_default_excludes = a->no_default_excludes,
		.one_file_system = a->one_file_system,
		.max_depth = a->max_depth,
		.max_file = a->max_file ? a->max_file : s->conf.max_file,
	};
}

static void
say_store(void *user, const char *sentence)
{
	(void)user;
	(void)cmd_error("scan", "%s", sentence);
}

/* A state that cannot be made or written costs the memory, not the scan; a wrong one costs both. */
static int
scan_store(struct scan *s, char error[512])
{
	const struct store_options o = {.dir = s->a.state, .say = say_store};
	int r = s->a.state ? store_open(&o, &s->store, error) : 0;

	if (r == -EBUSY || r == -ENOENT || r == -ENOTDIR || r == -EPROTONOSUPPORT || r == -ELOOP)
		return r;
	if (r < 0)
		(void)cmd_error("scan", "%s; nothing is remembered of this scan", error);
	s->o.memory = (struct audit_memory){.store = s->store,
		.recall = true,
		.log_severity = s->a.min_severity,
		.log_confidence = s->a.min_confidence};
	return 0;
}

static int
scan_prepare(struct scan *s, char error[512])
{
	const struct scan_args *a = &s->a;
	int r = scan_config(s, error);

	if (r == 0)
		r = cmd_setup(&s->setup, &s->conf.rules, &a->rules,
			a->jobs ? a->jobs : s->conf.jobs, error);
	if (r < 0)
		return r;
	s->o = (struct audit_options){
		.walk = scan_walk(s),
		.pool = s->setup.pool,
		.min_severity = a->min_severity,
		.min_confidence = a->min_confidence,
		.fail_on = a->fail_on,
		.baseline = a->baseline,
		.progress = choose(a->progress, isatty(STDERR_FILENO) && !a->quiet),
		.mask_names = a->mask_names,
		.verbose = a->verbose,
		.stop = &stop_signal,
	};
	s->o.pool.only = (const char *const *)a->only.v;
	s->o.pool.n_only = a->only.n;
	s->o.pool.without = (const char *const *)a->without.v;
	s->o.pool.n_without = a->without.n;
	s->o.pool.show_none = a->show_none;
	r = scan_store(s, error);
	return r < 0 ? r : scan_sinks(s, error);
}

/* A worker refused the options: say which id is unknown and what is near it. */
static void
explain_ids(const struct scan *s, char error[1024])
{
	struct pool *p = NULL;
	char other[1024];

	if (s->a.only.n + s->a.without.n == 0 || cmd_catalogue(&s->setup, &p, other) < 0)
		return;
	if (cmd_check_ids(pool_catalogue(p), s->o.pool.only, s->a.only.n, other) < 0 ||
		cmd_check_ids(pool_catalogue(p), s->o.pool.without, s->a.without.n, other) < 0)
		(void)snprintf(error, 1024, "%s", other);
	pool_free(p);
}

static int
scan_status(const struct audit_result *r)
{
	if (r->signal)
		return STATUS_SIGNAL + r->signal;
	if (r->reported)
		return STATUS_FOUND;
	return r->summary.hidden ? STATUS_HIDDEN : STATUS_CLEAN;
}

/* What was written reaches the disk or the pipe. 0 or -errno. */
static int
scan_finish(struct scan *s)
{
	if (s->out.f)
		return outfile_commit(&s->out);
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout))
		return errno ? -errno : -EIO;
	return 0;
}

static int
scan_go(struct scan *s)
{
	struct audit_result result = {0};
	char error[1024] = "";
	int r;

	catch_signals(s->a.files_from);
	r = audit_run(&s->o, &result, error);
	(void)sodium_munlock(s->o.pool.key, sizeof(s->o.pool.key));
	if (r == -EINVAL || r == -ENOENT)
		explain_ids(s, error);
	if (r == 0) {
		r = scan_finish(s);
		if (r < 0)
			(void)snprintf(error, sizeof(error), "cannot write '%.400s': %s",
				s->a.output ? s->a.output : "standard output", strerror(-r));
	}
	if (r == -EPIPE) {
		clearerr(stdout); /* as ripgrep: whoever closed the pipe has seen enough */
		return STATUS_CLEAN;
	}
	return r < 0 ? cmd_error("scan", "%s", error) : scan_status(&result);
}

static void
scan_free(struct scan *s)
{
	outfile_abort(&s->out);
	store_close(s->store);
	cmd_setup_free(&s->setup);
	conf_free(&s->conf);
	args_free(&s->a);
}

static int
scan_run(int argc, char **argv)
{
	_cleanup_(scan_free) struct scan s = {0};
	char error[1024] = "";

	if (args_parse(argc, argv, &s.a, error) < 0) {
		(void)cmd_error("scan", "%s", error);
		(void)fprintf(stderr, "usage: leakaudit scan %s (`leakaudit help scan`)\n",
			verb_scan.args);
		return STATUS_TROUBLE;
	}
	if (s.a.help) {
		verb_help(&verb_scan);
		return STATUS_CLEAN;
	}
	if (scan_prepare(&s, error) < 0)
		return cmd_error("scan", "%s", error);
	(void)sodium_mlock(s.o.pool.key, sizeof(s.o.pool.key));
	if ((s.store ? key_load_kept : key_load)(KEY_DEFAULT, s.o.pool.key, error) < 0)
		return cmd_error("scan", "%s", error);
	return scan_go(&s);
}

static const char scan_help[] =
	"Output:\n"
	"  -f, --format FORMAT       text, jsonl, json or csv (text)\n"
	"  -o, --output FILE         write there, whole or not at all, mode 0600\n"
	"      --min-severity S      low, medium, high or critical and above (low)\n"
	"      --min-confidence C    low, medium or high and above (medium)\n"
	"      --fail-on S           exit 1 only for findings of this severity and above\n"
	"      --baseline FILE       a former jsonl output: report only what is not in it\n"
	"      --show none|masked    how values are shown (masked); nothing prints them whole\n"
	"      --mask-names          mask names of files where a rule matches in them\n"
	"      --syslog              log findings to syslog as well\n"
	"      --progress WHEN       auto, always or never\n"
	"      --color WHEN          auto, always or never\n"
	"  -q, --quiet               say less\n"
	"  -v, --verbose             say how: confinement, access times, what was left out\n"
	"\nWhat to look for:\n"
	"      --only ID[,..]        these rules or categories (all)\n"
	"      --without ID[,..]     not these\n"
	"      --rules DIR_OR_FILE   more rules; the same id replaces\n"
	"  -c, --config FILE         rules and limits of it (" CONF_DEFAULT ")\n"
	"\nWhere to look:\n"
	"      --exclude GLOB        as in gitignore; may be given more than once\n"
	"      --include GLOB        only files that match one\n"
	"      --exclude-from FILE   patterns, one a line\n"
	"      --no-default-excludes also snapshot folders and network file systems\n"
	"  -x, --one-file-system     stay on the file system of each PATH\n"
	"      --max-depth N         levels below each PATH\n"
	"      --max-file SIZE       larger files are not read but reported (500M, 2G)\n"
	"      --files-from FILE     read the paths from FILE, - for standard input\n"
	"  -0, --null                they are separated by NUL\n"
	"      --state DIR           remember the files there: unchanged ones are not read again\n"
	"  -j, --jobs N              workers (processors, at most 4)\n"
	"      --ocr off|auto        look for documents in images\n"
	"\nExit status: 0 nothing reported, 1 something reported, 2 could not run,\n"
	"3 nothing reported but content stayed unread, 129, 130 and 143 interrupted.\n";

const struct verb verb_scan = {
	.name = "scan",
	.args = "[OPTION]... PATH...",
	.summary = "Look through files and folders and report what is in them",
	.help = scan_help,
	.run = scan_run,
};
