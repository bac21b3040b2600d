/* The line with a walk, a pool and a sink made here: ids, grades, totals, filters, ends. */
#include "auditing.h"

#include "base/poison.h"

/* --- tests ----------------------------------------------------------------------------- */
static char error[1024];
static struct audit_result result;

static void
fresh(const char *const *paths, size_t n)
{
	memset(&fake, 0, sizeof(fake));
	memset(&result, 0, sizeof(result));
	fake.paths = paths;
	fake.n_paths = n;
	stop = 0;
}

static int
go(struct audit_options o)
{
	static const struct audit_sink sink = {.output = &recorder};
	static const char *const roots[] = {"r"};

	o.sinks = &sink;
	o.n_sinks = 1;
	o.walk.roots = roots;
	o.walk.n_roots = 1;
	o.stop = &stop;
	return audit_run(&o, &result, error);
}

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

static void
grades_and_totals(void **state)
{
	static const char *const paths[] = {"/1ssn", "/2ssn.zip", "!3", "/4token", "/5listing.gap"};

	(void)state;
	fresh(paths, COUNT(paths));
	assert_int_equal(go((struct audit_options){0}), 0);
	assert_string_equal(fake.text,
		"begin d1ge57 /srv\n"
		"gap !3 denied 1\n"
		"/5listing.gap listing 0 low 17 50\n"
		"gap /5listing.gap encrypted 0\n"
		"/4token token 0 high 33 1\n"
		"/2ssn.zip ssn 0 high 68 12\n"
		"/2ssn.zip ssn 2 critical 70 1000\n"
		"/1ssn ssn 0 high 68 12\n");
	assert_true(fake.summary.complete && fake.ended && result.reported);
	assert_int_equal(fake.flushed, 1);
	assert_int_equal(fake.summary.files, 4);
	assert_int_equal(fake.summary.items, 8);
	assert_int_equal(fake.summary.bytes, 400);
	assert_int_equal(fake.summary.findings, 5);
	assert_int_equal(fake.summary.gaps, 2);
	assert_int_equal(fake.summary.hidden, 1);
	assert_int_equal(fake.summary.worst, SEV_CRITICAL);
	assert_int_equal(fake.summary.n_totals, 3);
	assert_string_equal(fake.totals[0].rule->id, "ssn");
	assert_int_equal(fake.totals[0].unique, 1006);
	assert_int_equal(fake.totals[0].copies, 1024);
	assert_int_equal(fake.totals[0].files, 2);
	assert_int_equal(fake.totals[2].unique, 50);
}

static void
filters_leave_no_trace(void **state)
{
	static const char *const paths[] = {"/1ssn", "/2ssn.zip", "/4token", "/5listing"};

	(void)state;
	fresh(paths, COUNT(paths));
	assert_int_equal(go((struct audit_options){.min_severity = SEV_HIGH,
				 .min_confidence = CONF_HIGH,
				 .fail_on = SEV_CRITICAL}),
		0);
	assert_string_equal(fake.text,
		"begin d1ge57 /srv\n"
		"/2ssn.zip ssn 0 high 68 12\n"
		"/1ssn ssn 0 high 68 12\n");
	assert_false(result.reported);
	assert_int_equal(fake.summary.findings, 2);
	assert_int_equal(fake.summary.n_totals, 1);
	assert_int_equal(fake.totals[0].unique, 12);
	assert_int_equal(fake.totals[0].copies, 24);
}

static void
baseline_hides_what_it_has(void **state)
{
	static const char *const paths[] = {"/1ssn", "/2ssn.zip", "!3"};
	char name[] = "/tmp/leakaudit-base-XXXXXX", line[128];
	int fd = mkstemp(name);
	int n = snprintf(line, sizeof(line), "{\"type\":\"finding\",\"id\":\"%016llx\"}\n",
		(unsigned long long)record_id("/2ssn.zip", NULL, "ssn", 0));

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, line, (size_t)n), n);
	assert_int_equal(close(fd), 0);
	fresh(paths, COUNT(paths));
	assert_int_equal(go((struct audit_options){.baseline = name}), 0);
	assert_string_equal(fake.text,
		"begin d1ge57 /srv\n"
		"gap !3 denied 1\n"
		"/2ssn.zip ssn 2 critical 70 1000\n"
		"/1ssn ssn 0 high 68 12\n");
	assert_int_equal(unlink(name), 0);
	assert_int_equal(go((struct audit_options){.baseline = name}), -ENOENT);
}

