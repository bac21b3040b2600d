/*
 * The pool against a worker that obeys scripts (tests/tools/test-worker.c): whatever one file does
 * to its reader, every other file is accounted for exactly once.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "pool_priv.h"

#include "base/cleanup.h"

#define MAX_FILES 4096

struct rig {
	struct pool *pool;
	struct pool_options o;
	struct buf log; /* one line an event, in order */
	unsigned done[MAX_FILES];
	uint64_t n_done, n_findings, n_gaps;
	int stop_at; /* an event number that returns -ECANCELED */
	bool quiet;
	char error[1024];
};

static char worker_path[4096], rule_path[] = "/tmp/leakaudit-test-rules-XXXXXX";

static const char *
label(const struct job *j)
{
	return strrchr(j->path, '/') + 1;
}

static void
log_inner(struct rig *g, const struct inner *in)
{
	for (size_t i = 0; i < in->n; i++)
		buf_printf(&g->log, "!%.*s", (int)in->names[i].n, (const char *)in->names[i].p);
}

static int
on_finding(void *user, const struct job *j, const struct inner *in, const struct finding *f)
{
	struct rig *g = user;

	g->n_findings++;
	if (g->quiet)
		return 0;
	buf_printf(&g->log, "finding %s", label(j));
	log_inner(g, in);
	buf_printf(&g->log, " rule %u count %lu %s\n", f->rule, (unsigned long)f->count,
		f->samples[0]);
	return g->stop_at && --g->stop_at == 0 ? -ECANCELED : 0;
}

static int
on_run(void *user, const struct job *j, const struct inner *in, uint16_t rule, const uint64_t *fp,
	size_t n)
{
	struct rig *g = user;

	if (g->quiet)
		return 0;
	buf_printf(&g->log, "run %s", label(j));
	log_inner(g, in);
	buf_printf(&g->log, " rule %u n %zu %lx\n", rule, n, (unsigned long)fp[n - 1]);
	return 0;
}

static int
on_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail)
{
	struct rig *g = user;

	g->n_gaps++;
	if (g->quiet)
		return 0;
	buf_printf(&g->log, "gap %s", label(j));
	log_inner(g, in);
	buf_printf(&g->log, " %s%s: %s\n", gap_name(reason), hides ? " hides" : "", detail);
	return 0;
}

static int
on_done(void *user, const struct job *j, const struct pool_done *d)
{
	struct rig *g = user;

	assert_true(j->root < MAX_FILES);
	g->done[j->root]++;
	g->n_done++;
	if (!g->quiet)
		buf_printf(&g->log, "done %s items %lu%s\n", label(j), (unsigned long)d->items,
			d->failed ? " failed" : "");
	return 0;
}

static const char *const rule_files[] = {rule_path};

static void
rig_start(struct rig *g, unsigned workers)
{
	const struct pool_events ev = {on_finding, on_run, on_gap, on_done, g};

	g->o.workers = workers;
	g->o.worker_path = worker_path;
	g->o.worker_stderr = getenv("TEST_WORKER_STDERR") != NULL;
	if (!g->o.rule_files) {
		g->o.rule_files = rule_files;
		g->o.n_rule_files = 1;
	}
	assert_int_equal(pool_new(&g->o, &ev, &g->pool, g->error), 0);
}

static void
rig_free(struct rig *g)
{
	pool_free(g->pool);
	buf_free(&g->log);
	/* nothing is left running: there is no child to wait for */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int
script_fd(const char *script)
{
	int fd = memfd_create("script", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, script, strlen(script)), (ssize_t)strlen(script));
	return fd;
}

static void
rig_submit(struct rig *g, uint32_t number, const char *script)
{
	struct job j = {.root = number};
	char path[64];

	while (!pool_wants(g->pool))
		assert_int_equal(pool_poll(g->pool, -1), 0);
	j.fd = script_fd(script);
	assert_int_equal(fstat(j.fd, &j.st), 0);
	snprintf(path, sizeof path, "/share/folder/f%u", number);
	j.path = strdup(path);
	assert_int_equal(pool_submit(g->pool, &j), 0);
}

