/* SplitMix64 for the numbers; check digits are computed here apart from the program's own code. */
#include "gen.h"

#include <stdio.h>
#include <string.h>

#include "base/poison.h"

void
gen_seed(struct gen *g, uint64_t seed)
{
	g->state = seed;
}

uint64_t
gen_next(struct gen *g)
{
	uint64_t z = g->state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

uint32_t
gen_range(struct gen *g, uint32_t lo, uint32_t hi)
{
	return lo + (uint32_t)(gen_next(g) % (hi - lo + 1));
}

void
gen_ssn(struct gen *g, const char *sep, char ret[16])
{
	uint32_t area, group, serial;

	do {
		area = gen_range(g, 1, 899);
		group = gen_range(g, 1, 99);
		serial = gen_range(g, 1, 9999);
	} while (area == 666 || (area == 123 && group == 45) || (area == 78 && group == 5) ||
		(area == 219 && group == 9));
	(void)snprintf(
		ret, 16, "%03u%s%02u%s%04u", area % 1000, sep, group % 100, sep, serial % 10000);
}

void
gen_card(struct gen *g, const char *sep, char ret[32])
{
	char d[17];
	unsigned sum = 0;

	d[0] = gen_range(g, 0, 1) ? '4' : '5';
	d[1] = (char)('0' + (d[0] == '4' ? gen_range(g, 5, 9) : gen_range(g, 1, 5)));
	for (int i = 2; i < 15; i++)
		d[i] = (char)('0' + gen_range(g, 0, 9));
	for (int i = 0; i < 15; i++) {
		unsigned v = (unsigned)(d[14 - i] - '0');

		if (i % 2 == 0)
			v = v * 2 > 9 ? v * 2 - 9 : v * 2;
		sum += v;
	}
	d[15] = (char)('0' + (10 - sum % 10) % 10);
	d[16] = 0;
	(void)snprintf(ret, 32, "%.4s%s%.4s%s%.4s%s%.4s", d, sep, d + 4, sep, d + 8, sep, d + 12);
}

static unsigned
mod97(const char *s)
{
	unsigned r = 0;

	for (; *s; s++) {
		if (*s >= '0' && *s <= '9')
			r = (r * 10 + (unsigned)(*s - '0')) % 97;
		else
			r = (r * 100 + (unsigned)(*s - 'A' + 10)) % 97;
	}
	return r;
}

void
gen_iban(struct gen *g, char ret[40])
{
	char bban[24], all[40];
	const char *cc;
	int n = 0;

	if (gen_range(g, 0, 1)) {
		cc = "DE";
		for (; n < 18; n++)
			bban[n] = (char)('0' + gen_range(g, 0, 9));
	} else {
		cc = "GB";
		for (; n < 4; n++)
			bban[n] = (char)('A' + gen_range(g, 0, 25));
		for (; n < 18; n++)
			bban[n] = (char)('0' + gen_range(g, 0, 9));
	}
	bban[n] = 0;
	(void)snprintf(all, sizeof all, "%s%s00", bban, cc);
	(void)snprintf(ret, 40, "%s%02u%s", cc, (98 - mod97(all)) % 100, bban);
}

static char
mrz_digit(const char *s, size_t n)
{
	static const unsigned w[3] = {7, 3, 1};
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned v = s[i] == '<' ? 0
			: s[i] <= '9'	 ? (unsigned)(s[i] - '0')
					 : (unsigned)(s[i] - 'A' + 10);

		sum += v * w[i % 3];
	}
	return (char)('0' + sum % 10);
}

void
gen_mrz(struct gen *g, char ret_line1[48], char ret_line2[48])
{
	char name[64], all[64];
	char *l2 = ret_line2;
	size_t n;

	gen_person(g, name);
	n = (size_t)snprintf(ret_line1, 48, "P<UTO%s", "");
	for (const char *p = strchr(name, ' ') + 1; *p && n < 30; p++)
		ret_line1[n++] = (char)(*p & ~32);
	ret_line1[n++] = '<';
	ret_line1[n++] = '<';
	for (const char *p = name; *p != ' ' && n < 44; p++)
		ret_line1[n++] = (char)(*p & ~32);
	while (n < 44)
		ret_line1[n++] = '<';
	ret_line1[n] = 0;
	l2[0] = (char)('A' + gen_range(g, 0, 25));
	for (int i = 1; i < 9; i++)
		l2[i] = (char)('0' + gen_range(g, 0, 9));
	l2[9] = mrz_digit(l2, 9);
	memcpy(l2 + 10, "UTO", 3);
	(void)snprintf(all, sizeof all, "%02u%02u%02u", gen_range(g, 40, 99), gen_range(g, 1, 12),
		gen_range(g, 1, 28));
	memcpy(l2 + 13, all, 6);
	l2[19] = mrz_digit(l2 + 13, 6);
	l2[20] = gen_range(g, 0, 1) ? 'F' : 'M';
	(void)snprintf(all, sizeof all, "%02u%02u%02u", gen_range(g, 15, 30), gen_range(g, 1, 12),
		gen_range(g, 1, 28));
	memcpy(l2 + 21, all, 6);
	l2[27] = mrz_digit(l2 + 21, 6);
	memset(l2 + 28, '<', 14);
	l2[42] = '0';
	memcpy(all, l2, 10);
	memcpy(all + 10, l2 + 13, 7);
	memcpy(all + 17, l2 + 21, 22);
	l2[43] = mrz_digit(all, 39);
	l2[44] = 0;
}

