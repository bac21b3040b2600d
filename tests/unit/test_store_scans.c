/* One scan after another: what is held back, interrupted, said again, forgotten; who may look. */
#include "storing.h"

#include "base/poison.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
