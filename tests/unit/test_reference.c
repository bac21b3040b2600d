/* The fast engine and the slow one agree; so do a text in one piece and the same text cut up. */
#include "refmatch.h"
#include "shiprules.h"
#include "testrules.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "limits.h"

#include "base/poison.h"

#define TEXTS 100 /* of pieces of the shipped rules */

static struct matcher *
matcher(void)
{
	struct matcher *m = NULL;
	struct rules_error e = {0};

	if (matcher_new(test_rules(), &m, &e) < 0)
		fail_msg("%s", e.message);
	return m;
}

static void
agrees(struct matcher *m, const struct ruleset *rules, const struct chunk *c, const char *where,
	size_t *per_rule)
{
	struct ref_list want = {0}, have = {0};

	assert_int_equal(matcher_scan(m, c, ref_record, &have), 0);
	ref_scan(rules, c, &want);
	if (ref_compare(&want, &have, where) != 0) {
		size_t at = 0;

		while (at < want.n && at < have.n && want.v[at].start == have.v[at].start)
			at++;
		at = at < want.n ? want.v[at].start : at < have.n ? have.v[at].start : 0;
		fprintf(stderr, "...%.*s...\n", 160,
			(const char *)c->buf + (at > 60 ? at - 60 : 0));
		fail();
	}
	for (size_t i = 0; i < have.n; i++)
		per_rule[have.v[i].rule]++;
	free(want.v);
	free(have.v);
}

static void
random_texts(void **state)
{
	struct matcher *m = matcher();
	size_t per_rule[T_RULES] = {0};
	uint64_t seed = 20261122;

	(void)state;
	for (int i = 0; i < 60; i++) {
		size_t n = 200 + test_random(&seed, 4000);
		uint8_t *p = test_text(&seed, n);
		struct chunk c = {p, n, 0, n, true, true, SCOPE_TEXT, NULL};
		char where[40];

		assert_non_null(p);
		(void)snprintf(where, sizeof where, "text %d", i);
		agrees(m, test_rules(), &c, where, per_rule);
		free(p);
	}
	for (int r = 0; r < T_RULES; r++)
		if (per_rule[r] < 3)
			fail_msg("%s: only %zu hits in all texts", test_rules()->rules[r].id,
				per_rule[r]);
	assert_int_equal(matcher_undecided(m), 0);
	matcher_free(m);
}

/* A text as rows of cells: tabs and line ends part them. */
static size_t
cells_of(struct span t, struct cell_at *v, size_t max, uint64_t *seed)
{
	size_t n = 0, from = 0;
	uint32_t row = 1, col = 1;

	for (size_t i = 0; i <= t.n && n < max; i++) {
		if (i < t.n && t.p[i] != '\t' && t.p[i] != '\n')
			continue;
		if (i > from) {
			bool alt = n > 0 && v[n - 1].row == row && !v[n - 1].alt &&
				test_random(seed, 4) == 0;

			v[n] = (struct cell_at){
				(uint32_t)from, (uint32_t)i, row, alt ? v[n - 1].col : col, alt};
			col += !alt;
			n++;
		}
		if (i < t.n && t.p[i] == '\n') {
			row++;
			col = 1;
		}
		from = i + 1;
	}
	return n;
}

static void
random_tables(void **state)
{
	struct matcher *m = matcher();
	size_t per_rule[T_RULES] = {0};
	uint64_t seed = 7;
	static struct cell_at cells[8192];
	int8_t votes[6 * T_RULES];

	(void)state;
	for (int i = 0; i < 60; i++) {
		size_t n = 200 + test_random(&seed, 4000);
		uint8_t *p = test_text(&seed, n);
		struct cell_map map = {cells, 0, i % 3 ? votes : NULL, 6, NULL};
		struct chunk c = {p, n, 0, n, true, true, SCOPE_CELLS, &map};
		char where[40];

		assert_non_null(p);
		for (size_t k = 0; k < n; k++)
			if (p[k] == ' ' && test_random(&seed, 6) == 0)
				p[k] = (uint8_t) "\t\t\t\n"[test_random(&seed, 4)];
		map.n = cells_of((struct span){p, n}, cells, 8192, &seed);
		for (size_t k = 0; k < sizeof votes; k++)
			votes[k] = (int8_t)((int)test_random(&seed, 3) - 1);
		(void)snprintf(where, sizeof where, "table %d", i);
		agrees(m, test_rules(), &c, where, per_rule);
		free(p);
	}
	matcher_free(m);
}

