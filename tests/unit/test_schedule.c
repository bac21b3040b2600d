/* Windows of the clock: over midnight, over summer time, and when the clock jumps. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "service_schedule.h"

#include "base/poison.h"

/* A local time as seconds. */
static int64_t
at(int year, int month, int day, int hour, int minute)
{
	struct tm t = {.tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
		.tm_isdst = -1};

	return (int64_t)mktime(&t);
}

static void
zone(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

static struct schedule
make(const char *hours, const char *days, const char *every)
{
	struct schedule s;

	schedule_default(&s);
	assert_int_equal(schedule_hours(hours, &s), 0);
	assert_int_equal(schedule_days(days, &s), 0);
	assert_int_equal(schedule_every(every, &s), 0);
	return s;
}

static void
words(void **state)
{
	static const char *const bad_hours[] = {"", "22", "22:00", "22:00-", "22:00-5",
		"24:00-05:00", "22:60-05:00", "22:00-24:01", "22:00-22:00", "22:00-05:00,",
		"22:00-05:00 06:00-07:00", "-1:00-02:00", "1:00-2:00-3:00", "99999999999:00-05:00",
		"0:0-0:1,0:2-0:3,0:4-0:5,0:6-0:7,0:8-0:9,1:0-1:1,1:2-1:3,1:4-1:5,1:6-1:7"};
	static const char *const bad_days[] = {"", "mo", "mon-", "-fri", "mon fri", "mon,", "all"};
	static const char *const bad_every[] = {
		"", "d", "0d", "1", "1h", "367d", "53w", "-1d", "1dd"};
	struct schedule s = make("9:05-9:06, 22:00-05:00", "FRI-mon , wed", "2w");
	char hours[SCHEDULE_TEXT], days[SCHEDULE_TEXT];

	(void)state;
	assert_int_equal(s.n, 2);
	assert_int_equal(s.every, 14);
	schedule_text(&s, hours, days);
	assert_string_equal(hours, "09:05-09:06,22:00-05:00");
	assert_string_equal(days, "sun,mon,wed,fri,sat");
	for (size_t i = 0; i < sizeof(bad_hours) / sizeof(*bad_hours); i++)
		assert_int_equal(schedule_hours(bad_hours[i], &s), -EINVAL);
	for (size_t i = 0; i < sizeof(bad_days) / sizeof(*bad_days); i++)
		assert_int_equal(schedule_days(bad_days[i], &s), -EINVAL);
	for (size_t i = 0; i < sizeof(bad_every) / sizeof(*bad_every); i++)
		assert_int_equal(schedule_every(bad_every[i], &s), -EINVAL);
	schedule_text(&s, hours, days);
	assert_string_equal(hours, "09:05-09:06,22:00-05:00");
}

static void
over_midnight(void **state)
{
	struct schedule s = make("22:00-05:00", "daily", "1d");
	int64_t since, until;

	(void)state;
	zone("UTC");
	assert_false(schedule_open(&s, at(2026, 11, 20, 21, 59), NULL, NULL));
	assert_true(schedule_open(&s, at(2026, 11, 20, 22, 0), &since, &until));
	assert_int_equal(since, at(2026, 11, 20, 22, 0));
	assert_int_equal(until, at(2026, 11, 21, 5, 0));
	assert_true(schedule_open(&s, at(2026, 11, 21, 4, 59), &since, &until));
	assert_int_equal(since, at(2026, 11, 20, 22, 0));
	assert_false(schedule_open(&s, at(2026, 11, 21, 5, 0), NULL, NULL));
	assert_int_equal(schedule_next(&s, at(2026, 11, 21, 5, 0)), at(2026, 11, 21, 22, 0));
	assert_int_equal(schedule_next(&s, at(2026, 12, 31, 23, 0)), at(2027, 1, 1, 22, 0));
}

/* A window is named by the day on which it opens. */
static void
some_days(void **state)
{
	struct schedule s = make("22:00-05:00", "fri", "1d"), never = make("always", "never", "1d");

	(void)state;
	zone("UTC");
	assert_true(schedule_open(&s, at(2026, 11, 20, 23, 0), NULL, NULL)); /* a Friday */
	assert_true(schedule_open(&s, at(2026, 11, 21, 3, 0), NULL, NULL));
	assert_false(schedule_open(&s, at(2026, 11, 20, 3, 0), NULL, NULL));
	assert_false(schedule_open(&s, at(2026, 11, 21, 23, 0), NULL, NULL));
	assert_int_equal(schedule_next(&s, at(2026, 11, 20, 22, 0)), at(2026, 11, 27, 22, 0));
	assert_false(schedule_open(&never, at(2026, 11, 21, 3, 0), NULL, NULL));
	assert_int_equal(schedule_next(&never, at(2026, 11, 21, 3, 0)), 0);
}

static void
always_open(void **state)
{
	struct schedule s = make("always", "daily", "1d");
	int64_t t;

	(void)state;
	zone("Europe/Berlin");
	for (t = at(2026, 3, 27, 0, 0); t < at(2026, 3, 31, 0, 0); t += 599)
		assert_true(schedule_open(&s, t, NULL, NULL));
	for (t = at(2026, 10, 24, 0, 0); t < at(2026, 10, 27, 0, 0); t += 599)
		assert_true(schedule_open(&s, t, NULL, NULL));
}

/* Berlin: 02:00 becomes 03:00 on 29 March 2026, 03:00 becomes 02:00 on 25 October 2026. */
static void
summer_time(void **state)
{
	struct schedule night = make("22:00-05:00", "daily", "1d");
	struct schedule gone = make("02:10-02:50", "daily", "1d");
	struct schedule twice = make("02:00-03:00", "daily", "1d");
	int64_t since, until, open = 0;

	(void)state;
	zone("Europe/Berlin");
	assert_true(schedule_open(&night, at(2026, 3, 28, 23, 0), &since, &until));
	assert_int_equal(until - since, 6 * 3600);
	assert_true(schedule_open(&night, at(2026, 10, 24, 23, 0), &since, &until));
	assert_int_equal(until - since, 8 * 3600);
	/* an hour that is not there opens nothing long, and nothing for ever */
	for (int64_t t = at(2026, 3, 29, 0, 0); t < at(2026, 3, 29, 23, 0); t += 60)
		open += schedule_open(&gone, t, NULL, NULL) ? 60 : 0;
	assert_true(open <= 40 * 60);
	open = 0;
	for (int64_t t = at(2026, 10, 25, 0, 0); t < at(2026, 10, 25, 23, 0); t += 60)
		open += schedule_open(&twice, t, NULL, NULL) ? 60 : 0;
	assert_true(open >= 3600 && open <= 2 * 3600);
}

static void
due_once_a_night(void **state)
{
	struct schedule s = make("22:00-05:00", "daily", "1d");
	int64_t now;

	(void)state;
	zone("UTC");
	now = at(2026, 11, 21, 1, 0);
	assert_true(schedule_due(&s, now, 0));
	assert_true(schedule_due(&s, now, at(2026, 11, 20, 4, 0))); /* the night before */
	assert_true(schedule_due(&s, now, at(2026, 11, 20, 21, 59)));
	assert_false(schedule_due(&s, now, at(2026, 11, 20, 22, 30)));
	assert_false(schedule_due(&s, now, at(2026, 11, 21, 0, 30)));
	assert_false(schedule_due(&s, at(2026, 11, 21, 12, 0), 0)); /* not by day */
}

static void
due_each_week(void **state)
{
	struct schedule s = make("22:00-05:00", "daily", "1w");
	int64_t done;

	(void)state;
	zone("UTC");
	done = at(2026, 11, 2, 23, 0);
	assert_false(schedule_due(&s, at(2026, 11, 3, 23, 0), done));
	assert_false(schedule_due(&s, at(2026, 11, 8, 23, 0), done));
	assert_true(schedule_due(&s, at(2026, 11, 9, 23, 30), done));
	assert_true(schedule_due(&s, at(2026, 11, 20, 23, 0), done));
}

/* A clock that was years ahead for a while does not keep a share from being read. */
static void
clock_jumps(void **state)
{
	struct schedule s = make("22:00-05:00", "daily", "1d");

	(void)state;
	zone("UTC");
	assert_true(schedule_due(&s, at(2026, 11, 21, 1, 0), at(2031, 1, 1, 0, 0)));
	assert_false(schedule_due(&s, at(2026, 11, 21, 1, 0), at(2026, 11, 21, 1, 2)));
	assert_true(schedule_due(&s, at(2031, 1, 1, 1, 0), at(2026, 11, 21, 1, 0)));
	assert_false(schedule_open(&s, 6 * 3600, NULL, NULL)); /* 1970: no battery */
	assert_true(schedule_due(&s, 3600, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(over_midnight),
		cmocka_unit_test(some_days),
		cmocka_unit_test(always_open),
		cmocka_unit_test(summer_time),
		cmocka_unit_test(due_once_a_night),
		cmocka_unit_test(due_each_week),
		cmocka_unit_test(clock_jumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
