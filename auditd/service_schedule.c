/*
 * Hours become seconds by mktime() for each day that is looked at, the only thing that knows summer
 * time. A pass is due once for each opening of a window: what was begun before it opened does not
 * count, so a night that was cut short is gone on with in the next.
 */
#include "service_schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/poison.h"

#define DAY_MINUTES  (24u * 60)
#define DAY_SECONDS  86400
#define EVERY_DAY    0x7f
#define CLOCK_SLACK  300 /* seconds: two clocks that disagree are not a clock that was set back */
#define LOOK_FORWARD 8 /* days */
#define EVERY_MAX    366u

static const char *const day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

void
schedule_default(struct schedule *s)
{
	*s = (struct schedule){.n = 1, .days = EVERY_DAY, .every = 1};
	s->windows[0].from = 22 * 60;
	s->windows[0].to = 5 * 60;
}

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* Digits only, from 0 to max. The first byte behind them, or NULL. */
static const char *
take_number(const char *p, unsigned max, unsigned *ret_n)
{
	unsigned n = 0, digits = 0;

	for (; *p >= '0' && *p <= '9'; p++, digits++) {
		n = n * 10 + (unsigned)(*p - '0');
		if (n > max)
			return NULL;
	}
	if (digits == 0)
		return NULL;
	*ret_n = n;
	return p;
}

/* "HH:MM" up to 24:00. */
static const char *
take_minutes(const char *p, uint16_t *ret_minutes)
{
	unsigned hours, minutes;

	p = take_number(skip_blanks(p), 24, &hours);
	if (!p || *p != ':')
		return NULL;
	p = take_number(p + 1, 59, &minutes);
	if (!p || hours * 60 + minutes > DAY_MINUTES)
		return NULL;
	*ret_minutes = (uint16_t)(hours * 60 + minutes);
	return skip_blanks(p);
}

int
schedule_hours(const char *text, struct schedule *s)
{
	struct schedule t = *s;
	const char *p = text;

	t.n = 0;
	if (strcasecmp(text, "always") == 0)
		p = "00:00-24:00";
	for (;;) {
		if (t.n == SCHEDULE_WINDOWS)
			return -EINVAL;
		p = take_minutes(p, &t.windows[t.n].from);
		if (!p || *p != '-' || t.windows[t.n].from == DAY_MINUTES)
			return -EINVAL;
		p = take_minutes(p + 1, &t.windows[t.n].to);
		if (!p || t.windows[t.n].from == t.windows[t.n].to)
			return -EINVAL;
		t.n++;
		if (!*p)
			break;
		if (*p++ != ',')
			return -EINVAL;
	}
	*s = t;
	return 0;
}

static const char *
take_day(const char *p, unsigned *ret_day)
{
	p = skip_blanks(p);
	for (unsigned i = 0; i < 7; i++) {
		if (strncasecmp(p, day_names[i], 3) == 0) {
			*ret_day = i;
			return skip_blanks(p + 3);
		}
	}
	return NULL;
}

int
schedule_days(const char *text, struct schedule *s)
{
	const char *p = text;
	uint8_t days = 0;

	if (strcasecmp(text, "daily") == 0 || strcasecmp(text, "never") == 0) {
		s->days = strcasecmp(text, "daily") == 0 ? EVERY_DAY : 0;
		return 0;
	}
	for (;;) {
		unsigned from, to;

		p = take_day(p, &from);
		if (!p)
			return -EINVAL;
		to = from;
		if (*p == '-')
			p = take_day(p + 1, &to);
		if (!p)
			return -EINVAL;
		for (unsigned d = from;; d = (d + 1) % 7) {
			days |= (uint8_t)(1u << d);
			if (d == to)
				break;
		}
		if (!*p)
			break;
		if (*p++ != ',')
			return -EINVAL;
	}
	s->days = days;
	return 0;
}

int
schedule_every(const char *text, struct schedule *s)
{
	unsigned n;
	const char *p = take_number(text, EVERY_MAX, &n);

	if (!p || n == 0 || (strcmp(p, "d") != 0 && strcmp(p, "w") != 0))
		return -EINVAL;
	if (*p == 'w')
		n *= 7;
	if (n > EVERY_MAX)
		return -EINVAL;
	s->every = (uint16_t)n;
	return 0;
}

