/*
 * A table shows in its first lines: they agree on a separator and a number of cells. So do logs and
 * source code now and then, hence the second half of this file, which is only about what speaks
 * against a table: indentation, brackets, line ends of a programming language, cells that go on in
 * a sentence, lines that begin with a time of day.
 */
#include "extract/csv_guess.h"

#include <strings.h>

#include "limits.h"

#include "base/poison.h"

/* What the first records look like under one separator. */
struct look {
	unsigned records;
	unsigned cells; /* of the first record */
	unsigned steady; /* records with as many cells */
	unsigned seps; /* separators seen */
	unsigned spaced; /* ... that a blank follows */
	unsigned wordy; /* cells of more than six words */
	unsigned hollow; /* records whose first or last cell is empty */
	unsigned indented, coded, bracketed, timed;
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* hh:mm:ss within the first 32 bytes: a log line. */
static bool
begins_with_time(struct span line)
{
	for (size_t i = 0; i + 8 <= line.n && i < 32; i++) {
		const uint8_t *p = line.p + i;

		if (p[2] == ':' && p[5] == ':' && is_digit(p[0]) && is_digit(p[1]) &&
			is_digit(p[3]) && is_digit(p[4]) && is_digit(p[6]) && is_digit(p[7]))
			return true;
	}
	return false;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));

/* Of 16 bytes: all ones where one of (){}[]<=> is. */
static bytes16
brackets16(const uint8_t *p)
{
	bytes16 v, low;

	memcpy(&v, p, sizeof v);
	low = v | 0x20; /* [ and ] become { and } */
	return (bytes16)((v & 0xFE) == '(') | (bytes16)(v - '<' < 3) | (bytes16)(low == '{') |
		(bytes16)(low == '}');
}

static size_t
count_brackets(struct span s)
{
	const uint64_t ones = 0x0101010101010101u; /* their product's top byte is the sum */
	uint8_t rest[16] = "";
	size_t n = 0;

	while (s.n) {
		size_t k = s.n < 16 ? s.n : 16;
		words2 found;

		if (k < 16)
			memcpy(rest, s.p, k);
		found = (words2)brackets16(k < 16 ? rest : s.p);
		n += (size_t)(((found[0] & ones) + (found[1] & ones)) * ones >> 56);
		s = span_sub(s, k, s.n);
	}
	return n;
}

static void
look_at_line(struct look *k, struct span line, char sep)
{
	uint8_t last = line.p[line.n - 1];

	k->bracketed += count_brackets(line) * 12 > line.n;
	k->indented += (line.p[0] == ' ' || line.p[0] == '\t') && line.p[0] != sep;
	k->coded += last == '{' || last == '}' || last == '\\' || (last == ';' && sep != ';') ||
		line.p[0] == '{' || line.p[0] == '<' || line.p[0] == '[' || line.p[0] == '#' ||
		(line.p[0] == '/' && (line.n == 1 || line.p[1] == '/' || line.p[1] == '*')) ||
		(line.p[0] == '-' && line.n > 1 && line.p[1] == ' ');
	k->timed += begins_with_time(line);
	k->hollow += line.p[0] == (uint8_t)sep || last == (uint8_t)sep;
}

/* Bytes of an unquoted cell that nothing is counted of. */
static size_t
plain_run(struct span s, size_t at)
{
	static const bool stops[256] = {['\t'] = true,
		['\n'] = true,
		['\r'] = true,
		[' '] = true,
		['"'] = true,
		[','] = true,
		[';'] = true,
		['|'] = true};
	size_t n = 0;

	while (at + n < s.n && !stops[s.p[at + n]])
		n++;
	return n;
}

