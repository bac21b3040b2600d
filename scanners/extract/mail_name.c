/*
 * One mail has many shapes: as sent, in a mailbox, as properties in a msg or a store. What all of them
 * keep is the Message-ID; what has none is told apart by its subject and the second it was sent. The
 * day is taken in UTC, because properties hold no zone.
 */
#include "extract/mail_name.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "extract/archive_names.h"
#include "extract/linecut.h"
#include "extract/mail_codec.h"
#include "extract/mail_head.h"
#include "limits.h"

#include "base/poison.h"

#define DAY   86400
#define TICKS 10000000ull /* of a second */
#define EPOCH 11644473600ull /* seconds from 1601 to 1970 */
#define LAST  253402300799 /* of the year 9999 */

/* --- dates ------------------------------------------------------------------------------------- */

struct date {
	unsigned year, month, day;
	int32_t clock, zone; /* seconds; zone: east is positive */
	bool has_clock;
};

static unsigned
take_number(struct span *s, unsigned *ret_digits)
{
	unsigned v = 0, n = 0;

	while (s->n && isdigit(s->p[0]) && n < 5) {
		v = v * 10 + (unsigned)(s->p[0] - '0');
		*s = span_sub(*s, 1, s->n);
		n++;
	}
	*ret_digits = n;
	return v;
}

static bool
take_colon(struct span *s)
{
	bool is = s->n > 1 && s->p[0] == ':' && isdigit(s->p[1]);

	if (is)
		*s = span_sub(*s, 1, s->n);
	return is;
}

/* ":30:12" behind the hour. */
static void
take_clock(struct span *s, struct date *d, unsigned hour)
{
	unsigned digits, minute, second = 0;

	if (!take_colon(s))
		return;
	minute = take_number(s, &digits);
	if (take_colon(s))
		second = take_number(s, &digits);
	if (d->has_clock || hour > 24 || minute > 59 || second > 60)
		return;
	d->clock = (int32_t)(hour * 3600 + minute * 60 + second);
	d->has_clock = true;
}

/* "-0500" or "+01:00" behind the clock. */
static void
take_zone(struct span *s, struct date *d)
{
	int32_t sign = s->p[0] == '-' ? -1 : 1;
	unsigned digits, v, minutes = 0;

	*s = span_sub(*s, 1, s->n);
	v = take_number(s, &digits);
	if (digits == 2 && take_colon(s))
		minutes = take_number(s, &digits);
	else if (digits == 4)
		minutes = v % 100, v /= 100;
	if (v <= 14 && minutes < 60)
		d->zone = sign * (int32_t)(v * 3600 + minutes * 60);
}

static void
take_word(struct span *s, struct date *d)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	/* RFC 822's; an hour later in summer */
	static const char zones[] = "ECMP";
	const char *zone;
	size_t n = 0;

	while (n < s->n && isalpha(s->p[n]))
		n++;
	for (unsigned i = 0; !d->month && n >= 3 && i < 12; i++) {
		if (strncasecmp((const char *)s->p, months + (size_t)i * 3, 3) == 0)
			d->month = i + 1;
	}
	zone = n == 3 && s->p[2] == 'T' ? strchr(zones, s->p[0]) : NULL;
	if (d->has_clock && zone && (s->p[1] == 'S' || s->p[1] == 'D'))
		d->zone = -3600 * (int32_t)(5 + (zone - zones) - (s->p[1] == 'D'));
	*s = span_sub(*s, n, s->n);
}

static void
take_figure(struct span *s, struct date *d)
{
	unsigned digits, v = take_number(s, &digits);

	if (s->n && s->p[0] == ':')
		take_clock(s, d, v);
	else if (digits == 4 && !d->year)
		d->year = v;
	else if (d->year && !d->month && digits <= 2)
		d->month = v;
	else if (!d->day && digits <= 2)
		d->day = v;
	else if (d->day && d->month && !d->year && digits == 2)
		d->year = v < 70 ? 2000 + v : 1900 + v;
}

