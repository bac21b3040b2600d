/*
 * Each number by its authority's rule, computed here once more: ICAO 9303 and ISO 7064 through
 * gen.c, Luhn and ABA's 3-7-1 below, GitHub's CRC-32 in base 62. Driver's licences: the forms of
 * California, Florida, New York, Texas and Great Britain.
 */
#include "slots_numbers.h"

#include <stdio.h>
#include <string.h>

#include "base/poison.h"

#define MAKE(name) void make_##name(struct slots *s, unsigned a, unsigned c, struct buf *b)
#define UNUSED	   (void)a, (void)c

static const char digits[] = "0123456789", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static void
ssn(struct slots *s, const char *sep, struct buf *b)
{
	char t[16];

	gen_ssn(&s->g, sep, t);
	buf_puts(b, t);
}

MAKE(ssn)
{
	UNUSED;
	ssn(s, "-", b);
}

MAKE(ssnb)
{
	UNUSED;
	ssn(s, " ", b);
}

MAKE(ssn9)
{
	UNUSED;
	ssn(s, "", b);
}

static void
itin(struct slots *s, const char *sep, struct buf *b)
{
	static const unsigned from[] = {50, 70, 90, 94}, to[] = {65, 88, 92, 99};
	unsigned i = gen_range(&s->g, 0, 3);
	unsigned area = gen_range(&s->g, 900, 999), group = gen_range(&s->g, from[i], to[i]);

	buf_printf(b, "%03u%s%02u%s%04u", area, sep, group, sep, gen_range(&s->g, 1, 9999));
}

MAKE(itin)
{
	UNUSED;
	itin(s, "-", b);
}

MAKE(itin9)
{
	UNUSED;
	itin(s, "", b);
}

