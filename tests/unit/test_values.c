/* Exact counting against a plain sorted array, with buffers from roomy to absurdly small. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "values.h"

#include "base/poison.h"

#define RULES 5

static uint64_t
next_random(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static size_t
sort_distinct(uint64_t *v, size_t n)
{
	size_t k = 0;

	if (n)
		qsort(v, n, sizeof(*v), compare);
	for (size_t i = 0; i < n; i++) {
		if (k == 0 || v[k - 1] != v[i])
			v[k++] = v[i];
	}
	return k;
}

/* The naive way: everything that was ever given, sorted at the end. */
struct naive {
	uint64_t *v;
	size_t n, cap;
};

static void
naive_add(struct naive *s, const uint64_t *v, size_t n)
{
	if (s->cap - s->n < n) {
		s->cap = (s->cap + n) * 2;
		s->v = reallocarray(s->v, s->cap, sizeof(*s->v));
		assert_non_null(s->v);
	}
	memcpy(s->v + s->n, v, n * sizeof(*v));
	s->n += n;
}

struct play {
	const struct values_options *o;
	uint64_t seed, spread; /* values are drawn below spread, so that they repeat */
	size_t total, run_max;
};

/* One finding: several runs, shared values among them, then its count checked. */
static size_t
play_finding(struct values *v, const struct play *p, uint64_t *seed, uint64_t file, uint64_t id,
	uint16_t rule, struct naive *all)
{
	struct naive one = {0};
	size_t runs = 1 + next_random(seed) % 40, given = 0;
	struct distinct d;

	for (size_t r = 0; r < runs; r++) {
		size_t n = 1 + next_random(seed) % p->run_max;
		uint64_t *fp = calloc(n, sizeof(*fp));

		assert_non_null(fp);
		for (size_t i = 0; i < n; i++)
			fp[i] = next_random(seed) % p->spread;
		n = sort_distinct(fp, n);
		assert_int_equal(values_run(v, file, id, rule, fp, n), 0);
		naive_add(&one, fp, n);
		given += n;
		free(fp);
	}
	assert_int_equal(values_count(v, id, &d), 0);
	assert_true(d.exact && d.any);
	assert_int_equal(d.n, sort_distinct(one.v, one.n));
	if (next_random(seed) % 8 == 0) {
		values_drop(v, id);
	} else {
		assert_int_equal(values_keep(v, id), 0);
		naive_add(all, one.v, d.n);
	}
	free(one.v);
	return given;
}

static void
play(const struct play *p)
{
	struct naive all[RULES] = {0};
	struct values *v = NULL;
	uint64_t seed = p->seed, stray[3] = {1, 2, 3}, id = 1;
	size_t given = 0;

	assert_int_equal(values_new(p->o, RULES, &v), 0);
	/* Runs of a file whose finding never comes lie in between all the time. */
	assert_int_equal(values_run(v, 7, UINT64_MAX, 0, stray, 3), 0);
	while (given < p->total) {
		uint16_t rule = (uint16_t)(next_random(&seed) % (RULES - 1));

		given += play_finding(v, p, &seed, 100 + id, id, rule, &all[rule]);
		values_file_end(v, 100 + id);
		id++;
	}
	values_file_end(v, 7);
	for (uint16_t i = 0; i < RULES; i++) {
		struct distinct d;

		assert_int_equal(values_total(v, i, &d), 0);
		assert_true(d.exact);
		assert_int_equal(d.n, sort_distinct(all[i].v, all[i].n));
		free(all[i].v);
	}
	assert_int_equal(values_error(v), 0);
	values_free(v);
}

#ifdef SANITIZED
#define MANY 500000
#else
#define MANY 3000000
#endif

static void
millions_with_default_buffers(void **state)
{
	(void)state;
	play(&(struct play){.seed = 1, .spread = 1000000, .total = MANY, .run_max = 65536});
}

static void
millions_through_tiny_buffers(void **state)
{
	const struct values_options o = {.pending_bytes = 4096, .table_values = 5000};

	(void)state;
	play(&(struct play){.o = &o, .seed = 2, .spread = 900000, .total = MANY, .run_max = 20000});
}

