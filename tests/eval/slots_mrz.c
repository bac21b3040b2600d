/*
 * Machine-readable zones by ICAO Doc 9303: part 5 (TD1, three lines of 30), part 6 (TD2, two of 36),
 * part 7 (visas A and B, two of 44 and of 36, without a composite digit). A zone is made whole by its
 * first line's slot and kept; the others put the rest. The line that bears the birthday is the value.
 */
#include <stdio.h>
#include <string.h>

#include "slots_kinds.h"

#include "base/poison.h"

#define MAKE(name) static void make_##name(struct slots *s, unsigned a, unsigned c, struct buf *b)
#define UNUSED	   (void)a, (void)c
#define UPPER	   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	   "0123456789"

static const char *const states[] = {
	"D<<", "FRA", "ESP", "ITA", "GBR", "USA", "PRT", "BRA", "NLD", "AUT"};
static const char *const surnames[] = {
	"PEMBRIDGE", "CASTELLON", "LINDENHOF", "DUVERNOIS<MARTEL", "AZEVEDRA", "VAN<DER<HEUVELEN"};
static const char *const names[] = {"MARCUS", "ANA<MARIA", "HEIKE", "LAURENT", "ROSA", "JO"};

#define PICK(g, list) ((list)[gen_range(g, 0, sizeof(list) / sizeof(list)[0] - 1)])

/* Weights 7, 3, 1; letters from 10, fillers 0. */
static unsigned
weigh(const char *p, size_t n, unsigned *at)
{
	static const unsigned weight[] = {7, 3, 1};
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned v = p[i] >= 'A' ? (unsigned)(p[i] - 'A' + 10)
			: p[i] == '<'	 ? 0
					 : (unsigned)(p[i] - '0');

		sum += v * weight[(*at)++ % 3];
	}
	return sum;
}

static char
check(const char *p, size_t n)
{
	unsigned at = 0;

	return (char)('0' + weigh(p, n, &at) % 10);
}

/* n characters of a set. */
static void
fill(struct gen *g, char *p, const char *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = set[gen_range(g, 0, (uint32_t)strlen(set) - 1)];
}

static void
put_date(struct gen *g, char *p, unsigned lo, unsigned hi)
{
	char t[16];

	(void)snprintf(t, sizeof t, "%02u%02u%02u", gen_range(g, lo, hi) % 100, gen_range(g, 1, 12),
		gen_range(g, 1, 28));
	memcpy(p, t, 6);
	p[6] = check(p, 6);
}

static void
put_names(struct gen *g, char *p, size_t n)
{
	char t[64];
	int len = snprintf(t, sizeof t, "%s<<%s", PICK(g, surnames), PICK(g, names));

	memset(p, '<', n);
	memcpy(p, t, (size_t)len < n ? (size_t)len : n);
}

/* Nine characters and their digit. */
static void
put_number(struct gen *g, char *p)
{
	fill(g, p, UPPER, 1);
	fill(g, p + 1, DIGITS "CFGHJKLMNPRTVWXYZ", 8);
	p[9] = check(p, 9);
}

/* Of twelve characters: nine, a filler, the rest and the digit at the start of the optional data. */
static void
put_long_number(struct gen *g, char *p)
{
	char whole[13];

	fill(g, whole, UPPER DIGITS, 12);
	memcpy(p, whole, 9);
	p[9] = '<';
	memcpy(p + 10, whole + 9, 3);
	p[13] = check(whole, 12);
}

