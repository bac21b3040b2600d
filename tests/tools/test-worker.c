/*
 * test-worker: a worker that obeys what is written in the file it is given, one command a line, in
 * place of a scanner. What a hostile or broken scanner would do to the pool can so be tested
 * without one. Rule files: each line is the id of a rule; "bad" refuses, "die" dies at start.
 *
 *   find N [TEXT]     a finding of rule N (sample TEXT), with a run of three fingerprints before it
 *   gap               a gap "encrypted"
 *   member N COMMAND  enters inner item N ("mN") unless it is to be skipped, and does COMMAND in it
 *   crash abort exit N hang oom nomem     ends badly in that way
 *   progress N        works for N tenths of a second with a heart-beat
 *   badmsg type badrule badtext badjob descending     breaks the message format
 *   flood             findings until the other side has enough
 *   open socket connect exec fork wx protect ptrace write    tries what the cage forbids;
 *                     a gap "sandbox" with the error when it was denied, finding 0 when it was done
 *   fds               a gap with the number of open descriptors, and "name" and "folder"
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"
#include "serve.h"

struct world {
	char ids[16][32];
	uint16_t n;
	struct span name, folder;
};

static int
world_open(void *user, const struct serve_options *o, struct serve_bad *ret_bad)
{
	struct world *w = user;

	for (size_t i = 0; i < o->n_files; i++) {
		char text[512] = "", *line, *save = NULL;

		if (pread(o->files[i].fd, text, sizeof text - 1, 0) < 0)
			return -errno;
		for (line = strtok_r(text, "\n", &save); line && w->n < 16;
			line = strtok_r(NULL, "\n", &save)) {
			if (strcmp(line, "die") == 0)
				raise(SIGKILL);
			if (strcmp(line, "bad") == 0) {
				snprintf(ret_bad->file, sizeof ret_bad->file, "%s",
					o->files[i].name);
				snprintf(ret_bad->message, sizeof ret_bad->message,
					"expected a rule");
				ret_bad->line = 3;
				ret_bad->column = 7;
				return -EINVAL;
			}
			snprintf(w->ids[w->n++], sizeof w->ids[0], "%s", line);
		}
	}
	for (size_t i = 0; i < o->n_only; i++)
		snprintf(w->ids[w->n++ % 16], sizeof w->ids[0], "%s", o->only[i]);
	return 0;
}

static uint16_t
world_rules(void *user, char ret_digest[65])
{
	const struct world *w = user;

	memset(ret_digest, 'a', 64);
	ret_digest[64] = 0;
	return w->n;
}

static void
world_rule(void *user, uint16_t i, struct rule_info *ret_r)
{
	static char text[] = "text\twith\nlines", word[] = "word";
	struct world *w = user;

	*ret_r = (struct rule_info){w->ids[i], word, word, text, text, NULL, LADDER_CREDENTIAL};
}

static int
say_gap(struct serve *s, const struct inner *in, enum gap_reason reason, const char *detail)
{
	return serve_gap(s, in, reason, true, detail);
}

static int
find(struct serve *s, const struct inner *in, const char *args)
{
	const uint64_t fp[] = {7, 8, UINT64_MAX};
	struct finding f = {.confidence = CONF_HIGH, .count = 3, .n_samples = 1, .n_at = 1};
	char *text;
	int r;

	f.rule = (uint16_t)strtoul(args, &text, 10);
	snprintf(f.samples[0], FINDING_TEXT, "%s", *text ? text + 1 : "***");
	snprintf(f.mime, sizeof f.mime, "text/plain");
	f.at[0] = (struct place){.kind = PLACE_LINE, .line = 1, .col = 2};
	r = serve_run(s, in, f.rule, fp, 3);
	return r < 0 ? r : serve_finding(s, in, &f);
}

static void
spin(unsigned tenths, volatile uint64_t *beat)
{
	struct timespec t0, t;

	clock_gettime(CLOCK_MONOTONIC, &t0);
	do {
		clock_gettime(CLOCK_MONOTONIC, &t);
		if (beat)
			++*beat;
	} while ((t.tv_sec - t0.tv_sec) * 10 + (t.tv_nsec - t0.tv_nsec) / 100000000 < tenths);
}

/* After a lie it stays where it is: the note is read when the lie is. */
#define LINGER 20

