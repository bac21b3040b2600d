/*
 * Shapes that are more text than number: dates, e-mail addresses, telephone numbers and the machine
 * readable zone. They are frequent (all but the zone), so each gives up at the first wrong byte.
 */
#include "match/shapes.h"

#include "base/poison.h"

/* --- dates -------------------------------------------------------------------------------------- */

static unsigned
number_at(struct span t, size_t at, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(byte_at(t, at + i) - '0');
	return v;
}

static bool
month_name(struct span t, size_t at)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	uint8_t a = to_lower(byte_at(t, at)), b = to_lower(byte_at(t, at + 1)),
		c = to_lower(byte_at(t, at + 2));

	for (size_t i = 0; i < 36; i += 3)
		if (names[i] == (char)a && names[i + 1] == (char)b && names[i + 2] == (char)c)
			return true;
	return false;
}

static bool
year_ok(struct span t, size_t at)
{
	return digits_at(t, at, 5) == 4 && number_at(t, at, 4) >= 1800 &&
		number_at(t, at, 4) < 2200;
}

static size_t
date_iso(struct span t, size_t at, uint8_t sep)
{
	unsigned m = number_at(t, at + 5, 2), d = number_at(t, at + 8, 2);

	if (sep == ' ' || byte_at(t, at + 7) != sep || !year_ok(t, at))
		return 0;
	if (digits_at(t, at + 5, 3) != 2 || digits_at(t, at + 8, 3) != 2)
		return 0;
	return m >= 1 && m <= 12 && d >= 1 && d <= 31 ? at + 10 : 0;
}

/* Day and month in either order, or a day and a month's name; then a year of four digits. */
static size_t
date_year_last(struct span t, size_t at, size_t n)
{
	uint8_t sep = byte_at(t, at + n);
	unsigned a = number_at(t, at, n), b;
	size_t p = at + n + 1, k = digits_at(t, p, 3);

	if (a < 1 || a > 31)
		return 0;
	if (k == 0)
		return month_name(t, p) && byte_at(t, p + 3) == sep && year_ok(t, p + 4) ? p + 8
											 : 0;
	b = number_at(t, p, k);
	if (sep == ' ' || k > 2 || b < 1 || b > 31 || (a > 12 && b > 12))
		return 0;
	return byte_at(t, p + k) == sep && year_ok(t, p + k + 1) ? p + k + 5 : 0;
}

