/* What is remembered: states and causes, the cache's verdicts, what is held back, lines. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "storerig.h"

#include "base/poison.h"

static struct storerig rig;

static int
setup(void **state)
{
	(void)state;
	srig_init(&rig);
	srig_open(&rig);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	srig_free(&rig);
	return 0;
}

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

/* Twenty-five findings, so that losing one or two is nothing unusual. */
static void
many(void)
{
	char name[16];

	for (unsigned i = 0; i < 25; i++) {
		(void)snprintf(name, sizeof name, "m%c1", 'A' + (int)i);
		srig_write(&rig, name, "x");
	}
}

static bool
told(const char *line)
{
	return strstr(srig_records(&rig), line) != NULL;
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

static void
much_lost_at_once_is_held(void **state)
{
	char name[16];

	(void)state;
	many();
	srig_scan(&rig, true);
	for (unsigned i = 0; i < 7; i++) {
		(void)snprintf(name, sizeof name, "m%c1", 'A' + (int)i);
		assert_int_equal(unlink(srig_path(&rig, name)), 0);
	}
	srig_scan(&rig, true);
	assert_true(told("mA1 ssn new held\n"));
	assert_false(told("resolved"));
	assert_non_null(strstr(rig.said, "lost 7 of 25 findings"));
	assert_non_null(strstr(srig_lines(&rig, 0), "error !\n"));
	/* it was only away */
	srig_write(&rig, "mA1", "x");
	srig_scan(&rig, true);
	assert_true(told("mA1 ssn known\n"));
	/* six are still too many; yes, they are gone */
	assert_true(told("mB1 ssn new held\n"));
	assert_int_equal(store_confirm(rig.s, "no such share"), -ENOENT);
	assert_int_equal(store_confirm(rig.s, rig.share), 0);
	srig_scan(&rig, true);
	assert_true(told("mB1 ssn resolved deleted\n"));
	assert_false(told("held"));
}

static void
an_empty_share_is_held(void **state)
{
	char away[80];

	(void)state;
	srig_write(&rig, "a1", "x");
	srig_scan(&rig, true);
	(void)snprintf(away, sizeof away, "%s/away", rig.top);
	assert_int_equal(rename(rig.share, away), 0);
	assert_int_equal(mkdir(rig.share, 0755), 0);
	srig_scan(&rig, true);
	assert_true(told("a1 ssn new held\n"));
	assert_non_null(strstr(rig.said, "is empty"));
	/* an interrupted scan later does not take that for true */
	srig_begin(&rig);
	srig_end(&rig, false);
	assert_true(told("a1 ssn new\n"));
	rig.confirm = true;
	srig_scan(&rig, true);
	assert_true(told("a1 ssn resolved deleted\n"));
	assert_int_equal(rmdir(rig.share), 0);
	assert_int_equal(rename(away, rig.share), 0);
}

/* What was read and found clean is remembered as clean, whatever becomes of the scan. */
static void
clean_survives_an_interruption(void **state)
{
	(void)state;
	many();
	srig_write(&rig, "x2", "x");
	srig_scan(&rig, true);
	srig_write(&rig, "x2", "clean");
	srig_begin(&rig);
	assert_int_equal(srig_known(&rig, "x2"), WALK_READ);
	srig_done(&rig, "x2", false, false);
	assert_int_equal(store_commit(rig.s), 0);
	store_close(rig.s);
	srig_open(&rig);
	assert_true(told("x2 ssn new held\n"));
	srig_scan(&rig, true);
	assert_true(told("x2 ssn resolved clean\n"));
}

static void
lines_of_first_and_later_scans(void **state)
{
	uint64_t seq;

	(void)state;
	many();
	srig_write(&rig, "h20", "x");
	srig_write(&rig, "gap", "x");
	srig_scan(&rig, true);
	assert_string_equal(
		srig_lines(&rig, 0), "scan-start\nfinding new ssn h20\nrollup\nscan-end\n");
	seq = store_last_seq(rig.s);
	assert_int_equal(seq, 4);
	srig_scan(&rig, true);
	assert_string_equal(srig_lines(&rig, seq), "scan-start\nscan-end\n");
	seq = store_last_seq(rig.s);
	srig_write(&rig, "n3", "x");
	assert_int_equal(unlink(srig_path(&rig, "mA1")), 0);
	rig.log_known = true;
	srig_scan(&rig, true);
	assert_non_null(strstr(srig_lines(&rig, seq), "finding new ssn n3\n"));
	assert_non_null(strstr(srig_lines(&rig, seq), "finding known ssn h20\n"));
	assert_non_null(strstr(srig_lines(&rig, seq), "resolved deleted ssn mA1\n"));
	/* sent is what was said to be, also the next time */
	store_sent(rig.s, seq);
	store_sent(rig.s, 1);
	srig_close(&rig);
	srig_open(&rig);
	assert_int_equal(store_sent_seq(rig.s), seq);
	assert_int_equal(store_first_seq(rig.s), 1);
}

static void
a_day_has_one_summary(void **state)
{
	uint64_t seq;

	(void)state;
	srig_write(&rig, "a1", "x");
	srig_scan(&rig, true);
	usleep(250000);
	store_tick(rig.s);
	seq = store_last_seq(rig.s);
	for (unsigned i = 0; i < 4; i++) {
		rig.now += 43200;
		usleep(250000);
		store_tick(rig.s);
		store_tick(rig.s);
	}
	assert_string_equal(srig_lines(&rig, seq), "summary\nsummary\n");
}

static void
the_clock_goes_back(void **state)
{
	(void)state;
	srig_write(&rig, "a1", "x");
	srig_scan(&rig, true);
	rig.now -= 400000000;
	usleep(250000);
	store_tick(rig.s);
	srig_write(&rig, "a2", "x");
	srig_scan(&rig, true);
	assert_string_equal(srig_records(&rig), "a1 ssn known\na2 ssn new\n");
	rig.now += 800000000;
	usleep(250000);
	store_tick(rig.s);
	srig_scan(&rig, true);
	assert_string_equal(srig_records(&rig), "a1 ssn known\na2 ssn known\n");
	(void)srig_lines(&rig, 0); /* numbers without holes */
}

static void
one_writer(void **state)
{
	const struct store_options write = {.dir = rig.state},
				   read = {rig.state, .read_only = true};
	struct store *other = NULL;
	char error[512];

	(void)state;
	srig_write(&rig, "a1", "x");
	srig_scan(&rig, true);
	assert_int_equal(store_open(&write, &other, error), -EBUSY);
	assert_int_equal(store_open(&read, &other, error), 0);
	assert_int_equal(store_commit(other), 0);
	assert_int_equal(store_confirm(other, NULL), -EROFS);
	store_close(other);
}

static int
look_at_share(void *user, const struct store_share *sh)
{
	unsigned *n = user;

	assert_string_equal(sh->name, "hr");
	assert_string_equal(sh->root, rig.share);
	assert_true(sh->begun > 0 && sh->ended >= sh->begun && sh->complete == sh->ended);
	assert_int_equal(sh->open[SEV_HIGH], 1);
	assert_int_equal(sh->open[SEV_MEDIUM], 1);
	assert_int_equal(sh->open[SEV_CRITICAL], 0);
	assert_int_equal(sh->gaps, 1);
	assert_int_equal(sh->hidden, 1);
	assert_int_equal(sh->held, 0);
	(*n)++;
	return 0;
}

static int
count_one(void *user, const struct stored *x)
{
	(void)x;
	(*(unsigned *)user)++;
	return 0;
}

static unsigned
count(const struct store_filter *f)
{
	unsigned n = 0;

	assert_int_equal(store_each(rig.s, f, count_one, &n), 0);
	return n;
}

/* Killed between fork and exec of a worker: its child holds the lock a moment longer. */
static void
a_child_of_the_dead_is_waited_for(void **state)
{
	const struct store_options write = {.dir = rig.state};
	char error[512];
	struct store *s;
	int pipe_fd[2], status;
	char c;
	pid_t pid;

	(void)state;
	store_close(rig.s);
	rig.s = NULL;
	assert_int_equal(pipe(pipe_fd), 0);
	pid = fork();
	if (pid == 0) {
		if (store_open(&write, &s, error) < 0)
			_exit(1);
		if (fork() == 0) {
			usleep(300000);
			_exit(0);
		}
		_exit(0);
	}
	assert_int_equal(close(pipe_fd[1]), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(store_open(&write, &s, error), 0);
	store_close(s);
	/* the pipe ends with the last of them */
	assert_int_equal(read(pipe_fd[0], &c, 1), 0);
	assert_int_equal(close(pipe_fd[0]), 0);
}

static void
shares_and_filters(void **state)
{
	unsigned n = 0;

	(void)state;
	rig.name = "hr";
	srig_write(&rig, "a20", "x");
	srig_write(&rig, "b3", "x");
	srig_write(&rig, "gap", "x");
	srig_scan(&rig, true);
	assert_int_equal(store_shares(rig.s, look_at_share, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(count(&(struct store_filter){.type = -1}), 3);
	assert_int_equal(count(&(struct store_filter){.type = RECORD_GAP}), 1);
	assert_int_equal(count(&(struct store_filter){.type = -1, .share = "hr", .limit = 2}), 2);
	assert_int_equal(count(&(struct store_filter){.type = -1, .share = "it"}), 0);
	assert_int_equal(count(&(struct store_filter){.severities = 1u << SEV_HIGH}), 1);
	assert_int_equal(count(&(struct store_filter){.rule = "ssn", .category = "identity"}), 2);
	assert_int_equal(count(&(struct store_filter){.path = "**/a*"}), 1);
	assert_int_equal(count(&(struct store_filter){.type = -1, .reason = "encrypted"}), 1);
	assert_int_equal(count(&(struct store_filter){.since = rig.now + 1}), 0);
	assert_int_equal(count(&(struct store_filter){.states = 1u << STORE_RESOLVED}), 0);
}

/* What was resolved is forgotten after its time, what is open never. */
static void
old_ones_are_forgotten(void **state)
{
	const struct store_filter resolved = {.type = -1, .states = 1u << STORE_RESOLVED};

	(void)state;
	srig_write(&rig, "a20", "x");
	srig_write(&rig, "b3", "x");
	srig_scan(&rig, true);
	assert_int_equal(unlink(srig_path(&rig, "b3")), 0);
	rig.confirm = true;
	srig_scan(&rig, true);
	assert_int_equal(count(&resolved), 1);
	/* the clock jumps in a running process: nobody believes it */
	rig.now += 100 * 86400;
	usleep(250000);
	store_tick(rig.s);
	assert_int_equal(count(&resolved), 1);
	store_sent(rig.s, 3);
	srig_close(&rig);
	srig_open(&rig);
	usleep(250000);
	store_tick(rig.s);
	assert_int_equal(count(&resolved), 0);
	assert_int_equal(count(&(struct store_filter){.type = -1}), 1);
	assert_int_equal(store_first_seq(rig.s), 4); /* what was not sent stays */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
		TEST(much_lost_at_once_is_held),
		TEST(an_empty_share_is_held),
		TEST(clean_survives_an_interruption),
		TEST(lines_of_first_and_later_scans),
		TEST(a_day_has_one_summary),
		TEST(the_clock_goes_back),
		TEST(one_writer),
		TEST(a_child_of_the_dead_is_waited_for),
		TEST(shares_and_filters),
		TEST(old_ones_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
