/*
 * Values are made here apart from the program's own checks: a check digit that both sides got wrong
 * in the same way would prove nothing. Names are put together out of first names and invented
 * surnames; addresses end in names that nobody can register (RFC 2606) or are made up.
 */
#include <stdio.h>
#include <string.h>

#include "slots_kinds.h"

#include "base/poison.h"

#define PICK(g, list) ((list)[gen_range(g, 0, sizeof(list) / sizeof(list)[0] - 1)])

static const char digits[] = "0123456789", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		  lower[] = "abcdefghijklmnopqrstuvwxyz", hexes[] = "0123456789abcdef",
		  alnum[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
		  base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		  base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static const char *const first_names[] = {"Anna", "Ben", "Carla", "David", "Elena", "Frank",
	"Grace", "Hugo", "Irene", "James", "Karen", "Louis", "Maria", "Nadia", "Oscar", "Paula",
	"Robert", "Sofia", "Thomas", "Ursula", "Victor", "Wendy", "Yvonne", "Zachary", "Amir",
	"Mei", "Priya", "Kenji", "Fatima", "Olaf"};
static const char *const last_names[] = {"Abelgard", "Brunswell", "Carmody-Lisk", "Dellarova",
	"Eastmere", "Fonterra", "Grubenau", "Hallowick", "Ibarrola", "Jankovar", "Kesslering",
	"Lomarque", "Mendizar", "Novotnik", "Oakhurst", "Pellarini", "Quistgard", "Renaultier",
	"Sandovar", "Thornbeck", "Ulvang", "Vasconi", "Whitlamb", "Ximenor", "Yardwin", "Zelinka"};
static const char *const companies[] = {"Brightwater Films", "Northgate Logistics", "Alder & Finch",
	"Kestrel Medical Group", "Blue Harbor Media", "Sundial Energy", "Tamarack Foods",
	"Verity Insurance", "Halcyon Studios", "Ironbridge Bank"};
static const char *const cities[] = {"Portland", "Leeds", "Graz", "Lyon", "Sevilla", "Porto",
	"Bologna", "Austin", "Hamburg", "Ottawa", "Denver", "Ghent"};
static const char *const streets[] = {"Maple Street", "Station Road", "Hill Avenue", "Mill Lane",
	"Park Drive", "Lake View", "Cedar Court"};
static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"};
static const char *const words[] = {"river", "garden", "window", "letter", "winter", "market",
	"bridge", "paper", "signal", "corner", "harbour", "engine", "shadow", "copper", "valley",
	"mirror", "planet", "ticket"};
static const char *const hosts[] = {"web", "db", "mail", "app", "file", "print", "core", "backup",
	"dc", "proxy", "esx", "build"};

void
slots_set(struct gen *g, const char *set, unsigned n, struct buf *b)
{
	size_t len = strlen(set);

	while (n--)
		buf_putc(b, (uint8_t)set[gen_range(g, 0, (uint32_t)len - 1)]);
}

static void
make_person(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	(void)a, (void)c;
	buf_printf(b, "%s %s", PICK(&s->g, first_names), PICK(&s->g, last_names));
}

static void
make_lastfirst(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	(void)a, (void)c;
	buf_printf(b, "%s, %s", PICK(&s->g, last_names), PICK(&s->g, first_names));
}

#define LIST(name, list)                                                                           \
	static void make_##name(struct slots *s, unsigned a, unsigned c, struct buf *b)            \
	{                                                                                          \
		(void)a, (void)c;                                                                  \
		buf_puts(b, PICK(&s->g, list));                                                    \
	}
LIST(first, first_names)
LIST(last, last_names)
LIST(company, companies)
LIST(city, cities)
LIST(month, months)
LIST(word, words)

#define SET(name, set)                                                                             \
	static void make_##name(struct slots *s, unsigned a, unsigned c, struct buf *b)            \
	{                                                                                          \
		(void)c;                                                                           \
		slots_set(&s->g, set, a, b);                                                       \
	}
SET(dig, digits)
SET(up, upper)
SET(low, lower)
SET(hex, hexes)
SET(an, alnum)
SET(b64, base64)
SET(b32, base32)

static void
make_street(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	(void)a, (void)c;
	buf_printf(b, "%u %s", gen_range(&s->g, 1, 980), PICK(&s->g, streets));
}

/* jdoe, j.doe or doe7 */
static void
make_login(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	const char *f = PICK(&s->g, first_names), *l = PICK(&s->g, last_names);
	char t[64];

	(void)a, (void)c;
	switch (gen_range(&s->g, 0, 2)) {
	case 0:
		(void)snprintf(t, sizeof t, "%c%s", f[0], l);
		break;
	case 1:
		(void)snprintf(t, sizeof t, "%s.%s", f, l);
		break;
	default:
		(void)snprintf(t, sizeof t, "%s%u", f, gen_range(&s->g, 1, 99));
		break;
	}
	for (char *p = t; *p; p++)
		if (*p != '-')
			buf_putc(b, (uint8_t)(*p >= 'A' && *p <= 'Z' ? *p | 32 : *p));
}

static void
make_email(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	static const char *const at[] = {"brightwater-films.com", "northgate.co.uk",
		"alderfinch.de", "kestrelmed.org", "halcyon-studios.net", "mailbox-one.com"};

	make_login(s, a, c, b);
	buf_printf(b, "@%s", PICK(&s->g, at));
}

static void
make_int(struct slots *s, unsigned lo, unsigned hi, struct buf *b)
{
	buf_printf(b, "%u", gen_range(&s->g, lo, hi));
}

static void
make_money(struct slots *s, unsigned lo, unsigned hi, struct buf *b)
{
	unsigned v = gen_range(&s->g, lo ? lo : 28000, hi ? hi : 190000);

	if (v >= 1000000)
		buf_printf(b, "%u,%03u,%03u", v / 1000000, v / 1000 % 1000, v % 1000);
	else if (v >= 1000)
		buf_printf(b, "%u,%03u", v / 1000, v % 1000);
	else
		buf_printf(b, "%u", v);
}

static void
make_cents(struct slots *s, unsigned lo, unsigned hi, struct buf *b)
{
	make_money(s, lo, hi, b);
	buf_printf(b, ".%02u", gen_range(&s->g, 0, 99));
}

static void
make_euro(struct slots *s, unsigned lo, unsigned hi, struct buf *b)
{
	unsigned v = gen_range(&s->g, lo ? lo : 1800, hi ? hi : 98000);

	if (v >= 1000)
		buf_printf(b, "%u.%03u,%02u", v / 1000, v % 1000, gen_range(&s->g, 0, 99));
	else
		buf_printf(b, "%u,%02u", v, gen_range(&s->g, 0, 99));
}

static void
make_year(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	make_int(s, a ? a : 2005, c ? c : 2024, b);
}

/* of years lo..hi; the order by name: 2014-11-24, 11/24/2014, 24.11.2014 */
static void
make_date(struct slots *s, unsigned lo, unsigned hi, struct buf *b)
{
	struct gen *g = &s->g;

	buf_printf(b, "%04u-%02u-%02u", gen_range(g, lo ? lo : 2003, hi ? hi : 2024),
		gen_range(g, 1, 12), gen_range(g, 1, 28));
}

static void
make_dateus(struct slots *s, unsigned lo, unsigned hi, struct buf *b)
{
	struct gen *g = &s->g;
	unsigned m = gen_range(g, 1, 12), d = gen_range(g, 1, 28);

	buf_printf(b, "%02u/%02u/%04u", m, d, gen_range(g, lo ? lo : 2003, hi ? hi : 2024));
}

static void
make_dateeu(struct slots *s, unsigned lo, unsigned hi, struct buf *b)
{
	struct gen *g = &s->g;
	unsigned m = gen_range(g, 1, 12), d = gen_range(g, 1, 28);

	buf_printf(b, "%02u.%02u.%04u", d, m, gen_range(g, lo ? lo : 2003, hi ? hi : 2024));
}

static void
make_time(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	struct gen *g = &s->g;

	(void)a, (void)c;
	buf_printf(
		b, "%02u:%02u:%02u", gen_range(g, 0, 23), gen_range(g, 0, 59), gen_range(g, 0, 59));
}

static void
make_phone(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	struct gen *g = &s->g;

	(void)a, (void)c;
	buf_printf(b, "(%u%02u) %u%02u-%04u", gen_range(g, 2, 9), gen_range(g, 12, 89),
		gen_range(g, 2, 9), gen_range(g, 12, 99), gen_range(g, 0, 9999));
}

static void
make_phoneeu(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	struct gen *g = &s->g;

	(void)a, (void)c;
	buf_printf(b, "+%u %u %u %u", gen_range(g, 0, 1) ? 44u : 49u, gen_range(g, 20, 899),
		gen_range(g, 100, 999), gen_range(g, 1000, 9999));
}

static void
make_ip(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	struct gen *g = &s->g;

	(void)a, (void)c;
	buf_printf(
		b, "10.%u.%u.%u", gen_range(g, 0, 40), gen_range(g, 0, 250), gen_range(g, 2, 250));
}

static void
make_pubip(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	struct gen *g = &s->g;

	(void)a, (void)c;
	buf_printf(b, "%u.%u.%u.%u", gen_range(g, 80, 95), gen_range(g, 0, 250),
		gen_range(g, 0, 250), gen_range(g, 2, 250));
}

static void
make_mac(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	(void)a, (void)c;
	for (int i = 0; i < 6; i++) {
		if (i)
			buf_putc(b, ':');
		slots_set(&s->g, hexes, 2, b);
	}
}

static void
make_host(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	(void)a, (void)c;
	buf_printf(b, "%s%02u", PICK(&s->g, hosts), gen_range(&s->g, 1, 60));
}

static void
make_uuid(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	static const unsigned n[] = {8, 4, 4, 4, 12};

	(void)a, (void)c;
	for (int i = 0; i < 5; i++) {
		if (i)
			buf_putc(b, '-');
		slots_set(&s->g, hexes, n[i], b);
	}
}

static void
make_prose(struct slots *s, unsigned n, unsigned c, struct buf *b)
{
	char t[4096];

	(void)c;
	gen_prose(&s->g, n, t, sizeof t);
	for (char *p = t; *p; p++)
		if (*p == '\n')
			*p = ' ';
	buf_puts(b, t);
}

/* As people choose them, and as machines do; never a plain word. */
static void
make_pw(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	static const char *const names[] = {"Bella", "Rocky", "Chelsea", "Summer", "Tiger",
		"Monkey", "Welcome", "Sunshine", "Liverpool", "Jasmine", "Lakers", "Madison"};
	static const char marks[] = "!#$*&@%";
	struct gen *g = &s->g;

	(void)a, (void)c;
	switch (gen_range(g, 0, 5)) {
	case 0:
		buf_printf(b, "%s%u", PICK(g, names), gen_range(g, 10, 2020));
		break;
	case 1:
		buf_printf(b, "%s%u!", PICK(g, names), gen_range(g, 1, 99));
		break;
	case 2:
		buf_printf(b, "%s%u", PICK(g, words), gen_range(g, 100, 9999));
		break;
	case 3:
		slots_set(g, upper, 1, b);
		slots_set(g, lower, 4, b);
		slots_set(g, marks, 1, b);
		slots_set(g, digits, 3, b);
		break;
	case 4:
		slots_set(g, alnum, 8, b);
		slots_set(g, digits, 2, b);
		slots_set(g, lower, 1, b);
		break;
	default:
		buf_printf(b, "%s_%s%u", PICK(g, words), PICK(g, names), gen_range(g, 1, 99));
		break;
	}
}

static void
make_pem(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	char t[2048];

	(void)a, (void)c;
	gen_pem(&s->g, t);
	t[strlen(t) - 1] = 0;
	buf_puts(b, t);
}

static void
make_icd(struct slots *s, unsigned a, unsigned c, struct buf *b)
{
	(void)a, (void)c;
	slots_set(&s->g, "CEFGIJKMN", 1, b);
	buf_printf(b, "%02u.%u", gen_range(&s->g, 10, 69), gen_range(&s->g, 0, 9));
}

const struct slot_kind slots_values[] = {
	{"person", "", make_person},
	{"lastfirst", "", make_lastfirst},
	{"first", "", make_first},
	{"last", "", make_last},
	{"company", "", make_company},
	{"city", "", make_city},
	{"street", "", make_street},
	{"month", "", make_month},
	{"word", "", make_word},
	{"login", "", make_login},
	{"email", "", make_email},
	{"int", "", make_int},
	{"money", "", make_money},
	{"cents", "", make_cents},
	{"euro", "", make_euro},
	{"year", "", make_year},
	{"date", "", make_date},
	{"dateus", "", make_dateus},
	{"dateeu", "", make_dateeu},
	{"time", "", make_time},
	{"phone", "", make_phone},
	{"phoneeu", "", make_phoneeu},
	{"ip", "", make_ip},
	{"pubip", "", make_pubip},
	{"mac", "", make_mac},
	{"host", "", make_host},
	{"uuid", "", make_uuid},
	{"prose", "", make_prose},
	{"dig", "", make_dig},
	{"up", "", make_up},
	{"low", "", make_low},
	{"hex", "", make_hex},
	{"an", "", make_an},
	{"b64", "", make_b64},
	{"b32", "", make_b32},
	{"icd", "", make_icd},
	{"pw", "password", make_pw},
	{"pem", "private-key", make_pem},
	{"ssn", "us-ssn", make_ssn},
	{"ssn9", "us-ssn", make_ssn9},
	{"ssnb", "us-ssn", make_ssnb},
	{"itin", "us-itin", make_itin},
	{"itin9", "us-itin", make_itin9},
	{"sin", "ca-sin", make_sin},
	{"sin9", "ca-sin", make_sin9},
	{"sind", "ca-sin", make_sind},
	{"nino", "uk-nino", make_nino},
	{"ninos", "uk-nino", make_ninos},
	{"card", "payment-card", make_card},
	{"cardb", "payment-card", make_cardb},
	{"cardd", "payment-card", make_cardd},
	{"amex", "payment-card", make_amex},
	{"iban", "iban", make_iban},
	{"ibanb", "iban", make_ibanb},
	{"aba", "us-bank-account", make_aba},
	{"mrz1", "", make_mrz1},
	{"mrz2", "passport-mrz", make_mrz2},
	{"ppus", "passport-number", make_ppus},
	{"ppuk", "passport-number", make_ppuk},
	{"ppde", "passport-number", make_ppde},
	{"ppca", "passport-number", make_ppca},
	{"ppfr", "passport-number", make_ppfr},
	{"ppit", "passport-number", make_ppit},
	{"dlca", "drivers-license", make_dlca},
	{"dlfl", "drivers-license", make_dlfl},
	{"dlny", "drivers-license", make_dlny},
	{"dltx", "drivers-license", make_dltx},
	{"dluk", "drivers-license", make_dluk},
	{"ghp", "token", make_ghp},
	{"npm", "token", make_npm},
	{NULL, NULL, NULL},
};
