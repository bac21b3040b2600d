/* The pool under many files, few descriptors, refused rules, and its own end. */
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
#include "poolrig.h"

#include "base/cleanup.h"

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
	j.fd = rig_script(buf_cstr(&b));
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
		int fd = rig_script("");

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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

	return cmocka_run_group_tests(tests, rig_find_worker, rig_remove_rules);
}