/* Local midnight of the day of `now`, as broken down time; noon's hour guards against its absence. */
static struct tm
day_of(int64_t now)
{
	time_t t = (time_t)now;
	struct tm tm = {0};

	(void)localtime_r(&t, &tm);
	return tm;
}

/* Minute m of the day `shift` days after that of `day`, in seconds since the epoch. */
static int64_t
day_minute(const struct tm *day, int shift, unsigned m)
{
	struct tm t = {.tm_year = day->tm_year,
		.tm_mon = day->tm_mon,
		.tm_mday = day->tm_mday + shift,
		.tm_hour = (int)(m / 60),
		.tm_min = (int)(m % 60),
		.tm_isdst = -1};

	return (int64_t)mktime(&t);
}

static bool
day_wanted(const struct schedule *s, const struct tm *day, int shift)
{
	return s->days >> ((day->tm_wday + shift + 7 * 7) % 7) & 1;
}

/* Window w of that day. False when there is none, or summer time has swallowed it. */
static bool
window_at(const struct schedule *s, const struct tm *day, int shift, unsigned w, int64_t *ret_from,
	int64_t *ret_to)
{
	unsigned from = s->windows[w].from, to = s->windows[w].to;

	if (!day_wanted(s, day, shift))
		return false;
	*ret_from = day_minute(day, shift, from);
	*ret_to = to > from ? day_minute(day, shift, to) : day_minute(day, shift + 1, to);
	return *ret_to > *ret_from;
}

bool
schedule_open(const struct schedule *s, int64_t now, int64_t *ret_since, int64_t *ret_until)
{
	struct tm day = day_of(now);
	int64_t from, to, since = 0, until = 0;

	for (int shift = -1; shift <= 0; shift++) {
		for (unsigned w = 0; w < s->n; w++) {
			if (!window_at(s, &day, shift, w, &from, &to) || now < from || now >= to ||
				to <= until)
				continue;
			since = from;
			until = to;
		}
	}
	if (until == 0)
		return false;
	if (ret_since)
		*ret_since = since;
	if (ret_until)
		*ret_until = until;
	return true;
}

int64_t
schedule_next(const struct schedule *s, int64_t now)
{
	struct tm day = day_of(now);
	int64_t from, to, next = 0;

	for (int shift = 0; shift <= LOOK_FORWARD && next == 0; shift++) {
		for (unsigned w = 0; w < s->n; w++) {
			if (window_at(s, &day, shift, w, &from, &to) && from > now &&
				(next == 0 || from < next))
				next = from;
		}
	}
	return next;
}

bool
schedule_due(const struct schedule *s, int64_t now, int64_t last)
{
	int64_t since;

	if (!schedule_open(s, now, &since, NULL))
		return false;
	if (last == 0 || last > now + CLOCK_SLACK)
		return true;
	return last < since - (int64_t)(s->every - 1) * DAY_SECONDS;
}

void
schedule_text(const struct schedule *s, char ret_hours[SCHEDULE_TEXT], char ret_days[SCHEDULE_TEXT])
{
	size_t n = 0;

	ret_hours[0] = ret_days[0] = 0;
	for (unsigned w = 0; w < s->n && n < SCHEDULE_TEXT; w++)
		n += (size_t)snprintf(ret_hours + n, SCHEDULE_TEXT - n, "%s%02u:%02u-%02u:%02u",
			w ? "," : "", s->windows[w].from / 60u, s->windows[w].from % 60u,
			s->windows[w].to / 60u, s->windows[w].to % 60u);
	if (s->days == EVERY_DAY || s->days == 0) {
		(void)snprintf(ret_days, SCHEDULE_TEXT, "%s", s->days ? "daily" : "never");
		return;
	}
	n = 0;
	for (unsigned d = 0; d < 7; d++) {
		if (s->days >> d & 1)
			n += (size_t)snprintf(ret_days + n, SCHEDULE_TEXT - n, "%s%s", n ? "," : "",
				day_names[d]);
	}
}
