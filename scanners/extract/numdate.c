/*
 * Dates and times of Excel's formats. A serial number counts days; the 1900 system believes in a
 * 29 February 1900, the 1904 system begins 1,462 days later.
 */
#include <math.h>

#include "extract/numfmt.h"

#include "base/poison.h"

#define SERIAL_END  2958466.0 /* 10000-01-01 */
#define DAY_MS	    86400000ull
#define OFFSET_1904 1462

struct moment {
	int year, month, day, weekday; /* month and day from 1, weekday from 0 = Sunday */
	unsigned hour, minute, second, ms;
	uint64_t total_ms;
};

static const char *const months[12] = {"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"};
static const char *const weekdays[7] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* Days since 1970-01-01 to a date of the proleptic Gregorian calendar. */
static void
civil_from_days(int64_t z, struct moment *m)
{
	int64_t era;
	unsigned doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = (unsigned)(z - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	m->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	m->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	m->year = (int)(yoe + (unsigned)(era * 400) + (m->month <= 2));
}

/* step: the unit times are rounded to, in ms. */
static bool
moment_of(double v, bool d1904, unsigned step, struct moment *ret_m)
{
	struct moment m = {0};
	uint64_t ms, days;

	if (!(v >= 0) || v >= SERIAL_END)
		return false;
	ms = (uint64_t)(v * (double)DAY_MS + 0.5);
	ms = (ms + step / 2) / step * step;
	m.total_ms = ms;
	days = ms / DAY_MS + (d1904 ? OFFSET_1904 : 0);
	ms %= DAY_MS;
	m.hour = (unsigned)(ms / 3600000);
	m.minute = (unsigned)(ms / 60000 % 60);
	m.second = (unsigned)(ms / 1000 % 60);
	m.ms = (unsigned)(ms % 1000);
	m.weekday = (int)((days + 6) % 7);
	if (days == 60) {
		m.year = 1900;
		m.month = 2;
		m.day = 29;
	} else {
		civil_from_days((int64_t)days - 25569 + (days < 60), &m);
	}
	*ret_m = m;
	return true;
}

/* v in decimal, with zeros before it to make `width` digits. */
static void
put_digits(struct buf *out, unsigned v, unsigned width)
{
	char t[12];
	unsigned n = 0;

	do
		t[n++] = (char)('0' + v % 10);
	while ((v /= 10) && n < sizeof t);
	while (n < width && n < sizeof t)
		t[n++] = '0';
	while (n)
		buf_putc(out, (uint8_t)t[--n]);
}

static void
put_three(struct buf *out, const unsigned v[3], unsigned first_width, uint8_t sep)
{
	put_digits(out, v[0], first_width);
	for (int i = 1; i < 3; i++) {
		buf_putc(out, sep);
		put_digits(out, v[i], 2);
	}
}

bool
numfmt_iso(double v, bool d1904, struct buf *out)
{
	struct moment m;
	bool dated, timed;

	if (!moment_of(v, d1904, 1000, &m))
		return false;
	dated = m.total_ms >= DAY_MS || d1904;
	timed = m.hour || m.minute || m.second || !dated;
	if (dated)
		put_three(out, (unsigned[3]){(unsigned)m.year, (unsigned)m.month, (unsigned)m.day},
			4, '-');
	if (dated && timed)
		buf_putc(out, ' ');
	if (timed)
		put_three(out, (unsigned[3]){m.hour, m.minute, m.second}, 2, ':');
	return true;
}

/* How often the letter at the head of s repeats, whatever its case. */
static size_t
run_len(struct span s)
{
	size_t n = 1;

	while (n < s.n && (s.p[n] | 32) == (s.p[0] | 32))
		n++;
	return n;
}

static size_t
literal_len(struct span s)
{
	const uint8_t *e;

	if (s.p[0] == '"' || s.p[0] == '[') {
		e = memchr(s.p + 1, s.p[0] == '"' ? '"' : ']', s.n - 1);
		return e ? (size_t)(e - s.p) + 1 : s.n;
	}
	if (s.p[0] == '\\' || s.p[0] == '_' || s.p[0] == '*')
		return s.n < 2 ? 1 : 2;
	return 0;
}

/* The next letter of a date or time in s, in lower case; 0 for none. [ss] counts as s. */
static uint8_t
next_letter(struct span s)
{
	for (size_t i = 0; i < s.n;) {
		struct span rest = span_sub(s, i, s.n);
		size_t skip = literal_len(rest);
		uint8_t c = rest.p[0] | 32;

		if (rest.p[0] == '[' && rest.n > 1 && memchr("hms", rest.p[1] | 32, 3))
			return rest.p[1] | 32;
		if (!skip && memchr("ymdhs", c, 5))
			return c;
		i += skip ? skip : 1;
	}
	return 0;
}

static size_t
am_pm(struct span s)
{
	if (s.n >= 5 && (s.p[0] | 32) == 'a' && (s.p[1] | 32) == 'm' && s.p[2] == '/')
		return 5;
	if (s.n >= 3 && (s.p[0] | 32) == 'a' && s.p[1] == '/' && (s.p[2] | 32) == 'p')
		return 3;
	return 0;
}

static void
put_month(const struct moment *m, size_t n, struct buf *out)
{
	const char *name = months[m->month - 1];

	if (n <= 2)
		put_digits(out, (unsigned)m->month, (unsigned)n);
	else
		buf_put(out, name, n == 3 ? 3 : n == 5 ? 1 : strlen(name));
}

static void
put_day(const struct moment *m, size_t n, struct buf *out)
{
	const char *name = weekdays[m->weekday];

	if (n <= 2)
		put_digits(out, (unsigned)m->day, (unsigned)n);
	else
		buf_put(out, name, n == 3 ? 3 : strlen(name));
}

static void
put_elapsed(const struct moment *m, struct span in, struct buf *out)
{
	uint64_t unit = (in.p[0] | 32) == 'h' ? 3600000 : (in.p[0] | 32) == 'm' ? 60000 : 1000;

	buf_printf(out, "%0*llu", (int)(in.n < 9 ? in.n : 9),
		(unsigned long long)(m->total_ms / unit));
}

struct render {
	struct moment m;
	struct span text;
	bool half_day; /* AM/PM stands somewhere */
	uint8_t before; /* the letter before this one */
};

static void
put_letter(struct render *r, uint8_t c, size_t n, struct span after, struct buf *out)
{
	unsigned two = n >= 2 ? 2 : 1;
	unsigned hour = r->m.hour;

	if (r->half_day)
		hour = hour % 12 ? hour % 12 : 12;
	switch (c) {
	case 'y':
	case 'e':
		if (n <= 2 && c == 'y')
			put_digits(out, (unsigned)r->m.year % 100, 2);
		else
			put_digits(out, (unsigned)r->m.year, 4);
		break;
	case 'm':
		if (n <= 2 && (r->before == 'h' || next_letter(after) == 's'))
			put_digits(out, r->m.minute, two);
		else
			put_month(&r->m, n, out);
		break;
	case 'd':
		put_day(&r->m, n, out);
		break;
	case 'h':
		put_digits(out, hour, two);
		break;
	case 's':
		put_digits(out, r->m.second, two);
		break;
	default:
		break; /* g: the era's name */
	}
	r->before = c;
}

/* Tenths to thousandths behind the seconds: ".0", ".00", ".000". */
static size_t
put_fraction(struct render *r, struct span rest, struct buf *out)
{
	char ms[8] = {(char)('0' + r->m.ms / 100), (char)('0' + r->m.ms / 10 % 10),
		(char)('0' + r->m.ms % 10)};
	size_t n = 0;

	while (n + 1 < rest.n && rest.p[n + 1] == '0')
		n++;
	buf_putc(out, '.');
	buf_put(out, ms, n < 3 ? n : 3);
	return n + 1;
}

static size_t
put_piece(struct render *r, struct span rest, struct buf *out)
{
	size_t n = literal_len(rest), half = am_pm(rest);
	uint8_t c = rest.p[0] | 32;

	if (rest.p[0] == '"') {
		buf_put(out, rest.p + 1, n > 1 && rest.p[n - 1] == '"' ? n - 2 : n - 1);
	} else if (rest.p[0] == '[' && n > 2 && memchr("hms", rest.p[1] | 32, 3)) {
		put_elapsed(&r->m, span_sub(rest, 1, n - 2), out);
		r->before = rest.p[1] | 32;
	} else if (rest.p[0] == '\\' && n == 2) {
		buf_putc(out, rest.p[1]);
	} else if (half) {
		buf_put(out, r->m.hour < 12 ? "AM" : "PM", half == 5 ? 2 : 1);
		n = half;
	} else if (!n && memchr("ymdhsge", c, 7)) {
		n = run_len(rest);
		put_letter(r, c, n, span_sub(rest, n, rest.n), out);
	} else if (rest.p[0] == '.' && r->before == 's' && rest.n > 1 && rest.p[1] == '0') {
		n = put_fraction(r, rest, out);
	} else if (!n) {
		buf_putc(out, rest.p[0]);
	}
	return n ? n : 1;
}

bool
numdate_render(const struct numfmt_section *s, double v, bool d1904, struct buf *out)
{
	struct render r = {.text = s->text};
	unsigned step = memmem(s->text.p, s->text.n, ".0", 2) ? 1 : 1000;

	if (!moment_of(v, d1904, step, &r.m))
		return false;
	for (size_t i = 0; i < s->text.n; i++)
		r.half_day |= am_pm(span_sub(s->text, i, s->text.n)) != 0;
	for (size_t i = 0; i < s->text.n;)
		i += put_piece(&r, span_sub(s->text, i, s->text.n), out);
	return true;
}
