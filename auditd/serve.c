/*
 * Small on purpose: it runs before and inside the cage and is the only code that speaks to the side
 * with rights. It trusts that side, and still reads its messages through the same checked cursor.
 * Whatever goes wrong ends the process, and the other side knows what that means.
 */
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "bundle.h"
#include "sandbox.h"
#include "selftest.h"

#include "base/poison.h"

#define EXIT_WRONG 70 /* not 1, which is what libraries end a process with */

struct serve {
	const struct serve_ops *ops;
	void *user;
	struct worker_note *note;
	struct bundle bundle;
	struct ipc_in in;
	struct ipc_out out;
	uint32_t job;
	bool catalogue; /* the other side asked for the rules' texts */
	bool locked;
	struct serve_options options;
	struct serve_rule_file *files;
};

static int
send_out(struct serve *s)
{
	return bundle_put(&s->bundle, &s->out);
}

int
serve_finding(struct serve *s, const struct inner *in, const struct finding *f)
{
	ipc_begin(&s->out, IPC_FINDING);
	ipc_u32(&s->out, s->job);
	wire_put_inner(&s->out, in);
	wire_put_finding(&s->out, f);
	return send_out(s);
}

int
serve_run(struct serve *s, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n)
{
	int r = 0;

	for (size_t at = 0; at < n && r == 0; at += WIRE_RUN) {
		ipc_begin(&s->out, IPC_RUN);
		ipc_u32(&s->out, s->job);
		wire_put_inner(&s->out, in);
		ipc_u16(&s->out, rule);
		wire_put_run(&s->out, fp + at, n - at < WIRE_RUN ? n - at : WIRE_RUN);
		r = send_out(s);
	}
	return r;
}

int
serve_gap(struct serve *s, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail)
{
	ipc_begin(&s->out, IPC_GAP);
	ipc_u32(&s->out, s->job);
	wire_put_inner(&s->out, in);
	ipc_u8(&s->out, (uint8_t)reason);
	ipc_u8(&s->out, hides);
	wire_put_text(&s->out, detail, WIRE_DETAIL);
	return send_out(s);
}

void
serve_enter(struct serve *s, const struct inner *in, uint32_t ordinal)
{
	wire_note_write(s->note, ordinal, in);
	s->note->progress++;
	(void)bundle_send_old(&s->bundle); /* what fails now fails again and is seen then */
}

volatile uint64_t *
serve_progress(struct serve *s)
{
	return &s->note->progress;
}

int
serve_checked(struct serve *s, uint16_t rule, const char *file, uint32_t line, bool failed,
	const char *message)
{
	ipc_begin(&s->out, IPC_CHECKED);
	ipc_u8(&s->out, 0);
	ipc_u16(&s->out, rule);
	wire_put_text(&s->out, file, WIRE_DETAIL);
	ipc_u32(&s->out, line);
	ipc_u8(&s->out, failed);
	wire_put_text(&s->out, message, WIRE_TEXT);
	s->note->progress++;
	return send_out(s);
}

static int
on_config(struct serve *s)
{
	struct serve_options *o = &s->options;
	struct span key;
	int r;

	if (s->locked || o->only || ipc_get_u32(&s->in) != IPC_VERSION)
		return -EPROTO;
	o->show_none = ipc_get_u8(&s->in);
	s->catalogue = ipc_get_u8(&s->in);
	key = ipc_get_bytes(&s->in, sizeof o->key);
	if (key.n != sizeof o->key)
		return -EBADMSG;
	memcpy(o->key, key.p, key.n);
	r = wire_get_words(&s->in, &o->only, &o->n_only);
	if (r == 0)
		r = wire_get_words(&s->in, &o->without, &o->n_without);
	return r < 0 ? r : ipc_end(&s->in);
}

static int
on_rule(struct serve *s)
{
	size_t n = s->options.n_files;
	struct serve_rule_file *grown;
	char *name;
	int r;

	r = wire_get_text_new(&s->in, LIMIT_NAME, false, &name);
	if (r < 0)
		return r;
	grown = reallocarray(s->files, n + 1, sizeof *grown);
	if (grown)
		s->options.files = s->files = grown;
	if (!grown || s->locked || s->in.n_fds != 1 || ipc_end(&s->in) < 0) {
		free(name);
		return grown ? -EBADMSG : -ENOMEM;
	}
	grown[n] = (struct serve_rule_file){name, fd_take(&s->in.fds[0])};
	s->options.n_files = n + 1;
	return 0;
}

/* What was needed for opening only. */
static void
drop_options(struct serve *s)
{
	for (size_t i = 0; i < s->options.n_files; i++) {
		free(s->files[i].name);
		(void)close(s->files[i].fd);
	}
	free(s->files);
	s->files = NULL;
	wire_words_free(s->options.only, s->options.n_only);
	wire_words_free(s->options.without, s->options.n_without);
	explicit_bzero(s->options.key, sizeof s->options.key);
	s->options = (struct serve_options){0};
}

static int
say_bad(struct serve *s, const struct serve_bad *bad)
{
	ipc_begin(&s->out, IPC_BAD);
	wire_put_text(&s->out, bad->file, sizeof bad->file);
	ipc_u32(&s->out, bad->line);
	ipc_u32(&s->out, bad->column);
	wire_put_text(&s->out, bad->message, sizeof bad->message);
	return send_out(s);
}

