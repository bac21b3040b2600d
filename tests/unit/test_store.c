/* What is remembered: states and causes, the cache's verdicts. */
#include "storing.h"

#include "base/poison.h"

static void
states_of_a_finding(void **state)
{
	(void)state;
	srig_write(&rig, "a12", "x");
	srig_begin(&rig);
	srig_find(&rig, "a12", NULL, RIG_SSN, 5, 2);
	srig_find(&rig, "a12", "in", RIG_TOKEN, 5, 1);
	srig_done(&rig, "a12", true, false);
	srig_end(&rig, true);
	assert_string_equal(srig_records(&rig), "a12!in token new\na12 ssn new\n");
	/* as before; another number; not there any more */
	srig_begin(&rig);
	srig_find(&rig, "a12", NULL, RIG_SSN, 5, 2);
	srig_find(&rig, "a12", "in", RIG_TOKEN, 5, 2);
	srig_done(&rig, "a12", true, false);
	srig_end(&rig, true);
	assert_string_equal(srig_records(&rig), "a12!in token changed\na12 ssn known\n");
	srig_begin(&rig);
	srig_find(&rig, "a12", "in", RIG_TOKEN, 5, 2);
	srig_done(&rig, "a12", true, false);
	srig_end(&rig, true);
	assert_string_equal(srig_records(&rig), "a12!in token known\na12 ssn resolved clean\n");
	/* it comes back */
	srig_begin(&rig);
	srig_find(&rig, "a12", NULL, RIG_SSN, 5, 2);
	srig_find(&rig, "a12", "in", RIG_TOKEN, 5, 2);
	srig_done(&rig, "a12", true, false);
	srig_end(&rig, true);
	assert_string_equal(srig_records(&rig), "a12!in token known\na12 ssn new\n");
}

static void
unchanged_files_are_known(void **state)
{
	(void)state;
	srig_write(&rig, "a1", "x");
	srig_write(&rig, "none", "x");
	srig_write(&rig, "late", "x");
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "a1"), WALK_READ);
	srig_find(&rig, "a1", NULL, RIG_SSN, 1, 1);
	srig_done(&rig, "a1", false, false);
	srig_done(&rig, "none", false, false);
	srig_done(&rig, "late", true, false);
	srig_end(&rig, true);
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "a1"), WALK_TELL);
	assert_int_equal(srig_known(&rig, "none"), WALK_SKIP);
	assert_int_equal(srig_known(&rig, "late"), WALK_READ);
	srig_end(&rig, false);
	/* another size, other rights, other settings, other rules */
	srig_write(&rig, "none", "xy");
	assert_int_equal(chmod(srig_path(&rig, "a1"), 0600), 0);
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "a1"), WALK_READ);
	assert_int_equal(srig_known(&rig, "none"), WALK_READ);
	srig_done(&rig, "none", false, false);
	srig_end(&rig, false);
	rig.settings = "b";
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "none"), WALK_READ);
	srig_end(&rig, false);
	rig.settings = "a";
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "none"), WALK_SKIP);
	srig_end(&rig, false);
	rig.rules = &srig_catalogue_small;
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "none"), WALK_READ);
	srig_end(&rig, false);
}

static void
not_remembered(void **state)
{
	(void)state;
	srig_write(&rig, "crash", "x");
	srig_write(&rig, "slow", "x");
	srig_write(&rig, "zip", "x");
	srig_begin(&rig);
	srig_gap(&rig, "crash", NULL, GAP_CRASHED);
	srig_done(&rig, "crash", false, true);
	srig_gap(&rig, "slow", "m", GAP_TIMEOUT);
	srig_done(&rig, "slow", false, false);
	srig_gap(&rig, "zip", "m", GAP_ENCRYPTED);
	srig_done(&rig, "zip", false, false);
	srig_end(&rig, true);
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "crash"), WALK_READ);
	assert_int_equal(srig_known(&rig, "slow"), WALK_READ);
	assert_int_equal(srig_known(&rig, "zip"), WALK_TELL);
	srig_end(&rig, false);
}

static int
keep_values(void *user, const struct stored *x)
{
	uint64_t *sum = user;

	assert_true(x->values.all);
	for (size_t i = 0; i < x->values.n; i++)
		*sum += x->values.fp[i];
	return 0;
}

static void
values_come_back(void **state)
{
	uint64_t sum = 0;

	(void)state;
	srig_write(&rig, "a3", "x");
	srig_scan(&rig, true);
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "a3"), WALK_TELL);
	assert_int_equal(store_recall(rig.s, 0, srig_path(&rig, "a3"), keep_values, &sum), 0);
	srig_end(&rig, true);
	assert_int_equal(sum, 100 + 101 + 102);
}

static int
grade_low(void *user, const struct stored *x)
{
	struct record r = x->rec;
	unsigned *n = user;

	if (r.severity == SEV_LOW)
		return 0;
	++*n;
	r.severity = SEV_LOW;
	r.score = 1;
	return store_regrade(rig.s, &r);
}

