/*
 * What the second author's patterns need besides: people with accents and particles, dates and
 * amounts as other countries write them, telephone numbers, papers of other countries, cards of
 * other schemes, passwords of other shapes. Check digits are computed here, not by the program.
 */
#include <stdio.h>
#include <string.h>

#include "slots_kinds.h"

#include "base/poison.h"

#define PICK(g, list) ((list)[gen_range(g, 0, sizeof(list) / sizeof(list)[0] - 1)])
#define MAKE(name)    static void make_##name(struct slots *s, unsigned a, unsigned c, struct buf *b)
#define UNUSED	      (void)a, (void)c

static const char digits[] = "0123456789", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static const char *const given[] = {"Marcus", "Deborah", "Kevin", "Lucinda", "Jorge", "Heike",
	"Bernard", "Claire", "Duncan", "Gianni", "Rosa", "Tobias", "Imogen", "Laurent", "Beatriz",
	"Stefan", "Nuria", "Caetano", "Fiona", "Walter"};
static const char *const family[] = {"Pembridge", "Castellon", "Huberling", "Marchetti-Vol",
	"Duvernois", "Okonjola", "Strandqvist", "Villarejos", "Tregarth", "Lindenhof", "Azevedra",
	"Bracewick", "Morandelli", "Schaffroth", "Delacourte", "Yamadori"};
static const char *const given_accents[] = {"J\u00fcrgen", "Ren\u00e9e", "Jos\u00e9 Luis",
	"In\u00eas", "Niccol\u00f2", "Fran\u00e7oise", "B\u00e4rbel", "Jo\u00e3o", "Ana Mar\u00eda",
	"S\u00f8ren", "Chlo\u00e9", "Andr\u00e9"};
static const char *const family_accents[] = {"M\u00fcllersberg", "Garc\u00eda de Luengo",
	"van der Heuvelen", "D'Agostinelli", "O'Dwyerly", "Gon\u00e7alvira", "L\u00f6wenthaler",
	"de la Pe\u00f1uela", "Lef\u00e8vrier", "da Concei\u00e7\u00e3inha", "Stra\u00dfmaier"};
static const char *const months_en[] = {"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"};
static const char *const months_de[] = {"Januar", "Februar", "M\u00e4rz", "April", "Mai", "Juni",
	"Juli", "August", "September", "Oktober", "November", "Dezember"};
static const char *const months_fr[] = {"janvier", "f\u00e9vrier", "mars", "avril", "mai", "juin",
	"juillet", "ao\u00fbt", "septembre", "octobre", "novembre", "d\u00e9cembre"};
static const char *const months_es[] = {"enero", "febrero", "marzo", "abril", "mayo", "junio",
	"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"};
static const char *const domains[] = {"corvane-textiles.com", "hafen-spedition.de",
	"atelier-dubrec.fr", "grupo-almansor.es", "rio-verde-log.com.br", "studio-petrolani.it",
	"pembridge-llp.co.uk", "westlake-dental.org"};

MAKE(apers)
{
	UNUSED;
	buf_printf(b, "%s %s", PICK(&s->g, given), PICK(&s->g, family));
}

MAKE(pers)
{
	UNUSED;
	if (gen_range(&s->g, 0, 2))
		make_apers(s, a, c, b);
	else
		buf_printf(b, "%s %s", PICK(&s->g, given_accents), PICK(&s->g, family_accents));
}

MAKE(given)
{
	UNUSED;
	buf_puts(b, PICK(&s->g, given));
}

MAKE(family)
{
	UNUSED;
	buf_puts(b, PICK(&s->g, family));
}

/* PEMBRIDGE Marcus, as French and Italian lists have it */
MAKE(capers)
{
	UNUSED;
	for (const char *p = PICK(&s->g, family); *p; p++)
		buf_putc(b, (uint8_t)(*p >= 'a' && *p <= 'z' ? *p & ~32 : *p));
	buf_printf(b, " %s", PICK(&s->g, given));
}

/* mpembridge or marcus.pembridge */
MAKE(user)
{
	const char *f = PICK(&s->g, given), *l = PICK(&s->g, family);
	char t[64];

	UNUSED;
	if (gen_range(&s->g, 0, 1))
		(void)snprintf(t, sizeof t, "%c%s", f[0], l);
	else
		(void)snprintf(t, sizeof t, "%s.%s", f, l);
	for (char *p = t; *p; p++)
		if (*p != '-')
			buf_putc(b, (uint8_t)(*p >= 'A' && *p <= 'Z' ? *p | 32 : *p));
}

MAKE(mail)
{
	make_user(s, a, c, b);
	buf_printf(b, "@%s", PICK(&s->g, domains));
}

static unsigned
year_of(struct slots *s, unsigned lo, unsigned hi)
{
	return gen_range(&s->g, lo ? lo : 2009, hi ? hi : 2025);
}

#define DATE(name, form, ...)                                                                      \
	MAKE(name)                                                                                 \
	{                                                                                          \
		unsigned m = gen_range(&s->g, 1, 12), d = gen_range(&s->g, 1, 28),                 \
			 y = year_of(s, a, c);                                                     \
                                                                                                   \
		buf_printf(b, form, __VA_ARGS__);                                                  \
	}
