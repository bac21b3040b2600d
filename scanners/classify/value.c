/*
 * Types are judged generously one by one, since a type only counts in a column whose header has
 * already said what it is: the header and the values are the two kinds of evidence. All tests are
 * single passes over short spans; a cell longer than LIMIT_VALUE is text and nothing else.
 */
#include "classify/value.h"

#include <strings.h>

#include "classify/value_token.h"
#include "limits.h"

#include "base/poison.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct span
value_trim(struct span t)
{
	while (t.n && is_blank(t.p[0]))
		t = span_sub(t, 1, t.n);
	while (t.n && is_blank(t.p[t.n - 1]))
		t.n--;
	return t;
}

struct tally {
	size_t digits, letters, blanks, upper, lower, other;
};

/* One of each kind of byte, in a sum of five counts of twelve bits. */
#define ONE(kind)  (UINT64_C(1) << 12 * (kind))
#define OF(sum, k) ((size_t)((sum) >> 12 * (k)&0xFFF))
#define PIECE	   4095u

enum kind { DIGIT, BLANK, UPPER, LOWER, OTHER };

static uint64_t
count_piece(struct span t)
{
	static const uint64_t ones[256] = {[0 ... 8] = ONE(OTHER),
		['\t'] = ONE(BLANK),
		['\n'] = ONE(BLANK),
		[11 ... 12] = ONE(OTHER),
		['\r'] = ONE(BLANK),
		[14 ... 31] = ONE(OTHER),
		[' '] = ONE(BLANK),
		['!' ... '/'] = ONE(OTHER),
		['0' ... '9'] = ONE(DIGIT),
		[':' ... '@'] = ONE(OTHER),
		['A' ... 'Z'] = ONE(UPPER),
		['[' ... '`'] = ONE(OTHER),
		['a' ... 'z'] = ONE(LOWER),
		['{' ... 127] = ONE(OTHER),
		[128 ... 255] = ONE(LOWER)};
	uint64_t sum = 0;

	for (size_t i = 0; i < t.n; i++)
		sum += ones[t.p[i]];
	return sum;
}

static struct tally
count(struct span t)
{
	struct tally k = {0};

	for (size_t at = 0; at < t.n; at += PIECE) {
		uint64_t sum = count_piece(span_sub(t, at, PIECE));

		k.digits += OF(sum, DIGIT);
		k.blanks += OF(sum, BLANK);
		k.upper += OF(sum, UPPER);
		k.lower += OF(sum, LOWER);
		k.other += OF(sum, OTHER);
	}
	k.letters = k.upper + k.lower;
	return k;
}

static bool
only(struct span t, const char *also)
{
	for (size_t i = 0; i < t.n; i++) {
		if (!is_digit(t.p[i]) && (t.p[i] == 0 || !strchr(also, t.p[i])))
			return false;
	}
	return true;
}

static bool
is_number(struct span t)
{
	uint8_t last = t.p[t.n - 1];

	if (t.n > 32 || !(is_digit(last) || last == '%' || last == ')'))
		return false;
	return only(t, "+-., '%()") && count(t).digits > 0;
}

/* The bytes of a currency's sign or code at t's beginning. */
static size_t
currency(struct span t)
{
	static const struct {
		uint8_t n;
		char text[4];
	} marks[] = {{1, "$"}, {3, "\xE2\x82\xAC"}, {2, "\xC2\xA3"}, {2, "\xC2\xA5"},
		{3, "\xE2\x82\xB9"}, {3, "US$"}, {3, "USD"}, {3, "EUR"}, {3, "GBP"}, {3, "CHF"},
		{3, "JPY"}, {3, "CAD"}, {3, "AUD"}, {3, "INR"}, {3, "BRL"}, {3, "SEK"}, {3, "NOK"},
		{3, "DKK"}, {3, "PLN"}, {2, "Kc"}, {2, "kr"}, {3, "Fr."}};

	if (!t.n || is_digit(t.p[0]))
		return 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (t.p[0] == (uint8_t)marks[i].text[0] &&
			span_has(t, 0, marks[i].text, marks[i].n))
			return marks[i].n;
	}
	return 0;
}

static struct span
without_currency(struct span t, bool *ret_had)
{
	size_t n;

	*ret_had = false;
	while (t.n && (t.p[0] == '-' || t.p[0] == '(' || t.p[0] == '+'))
		t = span_sub(t, 1, t.n);
	while (t.n && (t.p[t.n - 1] == ')' || t.p[t.n - 1] == '-'))
		t.n--;
	n = currency(t);
	if (n) {
		*ret_had = true;
		return value_trim(span_sub(t, n, t.n));
	}
	for (size_t tail = 1; tail <= 3 && tail < t.n; tail++) {
		if (!is_digit(t.p[t.n - tail]) && currency(span_sub(t, t.n - tail, tail)) == tail) {
			*ret_had = true;
			return value_trim(span_sub(t, 0, t.n - tail));
		}
	}
	return t;
}

