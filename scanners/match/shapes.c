/*
 * The numbers. Left and right boundaries are one rule for all, so that decimals, versions, paths,
 * dates and UUIDs are never taken for a person's number; what a check can decide (ranges, check
 * digits, which of two groupings) is left to the check: every grouping that fits is given.
 */
#include "match/shapes.h"

#include "base/poison.h"

bool
shape_left_free(struct span t, size_t at)
{
	uint8_t c = at > 0 ? t.p[at - 1] : 0;

	if (is_alnum(c) || c == '_' || c == '.' || c == '-' || c == '/' || c == '\\' || c == '$')
		return false;
	return !(c == ':' && at > 1 && is_digit(t.p[at - 2]));
}

bool
shape_right_free(struct span t, size_t end)
{
	uint8_t c = byte_at(t, end), d = byte_at(t, end + 1);

	if (is_alnum(c) || c == '_' || c == '%' || c == '@')
		return false;
	if (c == '.' || c == '-' || c == '/' || c == '\\')
		return !is_alnum(d);
	return !(c == ':' && is_digit(d));
}

static bool
both_free(struct span t, size_t at, size_t end)
{
	return end <= t.n && shape_left_free(t, at) && shape_right_free(t, end);
}

/* A number grouped by spaces that is a part of a longer one. */
static bool
spaced_on(struct span t, size_t at, size_t end)
{
	return (at > 1 && t.p[at - 1] == ' ' && is_digit(t.p[at - 2])) ||
		(byte_at(t, end) == ' ' && is_digit(byte_at(t, end + 1)));
}

/* The end of groups of those lengths with one separator of `seps` throughout, or 0. */
static size_t
groups_end(struct span t, size_t at, const uint8_t *len, const char *seps)
{
	uint8_t sep = byte_at(t, at + len[0]);
	size_t p = at;

	if (sep == 0 || !strchr(seps, sep))
		return 0;
	for (size_t i = 0; len[i]; i++) {
		if (i > 0 && byte_at(t, p++) != sep)
			return 0;
		if (digits_at(t, p, len[i]) != len[i])
			return 0;
		p += len[i];
	}
	return p;
}

void
shape_ssn(struct span t, size_t at, struct shape_list *out)
{
	size_t end = groups_end(t, at, (const uint8_t[]){3, 2, 4, 0}, "- ");

	if (end == 0 || !both_free(t, at, end))
		return;
	if (t.p[at + 3] == ' ' && spaced_on(t, at, end))
		return;
	shape_put(out, SHAPE_SSN, at, end);
}

void
shape_group333(struct span t, size_t at, struct shape_list *out)
{
	size_t end = groups_end(t, at, (const uint8_t[]){3, 3, 3, 0}, "- .");

	if (end == 0 || !both_free(t, at, end))
		return;
	if (t.p[at + 3] == ' ' && spaced_on(t, at, end))
		return;
	shape_put(out, SHAPE_GROUP333, at, end);
}

void
shape_digits9(struct span t, size_t at, struct shape_list *out)
{
	if (digits_at(t, at, 10) == 9 && both_free(t, at, at + 9))
		shape_put(out, SHAPE_DIGITS9, at, at + 9);
}

void
shape_digits(struct span t, size_t at, struct shape_list *out)
{
	size_t n = digits_at(t, at, 18);

	if (n >= 6 && n <= 17 && both_free(t, at, at + n))
		shape_put(out, SHAPE_DIGITS, at, at + n);
}

/* Just four digits and a space before: the middle of a longer grouped number. */
static bool
group_before(struct span t, size_t at)
{
	return at >= 5 && t.p[at - 1] == ' ' && digits_at(t, at - 5, 4) == 4 &&
		!(at >= 6 && is_digit(t.p[at - 6]));
}

void
shape_card(struct span t, size_t at, struct shape_list *out)
{
	static const uint8_t forms[][6] = {{4, 4, 4, 4, 3}, {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}};
	size_t n = digits_at(t, at, 20);

	if (n >= 13) {
		if (n <= 19 && both_free(t, at, at + n))
			shape_put(out, SHAPE_CARD, at, at + n);
		return;
	}
	if (n != 4 || group_before(t, at) || !shape_left_free(t, at))
		return;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t end = groups_end(t, at, forms[i], "- ");

		if (end && shape_right_free(t, end))
			shape_put(out, SHAPE_CARD, at, end);
	}
}

static size_t
iban_run(struct span t, size_t at, size_t max)
{
	size_t n = 0;

	while (n < max && (is_digit(byte_at(t, at + n)) || is_upper(byte_at(t, at + n))))
		n++;
	return n;
}

static bool
iban_head(struct span t, size_t at)
{
	return is_upper(byte_at(t, at)) && is_upper(byte_at(t, at + 1)) &&
		digits_at(t, at + 2, 2) == 2;
}

/* Groups of four and a last one of one to four: each end from the fourth group on is given. */
void
shape_iban(struct span t, size_t at, struct shape_list *out)
{
	size_t n = iban_run(t, at, 35), end = at + 4, chars = 4;

	if (!iban_head(t, at) || !shape_left_free(t, at))
		return;
	if (n >= 15 && n <= 34 && shape_right_free(t, at + n))
		shape_put(out, SHAPE_IBAN, at, at + n);
	if (n != 4)
		return;
	while (byte_at(t, end) == ' ' && (n = iban_run(t, end + 1, 5)) >= 1 && n <= 4) {
		end += 1 + n;
		chars += n;
		if (chars > 34)
			return;
		if (chars >= 15 && shape_right_free(t, end))
			shape_put(out, SHAPE_IBAN, at, end);
		if (n < 4)
			return;
	}
}

static size_t
nino_gap(struct span t, size_t at, uint8_t sep)
{
	return sep && byte_at(t, at) == sep;
}

/* Two letters, three pairs, a letter; one separator, anywhere between them or nowhere. */
void
shape_nino(struct span t, size_t at, struct shape_list *out)
{
	size_t p = at + 2;
	uint8_t sep = 0;

	if (!is_upper(byte_at(t, at)) || !is_upper(byte_at(t, at + 1)))
		return;
	for (size_t i = p; i < p + 10 && !sep; i++)
		if (byte_at(t, i) == ' ' || byte_at(t, i) == '-')
			sep = t.p[i];
	for (unsigned pair = 0; pair < 3; pair++) {
		p += nino_gap(t, p, sep);
		if (digits_at(t, p, 2) != 2)
			return;
		p += 2;
	}
	p += nino_gap(t, p, sep);
	if (byte_at(t, p) >= 'A' && byte_at(t, p) <= 'D' && both_free(t, at, p + 1))
		shape_put(out, SHAPE_NINO, at, p + 1);
}
