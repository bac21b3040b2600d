/* The matcher where it is pressed: bad rules, hostile text, being stopped, no memory asked for. */
#include "match/anchors_db.h"
#include "match/engine.h"
#include "matching.h"
#include "shiprules.h"

#include "base/poison.h"

#ifndef SANITIZED
/* Counts what the C library is asked for. */
static size_t allocations;
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *
malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}
#endif

static int
stop(void *user, const struct hit *h)
{
	(void)h;
	++*(int *)user;
	return -ECANCELED;
}

static void
stopping(void **state)
{
	struct matcher *m = matcher(test_rules());
	struct chunk c = {room, 24, 0, 24, true, true, SCOPE_TEXT, NULL};
	int calls = 0;

	(void)state;
	memcpy(room, "219-09-9998 219-09-9997 ", 24);
	assert_int_equal(matcher_scan(m, &c, stop, &calls), -ECANCELED);
	assert_int_equal(calls, 1);
	c.own_hi = 25;
	assert_int_equal(matcher_scan(m, &c, stop, &calls), -EINVAL);
	matcher_free(m);
}

static void
bad_rule(const struct pattern *p, const struct words near, const char *say)
{
	struct rule r = {.id = "bad",
		.scope = 7,
		.patterns = p,
		.n_patterns = p ? 1 : 0,
		.near = near,
		.file = "x.yaml",
		.line = 3};
	struct ruleset rs = {.rules = &r, .n = 1};
	struct rules_error e = {0};
	struct matcher *m = NULL;

	assert_int_equal(matcher_new(&rs, &m, &e), -EINVAL);
	assert_null(m);
	if (!strstr(e.message, say))
		fail_msg("'%s' does not say '%s'", e.message, say);
	assert_string_equal(e.file, "x.yaml");
	assert_int_equal(e.line, p ? p->line : 3);
}

static void
bad_rules(void **state)
{
	const char *const abc[] = {"abc"}, *const ab[] = {"ab"}, *const x[] = {"x"};
	const struct words none = {0};
	struct pattern p = {.anchors = abc, .n_anchors = 1, .regex = "abc(", .line = 9};

	(void)state;
	bad_rule(&p, none, "missing closing parenthesis");
	p.regex = "x*";
	bad_rule(&p, none, "empty text");
	p.regex = "abc";
	p.after = 5000;
	bad_rule(&p, none, "too large");
	p.after = 10;
	p.n_anchors = 0;
	bad_rule(&p, none, "anchors and a regex");
	p.anchors = ab;
	p.n_anchors = 1;
	bad_rule(&p, none, "3 to 64 bytes");
	bad_rule(NULL, (struct words){x, 1, 10}, "2 to 64 bytes");
	bad_rule(NULL, (struct words){abc, 1, 2001}, "2000 bytes away");
}

/* A regex that explodes, where no guard can tell, is undecided, bounded, and leaves others alone. */
static void
undecided(void **state)
{
	static const char *const anchor[] = {"slow"};
	static const struct pattern p[] = {{.anchors = anchor,
						   .n_anchors = 1,
						   .after = 200,
						   .regex = "slow(?:a|aa|a?a?)+(?=b)[bc]",
						   .alone = CONF_LOW},
		{.shape = SHAPE_SSN, .alone = CONF_LOW}};
	static const struct rule r = {.id = "slow", .scope = 7, .patterns = p, .n_patterns = 2};
	const struct ruleset rs = {.rules = &r, .n = 1};
	struct matcher *m = matcher(&rs);
	struct chunk c = {room, 200 << 10, 0, 200 << 10, true, true, SCOPE_TEXT, NULL};
	struct seen s = {.n = 0};

	(void)state;
	for (size_t i = 0; i < c.n; i += 64)
		memcpy(room + i, "slowaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacb ",
			64);
	memcpy(room + 1000, " 219-09-9998 ", 13);
	assert_int_equal(matcher_scan(m, &c, keep, &s), 0);
	assert_int_equal(s.n, 1);
	assert_true(matcher_undecided(m) > 3000);
	assert_int_equal(matcher_undecided(m), 0);
	matcher_free(m);
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Without a line end, a quarter MiB of what is worst; far below a second each, twice as long for
 * twice the text and not four times. */
static void
hostile(void **state)
{
	static const char *const units[] = {"1", "<", "password=", "pass:pwd:", "no. 1 ", "ssn ",
		"219-09-9998 ", "ssn 219-09-9998 phone ", "a@b.co ", "AA11 ", "1 ", "number a-",
		"-----BEGIN ", "ghp_", "<<A", "1-", "account 123456 "};
	struct matcher *m = matcher(test_rules());

	(void)state;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t len = strlen(units[i]);
		double took[2];

		for (int k = 0; k < 2; k++) {
			struct chunk c = {room, (256u << 10) << k, 0, (256u << 10) << k, true, true,
				SCOPE_TEXT, NULL};
			struct seen s = {.n = 0};

			for (size_t j = 0; j < c.n; j++)
				room[j] = (uint8_t)units[i][j % len];
			took[k] = seconds();
			assert_int_equal(matcher_scan(m, &c, keep, &s), 0);
			took[k] = seconds() - took[k];
		}
		if (took[1] > 4 * took[0] + 0.3 || took[0] > 3)
			fail_msg("'%s': %.3f s, then %.3f s", units[i], took[0], took[1]);
	}
	matcher_free(m);
}

