/*
 * One pass over a short span each. They are as generous as the other types: the header has already
 * said what the column is to hold, and a share of its cells has to agree.
 */
#include "classify/value_token.h"

#include "match/shapes.h"

#include "base/poison.h"

struct made_of {
	size_t digits, upper, lower, marks, other;
};

/* marks: how many bytes are one of the characters of `marks`. */
static struct made_of
made_of(struct span t, const char *marks)
{
	struct made_of k = {0};

	for (size_t i = 0; i < t.n; i++) {
		uint8_t c = t.p[i];

		k.digits += is_digit(c);
		k.upper += is_upper(c);
		k.lower += is_lower(c);
		k.marks += c && strchr(marks, c) != NULL;
	}
	k.other = t.n - k.digits - k.upper - k.lower - k.marks;
	return k;
}

bool
token_host(struct span t)
{
	struct made_of k = made_of(t, "-._");

	if (t.n < 2 || t.n > 253 || k.other || k.upper + k.lower == 0 || !is_alnum(t.p[0]))
		return false;
	return k.digits || k.marks || k.lower == 0;
}

bool
token_mac(struct span t)
{
	size_t digits = 0, step;
	char mark;

	if (t.n != 12 && t.n != 14 && t.n != 17)
		return false;
	step = t.n == 17 ? 2 : t.n == 14 ? 4 : 12;
	mark = t.n == 12 ? '\0' : (char)t.p[step];
	if (mark && !strchr(t.n == 17 ? ":-" : ".", mark))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		uint8_t c = to_lower(t.p[i]);

		if ((i + 1) % (step + 1) == 0) {
			if (c != (uint8_t)mark)
				return false;
		} else if (!is_digit(c) && (c < 'a' || c > 'f')) {
			return false;
		} else {
			digits++;
		}
	}
	return digits == 12;
}

bool
token_id(struct span t)
{
	struct made_of k = made_of(t, "-/._#");

	return t.n >= 2 && t.n <= 32 && k.other == 0 && k.digits > 0 && k.marks <= 4;
}

static bool
one_code(struct span t)
{
	const uint8_t *dot = memchr(t.p, '.', t.n);
	size_t head = dot ? (size_t)(dot - t.p) : t.n, tail = dot ? t.n - head - 1 : 0;
	struct made_of k = made_of(t, ".");
	bool letter = t.n && !is_digit(t.p[0]);

	if (k.other || k.marks > 1 || t.n < 3 || t.n > 8 || (dot && (tail < 1 || tail > 4)))
		return false;
	if (letter)
		return head >= 3 && head <= (dot ? 4u : 7u) && is_digit(t.p[1]);
	if (k.digits + 1 < t.n - (dot != NULL))
		return false;
	return head == 3 ? tail <= 2 : head == 5 && !dot;
}

bool
token_code(struct span t)
{
	bool any = false;

	while (t.n) {
		size_t n = 0;

		while (n < t.n && t.p[n] != ' ' && t.p[n] != ',' && t.p[n] != ';' && t.p[n] != '/')
			n++;
		if (n && !one_code(span_sub(t, 0, n)))
			return any; /* a code, then words that name it */
		any |= n > 0;
		t = span_sub(t, n < t.n ? n + 1 : n, t.n);
	}
	return any;
}

bool
token_handle(struct span t)
{
	struct made_of k = made_of(t, "-._@/:+?=&%#");

	return t.n >= 2 && t.n <= 100 && k.other == 0 && k.upper + k.lower > 0;
}