static void
a_signal_ends_with_what_there_is(void **state)
{
	static const char *const paths[] = {"/1ssn", "/2", "/3", "/4", "/5", "/6", "/7ssn"};

	(void)state;
	fresh(paths, COUNT(paths));
	fake.stop_after = 4;
	assert_int_equal(go((struct audit_options){0}), 0);
	assert_int_equal(result.signal, SIGINT);
	assert_true(fake.ended);
	assert_false(fake.summary.complete);
	assert_int_equal(fake.summary.findings, 1);
	assert_null(strstr(fake.text, "/7ssn"));
}

static void
failures_are_told_apart(void **state)
{
	static const char *const paths[] = {"/1ssn"}, *const liar[] = {"/liar"};

	(void)state;
	fresh(paths, 1);
	fake.record_error = -EPIPE;
	assert_int_equal(go((struct audit_options){0}), -EPIPE);
	assert_false(fake.ended);
	fresh(paths, 1);
	fake.record_error = -ENOSPC;
	assert_int_equal(go((struct audit_options){0}), -ENOSPC);
	assert_string_equal(error, "cannot write the output: No space left on device");
	fresh(paths, 1);
	fake.walk_error = -EIO;
	assert_int_equal(go((struct audit_options){0}), -EIO);
	assert_true(fake.ended);
	assert_false(fake.summary.complete);
	fresh(paths, 1);
	fake.walk_error = -ENOENT;
	assert_int_equal(go((struct audit_options){0}), -ENOENT);
	assert_string_equal(error, "no such path");
	fresh(paths, 1);
	fake.pool_error = -ENOEXEC;
	assert_int_equal(go((struct audit_options){0}), -ENOEXEC);
	assert_string_equal(error, "the scan cannot go on: Exec format error");
	fresh(liar, 1);
	assert_int_equal(go((struct audit_options){0}), -EBADMSG);
}

static struct {
	unsigned calls, hold, stop_at;
	size_t submitted_while_held;
} ticks;

static int
tick(void *user, const struct audit_now *now)
{
	assert_ptr_equal(user, &ticks);
	assert_non_null(now->path);
	ticks.calls++;
	if (ticks.calls <= ticks.hold) {
		ticks.submitted_while_held += fake.submitted;
		return 1;
	}
	return ticks.stop_at && ticks.calls >= ticks.stop_at ? -7 : 0;
}

static void
a_tick_holds_and_ends(void **state)
{
	static const char *const paths[] = {"/1ssn", "/2", "/3", "/4", "/5", "/6", "/7ssn"};

	(void)state;
	fresh(paths, COUNT(paths));
	memset(&ticks, 0, sizeof(ticks));
	ticks.hold = 5;
	assert_int_equal(go((struct audit_options){.tick = tick, .tick_user = &ticks}), 0);
	assert_true(ticks.calls > 5);
	assert_int_equal(ticks.submitted_while_held, 0);
	assert_int_equal(fake.submitted, 7);
	assert_true(fake.summary.complete);
	assert_int_equal(result.stopped, 0);
	fresh(paths, COUNT(paths));
	memset(&ticks, 0, sizeof(ticks));
	ticks.stop_at = 2;
	assert_int_equal(go((struct audit_options){.tick = tick, .tick_user = &ticks}), 0);
	assert_int_equal(result.stopped, -7);
	assert_true(fake.submitted < 7);
	assert_true(fake.ended);
	assert_false(fake.summary.complete);
}

