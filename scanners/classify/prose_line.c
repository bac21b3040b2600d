/*
 * Most text has no columns, so it is first asked, sixty-four bytes at a time and by vector
 * instructions, how often a word ends before a tab or two blanks; only stretches where that is
 * frequent are cut into lines and cells.
 */
#include "classify/prose_line.h"

#include "base/lanes.h"

#include "limits.h"

#include "base/poison.h"

#define BLOCK  (4 * LANES)
#define WINDOW 1024u /* bytes that are judged at once */
#define GAPS   3u /* of a header and a row, at least */
#define BEFORE 3u /* lines before them that may belong to the header */

static inline lanes
gaps_of(const uint8_t *p)
{
	lanes a = lanes_load(p), b = lanes_load(p + 1), c = lanes_load(p + 2);
	lanes wide = (lanes)(b == ' ') & ((lanes)(c == ' ') | (lanes)(c == '|'));

	return (lanes)(a > ' ') & (lanes)(a != '.') & (wide | (lanes)(b == '\t'));
}

static size_t
gaps_in(struct span s)
{
	size_t n = 0, i = 0;

	for (; i + BLOCK + 2 <= s.n && n < GAPS; i += BLOCK) {
		const uint8_t *p = s.p + i;

		n += (size_t)__builtin_popcountll(lanes_bits4(gaps_of(p), gaps_of(p + LANES),
			gaps_of(p + 2 * LANES), gaps_of(p + 3 * LANES)));
	}
	for (; i + 2 < s.n && n < GAPS; i++)
		n += s.p[i] > ' ' && s.p[i] != '.' &&
			(s.p[i + 1] == '\t' ||
				(s.p[i + 1] == ' ' && (s.p[i + 2] == ' ' || s.p[i + 2] == '|')));
	return n;
}

/* Up to BEFORE lines above the one that begins at `at`. */
static size_t
lines_above(struct span text, size_t from, size_t at)
{
	for (unsigned i = 0; i < BEFORE && at > from; i++) {
		const uint8_t *nl = memrchr(text.p + from, '\n', at - 1 - from);

		at = nl ? (size_t)(nl - text.p) + 1 : from;
	}
	return at;
}

size_t
prose_hint(struct span text, size_t from)
{
	size_t at = from;

	while (at < text.n) {
		struct span window = span_sub(text, at, WINDOW);
		const uint8_t *nl;

		if (gaps_in(window) >= GAPS)
			return lines_above(text, from, at);
		if (window.n < WINDOW)
			break;
		nl = memrchr(window.p, '\n', window.n);
		if (!nl)
			nl = memchr(window.p + window.n, '\n', text.n - at - window.n);
		if (!nl)
			break;
		at = (size_t)(nl - text.p) + 1;
	}
	return text.n;
}

/* 1: stands in no header of people's tables; 2: begins none. */
static const uint8_t foreign[256] = {['*'] = 2,
	['/'] = 2,
	['-'] = 2,
	['.'] = 2,
	[':'] = 2,
	['('] = 2,
	['%'] = 2,
	['&'] = 2,
	['\''] = 2,
	[','] = 2,
	['_'] = 2,
	['!'] = 1,
	['"'] = 1,
	['$'] = 1,
	['+'] = 1,
	[';'] = 1,
	['<'] = 1,
	['='] = 1,
	['>'] = 1,
	['?'] = 1,
	['@'] = 1,
	['['] = 1,
	['\\'] = 1,
	[']'] = 1,
	['^'] = 1,
	['`'] = 1,
	['{'] = 1,
	['}'] = 1,
	['~'] = 1};

bool
prose_may_head(struct span line)
{
	size_t gaps = 0, first = 0;

	while (first < line.n && (line.p[first] == ' ' || line.p[first] == '\t'))
		first++;
	if (first == line.n || line.n > LIMIT_PROSE_LINE || foreign[line.p[first]] == 2)
		return false;
	for (size_t i = first; i < line.n; i++) {
		if (foreign[line.p[i]] == 1)
			return false;
		gaps += line.p[i] == '\t' || line.p[i] == '|' ||
			(line.p[i] == ' ' && i + 1 < line.n && line.p[i + 1] == ' ');
	}
	return gaps > 0;
}

static bool
is_gap(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '|';
}

/* Does what stands at i, which is a gap's character, part two cells? */
static bool
parts_cells(struct span line, size_t i)
{
	size_t n = 1;

	if (line.p[i] != ' ' || i + 1 == line.n)
		return true;
	while (n < 3 && i + n < line.n && line.p[i + n] == ' ')
		n++;
	if (i + n == line.n || line.p[i + n] == '\t' || line.p[i + n] == '|')
		return true;
	/* two behind a full stop stand between sentences, as typists have it */
	return n > 2 || (n == 2 && (i == 0 || !memchr(".?!", line.p[i - 1], 3)));
}

/* Leaves a gap: *x is the column on the page of the place returned. */
static size_t
skip_gap(struct span line, size_t i, size_t *x, size_t *tabs)
{
	for (; i < line.n && is_gap(line.p[i]); i++) {
		*tabs += line.p[i] == '\t';
		*x = line.p[i] == '\t' ? (*x / 8 + 1) * 8 : *x + 1;
	}
	return i;
}

void
prose_split(struct span line, struct prose_line *ret)
{
	size_t x = 0, tabs = 0, all = 0, i = skip_gap(line, 0, &x, &all);

	ret->n = ret->tabs = 0;
	ret->bars = ret->cut = false;
	while (i < line.n && ret->n < PROSE_CELLS) {
		size_t start = i, from = x;

		for (; i < line.n; i++) {
			uint8_t c = line.p[i];

			if (is_gap(c) && parts_cells(line, i))
				break;
			x += (c & 0xC0) != 0x80;
		}
		ret->cells[ret->n++] = (struct prose_cell){span_sub(line, start, i - start),
			(uint16_t)from, (uint16_t)x, (uint16_t)all};
		tabs = 0;
		ret->bars |= i < line.n && memchr(line.p + i, '|', i + 2 < line.n ? 2 : 1);
		i = skip_gap(line, i, &x, &tabs);
		ret->tabs += i < line.n ? tabs : 0;
		all += tabs;
	}
}

bool
prose_rule(const struct prose_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = 0; k < l->cells[i].text.n; k++) {
			if (!memchr("-=_+ |*", l->cells[i].text.p[k], 7))
				return false;
		}
	}
	return l->n > 0;
}

/* A word that goes on with a capital, or with an underscore, is a program's, or a column's of a database. */
static bool
is_camel(uint8_t before, uint8_t c)
{
	return (uint8_t)(before - 'a') < 26 && (uint8_t)(c - 'A') < 26;
}

static bool
plain_text(struct span t, bool bars, bool drawn)
{
	bool plain = t.n && (t.p[0] >= 0x80 || (uint8_t)((t.p[0] | 32) - 'a') < 26 || bars);

	for (size_t k = 0; plain && k < t.n; k++)
		plain = foreign[t.p[k]] != 1 &&
			(drawn || (t.p[k] != '_' && (k == 0 || !is_camel(t.p[k - 1], t.p[k]))));
	return plain;
}

bool
prose_plain(const struct prose_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!plain_text(l->cells[i].text, l->bars, l->bars || l->tabs))
			return false;
	}
	return true;
}