/* The hits of [lo, hi) of a text as a chunk with context on both sides, put at their old places. */
static void
scan_cut(struct matcher *m, struct span t, size_t lo, size_t hi, struct ref_list *out)
{
	size_t from = lo > CHUNK_CONTEXT ? lo - CHUNK_CONTEXT : 0;
	size_t to = t.n - hi > CHUNK_CONTEXT ? hi + CHUNK_CONTEXT : t.n, before = out->n;
	uint8_t *p = malloc(to - from + MATCH_PAD);
	struct chunk c = {
		p, to - from, lo - from, hi - from, from == 0, to == t.n, SCOPE_TEXT, NULL};

	assert_non_null(p);
	memcpy(p, t.p + from, to - from);
	assert_int_equal(matcher_scan(m, &c, ref_record, out), 0);
	for (size_t i = before; i < out->n; i++)
		out->v[i].start += from;
	free(p);
}

static void
cuts_change_nothing(void **state)
{
	struct matcher *m = matcher();
	uint64_t seed = 99;

	(void)state;
	for (int i = 0; i < 12; i++) {
		size_t n = 40000 + test_random(&seed, 20000);
		uint8_t *p = test_text(&seed, n);
		struct ref_list whole = {0};

		assert_non_null(p);
		scan_cut(m, (struct span){p, n}, 0, n, &whole);
		assert_true(whole.n > 100);
		for (int k = 0; k < 8; k++) {
			struct ref_list cut = {0};
			uint32_t most = k % 2 ? 12000 : 700;

			for (size_t lo = 0, hi; lo < n; lo = hi) {
				hi = lo + 1 + test_random(&seed, most);
				hi = hi < n ? hi : n;
				scan_cut(m, (struct span){p, n}, lo, hi, &cut);
			}
			assert_int_equal(ref_compare(&whole, &cut, "cut text"), 0);
			free(cut.v);
		}
		free(whole.v);
		free(p);
	}
	matcher_free(m);
}

/* The real rules and checks, on pieces of their own examples. */
static void
shipped_rules(void **state)
{
	struct ruleset rules = {0};
	struct matcher *m = NULL;
	struct rules_error e = {0};
	size_t *per_rule, found = 0;
	uint64_t seed = 31;

	(void)state;
	assert_int_equal(test_shipped_rules(&rules), 0);
	assert_int_equal(matcher_new(&rules, &m, &e), 0);
	per_rule = calloc(rules.n, sizeof *per_rule);
	assert_non_null(per_rule);
	for (int i = 0; i < TEXTS; i++) {
		size_t n = 200 + test_random(&seed, 5000);
		uint8_t *p = test_shipped_text(&rules, &seed, n);
		struct chunk c = {p, n, 0, n, true, true, i % 4 ? SCOPE_TEXT : SCOPE_RAW, NULL};
		char where[40];

		assert_non_null(p);
		(void)snprintf(where, sizeof where, "pieces %d", i);
		agrees(m, &rules, &c, where, per_rule);
		free(p);
	}
	for (size_t i = 0; i < rules.n; i++)
		found += per_rule[i] > 0;
	assert_true(found >= 10);
	assert_int_equal(matcher_undecided(m), 0);
	free(per_rule);
	matcher_free(m);
	rules_free(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_texts),
		cmocka_unit_test(random_tables),
		cmocka_unit_test(cuts_change_nothing),
		cmocka_unit_test(shipped_rules),
	};

	return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