/* The digit that makes d[0..n-1] and it pass Luhn's test. */
static char
luhn_digit(const char *d, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned v = (unsigned)(d[n - 1 - i] - '0');

		if (i % 2 == 0)
			v = v * 2 > 9 ? v * 2 - 9 : v * 2;
		sum += v;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

static void
sin_number(struct slots *s, const char *sep, struct buf *b)
{
	char d[10];

	(void)snprintf(d, sizeof d, "%u%07u", gen_range(&s->g, 1, 7), gen_range(&s->g, 0, 9999999));
	d[8] = luhn_digit(d, 8);
	buf_printf(b, "%.3s%s%.3s%s%.3s", d, sep, d + 3, sep, d + 6);
}

MAKE(sin)
{
	UNUSED;
	sin_number(s, " ", b);
}

MAKE(sind)
{
	UNUSED;
	sin_number(s, "-", b);
}

MAKE(sin9)
{
	UNUSED;
	sin_number(s, "", b);
}

static void
nino(struct slots *s, const char *sep, struct buf *b)
{
	static const char *const prefix[] = {
		"AB", "CE", "HJ", "JT", "LK", "MS", "PX", "RW", "SY", "TL", "WE", "YA", "ZB"};
	struct gen *g = &s->g;

	buf_puts(b, prefix[gen_range(g, 0, 12)]);
	for (int i = 0; i < 3; i++) {
		buf_puts(b, sep);
		slots_set(g, digits, 2, b);
	}
	buf_puts(b, sep);
	slots_set(g, "ABCD", 1, b);
}

MAKE(nino)
{
	UNUSED;
	nino(s, "", b);
}

MAKE(ninos)
{
	UNUSED;
	nino(s, " ", b);
}

static void
card(struct slots *s, const char *sep, struct buf *b)
{
	char t[32];

	gen_card(&s->g, sep, t);
	buf_puts(b, t);
}

MAKE(card)
{
	UNUSED;
	card(s, "", b);
}

MAKE(cardb)
{
	UNUSED;
	card(s, " ", b);
}

MAKE(cardd)
{
	UNUSED;
	card(s, "-", b);
}

MAKE(amex)
{
	const char *sep = gen_range(&s->g, 0, 1) ? " " : "";
	char d[17];

	UNUSED;
	(void)snprintf(d, sizeof d, "3%u%06u%06u", gen_range(&s->g, 0, 1) ? 4u : 7u,
		gen_range(&s->g, 0, 999999), gen_range(&s->g, 0, 999999));
	d[14] = luhn_digit(d, 14);
	buf_printf(b, "%.4s%s%.6s%s%.5s", d, sep, d + 4, sep, d + 10);
}

MAKE(iban)
{
	char t[40];

	UNUSED;
	gen_iban(&s->g, t);
	buf_puts(b, t);
}

MAKE(ibanb)
{
	char t[40];

	UNUSED;
	gen_iban(&s->g, t);
	for (size_t i = 0; t[i]; i++) {
		if (i && i % 4 == 0)
			buf_putc(b, ' ');
		buf_putc(b, (uint8_t)t[i]);
	}
}

MAKE(aba)
{
	static const unsigned w[] = {3, 7, 1, 3, 7, 1, 3, 7};
	unsigned sum = 0;
	char d[10];

	UNUSED;
	(void)snprintf(d, sizeof d, "%02u%06u",
		gen_range(&s->g, 0, 1) ? gen_range(&s->g, 1, 12) : gen_range(&s->g, 21, 32),
		gen_range(&s->g, 0, 999999));
	for (int i = 0; i < 8; i++)
		sum += (unsigned)(d[i] - '0') * w[i];
	buf_printf(b, "%s%u", d, (10 - sum % 10) % 10);
}

MAKE(mrz1)
{
	char one[48], two[48];

	UNUSED;
	gen_mrz(&s->g, one, two);
	buf_puts(b, one);
	(void)snprintf(s->second, sizeof s->second, "%s", two);
}

MAKE(mrz2)
{
	UNUSED;
	buf_puts(b, s->second);
}

static void
form(struct slots *s, const char *first, unsigned n_first, unsigned n, struct buf *b)
{
	slots_set(&s->g, first, n_first, b);
	slots_set(&s->g, digits, n, b);
}

MAKE(ppus)
{
	UNUSED;
	if (gen_range(&s->g, 0, 1))
		form(s, upper, 1, 8, b);
	else
		form(s, "3456", 1, 8, b);
}

MAKE(ppuk)
{
	UNUSED;
	form(s, "135", 1, 8, b);
}

MAKE(ppde)
{
	UNUSED;
	slots_set(&s->g, "CFGHJK", 1, b);
	slots_set(&s->g, digits, 2, b);
	slots_set(&s->g, "CFGHJKLMNPRTVWXYZ0123456789", 6, b);
}

MAKE(ppca)
{
	UNUSED;
	form(s, "AGHJ", 2, 6, b);
}

MAKE(ppfr)
{
	UNUSED;
	slots_set(&s->g, digits, 2, b);
	form(s, upper, 2, 5, b);
}

MAKE(ppit)
{
	UNUSED;
	form(s, "ACBY", 2, 7, b);
}

MAKE(dlca)
{
	UNUSED;
	form(s, upper, 1, 7, b);
}

MAKE(dlfl)
{
	UNUSED;
	form(s, upper, 1, 12, b);
}

MAKE(dlny)
{
	UNUSED;
	buf_printf(b, "%u %03u %03u", gen_range(&s->g, 100, 999), gen_range(&s->g, 0, 999),
		gen_range(&s->g, 0, 999));
}

MAKE(dltx)
{
	UNUSED;
	form(s, "123", 1, 7, b);
}

/* Five letters of the surname, decade, month (women: +50), day, year, initials, three more. */
MAKE(dluk)
{
	struct gen *g = &s->g;
	unsigned month = gen_range(g, 1, 12) + (gen_range(g, 0, 1) ? 50 : 0);

	UNUSED;
	slots_set(g, upper, 5, b);
	buf_printf(b, "%u%02u%02u%u", gen_range(g, 5, 9), month, gen_range(g, 1, 28),
		gen_range(g, 0, 9));
	slots_set(g, upper, 1, b);
	buf_printf(b, "9%u", gen_range(g, 2, 9));
	slots_set(g, upper, 2, b);
}

static uint32_t
crc32_of(const char *p, size_t n)
{
	uint32_t v = 0xFFFFFFFFu;

	for (size_t i = 0; i < n; i++) {
		v ^= (uint8_t)p[i];
		for (int k = 0; k < 8; k++)
			v = v >> 1 ^ (v & 1 ? 0xEDB88320u : 0);
	}
	return ~v;
}

static void
checked_token(struct slots *s, const char *prefix, struct buf *b)
{
	static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char sum[7] = "";
	uint32_t v;
	size_t from;

	buf_puts(b, prefix);
	from = b->n;
	slots_set(&s->g, set, 30, b);
	v = crc32_of((const char *)b->p + from, 30);
	for (int i = 5; i >= 0; i--, v /= 62)
		sum[i] = set[v % 62];
	buf_puts(b, sum);
}

MAKE(ghp)
{
	UNUSED;
	checked_token(s, "ghp_", b);
}

MAKE(npm)
{
	UNUSED;
	checked_token(s, "npm_", b);
}
