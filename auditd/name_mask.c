/*
 * How names are hidden. The name that a rule matched in goes but for its first character and its
 * extension. Any other name, and each folder above, may hold a number of a person too, and nobody has
 * looked: whatever is grouped like one loses all digits but the last four. Dates and times stay.
 */
#include "sink_common.h"

#include "base/utf8.h"

#include "base/poison.h"

#define EXTENSION_MAX 8u
#define SHOWN_DIGITS  4u
#define SHAPE_GROUPS  4u
#define LONG_NUMBER   9u /* digits in one group that are more than a date */

/* Letters and digits behind the last dot, if there are few: no value hides in ".xlsx". */
static struct span
extension(struct span name)
{
	size_t at = name.n;
	bool letter = false;

	while (at > 1 && name.p[at - 1] != '.') {
		uint8_t c = name.p[at - 1] | 0x20;

		letter |= c >= 'a' && c <= 'z';
		if ((c < 'a' || c > 'z') && (name.p[at - 1] < '0' || name.p[at - 1] > '9'))
			return span_sub(name, name.n, 0);
		at--;
	}
	if (at <= 1 || !letter || name.n - at > EXTENSION_MAX)
		return span_sub(name, name.n, 0);
	return span_sub(name, at - 1, name.n);
}

void
name_masked(struct buf *b, struct span name)
{
	struct span ext = extension(name);
	uint32_t c;
	size_t n = utf8_decode(name, &c);

	buf_put(b, name.p, n);
	buf_puts(b, "\xE2\x80\xA6");
	buf_put(b, ext.p, ext.n);
}

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

static size_t
digits_at(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && is_digit(s.p[at + n]))
		n++;
	return n;
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
		if (digits_at(s, at) != lens[i])
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
	size_t n = digits_at(s, at);

	if (n >= LONG_NUMBER)
		return is_time(span_sub(s, at, n)) ? 0 : n;
	n = 0;
	for (size_t i = 0; n == 0 && i < sizeof shapes / sizeof shapes[0]; i++)
		n = grouped(s, at, shapes[i]);
	return n;
}

static void
put_stars(struct buf *b, struct span number)
{
	size_t digits = 0;

	for (size_t i = 0; i < number.n; i++)
		digits += is_digit(number.p[i]);
	for (size_t i = 0; i < number.n; i++) {
		bool digit = is_digit(number.p[i]);

		buf_putc(b, digit && digits > SHOWN_DIGITS ? '*' : number.p[i]);
		digits -= digit;
	}
}

void
name_put_starred(struct buf *b, struct span name)
{
	for (size_t at = 0, n; at < name.n; at += n) {
		n = number_at(name, at);
		if (n) {
			put_stars(b, span_sub(name, at, n));
			continue;
		}
		n = is_digit(name.p[at]) ? digits_at(name, at) : 1;
		buf_put(b, name.p + at, n);
	}
}
