/*
 * Dates in the forms people write: 1974-08-12, 12.08.1974, 8/12/1974, 12-Aug-1974, 12 de agosto de
 * 1974, August 12th, 1974. A date is no finding by itself; rules count dates in columns and beside
 * words. The order of day and month is the writer's: a date is good when one order gives a day of
 * the calendar.
 */
#include "detect/detect.h"

#include <string.h>

#include "base/poison.h"

struct parts {
	unsigned v[3]; /* numbers in order of appearance */
	size_t digits[3];
	unsigned month; /* by name: 1..12 */
	size_t n;
};

/* Months by the first letters of their names in English, German, French, Spanish, Portuguese, Italian. */
static const struct month {
	const char *begin;
	unsigned month;
} months[] = {
	{"juil", 7},
	{"jan", 1},
	{"jän", 1},
	{"ene", 1},
	{"gen", 1},
	{"feb", 2},
	{"fev", 2},
	{"fév", 2},
	{"mar", 3},
	{"mär", 3},
	{"apr", 4},
	{"avr", 4},
	{"abr", 4},
	{"may", 5},
	{"mai", 5},
	{"mag", 5},
	{"jun", 6},
	{"jui", 6},
	{"giu", 6},
	{"jul", 7},
	{"lug", 7},
	{"aug", 8},
	{"aoû", 8},
	{"ago", 8},
	{"sep", 9},
	{"set", 9},
	{"oct", 10},
	{"okt", 10},
	{"out", 10},
	{"ott", 10},
	{"nov", 11},
	{"dec", 12},
	{"déc", 12},
	{"dez", 12},
	{"dic", 12},
};

static unsigned
month_named(struct span s)
{
	for (size_t i = 0; i < sizeof months / sizeof *months; i++)
		if (span_begins(s, months[i].begin))
			return months[i].month;
	return 0;
}

/* "4th of March", "1er mars", "4 de marzo del 1976": what stands between the parts. */
static bool
is_filler(struct span s)
{
	static const char *const words[] = {
		"st", "nd", "rd", "th", "of", "de", "del", "er", "º", "°"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

static bool
is_lettery(uint8_t c)
{
	return is_alpha(c) || c >= 0x80;
}

static bool
read_month(struct span word, struct parts *p)
{
	if (p->month || word.n > 10)
		return false;
	p->month = month_named(word);
	return p->month != 0;
}

static bool
read_parts(struct span s, struct parts *ret_p)
{
	struct parts p = {.n = 0};

	while (s.n) {
		size_t n = 0;

		if (is_digit(*s.p)) {
			if (p.n == 3)
				return false;
			for (; n < s.n && is_digit(s.p[n]); n++)
				p.v[p.n] = n < 4 ? p.v[p.n] * 10 + (unsigned)(s.p[n] - '0') : 9999;
			p.digits[p.n++] = n;
		} else if (is_lettery(*s.p)) {
			while (n < s.n && is_lettery(s.p[n]))
				n++;
			if (!is_filler(span_sub(s, 0, n)) && !read_month(span_sub(s, 0, n), &p))
				return false;
		} else {
			n = *s.p == ',' ? 1 : separator_len(s);
			if (!n)
				return false;
		}
		s = span_sub(s, n, s.n);
	}
	*ret_p = p;
	return true;
}

static bool
day_ok(unsigned year, unsigned month, unsigned day)
{
	static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (leap && month == 2);
}

/* Year, month and day out of the parts; month first where both orders are possible. */
static bool
order_parts(const struct parts *p, unsigned ymd[3])
{
	size_t year = p->digits[0] == 4 ? 0 : p->n - 1;
	unsigned a, b;

	if (p->n != (p->month ? 2u : 3u) || p->digits[year] != 4)
		return false;
	ymd[0] = p->v[year];
	if (p->month) {
		ymd[1] = p->month;
		ymd[2] = p->v[1 - year];
		return day_ok(ymd[0], ymd[1], ymd[2]);
	}
	a = p->v[year == 0 ? 1 : 0];
	b = p->v[year == 0 ? 2 : 1];
	ymd[1] = a;
	ymd[2] = b;
	if (day_ok(ymd[0], a, b))
		return true;
	ymd[1] = b;
	ymd[2] = a;
	return day_ok(ymd[0], b, a);
}

/* Every date has a year of four digits: what has none is told from it at a glance. */
static bool
has_year(struct span s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (run == 4 && !is_digit(s.p[i]))
			return true;
		run = is_digit(s.p[i]) ? run + 1 : 0;
	}
	return run == 4;
}

static bool
check_years(struct span value, unsigned from, unsigned to, struct verdict *ret_v)
{
	struct parts p;
	unsigned ymd[3];
	char s[8];

	*ret_v = (struct verdict){0};
	if (value.n > 32 || !has_year(value) || !read_parts(value, &p) || !order_parts(&p, ymd) ||
		ymd[0] < from || ymd[0] > to)
		return false;
	for (unsigned i = 0, n = ymd[0] * 10000 + ymd[1] * 100 + ymd[2]; i < 8; i++, n /= 10)
		s[7 - i] = (char)('0' + n % 10);
	ret_v->ok = true;
	ret_v->note = "a day of the calendar";
	verdict_normal(ret_v, s, sizeof s);
	return true;
}

/* ok: a day of the calendar, 1800 to 2199. */
bool
check_date(struct span value, struct span around, struct verdict *ret_v)
{
	(void)around;
	return check_years(value, 1800, 2199, ret_v);
}

/* ok: a day on which someone now living, or on an old personnel list, can have been born. */
bool
check_birth_date(struct span value, struct span around, struct verdict *ret_v)
{
	(void)around;
	return check_years(value, 1900, 2029, ret_v);
}
