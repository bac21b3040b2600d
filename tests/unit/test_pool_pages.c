/*
 * pool, the real worker and PDF: a page that keeps poppler busy for ever cannot be called back, so
 * its reader is ended from outside. The page is a gap of that name, and all others are read. So is a
 * step that poppler dies of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pdfmake.h"
#include "poolrig.h"

#ifdef HAVE_POPPLER

#define NESTED 12 /* forms within forms, each of which draws the next one eight times */

/* Object `first` and those behind it. */
static void
put_forms(struct pdfmake *p)
{
	for (int i = 0; i < NESTED; i++) {
		char dict[128];

		(void)snprintf(dict, sizeof dict,
			"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</X %d 0 "
			"R>>>>",
			p->n + 2);
		(void)pdfmake_stream(p, dict,
			span_str(i < NESTED - 1 ? "/X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do"
						: "0 0 m"));
	}
}

static void
put_words(struct pdfmake *p, const char *words)
{
	struct buf c = {0};

	pdfmake_text(&c, 72, 700, 10, 0, words);
	(void)pdfmake_page(p, buf_span(&c), "");
	buf_free(&c);
}

static void
test_busy(void **state)
{
	static const char *const rules[] = {"config/rules/identity.yaml"};
	struct rig g = {.o = {.silent_cpu_sec = 1, .rule_files = rules, .n_rule_files = 1}};
	struct pdfmake p;
	char more[96];
	const char *log;

	(void)state;
	pdfmake_begin(&p);
	put_words(&p, "SSN: 219-09-9998");
	(void)snprintf(more, sizeof more, "/Resources<</XObject<</X %d 0 R>>>>", p.n + 1);
	put_forms(&p);
	(void)pdfmake_page(&p, span_str("/X Do"), more);
	put_words(&p, "SSN: 219-09-9997");
	pdfmake_end(&p, "", 0);
	log = rig_run_one(&g, buf_cstr(&p.out));
	assert_non_null(strstr(log, "gap f0!page 2 timeout hides: no progress\n"));
	assert_non_null(strstr(log, " count 2 "));
	assert_int_equal(g.n_gaps, 1);
	assert_int_equal(g.n_findings, 1);
	rig_free(&g);
	pdfmake_free(&p);
}

/* A list of attached files that poppler 22.12 dies of costs the list and no page. */
static void
test_attachments(void **state)
{
	static const char *const rules[] = {"config/rules/identity.yaml"};
	struct rig g = {.o = {.rule_files = rules, .n_rule_files = 1}};
	struct pdfmake p;
	const char *log;

	(void)state;
	pdfmake_begin(&p);
	put_words(&p, "SSN: 219-09-9998");
	pdfmake_end(&p, "/Names<</EmbeddedFiles<</Names[(a.txt)(no file)]>>>>", 0);
	log = rig_run_one(&g, buf_cstr(&p.out));
	assert_non_null(strstr(log, " count 1 "));
	assert_int_equal(g.n_findings, 1);
	assert_true(g.n_gaps == 0 || strstr(log, "gap f0!attachments crashed hides: "));
	rig_free(&g);
	pdfmake_free(&p);
}

/* The real one, beside the programs; the rig's own obeys scripts. */
static int
find_worker(void **state)
{
	char *slash;

	if (rig_find_worker(state) < 0)
		return -1;
	slash = strstr(worker_path, "/tests/tools/");
	if (!slash)
		return -1;
	(void)snprintf(slash, 32, "/leakaudit-worker");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_attachments),
	};

	return cmocka_run_group_tests(tests, find_worker, rig_remove_rules);
}

#else

static void
test_without(void **state)
{
	(void)state;
	skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_without)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