/* One line and once, for a file that nobody reads; its values and the share's other findings stay. */
static void
graded_anew(void **state)
{
	unsigned n = 0;
	uint64_t seq, sum = 0;

	(void)state;
	srig_write(&rig, "h20", "x");
	srig_write(&rig, "i30", "x");
	srig_scan(&rig, true);
	seq = store_last_seq(rig.s);
	for (unsigned i = 0; i < 2; i++) {
		rig.log_known = i == 1;
		srig_begin(&rig);
		assert_int_equal(srig_known(&rig, "h20"), WALK_TELL);
		assert_int_equal(store_recall(rig.s, 0, srig_path(&rig, "h20"), grade_low, &n), 0);
		assert_int_equal(srig_known(&rig, "i30"), WALK_TELL);
		assert_int_equal(store_recall(rig.s, 0, srig_path(&rig, "i30"), NULL, NULL), 0);
		srig_end(&rig, true);
		assert_int_equal(n, 1);
		if (i == 0) {
			assert_string_equal(srig_lines(&rig, seq),
				"scan-start\nfinding regraded ssn h20\nscan-end\n");
			assert_string_equal(srig_records(&rig), "h20 ssn changed\ni30 ssn known\n");
			seq = store_last_seq(rig.s);
		}
	}
	assert_string_equal(srig_lines(&rig, seq),
		"scan-start\nfinding known ssn h20\nfinding known ssn i30\nscan-end\n");
	assert_string_equal(srig_records(&rig), "h20 ssn known\ni30 ssn known\n");
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "h20"), WALK_TELL);
	assert_int_equal(store_recall(rig.s, 0, srig_path(&rig, "h20"), keep_values, &sum), 0);
	srig_end(&rig, true);
	assert_int_equal(sum, 20 * 100 + 19 * 20 / 2);
}

static void
causes(void **state)
{
	(void)state;
	many();
	srig_write(&rig, "x2", "x");
	srig_write(&rig, "y3", "x");
	srig_write(&rig, "z4", "x");
	srig_scan(&rig, true);
	assert_int_equal(unlink(srig_path(&rig, "x2")), 0);
	assert_int_equal(rename(srig_path(&rig, "y3"), srig_path(&rig, "w3")), 0);
	/* an interrupted scan saw nothing of that */
	srig_begin(&rig);
	srig_end(&rig, false);
	assert_true(told("x2 ssn new\n") && told("y3 ssn new\n"));
	srig_scan(&rig, true);
	assert_true(told("x2 ssn resolved deleted\n"));
	assert_true(told("y3 ssn resolved moved\n"));
	assert_true(told("w3 ssn new\n"));
	assert_true(told("z4 ssn known\n"));
}

static void
excluded_and_out_of_sight(void **state)
{
	(void)state;
	many();
	srig_write(&rig, "x2", "x");
	srig_write(&rig, "y3", "x");
	srig_scan(&rig, true);
	/* a complete scan that comes by neither; one of them it cannot open */
	rig.now += 1000000000; /* what was just written is not newer than the scan */
	srig_begin(&rig);
	for (unsigned i = 0; i < 25; i++) {
		char name[16];

		(void)snprintf(name, sizeof name, "m%c1", 'A' + (int)i);
		assert_int_equal(srig_known(&rig, name), WALK_TELL);
		assert_int_equal(store_recall(rig.s, 0, srig_path(&rig, name), NULL, NULL), 0);
	}
	srig_gap(&rig, "y3", NULL, GAP_DENIED);
	/* the cache would know that it was read as it is: then it would be clean */
	assert_int_equal(chmod(srig_path(&rig, "x2"), 0600), 0);
	srig_end(&rig, true);
	assert_true(told("x2 ssn resolved excluded\n"));
	assert_true(told("y3 ssn new\n"));
	assert_true(told("y3 denied new\n"));
}

static void
a_member_that_cannot_be_read_keeps_its_findings(void **state)
{
	(void)state;
	many();
	srig_scan(&rig, true);
	srig_write(&rig, "z", "x");
	srig_begin(&rig);
	srig_find(&rig, "z", "a", RIG_TOKEN, 1, 1);
	srig_find(&rig, "z", "b", RIG_TOKEN, 1, 1);
	srig_done(&rig, "z", true, false);
	srig_end(&rig, false);
	srig_begin(&rig);
	srig_gap(&rig, "z", "a", GAP_TIMEOUT);
	srig_done(&rig, "z", true, false);
	srig_end(&rig, false);
	assert_true(told("z!a token new\n"));
	assert_true(told("z!b token resolved clean\n"));
	/* given up as a whole */
	srig_begin(&rig);
	srig_gap(&rig, "z", NULL, GAP_CRASHED);
	srig_done(&rig, "z", true, true);
	srig_end(&rig, false);
	assert_true(told("z!a token new\n"));
}

static void
rule_gone(void **state)
{
	(void)state;
	srig_write(&rig, "a", "x");
	srig_begin(&rig);
	srig_find(&rig, "a", NULL, RIG_SSN, 1, 1);
	srig_find(&rig, "a", NULL, RIG_TOKEN, 1, 1);
	srig_done(&rig, "a", false, false);
	srig_end(&rig, true);
	rig.rules = &srig_catalogue_small;
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "a"), WALK_READ);
	srig_find(&rig, "a", NULL, RIG_SSN, 1, 1);
	srig_done(&rig, "a", false, false);
	srig_end(&rig, true);
	assert_string_equal(srig_records(&rig), "a token resolved rule-changed\na ssn known\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(states_of_a_finding),
		TEST(unchanged_files_are_known),
		TEST(not_remembered),
		TEST(values_come_back),
		TEST(graded_anew),
		TEST(causes),
		TEST(excluded_and_out_of_sight),
		TEST(a_member_that_cannot_be_read_keeps_its_findings),
		TEST(rule_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
