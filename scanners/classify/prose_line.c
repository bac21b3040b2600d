/*
 * Most text has no columns, so it is first asked, sixty-four bytes at a time and by vector
 * instructions, how often a word ends before a tab or two blanks; only stretches where that is
 * frequent are cut into lines and cells.
 */
#include "classify/prose_line.h"

#include "base/lanes.h"
#include "base/wide.h"
#include "classify/lines.h"

#include "limits.h"

#include "base/poison.h"

#define BLOCK  64u
#define WINDOW 1024u /* bytes that are judged at once */
#define GAPS   3u /* of a header and a row, at least */
#define BEFORE 3u /* lines before them that may belong to the header */

/*
 * Each defines a function that marks bytes of a vector; b and c are the same text one and two bytes on.
 * GAPS_OF: a word ends here, before a tab or two blanks. HEAD_GAPS_OF: what parts cells begins behind
 * this byte, or is it.
 */
#define GAPS_OF(NAME, V)                                                                           \
	static inline __attribute__((always_inline)) V NAME(V a, V b, V c)                         \
	{                                                                                          \
		V parts = ((V)(b == ' ') & ((V)(c == ' ') | (V)(c == '|'))) | (V)(b == '\t');      \
                                                                                                   \
		return (V)(a > ' ') & (V)(a != '.') & parts;                                       \
	}
#define HEAD_GAPS_OF(NAME, V)                                                                      \
	static inline __attribute__((always_inline)) V NAME(V a, V b, V c)                         \
	{                                                                                          \
		V parts = ((V)(b == ' ') & ((V)(c == ' ') | (V)(c == '\t'))) | (V)(b == '\t');     \
		V blank = (V)(a == ' ') | (V)(a == '\t') | (V)(a == '\n');                         \
                                                                                                   \
		return (parts & ~blank) | (V)(a == '|');                                           \
	}

GAPS_OF(gaps_of, lanes)
HEAD_GAPS_OF(head_gaps_of, lanes)

/* The marked bytes of the 64 at p, of which 66 are readable, as bits. */
typedef uint64_t block_fn(const uint8_t *p);

