/*
 * A line that ends with "123-45-" or with three groups of a card's number goes on in the next, and
 * PDF does not say that the two belong together. Only what makes a whole number of a known form is
 * put together, so that figures in neighbouring lines stay what they are.
 */
#include "extract/pdf_break.h"

#include "base/poison.h"

#define GROUPS 4u

static const struct form {
	uint8_t between;
	uint8_t n, groups[GROUPS];
} forms[] = {
	{'-', 3, {3, 2, 4}},
	{'-', 4, {4, 4, 4, 4}},
	{' ', 4, {4, 4, 4, 4}},
	{'-', 3, {4, 6, 5}},
	{' ', 3, {4, 6, 5}},
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* A byte that would be of the same number or word. */
static bool
ties(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_' ||
		c >= 0x80;
}

/* Bytes of the groups [g, to) of a form, with what stands between them. */
static size_t
width(const struct form *f, unsigned g, unsigned to)
{
	size_t n = to - g - 1;

	for (; g < to; g++)
		n += f->groups[g];
	return n;
}

/* Do the groups [g, to) stand at `at`? */
static bool
stand(const struct form *f, unsigned g, unsigned to, struct span s, size_t at)
{
	for (; g < to; g++) {
		if (span_digits(s, at) != f->groups[g])
			return false;
		at += f->groups[g];
		if (g + 1 < to && (at == s.n || s.p[at++] != f->between))
			return false;
	}
	return true;
}

static bool
ends_with(const struct form *f, unsigned groups, struct span s)
{
	size_t n = width(f, 0, groups), at;

	if (f->between == '-' && (s.n == 0 || s.p[--s.n] != '-'))
		return false;
	if (s.n < n)
		return false;
	at = s.n - n;
	if (at && (ties(s.p[at - 1]) || s.p[at - 1] == '.' || s.p[at - 1] == '/'))
		return false;
	if (f->between == ' ' && at > 1 && s.p[at - 1] == ' ' && is_digit(s.p[at - 2]))
		return false;
	return stand(f, 0, groups, s, at);
}

/* Bytes up to the blank behind the rest of the groups; 0: they are not there, or are of more. */
static size_t
begins_with(const struct form *f, unsigned g, struct span s)
{
	size_t at = width(f, g, f->n);

	if (s.n < at || !stand(f, g, f->n, s, 0))
		return 0;
	if (f->between == ' ' && at + 1 < s.n && s.p[at] == ' ' && is_digit(s.p[at + 1]))
		return 0;
	for (; at < s.n && s.p[at] != ' ' && s.p[at] != '\t'; at++) {
		if (ties(s.p[at]))
			return 0;
	}
	return at;
}

size_t
pdf_broken(struct span before, struct span line)
{
	if (!before.n || !line.n || !is_digit(line.p[0]))
		return 0;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		for (unsigned g = 1; g < forms[i].n; g++) {
			size_t n = ends_with(&forms[i], g, before) ? begins_with(&forms[i], g, line)
								   : 0;

			if (n)
				return n;
		}
	}
	return 0;
}

void
pdf_mend(struct buf *b, size_t from, size_t n)
{
	if (b->p[from - 2] == '-') {
		memmove(b->p + from - 1, b->p + from, b->n - from);
		b->n--;
		from--;
	} else {
		b->p[from - 1] = ' ';
	}
	if (from + n < b->n)
		b->p[from + n] = '\n';
}
