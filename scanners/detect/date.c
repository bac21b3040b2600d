/*
 * Dates in the forms people write: 1974-08-12, 12.08.1974, 8/12/1974, 12-Aug-1974. A date is no
 * finding by itself; rules count dates in columns and beside words. The order of day and month is
 * the writer's: a date is good when one order gives a day of the calendar.
 */
#include "detect/detect.h"

#include "base/poison.h"

struct parts {
	unsigned v[3]; /* numbers in order of appearance */
	size_t digits[3];
	unsigned month; /* by name: 1..12 */
	size_t n;
};

static unsigned
month_named(struct span s)
{
	static const char names[][4] = {
		"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

	for (unsigned i = 0; i < 12; i++)
		if (s.n >= 3 && span_is(span_sub(s, 0, 3), names[i]))
			return i + 1;
	return 0;
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
		} else if (is_alpha(*s.p)) {
			while (n < s.n && is_alpha(s.p[n]))
				n++;
			if (p.month || n > 9)
				return false;
			p.month = month_named(span_sub(s, 0, n));
			if (!p.month)
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

static bool
check_years(struct span value, unsigned from, unsigned to, struct verdict *ret_v)
{
	struct parts p;
	unsigned ymd[3];
	char s[8];

	*ret_v = (struct verdict){0};
	if (value.n > 24 || !read_parts(value, &p) || !order_parts(&p, ymd) || ymd[0] < from ||
		ymd[0] > to)
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