static int
say_hello(struct serve *s, const struct confinement *c)
{
	char digest[65] = "";
	uint16_t n = s->ops->rules(s->user, digest);
	int r;

	ipc_begin(&s->out, IPC_HELLO);
	ipc_u32(&s->out, IPC_VERSION);
	wire_put_confinement(&s->out, c);
	wire_put_text(&s->out, digest, sizeof digest);
	ipc_u16(&s->out, n);
	ipc_u8(&s->out, s->catalogue);
	wire_put_text(&s->out, s->ops->about ? s->ops->about(s->user) : "", POOL_ABOUT);
	r = send_out(s);
	for (uint16_t i = 0; i < n && s->catalogue && r == 0; i++) {
		struct rule_info info = {0};

		s->ops->rule(s->user, i, &info);
		ipc_begin(&s->out, IPC_RULE_INFO);
		ipc_u16(&s->out, i);
		wire_put_rule(&s->out, &info);
		r = send_out(s);
	}
	return r;
}

static int
on_lock(struct serve *s)
{
	struct serve_bad bad = {0};
	struct confinement c;
	int r;

	if (s->locked || ipc_end(&s->in) < 0)
		return -EPROTO;
	s->locked = true;
	r = s->ops->open(s->user, &s->options, &bad);
	drop_options(s);
	if (r < 0) {
		if (!bad.message[0])
			(void)snprintf(bad.message, sizeof bad.message, "%s", strerror(-r));
		(void)say_bad(s, &bad);
		return r;
	}
	r = sandbox_close(&c);
	if (r < 0) {
		(void)snprintf(bad.message, sizeof bad.message,
			"the sandbox could not be closed: %s", strerror(-r));
		(void)say_bad(s, &bad);
		return r;
	}
	return say_hello(s, &c);
}

static int
say_start(struct serve *s, uint32_t id)
{
	ipc_begin(&s->out, IPC_START);
	ipc_u32(&s->out, id);
	return send_out(s);
}

int
serve_raw(struct serve *s, struct ipc_out *o)
{
	int r = bundle_put(&s->bundle, o);

	return r < 0 ? r : bundle_send(&s->bundle);
}

/* One file, whose start has been said. next: the one to start with its end, 0 for none. */
static int
do_job(struct serve *s, const struct wire_job *j, int fd, uint32_t next)
{
	const struct inner whole = {NULL, 0};
	uint64_t items = 0, bytes = 0;
	const char *mime = "";
	int r;

	s->job = j->id;
	s->note->job = j->id;
	serve_enter(s, &whole, 0);
	r = s->ops->scan(s->user, s, j, fd, &items, &bytes, &mime);
	if (r < 0)
		return r;
	ipc_begin(&s->out, IPC_DONE);
	ipc_u32(&s->out, j->id);
	ipc_u32(&s->out, next);
	ipc_u64(&s->out, items);
	ipc_u64(&s->out, bytes);
	wire_put_text(&s->out, mime, sizeof((struct pool_done *)NULL)->mime);
	s->note->progress++;
	return send_out(s);
}

/* The start of a file goes with the end of the one before: half the messages of small files. */
static int
on_batch(struct serve *s)
{
	uint32_t n = ipc_get_u32(&s->in);
	struct wire_job j, next = {0};
	int r;

	if (!s->locked || n == 0 || n != s->in.n_fds)
		return -EBADMSG;
	r = wire_get_job(&s->in, &next);
	if (r == 0)
		r = say_start(s, next.id);
	for (uint32_t i = 0; i < n && r == 0; i++) {
		j = next;
		next.id = 0;
		if (i + 1 < n)
			r = wire_get_job(&s->in, &next);
		if (r == 0)
			r = do_job(s, &j, s->in.fds[i], next.id);
		(void)close(fd_take(&s->in.fds[i]));
	}
	return r < 0 ? r : ipc_end(&s->in);
}

static int
on_check(struct serve *s)
{
	int r;

	if (!s->locked || ipc_end(&s->in) < 0)
		return -EPROTO;
	r = s->ops->check ? s->ops->check(s->user, s) : -EOPNOTSUPP;
	ipc_begin(&s->out, IPC_CHECKED);
	ipc_u8(&s->out, 1);
	ipc_u32(&s->out, (uint32_t)-r);
	return send_out(s);
}

static int
handle(struct serve *s, int type)
{
	switch (type) {
	case IPC_CONFIG:
		return on_config(s);
	case IPC_RULE:
		return on_rule(s);
	case IPC_LOCK:
		return on_lock(s);
	case IPC_BATCH:
		return on_batch(s);
	case IPC_CHECK:
		return on_check(s);
	case IPC_SELFTEST:
		return s->locked ? selftest_try(ipc_get_u8(&s->in)) : -EPROTO;
	default:
		return -EBADMSG;
	}
}

int
serve_main(const struct serve_ops *ops, void *user)
{
	struct serve s = {.ops = ops, .user = user};
	int r;

	s.note = mmap(NULL, sizeof *s.note, PROT_READ | PROT_WRITE, MAP_SHARED, WORKER_FD_NOTE, 0);
	if (s.note == MAP_FAILED)
		return 2;
	(void)close(WORKER_FD_NOTE);
	s.bundle = (struct bundle){.note = s.note, .sock = WORKER_FD_SOCKET};
	do {
		r = ipc_recv(WORKER_FD_SOCKET, &s.in);
		if (r > 0) {
			r = handle(&s, r);
			r = r < 0 ? r : bundle_send(&s.bundle);
			r = r < 0 ? r : 1;
		}
	} while (r > 0);
	(void)bundle_send(&s.bundle); /* why it ends, if that is anything to say */
	if (r == -ENOMEM)
		s.note->nomem = 1;
	drop_options(&s);
	ipc_in_free(&s.in);
	ipc_out_free(&s.out);
	(void)munmap(s.note, sizeof *s.note);
	return r == -ENOMEM ? SERVE_EXIT_NOMEM : r == 0 || r == -EPIPE ? 0 : EXIT_WRONG;
}
