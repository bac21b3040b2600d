/* The throttle against a clock and a machine of our own: means, bursts, and who waits for whom. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "throttle.h"

#include "base/poison.h"

#define TICK 200

/* Files of `size` bytes for `seconds`, as many a tick as the pool would take. How many bytes. */
static uint64_t
give(const struct throttle_limits *l, uint64_t size, unsigned seconds, uint64_t *ret_files)
{
	struct pressure calm = {.psi = true, .processors = 2};
	struct throttle t;
	uint64_t bytes = 0, files = 0;

	throttle_init(&t, l, 1000);
	for (int64_t ms = 1000; ms < 1000 + seconds * 1000; ms += TICK) {
		if (throttle_step(&t, ms, bytes, files, 2, &calm) != HOLD_NONE)
			continue;
		files += 20;
		bytes += 20 * size;
	}
	*ret_files = files;
	return bytes;
}

static void
mean_holds(void **state)
{
	static const uint64_t sizes[] = {1000, 100000, 10000000, 1000000000};
	const struct throttle_limits l = {.bytes_sec = 50 << 20};
	uint64_t files;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint64_t bytes = give(&l, sizes[i], 1000, &files);
		uint64_t most = 1000 * l.bytes_sec + 20 * sizes[i];

		assert_true(bytes <= most);
		if (20 * sizes[i] * 1000 / TICK > l.bytes_sec) /* small ones never get there */
			assert_true(bytes >= 950 * l.bytes_sec);
	}
}

static void
files_a_second(void **state)
{
	const struct throttle_limits l = {.files_sec = 30};
	uint64_t files;

	(void)state;
	(void)give(&l, 10, 600, &files);
	assert_in_range(files, 30 * 590, 30 * 602 + 20);
}

static void
no_limit(void **state)
{
	const struct throttle_limits l = {0};
	uint64_t files;

	(void)state;
	(void)give(&l, 1 << 30, 100, &files);
	assert_int_equal(files, 20 * 100 * 1000 / TICK);
}

/* A long silence is not made good by a long burst. */
static void
no_hoard(void **state)
{
	const struct throttle_limits l = {.bytes_sec = 1000};
	const struct pressure calm = {.psi = true, .processors = 1};
	struct throttle t;

	(void)state;
	throttle_init(&t, &l, 0);
	assert_int_equal(throttle_step(&t, 3600000, 0, 0, 1, &calm), HOLD_NONE);
	assert_int_equal(throttle_step(&t, 3600200, 2000, 1, 1, &calm), HOLD_RATE);
	assert_int_equal(throttle_step(&t, 3601500, 2000, 1, 1, &calm), HOLD_NONE);
	/* a clock that stands still or goes back pays nothing and breaks nothing */
	assert_int_equal(throttle_step(&t, 3601500, 9000, 2, 1, &calm), HOLD_RATE);
	assert_int_equal(throttle_step(&t, 3601400, 9000, 2, 1, &calm), HOLD_RATE);
}

struct machine {
	double others, ours; /* share of time somebody waits because of them */
	bool psi, io;
	unsigned load;
	uint64_t us;
};

/* Seconds of 100 in which files were given. */
static double
run_machine(struct machine *m, const struct throttle_limits *l, struct throttle *t, int64_t *ms)
{
	unsigned given = 0;
	bool works = false;
	int64_t rest = 0;

	for (int i = 0; i < 100 * 1000 / TICK; i++, *ms += TICK) {
		struct pressure p = {.psi = m->psi, .processors = 4, .load_percent = m->load};
		double share = m->others + (works || rest > 0 ? m->ours : 0);

		m->us += (uint64_t)((share > 1 ? 1 : share) * TICK * 1000);
		*(m->io ? &p.io_us : &p.cpu_us) = m->us;
		rest = works ? 800 : rest - TICK; /* workers end what they have begun */
		works = throttle_step(t, *ms, 0, 0, 2, &p) == HOLD_NONE;
		given += works;
	}
	(void)l;
	return given * TICK / 1000.0;
}