#define NARROW_BLOCK(NAME, OF)                                                                     \
	static inline lanes NAME##_at(const uint8_t *p)                                            \
	{                                                                                          \
		return OF(lanes_load(p), lanes_load(p + 1), lanes_load(p + 2));                    \
	}                                                                                          \
	static inline uint64_t NAME(const uint8_t *p)                                              \
	{                                                                                          \
		return lanes_bits4(NAME##_at(p), NAME##_at(p + LANES), NAME##_at(p + 2 * LANES),   \
			NAME##_at(p + 3 * LANES));                                                 \
	}

NARROW_BLOCK(gap_bits, gaps_of)
NARROW_BLOCK(head_bits, head_gaps_of)

static inline __attribute__((always_inline)) size_t
gaps_in(struct span s, block_fn *bits)
{
	size_t n = 0, i = 0;

	for (; i + BLOCK + 2 <= s.n && n < GAPS; i += BLOCK)
		n += (size_t)__builtin_popcountll(bits(s.p + i));
	if (i && i + 2 < s.n && n < GAPS) {
		/* the last ones, from a block that ends with them */
		size_t at = s.n - BLOCK - 2;

		return n + (size_t)__builtin_popcountll(bits(s.p + at) >> (i - at));
	}
	for (; i + 2 < s.n && n < GAPS; i++)
		n += s.p[i] > ' ' && s.p[i] != '.' &&
			(s.p[i + 1] == '\t' ||
				(s.p[i + 1] == ' ' && (s.p[i + 2] == ' ' || s.p[i + 2] == '|')));
	return n;
}

/* The first marked byte from `at` on, or a place behind which a block does not fit. */
static inline __attribute__((always_inline)) size_t
next_marked(struct span s, size_t at, block_fn *bits)
{
	for (; at + BLOCK + 2 <= s.n; at += BLOCK) {
		uint64_t b = bits(s.p + at);

		if (b)
			return at + (size_t)__builtin_ctzll(b);
	}
	return at;
}

static size_t
gaps_narrow(struct span s)
{
	return gaps_in(s, gap_bits);
}

static size_t
next_narrow(struct span s, size_t at)
{
	return next_marked(s, at, head_bits);
}

#if HAVE_WIDE
WIDE
GAPS_OF(gaps_of_wide, wide)
WIDE HEAD_GAPS_OF(head_gaps_of_wide, wide)

#define WIDE_BLOCK(NAME, OF)                                                                       \
	WIDE static inline __attribute__((always_inline)) uint64_t NAME(const uint8_t *p)          \
	{                                                                                          \
		const uint8_t *q = p + WIDTH;                                                      \
		wide lo = OF(wide_load(p), wide_load(p + 1), wide_load(p + 2));                    \
		wide hi = OF(wide_load(q), wide_load(q + 1), wide_load(q + 2));                    \
                                                                                                   \
		return wide_bits(lo) | wide_bits(hi) << WIDTH;                                     \
	}

	WIDE_BLOCK(marked_gaps_wide, gaps_of_wide) WIDE_BLOCK(head_bits_wide, head_gaps_of_wide)

	/* Each byte that parts words, by its low nibble. */
	static const wide parting = WIDE_TABLE(
		' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', 0, 0, '|', 0, 0, 0);

/* Any that a word may end before: a tab, or one of those before another. */
WIDE static inline __attribute__((always_inline)) wide
may_part(const uint8_t *p)
{
	wide b = wide_load(p + 1), c = wide_load(p + 2);

	return ((wide)(wide_pick(parting, b) == b) & (wide)(wide_pick(parting, c) == c)) |
		(wide)(b == '\t');
}

WIDE static inline __attribute__((always_inline)) uint64_t
gap_bits_wide(const uint8_t *p)
{
	return wide_any(may_part(p) | may_part(p + WIDTH)) ? marked_gaps_wide(p) : 0;
}

WIDE static size_t
gaps_wide(struct span s)
{
	return gaps_in(s, gap_bits_wide);
}

WIDE static size_t
next_wide(struct span s, size_t at)
{
	return next_marked(s, at, head_bits_wide);
}
#endif

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

typedef size_t gaps_fn(struct span s);

static size_t
hint(struct span text, size_t from, gaps_fn *gaps)
{
	size_t at = from;

	while (at < text.n) {
		struct span window = span_sub(text, at, WINDOW);
		const uint8_t *nl;

		if (gaps(window) >= GAPS)
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

size_t
prose_hint_portable(struct span text, size_t from)
{
	return hint(text, from, gaps_narrow);
}

size_t
prose_hint(struct span text, size_t from)
{
#if HAVE_WIDE
	if (wide_here())
		return hint(text, from, gaps_wide);
#endif
	return hint(text, from, gaps_narrow);
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

typedef size_t next_fn(struct span s, size_t at);

static size_t
head_line(struct span text, next_fn *next)
{
	const uint8_t *nl = text.n ? memrchr(text.p, '\n', text.n) : NULL;
	size_t whole = nl ? (size_t)(nl - text.p) + 1 : 0, at = 0;

	while ((at = next(text, at)) < whole) {
		const uint8_t *before = at ? memrchr(text.p, '\n', at) : NULL;
		const uint8_t *end = memchr(text.p + at, '\n', whole - at);
		size_t bol = before ? (size_t)(before - text.p) + 1 : 0;
		struct span line = span_of(text.p + bol, (size_t)(end - text.p) - bol);

		if (prose_may_head(lines_given(line)))
			return bol;
		at = bol + line.n + 1;
	}
	return whole;
}

size_t
prose_head_line_portable(struct span text)
{
	return head_line(text, next_narrow);
}

size_t
prose_head_line(struct span text)
{
#if HAVE_WIDE
	if (wide_here())
		return head_line(text, next_wide);
#endif
	return head_line(text, next_narrow);
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
