/* `leakaudit status`: the daemon writes the answer, this prints it. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "cmd_ask.h"
#include "control.h"

#include "base/poison.h"

#define WATCH_MS 1000

struct status_args {
	const char *socket;
	bool json, watch, help;
};

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* 0, or the exit status of bad usage. */
static int
status_args(int argc, char **argv, struct status_args *a)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"watch", no_argument, NULL, 'w'},
		{"socket", required_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	optind = 0;
	while ((c = cmd_option(argc, argv, ":wh", options)) > 0) {
		if (c == 's')
			a->socket = optarg;
		a->json |= c == 'j';
		a->watch |= c == 'w';
		a->help |= c == 'h';
	}
	if (c == 0)
		return STATUS_TROUBLE;
	if (optind < argc)
		return cmd_error("status", "unexpected '%s'", argv[optind]);
	return 0;
}

static void
print(const struct buf *b, bool clear)
{
	if (clear)
		(void)fputs("\033[H\033[J", stdout);
	(void)fwrite(b->p, 1, b->n, stdout);
	(void)fflush(stdout);
}

static int
status_ask(const struct status_args *a, int fd)
{
	const char *words[] = {"status", a->json ? "json" : "text"};
	const struct timespec pause = {
		.tv_nsec = WATCH_MS % 1000 * 1000000L, .tv_sec = WATCH_MS / 1000};
	bool clear = a->watch && !a->json && isatty(STDOUT_FILENO);
	struct buf b = {0};
	int status;

	for (;;) {
		status = ask_daemon("status", fd, words, 2, &b);
		if (status != STATUS_TROUBLE)
			print(&b, clear);
		if (!a->watch || status == STATUS_TROUBLE || ferror(stdout) ||
			nanosleep(&pause, NULL) < 0 || interrupted)
			break;
	}
	buf_free(&b);
	return status;
}

static int
status_run(int argc, char **argv)
{
	struct status_args a = {.socket = CONTROL_SOCKET};
	_cleanup_close_ int fd = -1;
	int r = status_args(argc, argv, &a);

	if (r != 0)
		return r;
	if (a.help) {
		verb_help(&verb_status);
		return STATUS_CLEAN;
	}
	fd = ask_connect("status", a.socket);
	if (fd < 0)
		return STATUS_TROUBLE;
	if (a.watch) {
		const struct sigaction act = {.sa_handler = on_interrupt};

		(void)sigaction(SIGINT, &act, NULL);
	}
	return status_ask(&a, fd);
}

const struct verb verb_status = {
	.name = "status",
	.args = "[--json] [--watch]",
	.summary = "What the daemon is doing",
	.help = "      --json       one JSON object (each second a line with --watch)\n"
		"  -w, --watch      again each second, until interrupted\n"
		"      --socket PATH  of the daemon (" CONTROL_SOCKET ")\n"
		"\nFor root and group leakaudit. Exit status: 0 nothing is open, 1 findings are "
		"open,\n"
		"2 no daemon answers, 3 nothing is open but content stayed unread.\n",
	.run = status_run,
};
