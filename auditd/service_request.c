/*
 * What may be asked through the socket, and by whom: one table. Words come from the client and are
 * shown escaped only.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "args.h"
#include "cmd.h"
#include "escape.h"
#include "review_page.h"
#include "service_in.h"

#include "base/poison.h"

static int
ask_status(struct service *s, const char *const *words, size_t n, struct buf *answer)
{
	plan_refresh(s);
	if (n > 1 && strcmp(words[1], "json") == 0)
		status_json(s, answer);
	else
		status_text(s, answer);
	return status_exit(s);
}

static int
ask_pause(struct service *s, const char *const *words, size_t n, struct buf *answer)
{
	bool on = strcmp(words[0], "pause") == 0;
	int r = service_pause(s, on);

	(void)n;
	if (r < 0) {
		buf_printf(answer, "cannot remember it over a restart: %s\n", strerror(-r));
		return STATUS_TROUBLE;
	}
	buf_puts(answer, on ? "paused\n" : "resumed\n");
	return STATUS_CLEAN;
}

/* Done at once, so that who asks learns what is wrong; a scan at work is begun anew with it. */
static int
ask_reload(struct service *s, const char *const *words, size_t n, struct buf *answer)
{
	struct service_conf c = {0};
	char error[512];
	int r = service_conf_load(s->o->config, !s->o->config_named, &c, error);

	(void)words, (void)n;
	if (r == 0)
		r = service_try(&c, error);
	service_conf_free(&c);
	if (r < 0) {
		escape_put(answer, span_str(error), ESCAPE_PLAIN);
		buf_putc(answer, '\n');
		return STATUS_TROUBLE;
	}
	service_hup = 1;
	buf_puts(answer, "reloading\n");
	return STATUS_CLEAN;
}

static void
mark(struct share_state *st, bool confirm)
{
	st->asked = true;
	st->confirm |= confirm;
	st->retry_ms = 0;
}

/* rescan [SHARE]... [--confirm] */
static int
ask_rescan(struct service *s, const char *const *words, size_t n, struct buf *answer)
{
	bool confirm = false, named = false;
	int r;

	for (size_t i = 1; i < n; i++) {
		confirm |= strcmp(words[i], "--confirm") == 0;
		if (strcmp(words[i], "--confirm") == 0)
			continue;
		named = true;
		if (!service_conf_share(&s->conf, words[i])) {
			buf_puts(answer, "no share is called '");
			escape_put(answer, span_str(words[i]), ESCAPE_PLAIN);
			buf_puts(answer, "'\n");
			return STATUS_TROUBLE;
		}
	}
	for (size_t i = 1; i < n; i++) {
		const struct conf_share *share = service_conf_share(&s->conf, words[i]);

		if (share)
			mark(plan_state(s, share), confirm);
	}
	for (size_t i = 0; i < s->conf.n_shares && !named; i++)
		mark(&s->states[i], confirm);
	buf_printf(answer, "%s will be scanned%s\n",
		s->conf.n_shares == 0 ? "no share is named: nothing"
			: named	      ? "it"
				      : "every share",
		s->paused ? " after the pause" : "");
	r = asked_save(s);
	if (r < 0)
		buf_printf(answer, "but not after a restart, as it cannot be written down: %s\n",
			strerror(-r));
	return STATUS_CLEAN;
}

/* resend FROM [TO]: numbers of lines; what is not kept any more cannot be had again. */
static int
ask_resend(struct service *s, const char *const *words, size_t n, struct buf *answer)
{
	uint64_t from = 0, to = store_sent_seq(s->store), first = store_first_seq(s->store);

	if (n < 2 || args_count(words[1], &from) < 0 || (n > 2 && args_count(words[2], &to) < 0)) {
		buf_puts(answer, "expected the number of a line\n");
		return STATUS_TROUBLE;
	}
	if (to > store_sent_seq(s->store))
		to = store_sent_seq(s->store);
	if (first == 0 || store_sent_seq(s->store) < first) {
		buf_puts(answer, "no line was sent yet\n");
		return STATUS_TROUBLE;
	}
	if (from > to || first > to) {
		buf_printf(answer, "no such line: %" PRIu64 " to %" PRIu64 " are kept\n", first,
			store_sent_seq(s->store));
		return STATUS_TROUBLE;
	}
	if (from < first)
		buf_printf(answer, "lines before %" PRIu64 " are no longer kept\n", first);
	from = from < first ? first : from;
	store_resend(s->store, from, to);
	buf_printf(answer, "lines %" PRIu64 " to %" PRIu64 " are sent again%s\n", from, to,
		store_commit(s->store) < 0 ? ", if the daemon is not restarted before" : "");
	return STATUS_CLEAN;
}

enum right { RIGHT_OPERATE, RIGHT_REVIEW };

static const struct {
	const char *word;
	enum right right;
	bool acts; /* is logged */
	/* NULL: service_review() */
	int (*run)(struct service *s, const char *const *words, size_t n, struct buf *answer);
} requests[] = {
	{"status", RIGHT_OPERATE, false, ask_status},
	{"pause", RIGHT_OPERATE, true, ask_pause},
	{"resume", RIGHT_OPERATE, true, ask_pause},
	{"reload", RIGHT_OPERATE, true, ask_reload},
	{"rescan", RIGHT_OPERATE, true, ask_rescan},
	{"resend", RIGHT_OPERATE, true, ask_resend},
	{"findings", RIGHT_REVIEW, false, NULL},
	{"gaps", RIGHT_REVIEW, false, NULL},
	{REVIEW_SHOW, RIGHT_REVIEW, false, NULL},
};

static bool
allowed(const struct control_peer *p, enum right r)
{
	return p->master || (r == RIGHT_OPERATE ? p->operates : p->reviews);
}

static void
say_order(const struct service *s, const struct control_peer *peer, const char *const *words,
	size_t n)
{
	struct buf b = {0};

	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, i ? " " : "");
		escape_put(&b, span_str(words[i]), ESCAPE_PLAIN);
	}
	service_say(s, LOG_NOTICE, "user %u, process %d: %s", (unsigned)peer->uid, (int)peer->pid,
		buf_cstr(&b));
	buf_free(&b);
}

int
service_request(void *user, const struct control_peer *peer, const char *const *words, size_t n,
	struct buf *answer)
{
	struct service *s = user;

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (strcmp(words[0], requests[i].word) != 0)
			continue;
		if (!allowed(peer, requests[i].right)) {
			buf_printf(answer, "only for root and group %s\n",
				requests[i].right == RIGHT_OPERATE ? "leakaudit"
								   : "leakaudit-review");
			return STATUS_TROUBLE;
		}
		if (!requests[i].run)
			return service_review(s, peer, words, n, answer);
		if (requests[i].acts)
			say_order(s, peer, words, n);
		return requests[i].run(s, words, n, answer);
	}
	buf_puts(answer, "unknown request\n");
	return STATUS_TROUBLE;
}
