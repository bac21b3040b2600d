/*
 * Most text has no columns, so it is first asked, sixty-four bytes at a time and by vector
 * instructions, how often a word ends before a tab or two blanks; only stretches where that is
 * frequent are cut into lines and cells.
 */
#include "classify/prose_line.h"

#include "base/lanes.h"

#include "base/poison.h"

#define BLOCK  (4 * LANES)
#define WINDOW 4096u /* bytes that are judged at once */
#define GAPS   4u /* of a header and a row, at least */

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

size_t
prose_hint(struct span text, size_t from)
{
	while (from < text.n) {
		struct span window = span_sub(text, from, WINDOW);
		const uint8_t *nl = memrchr(window.p, '\n', window.n);

		if (gaps_in(window) >= GAPS)
			return from;
		if (window.n < WINDOW)
			break;
		if (!nl)
			nl = memchr(window.p + window.n, '\n', text.n - from - window.n);
		if (!nl)
			break;
		from = (size_t)(nl - text.p) + 1;
	}
	return text.n;
}

static bool
is_gap(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '|';
}

/* The bytes of the gap at place i: a tab or bar and the blanks round it, two blanks and more; else 0. */
static size_t
gap_at(struct span line, size_t i)
{
	size_t n = 0;
	bool tab = false;

	while (i + n < line.n && is_gap(line.p[i + n])) {
		tab |= line.p[i + n] != ' ';
		n++;
	}
	if (n == 2 && !tab && i > 0 && memchr(".?!", line.p[i - 1], 3))
		return i + n == line.n ? n : 0; /* between sentences, as typists have it */
	return tab || n >= 2 || i + n == line.n ? n : 0;
}

void
prose_split(struct span line, struct prose_line *ret)
{
	size_t i = 0, x = 0, from = 0, start = 0;
	bool inside = false;

	ret->n = ret->tabs = 0;
	ret->bars = memchr(line.p, '|', line.n) != NULL;
	for (;; i++) {
		size_t gap = i < line.n ? gap_at(line, i) : 0;

		if (inside && (gap || i == line.n)) {
			ret->cells[ret->n++] = (struct prose_cell){
				span_sub(line, start, i - start), (uint16_t)from, (uint16_t)x};
			inside = false;
		}
		if (i == line.n || ret->n == PROSE_CELLS)
			return;
		for (size_t end = i + gap; i < end; i++) {
			ret->tabs += ret->n > 0 && line.p[i] == '\t';
			x = line.p[i] == '\t' ? (x / 8 + 1) * 8 : x + 1;
		}
		if (i == line.n)
			return;
		if (!inside && !is_gap(line.p[i])) {
			inside = true;
			start = i;
			from = x;
		}
		x += (line.p[i] & 0xC0) != 0x80;
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

/* A word that goes on with a capital is a program's. */
static bool
is_camel(uint8_t before, uint8_t c)
{
	return (uint8_t)(before - 'a') < 26 && (uint8_t)(c - 'A') < 26;
}

static bool
plain_text(struct span t, bool bars)
{
	bool letters = t.n && (t.p[0] >= 0x80 || (uint8_t)((t.p[0] | 32) - 'a') < 26 || bars);

	for (size_t k = 0; letters && k < t.n; k++) {
		uint8_t c = t.p[k];
		bool letter = c >= 0x80 || (uint8_t)((c | 32) - 'a') < 26;

		if (!letter && (uint8_t)(c - '0') > 9 && !memchr(" #.-/'&:()%*,", c, 13) &&
			!(c == '_' && bars))
			return false;
		if (k > 0 && is_camel(t.p[k - 1], c))
			return false;
	}
	return letters;
}

bool
prose_plain(const struct prose_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!plain_text(l->cells[i].text, l->bars))
			return false;
	}
	return true;
}