static const char *const first[] = {"Alda", "Bruno", "Carla", "Dario", "Elsa", "Fabio", "Greta",
	"Hanno", "Ilka", "Jorin", "Karla", "Lenz", "Mira", "Nilo", "Orsa", "Piet", "Quirin", "Rosa",
	"Silas", "Tilda", "Udo", "Vera", "Wanda", "Xaver", "Yara", "Zeno"};
static const char *const last[] = {"Abelmar", "Brinkhof", "Castelow", "Dornfeld", "Estermann",
	"Falkrath", "Gundlow", "Harwick", "Imbach", "Jellinger", "Kolbrand", "Lindqvar", "Morvane",
	"Nordhal", "Oswell", "Pellgrim", "Quentz", "Rosswald", "Strandt", "Tolmark", "Ulmberg",
	"Varrick", "Westlake", "Yarrowby", "Zellbach"};
static const char *const words[] = {"the", "budget", "of", "a", "season", "was", "agreed", "in",
	"spring", "and", "later", "moved", "to", "another", "team", "because", "people", "asked",
	"for", "more", "time", "with", "their", "work", "on", "stage", "lights", "sound", "travel",
	"plans", "meeting", "notes", "were", "shared", "by", "mail", "before", "lunch", "when",
	"nobody", "had", "read", "them", "yet", "river", "garden", "window", "letter", "winter"};

#define PICK(g, list) ((list)[gen_range(g, 0, sizeof(list) / sizeof(list)[0] - 1)])

void
gen_person(struct gen *g, char ret[64])
{
	const char *f = PICK(g, first);

	(void)snprintf(ret, 64, "%s %s", f, PICK(g, last));
}

void
gen_login(struct gen *g, char ret[64])
{
	const char *f = PICK(g, first), *l = PICK(g, last);

	(void)snprintf(ret, 64, "%c%s", *f | 32, l);
	ret[1] = (char)(ret[1] | 32);
}

void
gen_password(struct gen *g, char ret[32])
{
	static const char *const stem[] = {
		"Winter", "Dragon", "Harbour", "Maple", "Falcon", "Copper"};
	static const char end[] = "!#?$*";

	(void)snprintf(ret, 32, "%s%u%c", PICK(g, stem), gen_range(g, 10, 9999),
		end[gen_range(g, 0, sizeof end - 2)]);
}

void
gen_prose(struct gen *g, size_t n, char *ret, size_t cap)
{
	size_t at = 0, in_sentence = 0;

	for (size_t i = 0; i < n && at + 24 < cap; i++) {
		const char *w = PICK(g, words);
		size_t len = strlen(w);

		memcpy(ret + at, w, len);
		if (in_sentence == 0)
			ret[at] = (char)(ret[at] & ~32);
		at += len;
		if (++in_sentence > 6 && gen_range(g, 0, 7) == 0) {
			ret[at++] = '.';
			in_sentence = 0;
		}
		ret[at++] = i % 14 == 13 ? '\n' : ' ';
	}
	ret[at] = 0;
}

void
gen_pem(struct gen *g, char ret[2048])
{
	static const char b64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
				  "/";
	uint8_t der[3 * 200];
	size_t n = 0, at, end;

	/* SEQUENCE of the version and eight INTEGERs of 64 bytes: 3 + 8 * 66 = 531 bytes inside */
	der[n++] = 0x30;
	der[n++] = 0x82;
	der[n++] = 531 >> 8;
	der[n++] = 531 & 255;
	der[n++] = 2;
	der[n++] = 1;
	der[n++] = 0;
	for (int i = 0; i < 8; i++) {
		der[n++] = 2;
		der[n++] = 64;
		for (int k = 0; k < 64; k++)
			der[n++] = (uint8_t)(gen_next(g) & (k ? 255 : 127));
	}
	end = n;
	while (n % 3)
		der[n++] = 0;
	at = (size_t)snprintf(ret, 2048, "-----BEGIN RSA PRIVATE KEY-----\n");
	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)der[i] << 16 | (uint32_t)der[i + 1] << 8 | der[i + 2];

		for (int k = 3; k >= 0; k--)
			ret[at++] = i + 3 - (size_t)k > end ? '=' : b64[v >> (6 * k) & 63];
		if (i / 3 % 16 == 15)
			ret[at++] = '\n';
	}
	(void)snprintf(ret + at, 2048 - at, "\n-----END RSA PRIVATE KEY-----\n");
}