static bool
is_money(struct span t)
{
	bool had;
	size_t digits;

	t = without_currency(t, &had);
	if (t.n > 1 && (t.p[t.n - 1] == 'k' || t.p[t.n - 1] == 'K' || t.p[t.n - 1] == 'M')) {
		had = true;
		t.n--;
	}
	if (t.n == 0 || t.n > 24 || !is_digit(t.p[0]) || !only(t, "., '"))
		return false;
	digits = count(t).digits;
	return had || digits < t.n || (digits >= 3 && digits <= 8);
}

static bool
particle(struct span w)
{
	static const char *const small[] = {"van", "von", "de", "der", "den", "la", "le", "di",
		"da", "del", "bin", "al", "el", "ten", "ter", "zu", "y", "e", "dos", "das"};

	if (w.p[0] < 'a' || w.p[0] > 'z' || w.n > 3)
		return false;
	for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
		if (w.n == strlen(small[i]) && memcmp(w.p, small[i], w.n) == 0)
			return true;
	}
	return false;
}

/* One to five words of letters, each with a capital: "Smith", "Last, First M.", "O'Neil-Ray". */
static bool
is_person(struct span t)
{
	unsigned words = 0, capitals = 0;

	if (t.n < 2 || t.n > 64)
		return false;
	while (t.n) {
		size_t n = 0;

		while (n < t.n &&
			(is_letter(t.p[n]) || t.p[n] == '\'' || t.p[n] == '-' || t.p[n] == '.'))
			n++;
		if (n == 0)
			return false;
		words++;
		if (!particle(span_sub(t, 0, n))) {
			if (t.p[0] >= 'a' && t.p[0] <= 'z')
				return false;
			capitals++;
		}
		t = span_sub(t, n, t.n);
		while (t.n && (t.p[0] == ' ' || t.p[0] == ','))
			t = span_sub(t, 1, t.n);
	}
	return capitals > 0 && words <= 5;
}

/* A name, or two to four words of letters whatever their case: aliases are made up of any words. */
static bool
is_called(struct span t)
{
	unsigned words = 0, letters = 0;

	if (is_person(t))
		return true;
	if (t.n > 40)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (is_letter(t.p[i])) {
			words += i == 0 || t.p[i - 1] == ' ';
			letters++;
		} else if (!memchr(" '-.", t.p[i], 4)) {
			return false;
		}
	}
	return words >= 2 && words <= 4 && letters >= 5;
}

static bool
month_name(struct span t)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (size_t m = 0; m < 36 && t.n >= 3; m += 3) {
		if ((t.p[0] | 0x20) == months[m] &&
			strncasecmp((const char *)t.p, months + m, 3) == 0)
			return true;
	}
	return false;
}

/* Three groups of which one is a year, or two and a month's name; a time of day may follow. */
static bool
is_date(struct span t)
{
	unsigned groups = 0, longest = 0, names = 0;
	size_t i = 0;

	if (t.n < 6 || t.n > 32)
		return false;
	while (i < t.n && groups < 3) {
		size_t from = i;

		if (is_digit(t.p[i])) {
			while (i < t.n && is_digit(t.p[i]))
				i++;
			if (i - from > 4 || i - from == 3)
				return false;
			longest = i - from > longest ? (unsigned)(i - from) : longest;
			groups++;
		} else if (is_letter(t.p[i])) {
			if (!month_name(span_sub(t, i, t.n)))
				return false;
			while (i < t.n && is_letter(t.p[i]))
				i++;
			groups++;
			names++;
		} else if (strchr("-./, ", t.p[i]) && t.p[i]) {
			i++;
		} else {
			return false;
		}
	}
	if (groups < 3 || names > 1 || (longest < 4 && t.n - i > 0))
		return false;
	if (longest < 4 && names == 0 && !memchr(t.p, '/', t.n) && !memchr(t.p, '.', t.n))
		return false;
	return i == t.n || t.p[i] == ' ' || t.p[i] == 'T';
}

static bool
is_email(struct span t)
{
	const uint8_t *at = memchr(t.p, '@', t.n);
	struct span host;

	if (!at || at == t.p || t.n > 254)
		return false;
	host = span_sub(t, (size_t)(at - t.p) + 1, t.n);
	if (host.n < 4 || memchr(host.p, '@', host.n) || !memchr(host.p, '.', host.n))
		return false;
	return count(t).blanks == 0 && is_letter(host.p[host.n - 1]);
}

static bool
is_phone(struct span t)
{
	size_t digits, n = t.n;

	/* nothing but an extension may stand behind the number */
	if (is_letter(t.p[0]) && t.p[0] != 'x')
		return false;
	digits = count(t).digits;
	while (n && is_digit(t.p[n - 1]))
		n--;
	if (n && t.n > n &&
		(t.p[n - 1] == 'x' || (n > 2 && t.p[n - 1] == ' ' && t.p[n - 2] == 'x')))
		t.n = n - (t.p[n - 1] == ' ' ? 2 : 1);
	return digits >= 7 && digits <= 18 && only(t, "+()-./ ") && !is_date(t);
}

