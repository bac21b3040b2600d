/*
 * Numbers of persons and credentials in names: of files and folders, which nobody has looked at, and of
 * sheets. What is grouped like a number, or is longer than a date, loses all digits but the last four;
 * dates and times stay. Credentials lose all but what they begin with. Both sides do this: what a sheet
 * is called must not leave the worker as it stands.
 */
#include "finding.h"

#include "base/poison.h"

#define SHOWN_DIGITS 4u
#define SHAPE_GROUPS 4u
#define LONG_NUMBER  9u /* digits in one group that are more than a date */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '-' || c == '_' || c == '.';
}

/* 20141124, 201411241305 and 20141124130509 are times, whatever else they may be. */
static bool
is_time(struct span digits)
{
	return (digits.n == 12 || digits.n == 14) &&
		((digits.p[0] == '1' && digits.p[1] == '9') ||
			(digits.p[0] == '2' && digits.p[1] == '0'));
}

/* Bytes from `at` on that are grouped as `lens` says, with one and the same blank between; 0 for none. */
static size_t
grouped(struct span s, size_t at, const uint8_t lens[SHAPE_GROUPS])
{
	const size_t from = at;
	uint8_t blank = 0;

	for (size_t i = 0; i < SHAPE_GROUPS && lens[i]; i++) {
		if (i) {
			if (at >= s.n || !is_blank(s.p[at]) || (blank && s.p[at] != blank))
				return 0;
			blank = s.p[at++];
		}
		if (span_digits(s, at) != lens[i])
			return 0;
		at += lens[i];
	}
	return at - from;
}

/* Length of the number at `at` that could be a person's, by its groups or its length; 0 for none. */
static size_t
number_at(struct span s, size_t at)
{
	static const uint8_t shapes[][SHAPE_GROUPS] = {
		{3, 2, 4}, {3, 3, 3}, {4, 4, 4, 4}, {4, 6, 5}};
	size_t n = span_digits(s, at);

	if (n >= LONG_NUMBER)
		return is_time(span_sub(s, at, n)) ? 0 : n;
	n = 0;
	for (size_t i = 0; n == 0 && i < sizeof shapes / sizeof shapes[0]; i++)
		n = grouped(s, at, shapes[i]);
	return n;
}

static void
star(uint8_t *number, size_t n)
{
	size_t digits = 0;

	for (size_t i = 0; i < n; i++)
		digits += is_digit(number[i]);
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(number[i]))
			continue;
		if (digits > SHOWN_DIGITS)
			number[i] = '*';
		digits--;
	}
}

void
name_star(uint8_t *name, size_t n)
{
	for (size_t at = 0, len; at < n; at += len) {
		struct span s = span_of(name, n);
		size_t shown;

		len = name_token(s, at, &shown);
		if (len) {
			memset(name + at + shown, '*', len - shown);
			continue;
		}
		len = number_at(s, at);
		if (len)
			star(name + at, len);
		else
			len = is_digit(name[at]) ? span_digits(s, at) : 1;
	}
}