static void
three_lines(struct slots *s, char one[31], bool wrong)
{
	struct gen *g = &s->g;
	const char *state = PICK(g, states);
	char *two = s->second;
	unsigned at = 0, sum;

	memset(one, '<', 30);
	memset(two, '<', 30);
	one[0] = "IAC"[gen_range(g, 0, 2)];
	memcpy(one + 2, state, 3);
	if (gen_range(g, 0, 3) == 0)
		put_long_number(g, one + 5);
	else
		put_number(g, one + 5);
	put_date(g, two, 40, 99);
	two[7] = "MF<"[gen_range(g, 0, 2)];
	put_date(g, two + 8, 24, 34);
	memcpy(two + 15, state, 3);
	if (gen_range(g, 0, 1))
		fill(g, two + 18, DIGITS, 9);
	sum = weigh(one + 5, 25, &at) + weigh(two, 7, &at);
	sum += weigh(two + 8, 7, &at) + weigh(two + 18, 11, &at);
	two[29] = (char)('0' + (sum + (wrong ? 3 : 0)) % 10);
	if (wrong)
		two[6] = (char)('0' + (two[6] - '0' + 4) % 10);
	put_names(g, s->third, 30);
	one[30] = two[30] = s->third[30] = 0;
}

/* Two lines of `wide`; the second ends with a composite digit, or has none. */
static void
two_lines(struct slots *s, char *one, size_t wide, const char *kind, bool composite, bool wrong)
{
	struct gen *g = &s->g;
	const char *state = PICK(g, states);
	char *two = s->second;
	unsigned at = 0, sum;

	memset(two, '<', wide);
	memcpy(one, kind, 2);
	memcpy(one + 2, state, 3);
	put_names(g, one + 5, wide - 5);
	put_number(g, two);
	memcpy(two + 10, state, 3);
	put_date(g, two + 13, 40, 99);
	two[20] = "MF"[gen_range(g, 0, 1)];
	put_date(g, two + 21, 24, 34);
	if (gen_range(g, 0, 1))
		fill(g, two + 28, DIGITS UPPER, 6);
	if (wrong) {
		two[9] = (char)('0' + (two[9] - '0' + 3) % 10);
		two[27] = (char)('0' + (two[27] - '0' + 6) % 10);
	}
	if (composite) {
		sum = weigh(two, 10, &at) + weigh(two + 13, 7, &at);
		sum += weigh(two + 21, wide - 22, &at);
		two[wide - 1] = (char)('0' + sum % 10);
	}
	one[wide] = two[wide] = 0;
}

MAKE(td1a)
{
	char one[31];

	UNUSED;
	three_lines(s, one, false);
	buf_puts(b, one);
}

MAKE(second)
{
	UNUSED;
	buf_puts(b, s->second);
}

MAKE(third)
{
	UNUSED;
	buf_puts(b, s->third);
}

#define TWO(name, wide, kind, composite)                                                           \
	MAKE(name)                                                                                 \
	{                                                                                          \
		char one[48];                                                                      \
                                                                                                   \
		UNUSED;                                                                            \
		two_lines(s, one, wide, kind, composite, false);                                   \
		buf_puts(b, one);                                                                  \
	}
TWO(td2a, 36, "I<", true)
TWO(mrva1, 44, "V<", false)
TWO(mrvb1, 36, "V<", false)

MAKE(td1bad)
{
	char one[31];

	UNUSED;
	three_lines(s, one, true);
	buf_printf(b, "%s\n%s\n%s", one, s->second, s->third);
}

MAKE(td2bad)
{
	char one[48];

	UNUSED;
	two_lines(s, one, 36, "I<", true, true);
	buf_printf(b, "%s\n%s", one, s->second);
}

MAKE(mrvabad)
{
	char one[48];

	UNUSED;
	two_lines(s, one, 44, "V<", false, true);
	buf_printf(b, "%s\n%s", one, s->second);
}

const struct slot_kind slots_zones[] = {
	{"td1a", "", make_td1a},
	{"td1b", "passport-mrz", make_second},
	{"td1c", "", make_third},
	{"td2a", "", make_td2a},
	{"td2b", "passport-mrz", make_second},
	{"mrva1", "", make_mrva1},
	{"mrva2", "passport-mrz", make_second},
	{"mrvb1", "", make_mrvb1},
	{"mrvb2", "passport-mrz", make_second},
	{"td1bad", "", make_td1bad},
	{"td2bad", "", make_td2bad},
	{"mrvabad", "", make_mrvabad},
	{NULL, NULL, NULL},
};