static void
others_come_first(void **state)
{
	const struct throttle_limits l = {.io_percent = 20, .cpu_percent = 40};
	struct throttle t;
	int64_t ms = 0;
	struct machine m = {.psi = true, .io = true, .ours = 0.5};

	(void)state;
	throttle_init(&t, &l, ms);
	/* alone on the machine, our own waiting does not stop us */
	assert_true(run_machine(&m, &l, &t, &ms) > 70);
	assert_true(run_machine(&m, &l, &t, &ms) > 90);
	/* others wait: nothing is given but at the moment when it is noticed */
	m.others = 0.6;
	(void)run_machine(&m, &l, &t, &ms);
	assert_true(run_machine(&m, &l, &t, &ms) < 1);
	m.others = 0;
	assert_true(run_machine(&m, &l, &t, &ms) > 60);
}

static void
calm_is_left_alone(void **state)
{
	const struct throttle_limits l = {.io_percent = 20, .cpu_percent = 40};
	struct throttle t;
	int64_t ms = 0;
	struct machine m = {.psi = true, .others = 0.3};

	(void)state;
	throttle_init(&t, &l, ms);
	assert_true(run_machine(&m, &l, &t, &ms) > 99.5); /* 30 % of the processors: below 40 */
	m.others = 0.5;
	(void)run_machine(&m, &l, &t, &ms);
	assert_true(run_machine(&m, &l, &t, &ms) < 1);
}

static void
load_without_psi(void **state)
{
	const struct throttle_limits l = {.io_percent = 20}, off = {.bytes_sec = 0};
	struct throttle t;
	int64_t ms = 0;
	struct machine m = {.load = 260};

	(void)state;
	throttle_init(&t, &l, ms);
	(void)run_machine(&m, &l, &t, &ms);
	assert_true(run_machine(&m, &l, &t, &ms) < 1);
	m.load = 140; /* of it 50 may be ours: two workers on four processors */
	(void)run_machine(&m, &l, &t, &ms);
	assert_true(run_machine(&m, &l, &t, &ms) > 99.5);
	m.load = 900;
	throttle_init(&t, &off, ms);
	assert_true(run_machine(&m, &off, &t, &ms) > 99.5);
}

static void
put(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	assert_non_null(f);
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
reads_proc(void **state)
{
	char dir[] = "/tmp/leakaudit-psi-XXXXXX", sub[64], line[256];
	struct pressure p;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(pressure_read(dir, &p), -ENOENT);
	put(dir, "loadavg", "0.50 0.40 0.30 1/234 5678\n");
	assert_int_equal(pressure_read(dir, &p), 0);
	assert_false(p.psi);
	assert_int_equal(p.load_percent, 50 / p.processors);
	(void)snprintf(sub, sizeof(sub), "%s/pressure", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	put(sub, "io",
		"some avg10=1.00 avg60=0.50 avg300=0.10 total=123456\nfull avg10=0 total=9\n");
	put(sub, "cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=77\n");
	assert_int_equal(pressure_read(dir, &p), 0);
	assert_true(p.psi);
	assert_int_equal(p.io_us, 123456);
	assert_int_equal(p.cpu_us, 77);
	put(sub, "cpu", "full total=3\n");
	assert_int_equal(pressure_read(dir, &p), 0);
	assert_false(p.psi);
	put(dir, "loadavg", "nan\n");
	assert_int_equal(pressure_read(dir, &p), -EBADMSG);
	(void)snprintf(line, sizeof(line), "rm -r %s", dir);
	assert_int_equal(system(line), 0);
	if (access("/proc/loadavg", R_OK) == 0)
		assert_int_equal(pressure_read("/proc", &p), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mean_holds),
		cmocka_unit_test(files_a_second),
		cmocka_unit_test(no_limit),
		cmocka_unit_test(no_hoard),
		cmocka_unit_test(others_come_first),
		cmocka_unit_test(calm_is_left_alone),
		cmocka_unit_test(load_without_psi),
		cmocka_unit_test(reads_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