static void
rig_finish(struct rig *g)
{
	pool_flush(g->pool);
	while (!pool_idle(g->pool))
		assert_int_equal(pool_poll(g->pool, -1), 0);
}

/* One file on one worker; the events as text. */
static const char *
run_one(struct rig *g, const char *script)
{
	rig_start(g, 1);
	rig_submit(g, 0, script);
	rig_finish(g);
	assert_int_equal(g->done[0], 1);
	return buf_cstr(&g->log);
}

static unsigned
lines_with(const char *log, const char *what)
{
	unsigned n = 0;

	for (const char *p = log; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

static void
plain_file(void **state)
{
	struct rig g = {0};
	const struct catalogue *c;

	(void)state;
	assert_string_equal(run_one(&g, "find 1 abc\ngap\n"),
		"run f0 rule 1 n 3 ffffffffffffffff\n"
		"finding f0 rule 1 count 3 abc\n"
		"gap f0 encrypted hides: zip AES-256\n"
		"done f0 items 2\n");
	c = pool_catalogue(g.pool);
	assert_int_equal(c->n, 3);
	assert_string_equal(c->rules[2].id, "rule-c");
	assert_string_equal(c->rules[0].about, "text\twith\nlines");
	assert_string_equal(c->rules[0].refs, "");
	assert_int_equal(c->rules[0].ladder, LADDER_CREDENTIAL);
	assert_int_equal(strlen(c->digest), 64);
	assert_true(pool_confinement(g.pool)->no_new_privs);
	assert_true(pool_confinement(g.pool)->seccomp);
	assert_int_equal(pool_replaced(g.pool), 0);
	rig_free(&g);
}

static void
names_and_descriptors(void **state)
{
	struct rig g = {0};

	(void)state;
	/* null thrice, the socket, and the file: nothing of ours leaked into it */
	assert_string_equal(
		run_one(&g, "fds\n"), "gap f0 excluded hides: 5 folder f0\ndone f0 items 1\n");
	rig_free(&g);
}

static void
crash_in_a_batch(void **state)
{
	struct rig g = {0};
	const char *log;

	(void)state;
	rig_start(&g, 1);
	/* the first keeps the worker busy until the rest is one batch */
	rig_submit(&g, 0, "progress 2\nfind 0\n");
	for (uint32_t i = 1; i <= 32; i++)
		rig_submit(&g, i, i == 16 ? "find 1\ncrash\n" : "find 0\n");
	rig_finish(&g);
	log = buf_cstr(&g.log);
	for (uint32_t i = 0; i <= 32; i++)
		assert_int_equal(g.done[i], 1);
	assert_int_equal(lines_with(log, "finding "), 33);
	assert_int_equal(lines_with(log, "gap "), 1);
	assert_non_null(strstr(log, "gap f16 crashed hides: "));
	assert_non_null(strstr(log, "done f16 items 0 failed\n"));
	assert_int_equal(pool_replaced(g.pool), 1);
	rig_free(&g);
}

static void
crash_in_a_member(void **state)
{
	struct rig g = {0};
	const char *log;

	(void)state;
	log = run_one(&g,
		"find 0\nmember 1 find 0\nmember 2 crash\nmember 3 find 1\n"
		"member 4 crash\nmember 5 find 2\n");
	assert_int_equal(lines_with(log, "finding f0 rule 0"), 1);
	assert_int_equal(lines_with(log, "finding f0!m1 rule 0"), 1);
	assert_int_equal(lines_with(log, "finding f0!m3 rule 1"), 1);
	assert_int_equal(lines_with(log, "finding f0!m5 rule 2"), 1);
	assert_int_equal(lines_with(log, "gap f0!m2 crashed hides"), 1);
	assert_int_equal(lines_with(log, "gap f0!m4 crashed hides"), 1);
	assert_int_equal(lines_with(log, "gap "), 2);
	assert_int_equal(lines_with(log, "done f0 items 6\n"), 1);
	assert_int_equal(lines_with(log, "run "), 4);
	rig_free(&g);
}

/* An outer item that dies after one inside it did: the inner ordinal must not stay in the list. */
static void
crash_outwards(void **state)
{
	struct rig g = {0};
	const char *log;

	(void)state;
	log = run_one(&g, "member 1 find 0\nmember 3 crash\nmember 2 crash\nmember 4 find 1\n");
	assert_int_equal(lines_with(log, "gap f0!m3 crashed"), 1);
	assert_int_equal(lines_with(log, "gap f0!m2 crashed"), 1);
	assert_int_equal(lines_with(log, "finding f0!m1"), 1);
	rig_free(&g);
}

static void
too_many_members(void **state)
{
	struct rig g = {0};
	struct buf b = {0};
	const char *log;

	(void)state;
	buf_puts(&b, "find 2\n");
	for (unsigned i = 1; i <= 20; i++)
		buf_printf(&b, "member %u crash\n", i);
	log = run_one(&g, buf_cstr(&b));
	assert_int_equal(lines_with(log, "gap f0!m"), LIMIT_RETRIES);
	assert_int_equal(lines_with(log, "gap f0 crashed hides: gave up after 8 members"), 1);
	assert_int_equal(lines_with(log, "finding f0 rule 2"), 1);
	assert_int_equal(lines_with(log, "done f0 items 0 failed"), 1);
	assert_int_equal(pool_replaced(g.pool), LIMIT_RETRIES + 1);
	buf_free(&b);
	rig_free(&g);
}

static void
ways_to_die(void **state)
{
	static const struct {
		const char *script, *gap;
	} ways[] = {
		{"find 0\nmember 7 hang\n", "gap f0!m7 timeout hides: no progress\n"},
		{"hang\n", "gap f0 timeout hides: no progress\n"},
		{"member 2 oom\n", "gap f0!m2 memory hides: "},
		{"member 2 nomem\n", "gap f0!m2 memory hides: "},
		{"oom\n", "gap f0 memory hides: "},
		{"exit 3\n", "gap f0 crashed hides: the reader ended with status 3\n"},
		{"member 1 exit 1\n", "gap f0!m1 memory hides: a library gave up"},
		{"badmsg\n", "gap f0 crashed hides: the reader sent a malformed message\n"},
		{"type\n", "gap f0 crashed hides: the reader sent a malformed message\n"},
		{"badrule\n", "gap f0 crashed hides: the reader sent a malformed message\n"},
		{"badtext\n", "gap f0 crashed hides: the reader sent a malformed message\n"},
		{"badjob\n", "gap f0 crashed hides: the reader sent a malformed message\n"},
		{"descending\n", "gap f0 crashed hides: the reader sent a malformed message\n"},
		{"member 1 badmsg\n", "gap f0!m1 crashed hides: the reader sent"},
#ifndef SANITIZED
		{"crash\n", "gap f0 crashed hides: the reader died of signal 11"},
		{"abort\n", "gap f0 crashed hides: the reader died of signal 6"},
#endif
	};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct rig g = {.o.progress_sec = 1};
		const char *log = run_one(&g, ways[i].script);

		if (!strstr(log, ways[i].gap))
			fail_msg("'%s' gave:\n%s", ways[i].script, log);
		assert_int_equal(g.n_gaps, 1);
		assert_int_equal(pool_replaced(g.pool), 1);
		rig_free(&g);
	}
}

static void
forbidden_things(void **state)
{
	static const char *const kills[] = {
		"socket", "connect", "exec", "fork", "wx", "protect", "ptrace", "write"};

	(void)state;
	for (size_t i = 0; i < sizeof kills / sizeof *kills; i++) {
		struct rig g = {0};
		char script[32];
		const char *log;

		snprintf(script, sizeof script, "member 1 %s\nmember 2 find 0\n", kills[i]);
		log = run_one(&g, script);
		if (!strstr(log,
			    "gap f0!m1 sandbox hides: the reader tried a forbidden system "
			    "call\n"))
			fail_msg("'%s' gave:\n%s", kills[i], log);
		assert_int_equal(lines_with(log, "finding "), 1);
		rig_free(&g);
	}
}

static void
open_is_denied(void **state)
{
	struct rig g = {0};

	(void)state;
	assert_string_equal(run_one(&g, "open\n"),
		"gap f0 sandbox hides: Permission denied\ndone f0 items 1\n");
	assert_int_equal(pool_replaced(g.pool), 0);
	rig_free(&g);
}

static void
slow_is_not_hung(void **state)
{
	struct rig g = {.o.progress_sec = 1};

	(void)state;
	assert_string_equal(run_one(&g, "progress 25\ngap\n"),
		"gap f0 encrypted hides: zip AES-256\ndone f0 items 2\n");
	rig_free(&g);
}

static void
a_slow_reader_is_not_its_fault(void **state)
{
	struct rig g = {.o.progress_sec = 1};
	struct buf b = {0};

	(void)state;
	for (unsigned i = 1; i < 400; i++)
		buf_printf(&b, "member %u find 0\n", i);
	rig_start(&g, 1);
	rig_submit(&g, 0, buf_cstr(&b));
	sleep(2); /* nobody takes what it finds */
	rig_finish(&g);
	assert_int_equal(g.n_findings, 399);
	assert_int_equal(g.n_gaps, 0);
	buf_free(&b);
	rig_free(&g);
}

static void
thousand_files(void **state)
{
	struct rig g = {.quiet = true, .o.files_per_worker = 100};
	unsigned crashes = 0;

	(void)state;
	rig_start(&g, 2);
	for (uint32_t i = 0; i < 1000; i++) {
		bool crash = i % 37 == 36;

		crashes += crash;
		rig_submit(&g, i, crash ? "crash\n" : "find 0\n");
		assert_true(g.pool->n_open <= g.pool->max_open);
		assert_true(g.pool->small.n <= g.pool->max_queued + 64);
	}
	rig_finish(&g);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(g.done[i], 1);
	assert_int_equal(g.n_done, 1000);
	assert_int_equal(g.n_gaps, crashes);
	assert_int_equal(g.n_findings, 1000 - crashes);
	assert_int_equal(pool_replaced(g.pool), crashes);
	rig_free(&g);
}

static void
few_descriptors(void **state)
{
	struct rlimit was, few;
	struct rig g = {.quiet = true};

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = (struct rlimit){64, was.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	rig_start(&g, 2);
	for (uint32_t i = 0; i < 300; i++)
		rig_submit(&g, i, "find 0\n");
	rig_finish(&g);
	assert_int_equal(g.n_done, 300);
	rig_free(&g);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
}

static void
large_goes_alone(void **state)
{
	struct rig g = {0};
	struct buf b = {0};
	struct job j = {.root = 1};

	(void)state;
	rig_start(&g, 1);
	rig_submit(&g, 0, "progress 2\n");
	buf_puts(&b, "find 0\n");
	j.fd = script_fd(buf_cstr(&b));
	assert_int_equal(ftruncate(j.fd, 2 * (off_t)BATCH_BYTES), 0);
	assert_int_equal(fstat(j.fd, &j.st), 0);
	j.path = strdup("/share/large");
	assert_int_equal(pool_submit(g.pool, &j), 0);
	assert_int_equal(g.pool->alone.n, 1);
	rig_submit(&g, 2, "find 0\n");
	rig_finish(&g);
	assert_int_equal(g.n_done, 3);
	assert_int_equal(g.n_findings, 2);
	buf_free(&b);
	rig_free(&g);
}

static void
stop_by_event(void **state)
{
	struct rig g = {.stop_at = 2};
	int r = 0;

	(void)state;
	rig_start(&g, 1);
	for (uint32_t i = 0; i < 10; i++)
		rig_submit(&g, i, "find 0\n");
	while (r == 0 && !pool_idle(g.pool))
		r = pool_poll(g.pool, -1);
	assert_int_equal(r, -ECANCELED);
	assert_int_equal(g.n_findings, 2);
	assert_false(pool_wants(g.pool));
	rig_free(&g);
}

static void
flood_is_stopped(void **state)
{
	struct rig g = {.quiet = true};

	(void)state;
	rig_start(&g, 1);
	rig_submit(&g, 0, "flood\n");
	rig_submit(&g, 1, "find 0\n");
	rig_finish(&g);
	assert_int_equal(g.n_done, 2);
	assert_int_equal(g.n_findings, 1);
	assert_true(g.n_gaps <= POOL_SEEN_MAX + 1);
	rig_free(&g);
}

static const char *
write_rules(const char *text)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof path, "/tmp/leakaudit-test-more-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static void
refuse(const char *rules, const char *worker, int want, const char *text)
{
	const struct pool_events ev = {on_finding, on_run, on_gap, on_done, NULL};
	const char *files[] = {rules};
	struct pool_options o = {
		.workers = 2, .worker_path = worker, .rule_files = files, .n_rule_files = 1};
	struct pool *p = NULL;
	char error[1024];

	assert_int_equal(pool_new(&o, &ev, &p, error), want);
	assert_null(p);
	if (!strstr(error, text))
		fail_msg("'%s' instead of '%s'", error, text);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
refusals(void **state)
{
	const char *path = write_rules("rule-a\nbad\n");
	char want[128];

	(void)state;
	snprintf(want, sizeof want, "%s:3:7: expected a rule", path);
	refuse(path, worker_path, -EINVAL, want);
	unlink(path);
	path = write_rules("die\n");
	refuse(path, worker_path, -ECHILD, "does not start");
	unlink(path);
	refuse("/nonexistent/rules.yaml", worker_path, -ENOENT,
		"'/nonexistent/rules.yaml': No such");
	refuse(rule_path, "/nonexistent/worker", -ENOENT, "'/nonexistent/worker': No such");
	refuse(rule_path, "/bin/true", -ECHILD, "does not start");
	refuse("/tmp", worker_path, -EISDIR, "Is a directory");
}

static void
rules_stay_the_same(void **state)
{
	const char *path = write_rules("rule-a\n");
	struct rig g = {.o.rule_files = &path, .o.n_rule_files = 1};
	int fd;

	(void)state;
	rig_start(&g, 1);
	/* an editor saves the file in the middle of the scan: a new worker must not see it */
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(write(fd, "a\nb\nc\n", 6), 6);
	close(fd);
	rig_submit(&g, 0, "crash\n");
	rig_submit(&g, 1, "find 0\n");
	rig_finish(&g);
	assert_int_equal(g.n_findings, 1);
	assert_int_equal(pool_catalogue(g.pool)->n, 1);
	unlink(path);
	rig_free(&g);
}

static int
on_checked(void *user, const struct rule_checked *c)
{
	struct buf *b = user;

	buf_printf(b, "%s %s:%u %s%s\n", c->rule->id, c->file, c->line,
		c->failed ? "failed " : "ok", c->message);
	return 0;
}

static void
check_rules(void **state)
{
	struct pool_options o = {
		.worker_path = worker_path, .rule_files = rule_files, .n_rule_files = 1};
	struct buf b = {0};
	char error[1024];

	(void)state;
	assert_int_equal(pool_check_rules(&o, on_checked, &b, error), 0);
	assert_string_equal(buf_cstr(&b),
		"rule-a rules.yaml:10 ok\n"
		"rule-b rules.yaml:11 failed not found\n"
		"rule-c rules.yaml:12 ok\n");
	buf_free(&b);
}

static void
dies_with_its_parent(void **state)
{
	int pair[2];
	pid_t child, worker = 0;

	(void)state;
	assert_int_equal(pipe(pair), 0);
	child = fork();
	if (child == 0) {
		struct rig g = {.quiet = true};

		rig_start(&g, 1);
		rig_submit(&g, 0, "hang\n");
		(void)!write(pair[1], &g.pool->workers[0].pid, sizeof worker);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(read(pair[0], &worker, sizeof worker), sizeof worker);
	for (int i = 0; i < 200 && kill(worker, 0) == 0; i++) {
		char path[40], text[64] = "";
		int fd;

		/* gone, or a corpse that waits for init */
		snprintf(path, sizeof path, "/proc/%d/stat", (int)worker);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (read(fd, text, sizeof text - 1) > 0 && strstr(text, ") Z"))) {
			close(fd);
			break;
		}
		close(fd);
		assert_true(i < 199);
		(void)poll(NULL, 0, 10);
	}
	close(pair[0]);
	close(pair[1]);
}

/* Prints what the boundary costs a file; no limit is asserted: machines differ. */
static void
cost(void **state)
{
	(void)state;
	for (unsigned workers = 1; workers <= 2; workers++) {
		struct rig g = {.quiet = true};
		struct timespec a, b;
		const uint32_t n = 20000;
		int fd = script_fd("");

		rig_start(&g, workers);
		clock_gettime(CLOCK_MONOTONIC, &a);
		for (uint32_t i = 0; i < n; i++) {
			struct job j = {.root = 0, .fd = dup(fd), .path = strdup("/share/f")};

			while (!pool_wants(g.pool))
				assert_int_equal(pool_poll(g.pool, -1), 0);
			assert_int_equal(pool_submit(g.pool, &j), 0);
		}
		rig_finish(&g);
		clock_gettime(CLOCK_MONOTONIC, &b);
		assert_int_equal(g.n_done, n);
		print_message("%u workers: %.1f us a file\n", workers,
			((double)(b.tv_sec - a.tv_sec) * 1e6 +
				(double)(b.tv_nsec - a.tv_nsec) / 1e3) /
				n);
		close(fd);
		rig_free(&g);
	}
}

static int
find_worker(void **state)
{
	ssize_t n = readlink("/proc/self/exe", worker_path, sizeof worker_path - 64);
	char *slash;
	int fd;

	(void)state;
	if (n <= 0)
		return -1;
	worker_path[n] = 0;
	slash = strstr(worker_path, "/unit/");
	if (!slash)
		return -1;
	snprintf(slash, 64, "/tools/test-worker");
	fd = mkstemp(rule_path);
	if (fd < 0 || write(fd, "rule-a\nrule-b\nrule-c\n", 21) != 21)
		return -1;
	return close(fd);
}

static int
remove_rules(void **state)
{
	(void)state;
	return unlink(rule_path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_file),
		cmocka_unit_test(names_and_descriptors),
		cmocka_unit_test(crash_in_a_batch),
		cmocka_unit_test(crash_in_a_member),
		cmocka_unit_test(crash_outwards),
		cmocka_unit_test(too_many_members),
		cmocka_unit_test(ways_to_die),
		cmocka_unit_test(forbidden_things),
		cmocka_unit_test(open_is_denied),
		cmocka_unit_test(slow_is_not_hung),
		cmocka_unit_test(a_slow_reader_is_not_its_fault),
		cmocka_unit_test(thousand_files),
		cmocka_unit_test(few_descriptors),
		cmocka_unit_test(large_goes_alone),
		cmocka_unit_test(stop_by_event),
		cmocka_unit_test(flood_is_stopped),
		cmocka_unit_test(refusals),
		cmocka_unit_test(rules_stay_the_same),
		cmocka_unit_test(check_rules),
		cmocka_unit_test(dies_with_its_parent),
		cmocka_unit_test(cost),
	};

	return cmocka_run_group_tests(tests, find_worker, remove_rules);
}