DATE(dlongus, "%s %u, %u", months_en[m - 1], d, y)
DATE(dlonguk, "%u %s %u", d, months_en[m - 1], y)
DATE(dlongde, "%u. %s %u", d, months_de[m - 1], y)
DATE(dlongfr, "%u %s %u", d, months_fr[m - 1], y)
DATE(dlonges, "%u de %s de %u", d, months_es[m - 1], y)
DATE(dslash, "%02u/%02u/%u", d, m, y)
DATE(dshort, "%u.%u.%02u", d, m, y % 100)
DATE(dmon, "%02u-%.3s-%u", d, months_en[m - 1], y)

/* 12 345,67 */
MAKE(mfr)
{
	unsigned v = gen_range(&s->g, a ? a : 1700, c ? c : 89000);

	if (v >= 1000)
		buf_printf(b, "%u %03u,%02u", v / 1000, v % 1000, gen_range(&s->g, 0, 99));
	else
		buf_printf(b, "%u,%02u", v, gen_range(&s->g, 0, 99));
}

MAKE(phus)
{
	UNUSED;
	buf_printf(b, "%u-%u-%04u", gen_range(&s->g, 212, 978), gen_range(&s->g, 222, 989),
		gen_range(&s->g, 0, 9999));
}

MAKE(phfr)
{
	struct gen *g = &s->g;

	UNUSED;
	buf_printf(b, "0%u %02u %02u %02u %02u", gen_range(g, 1, 6), gen_range(g, 10, 98),
		gen_range(g, 10, 98), gen_range(g, 10, 98), gen_range(g, 10, 98));
}

MAKE(phde)
{
	UNUSED;
	buf_printf(b, "01%u/%u", gen_range(&s->g, 51, 79), gen_range(&s->g, 1000000, 9999999));
}

MAKE(phuk)
{
	UNUSED;
	buf_printf(b, "07%u %06u", gen_range(&s->g, 400, 999), gen_range(&s->g, 100000, 999999));
}

/* Shapes that people choose: walks, phrases with dashes, seasons, letters for figures. */
MAKE(pwx)
{
	static const char *const seasons[] = {
		"Herbst", "Verano", "Printemps", "Autumn", "Inverno", "Easter", "Advent", "Estate"};
	static const char *const leet[] = {"P@r1s", "M0nt4na", "B0rdeaux", "Gr4nada", "L1sb0a",
		"H4mburg", "N4poli", "Br1st0l", "D3nver", "0hio"};
	static const char *const things[] = {"otter", "lantern", "pebble", "saddle", "walnut",
		"comet", "ferry", "velvet", "anchor", "barley"};
	static const char some[] = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789+?!#$%-"
				   "=";
	struct gen *g = &s->g;

	UNUSED;
	switch (gen_range(g, 0, 4)) {
	case 0:
		buf_printf(b, "%s%u%c", PICK(g, seasons), gen_range(g, 2009, 2025),
			"!#?*"[gen_range(g, 0, 3)]);
		break;
	case 1:
		buf_printf(b, "%s%u", PICK(g, leet), gen_range(g, 1, 999));
		break;
	case 2:
		buf_printf(b, "%s-%s-%u", PICK(g, things), PICK(g, things), gen_range(g, 10, 99));
		break;
	case 3:
		slots_set(g, "abcdefghkmnp", 1, b);
		slots_set(g, some, 9, b);
		slots_set(g, "23456789", 1, b);
		slots_set(g, "KLMNPQ", 1, b);
		break;
	default:
		buf_printf(b, "%c%s%u%s", "XQZk"[gen_range(g, 0, 3)], PICK(g, things),
			gen_range(g, 1, 99), PICK(g, family));
		break;
	}
}

#define FORM(name, ...)                                                                            \
	MAKE(name)                                                                                 \
	{                                                                                          \
		static const struct {                                                              \
			const char *set;                                                           \
			unsigned n;                                                                \
		} part[] = {__VA_ARGS__};                                                          \
                                                                                                   \
		UNUSED;                                                                            \
		for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)                          \
			slots_set(&s->g, part[i].set, part[i].n, b);                               \
	}
FORM(ppes, {upper, 3}, {digits, 6})
FORM(ppbr, {"CFGY", 1}, {"ABCDEFGHZ", 1}, {digits, 6})
FORM(ppau, {"NEPA", 1}, {digits, 7})
FORM(ppjp, {"TMNR", 1}, {upper, 1}, {digits, 7})
FORM(ppin, {"JKLMNPRSTZ", 1}, {"123456789", 1}, {digits, 5}, {"123456789", 1})
FORM(dlil, {upper, 1}, {digits, 3}, {"-", 1}, {digits, 4}, {"-", 1}, {digits, 4})
FORM(dlmi, {upper, 1}, {digits, 12})
FORM(dloh, {upper, 2}, {digits, 6})
FORM(dlpa, {"123", 1}, {digits, 7})
FORM(dlco, {digits, 2}, {"-", 1}, {digits, 3}, {"-", 1}, {digits, 4})

