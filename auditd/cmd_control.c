/* `leakaudit control`: words for the daemon, which checks them and who sends them. */
#include <getopt.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "cmd_ask.h"
#include "control.h"

#include "base/poison.h"

struct control_args {
	const char *socket;
	bool confirm, help;
};

static int
control_args(int argc, char **argv, struct control_args *a)
{
	static const struct option options[] = {
		{"confirm", no_argument, NULL, 'c'},
		{"socket", required_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	optind = 0;
	while ((c = cmd_option(argc, argv, ":h", options)) > 0) {
		if (c == 's')
			a->socket = optarg;
		a->confirm |= c == 'c';
		a->help |= c == 'h';
	}
	return c == 0 ? STATUS_TROUBLE : 0;
}

static bool
is_word(const char *word)
{
	static const char *const known[] = {"pause", "resume", "reload", "rescan"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(word, known[i]) == 0)
			return true;
	}
	return false;
}

static int
control_send(const struct control_args *a, char **argv, size_t n)
{
	const char *words[CONTROL_WORDS];
	_cleanup_close_ int fd = -1;
	struct buf b = {0};
	int status;

	if (n + 1 > CONTROL_WORDS)
		return cmd_error("control", "at most %d shares at a time", CONTROL_WORDS - 2);
	for (size_t i = 0; i < n; i++)
		words[i] = argv[i];
	if (a->confirm)
		words[n++] = "--confirm";
	fd = ask_connect("control", a->socket);
	if (fd < 0)
		return STATUS_TROUBLE;
	status = ask_daemon("control", fd, words, n, &b);
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return status;
}

static int
control_run(int argc, char **argv)
{
	struct control_args a = {.socket = CONTROL_SOCKET};
	int r = control_args(argc, argv, &a), n = argc - optind;

	if (r != 0)
		return r;
	if (a.help) {
		verb_help(&verb_control);
		return STATUS_CLEAN;
	}
	if (n == 0 || !is_word(argv[optind]))
		return cmd_error("control", "expected pause, resume, reload or rescan");
	if (strcmp(argv[optind], "rescan") != 0 && (n > 1 || a.confirm))
		return cmd_error("control", "%s takes no argument", argv[optind]);
	return control_send(&a, argv + optind, (size_t)n);
}

const struct verb verb_control = {
	.name = "control",
	.args = "pause | resume | reload | rescan [SHARE]... [--confirm]",
	.summary = "Tell the daemon what to do",
	.help = "  pause             begin no file until resume, also after a restart\n"
		"  resume            go on\n"
		"  reload            read the configuration and the rules anew\n"
		"  rescan [SHARE]..  scan these shares (all) now, whatever the hour\n"
		"      --confirm     what looks lost is lost: resolve it\n"
		"      --socket PATH of the daemon (" CONTROL_SOCKET ")\n"
		"\nFor root and group leakaudit. Exit status: 0 done, 2 not.\n",
	.run = control_run,
};
