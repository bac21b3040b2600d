/*
 * How names are hidden. The name that a rule matched in goes but for its first character and its
 * extension. Any other name, and each folder above, may hold a number of a person too, and nobody has
 * looked: whatever is grouped like one loses all digits but the last four. Dates and times stay.
 */
#include "sink_common.h"

#include "base/utf8.h"

#include "base/poison.h"

#define EXTENSION_MAX 8u
#define GROUPS_MAX    8u /* of one number: an IBAN in fours has more letters than that */
#define SHOWN_DIGITS  4u

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

/* Groups of digits with one and the same blank between them. */
struct digit_groups {
	size_t lens[GROUPS_MAX];
	size_t n, end; /* end: behind the last one */
};

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

static struct digit_groups
groups_at(struct span s, size_t at)
{
	struct digit_groups g = {0};
	uint8_t blank = 0;

	while (g.n < GROUPS_MAX) {
		size_t start = at;

		while (at < s.n && is_digit(s.p[at]))
			at++;
		g.lens[g.n++] = at - start;
		g.end = at;
		if (at + 1 >= s.n || !is_blank(s.p[at]) || !is_digit(s.p[at + 1]) ||
			(blank && s.p[at] != blank))
			break;
		blank = s.p[at++];
	}
	return g;
}

/* 20141124, 201411241305 and 20141124130509 are times, whatever else they may be. */
static bool
is_time(struct span digits)
{
	return (digits.n == 12 || digits.n == 14) &&
		((digits.p[0] == '1' && digits.p[1] == '9') ||
			(digits.p[0] == '2' && digits.p[1] == '0'));
}

/* Is the number from `at` one that could be a person's: by its groups, or by the length of one? */
static bool
is_number(struct span s, size_t at, const struct digit_groups *g)
{
	static const uint8_t shapes[][4] = {{3, 2, 4}, {3, 3, 3}, {4, 4, 4, 4}, {4, 6, 5}};

	for (size_t i = 0; i < g->n; i++) {
		if (g->lens[i] >= 9 && !is_time(span_sub(s, at, g->lens[i])))
			return true;
		at += g->lens[i] + 1;
	}
	for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
		size_t n = shapes[k][3] ? 4 : 3, same = 0;

		while (same < n && same < g->n && g->lens[same] == shapes[k][same])
			same++;
		if (same == n)
			return true;
	}
	return false;
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
	for (size_t at = 0; at < name.n;) {
		struct digit_groups g;

		if (!is_digit(name.p[at])) {
			buf_putc(b, name.p[at++]);
			continue;
		}
		g = groups_at(name, at);
		if (is_number(name, at, &g))
			put_stars(b, span_sub(name, at, g.end - at));
		else
			buf_put(b, name.p + at, g.end - at);
		at = g.end;
	}
}
