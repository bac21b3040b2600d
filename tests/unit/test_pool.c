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
#include "poolrig.h"

#include "base/cleanup.h"

static void
plain_file(void **state)
{
	struct rig g = {0};
	const struct catalogue *c;

	(void)state;
	assert_string_equal(rig_run_one(&g, "find 1 abc\ngap\n"),
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

/* A gap's id is its item and reason: the second of both would be the same one. */
static void
gaps_once(void **state)
{
	struct rig g = {0};

	(void)state;
	assert_string_equal(rig_run_one(&g, "gap one part\ngap another\ngap\n"),
		"gap f0 corrupt hides: one part\n"
		"gap f0 encrypted hides: zip AES-256\n"
		"done f0 items 3\n");
	rig_free(&g);
}

static void
names_and_descriptors(void **state)
{
	struct rig g = {0};

	(void)state;
	/* null thrice, the socket, and the file: nothing of ours leaked into it */
	assert_string_equal(
		rig_run_one(&g, "fds\n"), "gap f0 excluded hides: 5 folder f0\ndone f0 items 1\n");
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
	assert_int_equal(rig_lines(log, "finding "), 33);
	assert_int_equal(rig_lines(log, "gap "), 1);
	assert_non_null(strstr(log, "gap f16 crashed hides: "));
	assert_non_null(strstr(log, "done f16 items 0 failed\n"));
	assert_int_equal(pool_replaced(g.pool), 1);
	rig_free(&g);
}

/* What was said before a death was on its way together with much else: none of it is lost. */
static void
said_before_it_died(void **state)
{
	static const char *const ends[] = {
		"hang\n", "exit 3\n", "oom\n", "nomem\n", "member 3 hang\n"};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct rig g = {.o.progress_sec = 1};
		char script[64];
		const char *log;

		rig_start(&g, 1);
		rig_submit(&g, 0, "progress 2\nfind 0\n");
		rig_submit(&g, 1, "find 1\n");
		snprintf(script, sizeof script, "find 2\ngap\n%s", ends[i]);
		rig_submit(&g, 2, script);
		rig_submit(&g, 3, "find 1\n");
		rig_finish(&g);
		log = buf_cstr(&g.log);
		for (uint32_t k = 0; k < 4; k++)
			assert_int_equal(g.done[k], 1);
		assert_int_equal(g.n_findings, 4);
		assert_int_equal(g.n_gaps, 2);
		assert_int_equal(rig_lines(log, "finding f2 rule 2"), 1);
		assert_int_equal(rig_lines(log, "gap f2 encrypted"), 1);
		assert_int_equal(pool_replaced(g.pool), 1);
		rig_free(&g);
	}
}

static void
crash_in_a_member(void **state)
{
	struct rig g = {0};
	const char *log;

	(void)state;
	log = rig_run_one(&g,
		"find 0\nmember 1 find 0\nmember 2 crash\nmember 3 find 1\n"
		"member 4 crash\nmember 5 find 2\n");
	assert_int_equal(rig_lines(log, "finding f0 rule 0"), 1);
	assert_int_equal(rig_lines(log, "finding f0!m1 rule 0"), 1);
	assert_int_equal(rig_lines(log, "finding f0!m3 rule 1"), 1);
	assert_int_equal(rig_lines(log, "finding f0!m5 rule 2"), 1);
	assert_int_equal(rig_lines(log, "gap f0!m2 crashed hides"), 1);
	assert_int_equal(rig_lines(log, "gap f0!m4 crashed hides"), 1);
	assert_int_equal(rig_lines(log, "gap "), 2);
	assert_int_equal(rig_lines(log, "done f0 items 6\n"), 1);
	assert_int_equal(rig_lines(log, "run "), 4);
	rig_free(&g);
}

/* An outer item that dies after one inside it did: the inner ordinal must not stay in the list. */
static void
crash_outwards(void **state)
{
	struct rig g = {0};
	const char *log;

	(void)state;
	log = rig_run_one(&g, "member 1 find 0\nmember 3 crash\nmember 2 crash\nmember 4 find 1\n");
	assert_int_equal(rig_lines(log, "gap f0!m3 crashed"), 1);
	assert_int_equal(rig_lines(log, "gap f0!m2 crashed"), 1);
	assert_int_equal(rig_lines(log, "finding f0!m1"), 1);
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
	log = rig_run_one(&g, buf_cstr(&b));
	assert_int_equal(rig_lines(log, "gap f0!m"), LIMIT_RETRIES);
	assert_int_equal(rig_lines(log, "gap f0 crashed hides: gave up after 8 members"), 1);
	assert_int_equal(rig_lines(log, "finding f0 rule 2"), 1);
	assert_int_equal(rig_lines(log, "done f0 items 0 failed"), 1);
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
		const char *log = rig_run_one(&g, ways[i].script);

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
		log = rig_run_one(&g, script);
		if (!strstr(log,
			    "gap f0!m1 sandbox hides: the reader tried a forbidden system "
			    "call\n"))
			fail_msg("'%s' gave:\n%s", kills[i], log);
		assert_int_equal(rig_lines(log, "finding "), 1);
		rig_free(&g);
	}
}

static void
open_is_denied(void **state)
{
	struct rig g = {0};

	(void)state;
	assert_string_equal(rig_run_one(&g, "open\n"),
		"gap f0 sandbox hides: Permission denied\ndone f0 items 1\n");
	assert_int_equal(pool_replaced(g.pool), 0);
	rig_free(&g);
}

static void
slow_is_not_hung(void **state)
{
	struct rig g = {.o.progress_sec = 1};

	(void)state;
	assert_string_equal(rig_run_one(&g, "progress 25\ngap\n"),
		"gap f0 encrypted hides: zip AES-256\ndone f0 items 2\n");
	rig_free(&g);
}

/* A loop is told from a slow disk by the CPU time it takes. */
static void
a_loop_ends_early(void **state)
{
	struct rig g = {.o.silent_cpu_sec = 1};
	struct timespec a, b;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_string_equal(rig_run_one(&g, "member 7 hang\nmember 8 find 0\n"),
		"gap f0!m7 timeout hides: no progress\n"
		"run f0!m8 rule 0 n 3 ffffffffffffffff\n"
		"finding f0!m8 rule 0 count 3 ***\n"
		"done f0 items 2\n");
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec - a.tv_sec < DEADLINE_PROGRESS_SEC / 2);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_file),
		cmocka_unit_test(gaps_once),
		cmocka_unit_test(names_and_descriptors),
		cmocka_unit_test(crash_in_a_batch),
		cmocka_unit_test(said_before_it_died),
		cmocka_unit_test(crash_in_a_member),
		cmocka_unit_test(crash_outwards),
		cmocka_unit_test(too_many_members),
		cmocka_unit_test(ways_to_die),
		cmocka_unit_test(forbidden_things),
		cmocka_unit_test(open_is_denied),
		cmocka_unit_test(slow_is_not_hung),
		cmocka_unit_test(a_loop_ends_early),
		cmocka_unit_test(a_slow_reader_is_not_its_fault),
	};

	return cmocka_run_group_tests(tests, rig_find_worker, rig_remove_rules);
}