static void
send_raw(struct serve *s, const uint8_t *p, size_t n)
{
	struct ipc_out o = {0};

	buf_put(&o.b, p, n);
	(void)serve_raw(s, &o);
	ipc_out_free(&o);
	spin(LINGER, NULL);
}

/* A message for the job at hand whose fields are sound up to what the test is about. */
static int
lie(struct serve *s, const char *how, uint32_t job)
{
	const struct inner none = {NULL, 0};
	struct finding f = {.confidence = CONF_HIGH};
	const uint64_t down[] = {9, 8};
	struct ipc_out o = {0};

	if (strcmp(how, "badjob") == 0)
		job += 1000;
	if (strcmp(how, "badrule") == 0)
		f.rule = 999;
	ipc_begin(&o, strcmp(how, "descending") == 0 ? IPC_RUN : IPC_FINDING);
	ipc_u32(&o, job);
	wire_put_inner(&o, &none);
	if (strcmp(how, "descending") == 0) {
		ipc_u16(&o, 0);
		wire_put_run(&o, down, 2);
	} else {
		wire_put_finding(&o, &f);
	}
	if (strcmp(how, "badtext") == 0) {
		/* the mime's length and one control byte in the place of "" */
		o.b.n -= 4;
		ipc_bytes(&o, span_str("\033"));
	}
	(void)serve_raw(s, &o);
	ipc_out_free(&o);
	spin(LINGER, NULL);
	return 0;
}

static int
run_out_of_memory(void)
{
#ifdef SANITIZED
	return -ENOMEM; /* no limit there to run into */
#else
	for (;;) {
		volatile char *p = malloc(MIB);

		if (!p)
			return -ENOMEM;
		*p = 1;
	}
#endif
}

static int
end_badly(const char *cmd)
{
	volatile uintptr_t nowhere = 8;

	if (strcmp(cmd, "crash") == 0)
		*(volatile int *)nowhere = 1;
	if (strcmp(cmd, "abort") == 0)
		abort();
	if (strncmp(cmd, "exit ", 5) == 0)
		_exit((int)strtoul(cmd + 5, NULL, 10));
	if (strcmp(cmd, "hang") == 0)
		spin(100000, NULL);
	if (strcmp(cmd, "oom") == 0)
		return run_out_of_memory();
	return -ENOENT;
}

static int
flood(struct serve *s)
{
	for (unsigned i = 0;; i++) {
		char name[16];
		struct span names[1];
		const struct inner in = {names, 1};
		int r;

		snprintf(name, sizeof name, "f%u", i);
		names[0] = span_str(name);
		r = say_gap(s, &in, GAP_CORRUPT, "");
		if (r < 0)
			return r;
	}
}

static int
self_test(struct serve *s, const struct inner *in, int what)
{
	char text[64];
	int r = selftest_try((enum selftest)what);

	if (r == 0)
		return find(s, in, "0 done");
	snprintf(text, sizeof text, "%s", strerror(-r));
	return say_gap(s, in, GAP_SANDBOX, text);
}

static int
say_names(struct serve *s, const struct world *w, const struct inner *in)
{
	char text[200];
	int open_fds = 0;

	for (int fd = 0; fd < 128; fd++)
		open_fds += fcntl(fd, F_GETFD) >= 0;
	snprintf(text, sizeof text, "%d %.*s %.*s", open_fds, (int)w->folder.n,
		(const char *)w->folder.p, (int)w->name.n, (const char *)w->name.p);
	return say_gap(s, in, GAP_EXCLUDED, text);
}