static void
many_small_findings(void **state)
{
	const struct values_options o = {.pending_bytes = 64, .table_values = 3};

	(void)state;
	play(&(struct play){.o = &o, .seed = 3, .spread = 500, .total = 20000, .run_max = 4});
}

static void
edges_of_the_range(void **state)
{
	const uint64_t a[] = {0, 1, UINT64_MAX}, b[] = {0, UINT64_MAX - 1, UINT64_MAX};
	struct values *v = NULL;
	struct distinct d;

	(void)state;
	assert_int_equal(values_new(NULL, 1, &v), 0);
	assert_int_equal(values_count(v, 5, &d), 0);
	assert_true(d.exact && !d.any && d.n == 0);
	assert_int_equal(values_run(v, 1, 5, 0, a, 3), 0);
	assert_int_equal(values_run(v, 1, 5, 0, b, 3), 0);
	assert_int_equal(values_count(v, 5, &d), 0);
	assert_int_equal(d.n, 4);
	assert_int_equal(values_keep(v, 5), 0);
	assert_int_equal(values_total(v, 0, &d), 0);
	assert_int_equal(d.n, 4);
	/* Keeping goes on after a total was asked for. */
	assert_int_equal(values_run(v, 2, 6, 0, (const uint64_t[]){7}, 1), 0);
	assert_int_equal(values_keep(v, 6), 0);
	assert_int_equal(values_total(v, 0, &d), 0);
	assert_int_equal(d.n, 5);
	values_free(v);
}

static void
lies_are_refused(void **state)
{
	const uint64_t down[] = {2, 1}, twice[] = {3, 3};
	struct values *v = NULL;

	(void)state;
	assert_int_equal(values_new(NULL, 1, &v), 0);
	assert_int_equal(values_run(v, 1, 1, 0, down, 2), -EBADMSG);
	assert_int_equal(values_run(v, 1, 1, 0, twice, 2), -EBADMSG);
	assert_int_equal(values_run(v, 1, 1, 1, down, 1), -ERANGE);
	values_free(v);
}

/* A full disk: lower bounds that say so, and nothing else. */
static void
full_disk_is_said(void **state)
{
	const struct values_options o = {
		.pending_bytes = 1024, .table_values = 100, .spool_bytes = 16384};
	struct values *v = NULL;
	uint64_t fp[1000];
	struct distinct d;

	(void)state;
	assert_int_equal(values_new(&o, 1, &v), 0);
	for (uint64_t run = 0; run < 10; run++) {
		for (uint64_t i = 0; i < 1000; i++)
			fp[i] = run * 1000 + i;
		assert_int_equal(values_run(v, 1, 9, 0, fp, 1000), 0);
	}
	assert_int_equal(values_count(v, 9, &d), 0);
	assert_false(d.exact);
	assert_true(d.n >= 1000 && d.n <= 10000);
	assert_int_equal(values_error(v), -ENOSPC);
	assert_int_equal(values_keep(v, 9), 0);
	assert_int_equal(values_total(v, 0, &d), 0);
	assert_false(d.exact);
	assert_true(d.n >= 1000 && d.n <= 10000);
	values_free(v);
}

/* Nowhere to put a temporary file at all. */
static void
no_folder_is_said(void **state)
{
	const struct values_options o = {.pending_bytes = 8, .table_values = 100};
	const uint64_t fp[] = {1, 2, 3, 4};
	struct values *v = NULL;
	struct distinct d;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nonexistent/folder", 1), 0);
	assert_int_equal(values_new(&o, 1, &v), 0);
	assert_int_equal(values_run(v, 1, 9, 0, fp, 4), 0);
	assert_int_equal(values_count(v, 9, &d), 0);
	assert_false(d.exact);
	assert_int_equal(d.n, 4);
	assert_int_equal(values_error(v), -ENOENT);
	values_free(v);
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(millions_with_default_buffers),
		cmocka_unit_test(millions_through_tiny_buffers),
		cmocka_unit_test(many_small_findings),
		cmocka_unit_test(edges_of_the_range),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(full_disk_is_said),
		cmocka_unit_test(no_folder_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