/* Days since 1970 of a day in the Gregorian calendar; years begin in March. */
static int64_t
days_of(const struct date *d)
{
	int64_t y = d->year - (d->month <= 2), m = (d->month + 9) % 12;
	int64_t era = y / 400, yoe = y % 400, doy = (153 * m + 2) / 5 + d->day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t
mail_date(struct span value)
{
	struct span s = span_sub(value, 0, LIMIT_MAIL_DATE);
	struct date d = {0};

	while (s.n) {
		if (isdigit(s.p[0]))
			take_figure(&s, &d);
		else if (d.has_clock && (s.p[0] == '+' || s.p[0] == '-'))
			take_zone(&s, &d);
		else if (isalpha(s.p[0]))
			take_word(&s, &d);
		else
			s = span_sub(s, 1, s.n);
	}
	if (d.year < 1970 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1 ||
		d.day > 31)
		return MAIL_NO_DATE;
	return days_of(&d) * DAY + d.clock - d.zone;
}

int64_t
mail_filetime(uint64_t ticks)
{
	uint64_t s = ticks / TICKS;

	return s < EPOCH || s > EPOCH + LAST ? MAIL_NO_DATE : (int64_t)(s - EPOCH);
}

static void
put_day(char *to, size_t n, int64_t when)
{
	uint64_t days = (uint64_t)(when / DAY + 719468), era = days / 146097, doe = days % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), m = (5 * doy + 2) / 153;

	(void)snprintf(to, n, "-%04u-%02u-%02u", (unsigned)(era * 400 + yoe + (m >= 10)) % 10000,
		(unsigned)(m < 10 ? m + 3 : m - 9) % 100,
		(unsigned)(doy - (153 * m + 2) / 5 + 1) % 100);
}

/* --- names ------------------------------------------------------------------------------------- */

static struct span
strip(struct span s, const char *what)
{
	while (s.n && (s.p[0] <= ' ' || strchr(what, s.p[0])))
		s = span_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] <= ' ' || strchr(what, s.p[s.n - 1])))
		s.n--;
	return s;
}

/* The subject's letters and the second, told apart from any Message-ID by the NUL in front. */
static uint64_t
hash_subject(const struct mail_key *k)
{
	struct buf b = {.max = LIMIT_MAIL_HEAD};
	uint64_t hash;

	buf_putc(&b, 0);
	for (size_t i = 0; i < k->subject.n; i++) {
		if (k->subject.p[i] > ' ')
			buf_putc(&b, k->subject.p[i]);
	}
	buf_printf(&b, " %lld", (long long)k->when);
	hash = name_hash(buf_span(&b));
	buf_free(&b);
	return hash;
}

void
mail_key_name(const struct mail_key *k, char ret_name[MAIL_NAME_SIZE])
{
	struct span id = strip(k->id, "<>"), subject = strip(k->subject, "");
	uint64_t hash;
	int at;

	if (id.n)
		hash = name_hash(id);
	else if (subject.n || k->when != MAIL_NO_DATE)
		hash = hash_subject(k);
	else
		hash = name_hash(span_sub(k->content, 0, LIMIT_MAIL_NAMED_BY));
	hash ^= hash >> 32;
	at = snprintf(ret_name, MAIL_NAME_SIZE, "mail-%08x", (uint32_t)hash);
	if (at > 0 && k->when >= 0)
		put_day(ret_name + at, MAIL_NAME_SIZE - (size_t)at, k->when);
}

/* A field of bytes that have not been unfolded: its next lines belong to it. Appended to b. */
static void
put_raw(struct buf *b, struct span raw, const char *name)
{
	struct span line;

	while (span_line(&raw, &line) && line.n) {
		size_t n = head_field(line);
		const uint8_t *colon;

		if (!n || !head_is(span_sub(line, 0, n), name))
			continue;
		colon = memchr(line.p + n, ':', line.n - n);
		line = span_sub(line, (size_t)(colon - line.p) + 1, line.n);
		do {
			buf_put(b, line.p, line.n);
		} while (raw.n && (raw.p[0] == ' ' || raw.p[0] == '\t') && span_line(&raw, &line));
		return;
	}
}

void
mail_name(struct span raw, char ret_name[MAIL_NAME_SIZE])
{
	struct mail_key k = {.content = raw};
	struct buf id = {.max = LIMIT_MAIL_HEAD}, words = id, subject = id, date = id;

	put_raw(&id, raw, "message-id");
	put_raw(&date, raw, "date");
	put_raw(&words, raw, "subject");
	mail_decode_words(&subject, buf_span(&words));
	k.id = buf_span(&id);
	k.subject = buf_span(&subject);
	k.when = mail_date(strip(buf_span(&date), ""));
	mail_key_name(&k, ret_name);
	buf_free(&id);
	buf_free(&words);
	buf_free(&subject);
	buf_free(&date);
}
