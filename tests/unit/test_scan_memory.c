/* The line as a whole: what it says of a file outlives the file's memory; no memory is a gap. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pack.h"
#include "scan.h"

static const char rule_file[] = "rules:\n"
				"- id: x-ssn\n"
				"  category: identity\n"
				"  title: numbers\n"
				"  about: numbers\n"
				"  advice: none\n"
				"  ladder: persons\n"
				"  scope: [text, cells, raw]\n"
				"  patterns:\n"
				"  - {shape: ssn, check: ssn, alone: medium}\n"
				"  good:\n"
				"  - \"862-43-5549\"\n"
				"  bad:\n"
				"  - \"000-43-5549\"\n";

#ifndef SANITIZED
/*
 * The allocation of ours that fails, counted down; 0: none. Those of libraries do not: some crash
 * then, which in the program costs the worker.
 */
static unsigned fail_at, failed;
extern void *__libc_calloc(size_t n, size_t size);
extern const char __executable_start, etext;

void *
calloc(size_t n, size_t size)
{
	const char *from = __builtin_return_address(0);

	if (fail_at && from > &__executable_start && from < &etext && --fail_at == 0) {
		failed++;
		errno = ENOMEM;
		return NULL;
	}
	return __libc_calloc(n, size);
}
#endif

struct got {
	unsigned findings, gaps, memory;
};

static int
on_finding(void *user, const struct inner *in, const struct finding *f)
{
	(void)in, (void)f;
	((struct got *)user)->findings++;
	return 0;
}

static int
on_run(void *user, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n)
{
	(void)user, (void)in, (void)rule, (void)fp, (void)n;
	return 0;
}

static int
on_gap(void *user, const struct inner *in, enum gap_reason reason, bool hides, const char *detail)
{
	struct got *g = user;

	(void)in, (void)hides, (void)detail;
	g->gaps++;
	g->memory += reason == GAP_MEMORY;
	return 0;
}

static struct scan *
world(void)
{
	struct scan_options o = {.key = {1}};
	struct rules_error e = {0};
	struct ruleset rs = {0};
	struct scan *s = NULL;

	if (rules_add(&rs, "x.yaml", span_str(rule_file), &e) < 0 || rules_finish(&rs) < 0 ||
		scan_new(&rs, &o, &s, &e) < 0)
		fail_msg("%u: %s", e.line, e.message);
	return s;
}

static int
scan_bytes(struct scan *s, struct span bytes, struct got *g, struct scan_stats *ret_stats)
{
	const struct scan_out out = {
		.finding = on_finding, .run = on_run, .gap = on_gap, .user = g};
	const struct scan_file f = {.fd = -1, .size = bytes.n, .name = span_str("file")};
	struct reader r;
	int q;

	*g = (struct got){0};
	reader_mem(&r, bytes);
	q = scan_reader(s, &r, &f, &out, ret_stats);
	reader_end(&r);
	return q;
}

static void
test_mime_stays(void **state)
{
	const char *const cells[] = {"Number", "862-43-5549"};
	const struct sheet sheet = {"One", cells, 2, 1};
	struct scan *s = world();
	struct buf ods = {0};
	struct scan_stats stats;
	struct got g;

	(void)state;
	pack_ods(&sheet, 1, &ods);
	assert_int_equal(scan_bytes(s, buf_span(&ods), &g, &stats), 0);
	assert_string_equal(stats.mime, "application/vnd.oasis.opendocument.spreadsheet");
	assert_int_equal(g.findings, 1);
	buf_free(&ods);
	scan_free(s);
}

#ifndef SANITIZED
/* Whichever allocation of a frame fails: the rest counts, a gap tells, the next file is whole. */
static void
test_no_memory(void **state)
{
	struct buf inner = {0}, outer = {0};
	struct pack *p = pack_new(PACK_ZIP, NULL);
	unsigned tries = 0, told = 0;

	(void)state;
	pack_add(p, "in.txt", span_str("number 862-43-5549\n"));
	pack_end(p, &inner);
	p = pack_new(PACK_ZIP, NULL);
	pack_add(p, "first.txt", span_str("number 862-43-5550\n"));
	pack_add(p, "in.zip", buf_span(&inner));
	pack_add(p, "last.txt", span_str("number 862-43-5551\n"));
	pack_end(p, &outer);
	for (;;) {
		struct scan *s = world();
		struct got g;
		int r;

		failed = 0;
		fail_at = ++tries;
		r = scan_bytes(s, buf_span(&outer), &g, NULL);
		fail_at = 0;
		if (!failed) {
			assert_int_equal(g.findings, 3);
			assert_int_equal(g.gaps, 0);
			scan_free(s);
			break;
		}
		/* an end with -ENOMEM is the worker's, which the other side tells of */
		if (r == 0 && g.findings < 3 && g.gaps == 0)
			fail_msg("allocation %u: silence", tries);
		told += g.memory;
		assert_int_equal(scan_bytes(s, buf_span(&outer), &g, NULL), 0);
		assert_int_equal(g.findings, 3);
		assert_int_equal(g.gaps, 0);
		scan_free(s);
	}
	assert_true(tries > 10);
	assert_true(told > 0);
	buf_free(&inner);
	buf_free(&outer);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mime_stays),
#ifndef SANITIZED
		cmocka_unit_test(test_no_memory),
#endif
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