/* As go(), with a store in the folder. */
static int
go_remembering(const char *dir, uint8_t key)
{
	struct audit_options o = {.pool.key = {key}, .min_confidence = CONF_MEDIUM};
	struct store *s = NULL;
	int r;

	assert_int_equal(store_open(&(struct store_options){.dir = dir}, &s, error), 0);
	o.memory = (struct audit_memory){.store = s, .recall = true};
	memset(&stats, 0, sizeof(stats));
	r = go(o);
	store_close(s);
	return r;
}

/* Files that are not read again count as if they were, values and all. */
static void
memory_counts_the_same(void **state)
{
	static const char *const paths[] = {
		"/a/1ssn", "/b/2ssn.zip", "/c/3token", "/d/4listing.gap", "/e/5"};
	char dir[] = "/tmp/leakaudit-audit-XXXXXX", text[sizeof(fake.text)], command[64];
	struct rule_total totals[RULES];
	struct summary sum;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fresh(paths, COUNT(paths));
	assert_int_equal(go_remembering(dir, 1), 0);
	memcpy(text, fake.text, sizeof(text));
	memcpy(totals, fake.totals, sizeof(totals));
	sum = fake.summary;
	assert_int_equal(sum.files, 5);
	assert_int_equal(sum.unchanged, 0);
	fresh(paths, COUNT(paths));
	assert_int_equal(go_remembering(dir, 1), 0);
	assert_int_equal(strlen(fake.text), strlen(text));
	assert_int_equal(fake.submitted, 0);
	assert_int_equal(fake.summary.files, 5);
	assert_int_equal(fake.summary.unchanged, 5);
	assert_int_equal(fake.summary.findings, sum.findings);
	assert_int_equal(fake.summary.gaps, 1);
	assert_int_equal(fake.summary.n_totals, sum.n_totals);
	for (size_t i = 0; i < sum.n_totals; i++) {
		assert_ptr_equal(fake.totals[i].rule, totals[i].rule);
		assert_int_equal(fake.totals[i].unique, totals[i].unique);
		assert_int_equal(fake.totals[i].copies, totals[i].copies);
		assert_int_equal(fake.totals[i].files, totals[i].files);
		assert_false(fake.totals[i].at_least);
	}
	/* with another key the values cannot be compared: the most of any one file is certain */
	fresh(paths, COUNT(paths));
	assert_int_equal(go_remembering(dir, 2), 0);
	for (size_t i = 0; i < sum.n_totals; i++) {
		if (fake.totals[i].rule != &rules[SSN])
			continue;
		assert_int_equal(totals[i].unique, 1006);
		assert_int_equal(fake.totals[i].unique, 1000);
		assert_true(fake.totals[i].at_least);
	}
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

static void
ids_tell_things_apart(void **state)
{
	const struct span ab[] = {span_str("a"), span_str("b")}, a_b[] = {span_str("ab")};
	const struct inner one = {.names = ab, .n = 2}, two = {.names = a_b, .n = 1}, none = {0};
	uint64_t id = record_id("/p", &one, "r", 0);

	(void)state;
	assert_true(id == record_id("/p", &one, "r", GAP_BUSY));
	assert_true(id != record_id("/p", &two, "r", 0));
	assert_true(id != record_id("/pa", &one, "r", 0));
	assert_true(id != record_id("/p", &one, "s", 0));
	assert_true(id != record_id("/p", &one, NULL, 0));
	assert_true(
		record_id("/p", &one, NULL, GAP_BUSY) != record_id("/p", &one, NULL, GAP_DENIED));
	assert_true(record_id("/p", &none, "r", 0) == record_id("/p", NULL, "r", 0));
	/* Ids are kept in baselines: they never change. */
	assert_true(record_id("/srv/share/a.txt", NULL, "us-ssn", 0) == 0xd4915f01aeb3cce5u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grades_and_totals),
		cmocka_unit_test(filters_leave_no_trace),
		cmocka_unit_test(baseline_hides_what_it_has),
		cmocka_unit_test(a_signal_ends_with_what_there_is),
		cmocka_unit_test(failures_are_told_apart),
		cmocka_unit_test(a_tick_holds_and_ends),
		cmocka_unit_test(memory_counts_the_same),
		cmocka_unit_test(ids_tell_things_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