/* One record of sample from at on. Returns where the next begins, or 0 when it has no end. */
static size_t
look_at_record(struct look *k, struct span s, size_t at, char sep, unsigned *ret_cells)
{
	bool quoted = false, fresh = true;
	unsigned cells = 1, words = 0;

	for (; at < s.n; at++) {
		size_t run = quoted ? 0 : plain_run(s, at);
		uint8_t c;

		fresh = fresh && run == 0;
		at += run;
		if (at == s.n)
			break;
		c = s.p[at];
		if (quoted) {
			if (c == '"' && at + 1 < s.n && s.p[at + 1] == '"')
				at++;
			else if (c == '"')
				quoted = false;
		} else if (c == (uint8_t)sep) {
			cells++;
			k->seps++;
			k->spaced += at + 1 < s.n && s.p[at + 1] == ' ';
			k->wordy += words > 6;
			words = 0;
			fresh = true;
			continue;
		} else if (c == '\n' || c == '\r') {
			break;
		} else if (c == '"' && fresh) {
			quoted = true;
		} else {
			words += c == ' ';
		}
		fresh = false;
	}
	k->wordy += words > 6;
	*ret_cells = cells;
	if (at < s.n && s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n')
		at++;
	return at < s.n ? at + 1 : 0;
}

/* With `strict` no further than to the first record that is no table's. */
static struct look
look_at(struct span s, char sep, bool cut, bool strict)
{
	struct look k = {0};
	size_t at = 0;

	while (at < s.n && k.records < LIMIT_CSV_GUESS) {
		struct look was = k;
		unsigned cells;
		size_t next, line = at;

		if (s.p[at] == '\n' || s.p[at] == '\r') {
			at++;
			continue;
		}
		next = look_at_record(&k, s, at, sep, &cells);
		if (next == 0 && cut && k.records > 0) {
			k = was;
			break;
		}
		at = next ? next : s.n;
		while (at > line + 1 && (s.p[at - 1] == '\n' || s.p[at - 1] == '\r'))
			at--;
		look_at_line(&k, span_sub(s, line, at - line), sep);
		if (k.records++ == 0)
			k.cells = cells;
		k.steady += cells == k.cells;
		if (strict && (k.cells < 2 || k.steady < k.records))
			break;
	}
	return k;
}

static bool
is_table(const struct look *k, char sep)
{
	unsigned half = (k->records + 1) / 2;

	if (k->records < 3 || k->cells < 2 || k->steady < k->records)
		return false;
	if (k->indented >= half || k->coded >= half || k->bracketed >= half || k->timed >= half)
		return false;
	if (k->cells <= 3 && k->hollow >= half)
		return false;
	if (sep != '|' && k->spaced * 2 > k->seps && (k->cells == 2 || k->wordy * 4 > k->seps))
		return false;
	if (sep == ',' && k->cells == 2 && k->wordy * 4 > k->records)
		return false;
	return k->wordy * 2 <= k->seps + k->records;
}

/* Lines of one cell of at most two words. */
static bool
is_column(struct span s)
{
	size_t lines = 0, words = 0;

	for (size_t i = 0; i < s.n; i++) {
		lines += s.p[i] != '\n' && (i == 0 || s.p[i - 1] == '\n');
		words += s.p[i] == ' ';
	}
	return lines >= 3 && words <= lines && s.n / lines <= 40;
}

char
csv_guess(struct span sample, bool named, bool cut)
{
	static const char seps[] = {'\t', ';', ',', '|'};
	char best = 0;
	unsigned most = 0;

	if (sample.n > LIMIT_CSV_SAMPLE)
		sample.n = LIMIT_CSV_SAMPLE;
	for (size_t i = 0; i < sizeof seps; i++) {
		struct look k;

		if (!memchr(sample.p, seps[i], sample.n))
			continue;
		k = look_at(sample, seps[i], cut, !named);
		if (k.cells > 0 && is_table(&k, seps[i]) && 1000 + k.cells > most) {
			most = 1000 + k.cells;
			best = seps[i];
		} else if (named && k.seps > 0 && k.steady + 1 > most) {
			most = k.steady + 1;
			best = seps[i];
		}
	}
	return best == 0 && named && is_column(sample) ? ',' : best;
}

bool
csv_name(struct span name)
{
	const char *end = name.n > 4 ? (const char *)name.p + name.n - 4 : "";

	return name.n > 4 &&
		(strncasecmp(end, ".csv", 4) == 0 || strncasecmp(end, ".tsv", 4) == 0 ||
			strncasecmp(end, ".tab", 4) == 0);
}