static unsigned
two_digits(const uint8_t *p)
{
	return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

/* Every line of a log has one: what the scanner has seen is not looked at again. */
void
shape_date_iso(struct span t, size_t at, struct shape_list *out)
{
	const uint8_t *p = t.p + at;
	unsigned century = two_digits(p), m, d;

	if (at + 10 > t.n || century < 18 || century > 21 || p[4] == ' ' || p[7] != p[4])
		return;
	m = two_digits(p + 5);
	d = two_digits(p + 8);
	if (m - 1 >= 12 || d - 1 >= 31 || is_digit(byte_at(t, at + 10)) || !shape_left_free(t, at))
		return;
	if (byte_at(t, at + 10) == 'T' || shape_right_free(t, at + 10))
		shape_put(out, SHAPE_DATE, at, at + 10);
}

void
shape_date(struct span t, size_t at, struct shape_list *out)
{
	size_t n = digits_at(t, at, 5), end;
	uint8_t sep = byte_at(t, at + n);

	if (n == 0 || n == 3 || n == 5 || (sep != '-' && sep != '.' && sep != '/' && sep != ' '))
		return;
	end = n == 4 ? date_iso(t, at, sep) : date_year_last(t, at, n);
	if (end && end <= t.n && shape_left_free(t, at) &&
		(shape_right_free(t, end) || (n == 4 && byte_at(t, end) == 'T')))
		shape_put(out, SHAPE_DATE, at, end);
}

/* --- e-mail ------------------------------------------------------------------------------------- */

static bool
is_local(uint8_t c)
{
	return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

/* The end of the last label that can be a top-level domain, or 0. */
static size_t
domain_end(struct span t, size_t at)
{
	size_t end = 0, label = at, p = at;
	bool letters = true;

	for (; p - at <= 253; p++) {
		uint8_t c = byte_at(t, p);

		if (is_alnum(c) || (c == '-' && p > label)) {
			letters = letters && (is_upper(c) || is_lower(c));
			continue;
		}
		if (p == label || p - label > 63)
			break;
		if (label > at && letters && p - label >= 2 && p - label <= 24)
			end = p;
		if (c != '.')
			break;
		label = p + 1;
		letters = true;
	}
	return end;
}

void
shape_email(struct span t, size_t at, struct shape_list *out)
{
	size_t start = at, end;

	while (start > 0 && at - start <= 64 && is_local(t.p[start - 1]))
		start--;
	if (at - start > 64)
		return;
	while (start < at && !is_alnum(t.p[start]) && t.p[start] != '_')
		start++;
	if (start == at || t.p[at - 1] == '.')
		return;
	end = domain_end(t, at + 1);
	if (end && byte_at(t, end) != '@')
		shape_put(out, SHAPE_EMAIL, start, end);
}

/* --- telephone ---------------------------------------------------------------------------------- */

static bool
phone_sep(uint8_t c)
{
	return c == ' ' || c == '-' || c == '.';
}

/* ddd sep ddd sep dddd, the separators equal unless the first is behind a bracket. */
static size_t
phone_nanp(struct span t, size_t at)
{
	uint8_t sep = byte_at(t, at + 3);

	if (digits_at(t, at, 4) != 3 || !phone_sep(sep) || digits_at(t, at + 4, 4) != 3)
		return 0;
	return byte_at(t, at + 7) == sep && digits_at(t, at + 8, 5) == 4 ? at + 12 : 0;
}

/* "(ddd) ddd-dddd"; at: the bracket. */
static size_t
phone_bracket(struct span t, size_t at)
{
	size_t p = at + 5;

	if (digits_at(t, at + 1, 4) != 3 || byte_at(t, at + 4) != ')')
		return 0;
	if (phone_sep(byte_at(t, p)))
		p++;
	if (digits_at(t, p, 4) != 3 || !phone_sep(byte_at(t, p + 3)))
		return 0;
	return digits_at(t, p + 4, 5) == 4 ? p + 8 : 0;
}

/* "+" and 8 to 15 digits, in groups behind single separators, one group perhaps in brackets. */
static size_t
phone_plus(struct span t, size_t at)
{
	size_t p = at + 1, digits = 0, end = 0;

	while (digits <= 15) {
		size_t n = digits_at(t, p, 16);

		if (n == 0)
			break;
		digits += n;
		p += n;
		if (digits >= 8 && digits <= 15)
			end = p;
		if (byte_at(t, p) == ')')
			p++;
		if (phone_sep(byte_at(t, p)))
			p++;
		if (byte_at(t, p) == '(')
			p++;
	}
	return digits <= 15 ? end : 0;
}

void
shape_phone(struct span t, size_t at, struct shape_list *out)
{
	uint8_t c = byte_at(t, at);
	size_t end;

	if (c == '+')
		end = phone_plus(t, at);
	else if (c == '(')
		end = phone_bracket(t, at);
	else if (c == '1' && phone_sep(byte_at(t, at + 1)))
		end = phone_nanp(t, at + 2);
	else
		end = phone_nanp(t, at);
	if (end && end <= t.n && shape_left_free(t, at) && shape_right_free(t, end))
		shape_put(out, SHAPE_PHONE, at, end);
}

/* --- machine readable zone ---------------------------------------------------------------------- */

static bool
is_mrz(uint8_t c)
{
	return is_digit(c) || is_upper(c) || c == '<';
}

static size_t
mrz_run(struct span t, size_t at)
{
	size_t n = 0;

	while (n <= 44 && is_mrz(byte_at(t, at + n)))
		n++;
	return n;
}

static bool
mrz_ties(uint8_t c)
{
	return is_mrz(c) || is_lower(c) || c == '_';
}

/* What may stand between two lines: blanks, one line end, blanks; not nothing. */
static size_t
mrz_gap(struct span t, size_t at)
{
	size_t p = at;

	for (unsigned i = 0; i < 8 && (byte_at(t, p) == ' ' || byte_at(t, p) == '\t'); i++)
		p++;
	if (byte_at(t, p) == '\r')
		p++;
	if (byte_at(t, p) == '\n')
		p++;
	for (unsigned i = 0; i < 8 && (byte_at(t, p) == ' ' || byte_at(t, p) == '\t'); i++)
		p++;
	return p - at;
}

/* The same, ending at `at`, going back. */
static size_t
mrz_gap_back(struct span t, size_t at)
{
	size_t p = at;

	while (p > 0 && at - p < 18 &&
		(t.p[p - 1] == ' ' || t.p[p - 1] == '\t' || t.p[p - 1] == '\r' ||
			t.p[p - 1] == '\n'))
		p--;
	return at - p;
}

/* A zone whose first line starts here: its end, or 0. */
static size_t
mrz_end(struct span t, size_t at)
{
	size_t len = mrz_run(t, at), p = at + len;
	unsigned lines = len == 30 ? 3 : 2;

	if ((len != 30 && len != 36 && len != 44) || !is_upper(t.p[at]))
		return 0;
	if (at > 0 && mrz_ties(t.p[at - 1]))
		return 0;
	for (unsigned i = 1; i < lines; i++) {
		size_t gap = mrz_gap(t, p);

		if (gap == 0 || mrz_run(t, p + gap) != len)
			return 0;
		p += gap + len;
	}
	return p <= t.n && !mrz_ties(byte_at(t, p)) ? p : 0;
}

/* at: a "<<". The zone it is in may start at this line or at one of the two before. */
void
shape_mrz(struct span t, size_t at, struct shape_list *out)
{
	size_t starts[3], n = 0, p = at;

	while (n < 3) {
		while (p > 0 && at - p < 200 && is_mrz(t.p[p - 1]))
			p--;
		if (mrz_run(t, p) > 44)
			break;
		starts[n++] = p;
		p -= mrz_gap_back(t, p);
		if (p == starts[n - 1])
			break;
	}
	while (n-- > 0) {
		size_t end = mrz_end(t, starts[n]);

		if (end > at)
			shape_put(out, SHAPE_MRZ, starts[n], end);
	}
}