/* The digits that make country, 00 and bban a remainder of 1 (ISO 7064). */
static unsigned
iban_digits(const char *country, const char *bban)
{
	unsigned r = 0;
	char t[64];

	(void)snprintf(t, sizeof t, "%s%s00", bban, country);
	for (const char *p = t; *p; p++)
		if (*p >= 'A')
			r = (r * 100 + (unsigned)(*p - 'A' + 10)) % 97;
		else
			r = (r * 10 + (unsigned)(*p - '0')) % 97;
	return 98 - r;
}

/* Forms of the SWIFT registry: n a digit, a a letter; blanks between fours when a is 1. */
MAKE(ibanx)
{
	static const struct {
		const char *country, *form;
	} list[] = {{"ES", "nnnnnnnnnnnnnnnnnnnn"}, {"PT", "nnnnnnnnnnnnnnnnnnnnn"},
		{"IT", "annnnnnnnnnnnnnnnnnnnnn"}, {"NL", "aaaannnnnnnnnn"},
		{"AT", "nnnnnnnnnnnnnnnn"}, {"BE", "nnnnnnnnnnnn"}, {"CH", "nnnnnnnnnnnnnnnnn"},
		{"IE", "aaaannnnnnnnnnnnnn"}, {"PL", "nnnnnnnnnnnnnnnnnnnnnnnn"}};
	size_t k = gen_range(&s->g, 0, sizeof list / sizeof list[0] - 1);
	struct buf t = {0};
	char whole[48];

	(void)c;
	for (const char *p = list[k].form; *p; p++)
		slots_set(&s->g, *p == 'n' ? digits : upper, 1, &t);
	buf_putc(&t, 0);
	(void)snprintf(whole, sizeof whole, "%s%02u%s", list[k].country,
		iban_digits(list[k].country, (char *)t.p), (char *)t.p);
	buf_free(&t);
	for (size_t i = 0; whole[i]; i++) {
		if (a && i && i % 4 == 0)
			buf_putc(b, ' ');
		buf_putc(b, (uint8_t)whole[i]);
	}
}

/* Luhn's digit for the n before it. */
static unsigned
luhn_of(const char *d, size_t n)
{
	unsigned sum = 0, v;

	for (size_t i = 0; i < n; i++) {
		v = (unsigned)(d[n - 1 - i] - '0') << (i % 2 == 0);
		sum += v > 9 ? v - 9 : v;
	}
	return (10 - sum % 10) % 10;
}

/* Mastercard's second series, Discover, JCB: 4-4-4-4; Diners: 4-6-4. */
MAKE(cardx)
{
	static const char *const first[] = {"2301", "2574", "6011", "6445", "3541", "3610"};
	const char *lead = PICK(&s->g, first);
	const char *sep = gen_range(&s->g, 0, 1) ? " " : "";
	bool diners = lead[1] == '6' && lead[0] == '3';
	size_t n = diners ? 13 : 15;
	char d[24];

	UNUSED;
	do {
		(void)snprintf(d, sizeof d, "%s%06u%05u", lead, gen_range(&s->g, 0, 999999),
			gen_range(&s->g, 0, 99999));
		d[n] = (char)('0' + luhn_of(d, n));
		d[n + 1] = 0;
	} while (strstr(d, "0000") || strstr(d + 4, "1111"));
	if (diners)
		buf_printf(b, "%.4s%s%.6s%s%.4s", d, sep, d + 4, sep, d + 10);
	else
		buf_printf(b, "%.4s%s%.4s%s%.4s%s%.4s", d, sep, d + 4, sep, d + 8, sep, d + 12);
}

const struct slot_kind slots_office[] = {
	{"apers", "", make_apers},
	{"pers", "", make_pers},
	{"given", "", make_given},
	{"family", "", make_family},
	{"capers", "", make_capers},
	{"user", "", make_user},
	{"mail", "", make_mail},
	{"dlongus", "", make_dlongus},
	{"dlonguk", "", make_dlonguk},
	{"dlongde", "", make_dlongde},
	{"dlongfr", "", make_dlongfr},
	{"dlonges", "", make_dlonges},
	{"dslash", "", make_dslash},
	{"dshort", "", make_dshort},
	{"dmon", "", make_dmon},
	{"mfr", "", make_mfr},
	{"phus", "", make_phus},
	{"phfr", "", make_phfr},
	{"phde", "", make_phde},
	{"phuk", "", make_phuk},
	{"pwx", "password", make_pwx},
	{"ppes", "passport-number", make_ppes},
	{"ppbr", "passport-number", make_ppbr},
	{"ppau", "passport-number", make_ppau},
	{"ppjp", "passport-number", make_ppjp},
	{"ppin", "passport-number", make_ppin},
	{"dlil", "drivers-license", make_dlil},
	{"dlmi", "drivers-license", make_dlmi},
	{"dloh", "drivers-license", make_dloh},
	{"dlpa", "drivers-license", make_dlpa},
	{"dlco", "drivers-license", make_dlco},
	{"ibanx", "iban", make_ibanx},
	{"cardx", "payment-card", make_cardx},
	{NULL, NULL, NULL},
};