static void
steady_state(void **state)
{
#ifdef SANITIZED
	(void)state;
	skip();
#else
	struct matcher *m = matcher(test_rules());
	uint64_t seed = 12;
	size_t n = 200000, before;
	uint8_t *p = test_text(&seed, n);
	struct chunk c = {p, n, 0, n, true, true, SCOPE_TEXT, NULL};
	struct seen s = {.n = 0};

	(void)state;
	assert_non_null(p);
	assert_int_equal(matcher_scan(m, &c, keep, &s), 0);
	assert_int_equal(matcher_scan(m, &c, keep, &s), 0);
	assert_true(allocations > 0);
	before = allocations;
	assert_int_equal(matcher_scan(m, &c, keep, &s), 0);
	assert_int_equal(allocations, before);
	free(p);
	matcher_free(m);
#endif
}

/* Words of few rules asked for over and over, then of others: what is found stays the same. */
static void
words_of_few(void **state)
{
	static const char *const lines[] = {"2014-11-21 host up 7830205031\n",
		"born on 1971-03-12, called back\n",
		"routing number 021000021, account number 7830205031\n",
		"SSN 862-43-5549 of mine\n"};
	static char text[200000];
	static struct seen first[4], again;
	struct ruleset rules = {0};
	struct matcher *m;

	(void)state;
	assert_int_equal(test_shipped_rules(&rules), 0);
	m = matcher(&rules);
	for (int round = 0; round < 80; round++) {
		int k = round < 4 ? round : (round / 8) % 4;
		size_t n = 0;

		while (n + 64 < sizeof text) {
			const char *line = n < 4000 ? lines[k] : lines[0];

			memcpy(text + n, line, strlen(line));
			n += strlen(line);
		}
		text[n] = 0;
		scan(m, text, NULL, round < 4 ? &first[k] : &again);
		if (round < 4)
			continue;
		assert_int_equal(again.n, first[k].n);
		for (size_t i = 0; i < again.n; i++) {
			assert_int_equal(again.v[i].start, first[k].v[i].start);
			assert_int_equal(again.v[i].confidence, first[k].v[i].confidence);
			assert_string_equal(again.v[i].why[0], first[k].v[i].why[0]);
		}
	}
	assert_true(first[1].n > 0 && first[2].n > 0 && first[3].n > 0);
	assert_true(m->anchors->few.made > 0); /* or nothing was tried */
	matcher_free(m);
	rules_free(&rules);
}

/* The first text is searched without databases, later ones with them: what is found is the same. */
static void
first_and_later(void **state)
{
	static const char text[] = "SSN: 862-43-5549, routing number 021000021, account number "
				   "7830205031\n"
				   "born on 1971-03-12 PASSWORD = Zw3rg-Hahn! passwordpassword: x "
				   "Password:y8Tk_w2q\n"
				   "IBAN: DE92500901770048213590 order no 862-43-5549; ssnssn "
				   "862-43-5549 ssn\n"
				   "postgres://eva:Zw3rgHahn@db1.probe.lan/x AKIA2E0A8F3B244C9986 "
				   "xoxb-1-2\n"
				   "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END "
				   "RSA PRIVATE KEY-----";
	static char much[65536];
	static struct seen first, later;
	struct ruleset rules = {0};
	struct matcher *m;

	(void)state;
	assert_int_equal(test_shipped_rules(&rules), 0);
	m = matcher(&rules);
	scan(m, text, NULL, &first);
	assert_true(first.n > 4);
	assert_null(m->anchors->anchors);
	assert_null(m->anchors->words);
	for (size_t n = 0; n + sizeof text < sizeof much; n += sizeof text - 1)
		memcpy(much + n, text, sizeof text);
	scan(m, much, NULL, &later);
	assert_non_null(m->anchors->anchors);
	assert_non_null(m->anchors->words);
	scan(m, text, NULL, &later);
	assert_int_equal(later.n, first.n);
	for (size_t i = 0; i < first.n; i++) {
		assert_ptr_equal(later.v[i].rule, first.v[i].rule);
		assert_int_equal(later.v[i].start, first.v[i].start);
		assert_int_equal(later.v[i].confidence, first.v[i].confidence);
		assert_string_equal(later.v[i].why[0], first.v[i].why[0]);
	}
	matcher_free(m);
	rules_free(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopping),
		cmocka_unit_test(bad_rules),
		cmocka_unit_test(undecided),
		cmocka_unit_test(hostile),
		cmocka_unit_test(steady_state),
		cmocka_unit_test(words_of_few),
		cmocka_unit_test(first_and_later),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