static bool
is_ip4(struct span t)
{
	unsigned parts = 0;

	for (size_t i = 0; i < t.n;) {
		unsigned v = 0;
		size_t from = i;

		while (i < t.n && is_digit(t.p[i]) && i - from < 3)
			v = v * 10 + (t.p[i++] - (unsigned)'0');
		if (i == from || v > 255)
			return false;
		parts++;
		if (i == t.n)
			break;
		if (parts == 4)
			return t.p[i] == '/' || t.p[i] == ':';
		if (t.p[i++] != '.')
			return false;
	}
	return parts == 4;
}

static bool
is_ip6(struct span t)
{
	unsigned colons = 0;

	for (size_t i = 0; i < t.n; i++) {
		uint8_t c = t.p[i] | 0x20;

		if (t.p[i] == ':')
			colons++;
		else if (!is_digit(t.p[i]) && (c < 'a' || c > 'f') && t.p[i] != '/' &&
			t.p[i] != '.')
			return false;
	}
	return colons >= 2 && t.n >= 3 && (colons == 7 || memmem(t.p, t.n, "::", 2));
}

static bool
in_list(struct span t, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(list[i]) == t.n && strncasecmp((const char *)t.p, list[i], t.n) == 0)
			return true;
	}
	return false;
}

/* One token of 4 to 64 bytes that is no answer, address or placeholder. */
static bool
is_secret(struct span t)
{
	static const char *const answers[] = {"true", "false", "none", "null", "pass", "fail",
		"passed", "failed", "enabled", "disabled", "required", "optional", "string", "text",
		"varchar", "password", "passwort", "yes/no", "weak", "medium", "strong", "never",
		"always", "daily", "weekly", "monthly", "unknown", "expired", "active", "inactive",
		"pending", "reset", "same", "blank", "empty", "low", "high", "open", "done",
		"skipped"};

	if (t.n < 4 || t.n > 64 || count(t).blanks)
		return false;
	if (memmem(t.p, t.n, "://", 3) || is_email(t) || is_date(t))
		return false;
	return !in_list(t, answers, sizeof answers / sizeof *answers) && !check_placeholder(t);
}

bool
value_strong_secret(struct span t)
{
	struct tally k;

	t = value_trim(t);
	k = count(t);
	return k.digits > 0 || k.other > 0 || (k.lower > 0 && k.upper > 1) ||
		(k.lower > 0 && k.upper == 1 && (t.p[0] < 'A' || t.p[0] > 'Z'));
}

bool
value_is(struct span t, enum value_type type)
{
	t = value_trim(t);
	if (t.n == 0)
		return false;
	if (t.n > LIMIT_VALUE)
		return type == VALUE_ANY || type == VALUE_TEXT;
	switch (type) {
	case VALUE_ANY:
		return true;
	case VALUE_MONEY:
		return is_money(t);
	case VALUE_PERSON:
		return is_person(t);
	case VALUE_DATE:
		return is_date(t);
	case VALUE_EMAIL:
		return is_email(t);
	case VALUE_PHONE:
		return is_phone(t);
	case VALUE_IP:
		return is_ip4(t) || is_ip6(t);
	case VALUE_SECRET:
		return is_secret(t);
	case VALUE_NUMBER:
		return is_number(t);
	case VALUE_TEXT:
		return count(t).letters > 0;
	case VALUE_HOST:
		return token_host(t);
	case VALUE_MAC:
		return token_mac(t);
	case VALUE_ID:
		return token_id(t) && !is_date(t);
	case VALUE_CODE:
		return token_code(t);
	case VALUE_HANDLE:
		return token_handle(t);
	case VALUE_CALLED:
		return is_called(t);
	default:
		return false;
	}
}

static bool
is_typed(struct span t)
{
	if (is_number(t))
		return count(t).digits > 4 || !only(t, "");
	return is_date(t) || is_email(t) || is_phone(t) || is_ip4(t) || is_money(t);
}

bool
value_typed(struct span t)
{
	t = value_trim(t);
	return t.n > 0 && t.n <= LIMIT_VALUE && is_typed(t);
}

bool
value_label(struct span t)
{
	struct tally k;

	t = value_trim(t);
	if (t.n == 0 || t.n > 64)
		return false;
	k = count(t);
	if (k.letters == 0 || k.digits > 4 || k.digits * 2 > k.letters + 2 || k.blanks > 8)
		return false;
	/* without a digit it could only be an address */
	return k.digits > 0 ? !is_typed(t) : k.other == 0 || !is_email(t);
}

bool
value_padded(struct span t, uint8_t ret_nine[SSN_DIGITS])
{
	t = value_trim(t);
	if (t.n != SSN_DIGITS - 2 && t.n != SSN_DIGITS - 1)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	}
	memset(ret_nine, '0', SSN_DIGITS);
	memcpy(ret_nine + SSN_DIGITS - t.n, t.p, t.n);
	return true;
}
