/*
 * `leakaudit resend`: a reader that saw a hole in the numbers asks for the lines again. The daemon
 * sends them between others; where none runs they are sent from here, at the same pace.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>

#include "args.h"
#include "base/cleanup.h"
#include "cmd.h"
#include "cmd_ask.h"
#include "conf_service.h"
#include "control.h"
#include "outlet.h"

#include "base/poison.h"

#define PATIENCE_MS 10000 /* a logger may be away so long before we give up */

struct resend_args {
	const char *socket, *state, *config;
	uint64_t from, to; /* to 0: the last one */
	bool help;
};

static int
take_option(struct resend_args *a, int c, const char *value)
{
	if (c == 'f' && (args_count(value, &a->from) < 0 || a->from == 0))
		return cmd_error(
			"resend", "--from: expected the number of a line, not '%s'", value);
	if (c == 't' && (args_count(value, &a->to) < 0 || a->to == 0))
		return cmd_error("resend", "--to: expected the number of a line, not '%s'", value);
	if (c == 's')
		a->socket = value;
	if (c == 'd')
		a->state = value;
	if (c == 'c')
		a->config = value;
	a->help |= c == 'h';
	return 0;
}

static int
resend_args(int argc, char **argv, struct resend_args *a)
{
	static const struct option options[] = {
		{"from", required_argument, NULL, 'f'},
		{"to", required_argument, NULL, 't'},
		{"socket", required_argument, NULL, 's'},
		{"state", required_argument, NULL, 'd'},
		{"config", required_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c, r = 0;

	optind = 0;
	while (r == 0 && (c = cmd_option(argc, argv, ":hc:", options)) >= 0)
		r = c == 0 ? STATUS_TROUBLE : take_option(a, c, optarg);
	if (r == 0 && !a->help && optind < argc)
		return cmd_error("resend", "unexpected '%s'", argv[optind]);
	if (r == 0 && !a->help && !a->from)
		return cmd_error("resend", "--from N is missing: the first line to send again");
	if (r == 0 && a->to && a->to < a->from)
		return cmd_error("resend", "--to is before --from");
	return r;
}

static int
ask(const struct resend_args *a, int fd)
{
	const char *words[3] = {"resend"};
	char from[24], to[24];
	struct buf b = {0};
	int status;

	(void)snprintf(from, sizeof(from), "%" PRIu64, a->from);
	(void)snprintf(to, sizeof(to), "%" PRIu64, a->to);
	words[1] = from;
	words[2] = to;
	status = ask_daemon("resend", fd, words, a->to ? 3 : 2, &b);
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return status;
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until all are sent, or the logger has taken none for a while. */
static int
pump(struct outlet *o, struct store *s)
{
	int64_t moved = clock_ms();
	uint64_t left = store_resending(s, NULL);

	while (left) {
		int wait = outlet_step(o, s, clock_ms());

		if (store_resending(s, NULL) != left)
			moved = clock_ms();
		left = store_resending(s, NULL);
		if (left && clock_ms() - moved > PATIENCE_MS)
			return outlet_error(o) < 0 ? outlet_error(o) : -ETIMEDOUT;
		if (left && wait > 0)
			(void)poll(NULL, 0, wait);
	}
	return 0;
}

static int
pump_range(const struct resend_args *a, const struct service_conf *c, struct store *s)
{
	const struct outlet_options o = {.to = c->log_to,
		.facility = c->facility,
		.rate = c->log_rate,
		.style = {.format = c->format,
			.owner = c->owner,
			.plain_names = !c->log_mask_names},
		.only_resend = true};
	uint64_t first = store_first_seq(s), last = store_last_seq(s);
	uint64_t to = a->to && a->to < last ? a->to : last;
	struct outlet *outlet = NULL;
	int r;

	if (first == 0 || a->from > to || first > to)
		return cmd_error(
			"resend", "no such line: %" PRIu64 " to %" PRIu64 " are kept", first, last);
	r = outlet_new(&o, &outlet);
	if (r == 0) {
		store_resend(s, a->from < first ? first : a->from, to);
		r = pump(outlet, s);
	}
	outlet_free(outlet);
	if (r < 0)
		return cmd_error("resend", "the log takes no lines: %s", strerror(-r));
	if (a->from < first)
		(void)printf("lines before %" PRIu64 " are no longer kept\n", first);
	(void)printf("lines %" PRIu64 " to %" PRIu64 " were sent again\n",
		a->from < first ? first : a->from, to);
	return STATUS_CLEAN;
}

static int
resend_here(const struct resend_args *a)
{
	const struct store_options so = {
		.dir = a->state ? a->state : STORE_DIR_DEFAULT, .read_only = true};
	_cleanup_(service_conf_free) struct service_conf c = {0};
	struct store *s = NULL;
	char error[512];
	int r;

	if (service_conf_load(a->config ? a->config : SYSCONFDIR "/leakaudit/leakaudit.yaml",
		    !a->config, &c, error) < 0 ||
		store_open(&so, &s, error) < 0)
		return cmd_error("resend", "%s", error);
	r = pump_range(a, &c, s);
	store_close(s);
	return r;
}

static int
resend_run(int argc, char **argv)
{
	struct resend_args a = {.socket = CONTROL_SOCKET};
	int r = resend_args(argc, argv, &a);
	_cleanup_close_ int fd = -1;

	if (r != 0)
		return r;
	if (a.help) {
		verb_help(&verb_resend);
		return STATUS_CLEAN;
	}
	r = a.state ? -ENOENT : control_connect(a.socket, &fd);
	if (r == 0)
		return ask(&a, fd);
	if (r != -ENOENT && r != -ECONNREFUSED)
		return cmd_error(
			"resend", "cannot reach the daemon at '%s': %s", a.socket, strerror(-r));
	return resend_here(&a);
}

const struct verb verb_resend = {
	.name = "resend",
	.args = "--from N [--to M] [OPTION]...",
	.summary = "Send lines of the log again",
	.help = "      --from N       the first line, by its seq\n"
		"      --to M         the last one (the last that was sent)\n"
		"      --socket PATH  of the daemon (" CONTROL_SOCKET ")\n"
		"      --state DIR    not by the daemon, but from here out of this store\n"
		"  -c, --config FILE  with the settings of this file then\n"
		"\nThey bear resent=1 and the time of the first time. For root and group "
		"leakaudit.\n"
		"Exit status: 0 done or begun, 2 not.\n",
	.run = resend_run,
};