static int
obey(struct world *w, struct serve *s, const struct wire_job *j, const struct inner *in,
	const char *cmd)
{
	static const uint8_t garbage[] = {IPC_FINDING, 1, 2, 3}, unknown[] = {200, 1};
	int what = selftest_find(cmd), r;

	if (what >= 0)
		return self_test(s, in, what);
	if (strncmp(cmd, "find ", 5) == 0)
		return find(s, in, cmd + 5);
	if (strcmp(cmd, "gap") == 0)
		return say_gap(s, in, GAP_ENCRYPTED, "zip AES-256");
	if (strncmp(cmd, "gap ", 4) == 0)
		return say_gap(s, in, GAP_CORRUPT, cmd + 4);
	if (strncmp(cmd, "progress ", 9) == 0) {
		spin((unsigned)strtoul(cmd + 9, NULL, 10), serve_progress(s));
		return 0;
	}
	if (strcmp(cmd, "badmsg") == 0)
		send_raw(s, garbage, sizeof garbage);
	else if (strcmp(cmd, "type") == 0)
		send_raw(s, unknown, sizeof unknown);
	else if (strncmp(cmd, "bad", 3) == 0 || strcmp(cmd, "descending") == 0)
		return lie(s, cmd, j->id);
	else if (strcmp(cmd, "flood") == 0)
		return flood(s);
	else if (strcmp(cmd, "nomem") == 0)
		return -ENOMEM;
	else if (strcmp(cmd, "fds") == 0)
		return say_names(s, w, in);
	r = end_badly(cmd);
	return r == -ENOENT ? 0 : r;
}

/* "member N COMMAND": what is inside it is numbered too, but never entered when N is left out. */
static int
enter_member(struct world *w, struct serve *s, const struct wire_job *j, char *args)
{
	char *cmd, name[24];
	uint32_t ordinal = (uint32_t)strtoul(args, &cmd, 10);
	struct span names[1];
	const struct inner in = {names, 1}, whole = {NULL, 0};
	int r;

	for (size_t i = 0; i < j->n_skip; i++) {
		if (j->skip[i] == ordinal)
			return 0;
	}
	snprintf(name, sizeof name, "m%u", ordinal);
	names[0] = span_str(name);
	serve_enter(s, &in, ordinal);
	r = obey(w, s, j, &in, *cmd ? cmd + 1 : cmd);
	if (r >= 0)
		serve_enter(s, &whole, 0);
	return r;
}

static int
world_scan(void *user, struct serve *s, const struct wire_job *j, int fd, uint64_t *ret_items,
	uint64_t *ret_bytes, const char **ret_mime)
{
	const struct inner whole = {NULL, 0};
	static char text[16384];
	char *line, *save = NULL;
	struct world *w = user;
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	int r = 0;

	if (n < 0)
		return -errno;
	text[n] = 0;
	w->name = j->name;
	w->folder = j->folder;
	for (line = strtok_r(text, "\n", &save); line && r >= 0;
		line = strtok_r(NULL, "\n", &save)) {
		++*ret_items;
		if (strncmp(line, "member ", 7) == 0)
			r = enter_member(w, s, j, line + 7);
		else
			r = obey(w, s, j, &whole, line);
	}
	*ret_bytes = (uint64_t)n;
	*ret_mime = "text/plain";
	return r;
}

static int
world_check(void *user, struct serve *s)
{
	struct world *w = user;
	int r = 0;

	for (uint16_t i = 0; i < w->n && r == 0; i++)
		r = serve_checked(s, i, "rules.yaml", 10u + i, i == 1, i == 1 ? "not found" : "");
	return r;
}

int
main(void)
{
	static const struct serve_ops ops = {
		.open = world_open,
		.rules = world_rules,
		.rule = world_rule,
		.scan = world_scan,
		.check = world_check,
	};
	struct world w = {.n = 0};

	return serve_main(&ops, &w);
}
