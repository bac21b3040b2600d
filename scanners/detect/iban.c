/*
 * International bank account numbers, ISO 13616: two letters, two check digits (ISO 7064 MOD
 * 97-10), and an account number whose length and make-up each country fixes in SWIFT's IBAN
 * registry. A shape cannot know where the number ends in running text; the country's length does.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* Make-up of the account number: n digits, a letters, c either; a count behind each. */
static const struct iban_country {
	char code[3];
	const char *form;
} countries[] = {
	{"AD", "n8c12"},
	{"AE", "n19"},
	{"AL", "n8c16"},
	{"AT", "n16"},
	{"AZ", "a4c20"},
	{"BA", "n16"},
	{"BE", "n12"},
	{"BG", "a4n6c8"},
	{"BH", "a4c14"},
	{"BI", "n23"},
	{"BR", "n23a1c1"},
	{"BY", "c4n4c16"},
	{"CH", "n5c12"},
	{"CR", "n18"},
	{"CY", "n8c16"},
	{"CZ", "n20"},
	{"DE", "n18"},
	{"DJ", "n23"},
	{"DK", "n14"},
	{"DO", "c4n20"},
	{"EE", "n16"},
	{"EG", "n25"},
	{"ES", "n20"},
	{"FI", "n14"},
	{"FK", "a2n12"},
	{"FO", "n14"},
	{"FR", "n10c11n2"},
	{"GB", "a4n14"},
	{"GE", "a2n16"},
	{"GI", "a4c15"},
	{"GL", "n14"},
	{"GR", "n7c16"},
	{"GT", "c24"},
	{"HN", "a4n20"},
	{"HR", "n17"},
	{"HU", "n24"},
	{"IE", "a4n14"},
	{"IL", "n19"},
	{"IQ", "a4n15"},
	{"IS", "n22"},
	{"IT", "a1n10c12"},
	{"JO", "a4n4c18"},
	{"KW", "a4c22"},
	{"KZ", "n3c13"},
	{"LB", "n4c20"},
	{"LC", "a4c24"},
	{"LI", "n5c12"},
	{"LT", "n16"},
	{"LU", "n3c13"},
	{"LV", "a4c13"},
	{"LY", "n21"},
	{"MC", "n10c11n2"},
	{"MD", "c20"},
	{"ME", "n18"},
	{"MK", "n3c10n2"},
	{"MN", "n16"},
	{"MR", "n23"},
	{"MT", "a4n5c18"},
	{"MU", "a4n19a3"},
	{"NI", "a4n20"},
	{"NL", "a4n10"},
	{"NO", "n11"},
	{"OM", "n3c16"},
	{"PK", "a4c16"},
	{"PL", "n24"},
	{"PS", "a4c21"},
	{"PT", "n21"},
	{"QA", "a4c21"},
	{"RO", "a4c16"},
	{"RS", "n18"},
	{"RU", "n14c15"},
	{"SA", "n2c18"},
	{"SC", "a4n20a3"},
	{"SD", "n14"},
	{"SE", "n20"},
	{"SI", "n15"},
	{"SK", "n20"},
	{"SM", "a1n10c12"},
	{"SO", "n19"},
	{"ST", "n21"},
	{"SV", "a4n20"},
	{"TL", "n19"},
	{"TN", "n20"},
	{"TR", "n6c16"},
	{"UA", "n6c19"},
	{"VA", "n18"},
	{"VG", "a4n16"},
	{"XK", "n16"},
	{"YE", "a4n4c18"},
};

/* Specimens of the registry and of banks' help pages. */
static const char *const specimens[] = {"GB82WEST12345698765432", "GB29NWBK60161331926819",
	"GB33BUKB20201555555555", "DE89370400440532013000", "FR1420041010050500013M02606",
	"FR7630006000011234567890189", "CH9300762011623852957", "NL91ABNA0417164300",
	"NL20INGB0001234567", "ES9121000418450200051332", "IT60X0542811101000000123456",
	"BE68539007547034", "AT611904300234573201", "PT50000201231234567890154",
	"PL61109010140000071219812874", "SE4550000000058398257466", "NO9386011117947",
	"DK5000400440116243", "FI2112345600000785", "IE29AIBK93115212345678",
	"LU280019400644750000", "DE75512108001245126199", "DE02120300000000202051", NULL};

static const char *
find_form(const char *code)
{
	for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
		if (memcmp(countries[i].code, code, 2) == 0)
			return countries[i].form;
	return NULL;
}

static size_t
read_count(const char **form)
{
	size_t n = 0;

	while (is_digit((uint8_t) * *form))
		n = n * 10 + (size_t)(*(*form)++ - '0');
	return n;
}

/* Length of an account number of that form. */
static size_t
form_len(const char *form)
{
	size_t n = 0;

	while (*form) {
		form++;
		n += read_count(&form);
	}
	return n;
}

static bool
form_agrees(const char *form, const char *s)
{
	while (*form) {
		char kind = *form++;

		for (size_t n = read_count(&form); n > 0; n--, s++) {
			bool digit = is_digit((uint8_t)*s);

			if ((kind == 'n' && !digit) || (kind == 'a' && digit))
				return false;
		}
	}
	return true;
}

static unsigned
mod97(const char *s, size_t n, unsigned sum)
{
	for (size_t i = 0; i < n; i++) {
		unsigned v = is_digit((uint8_t)s[i]) ? (unsigned)(s[i] - '0')
						     : (unsigned)(s[i] - 'A') + 10;

		sum = (sum * (v < 10 ? 10 : 100) + v) % 97;
	}
	return sum;
}

/*
 * The first n letters and digits of value, which must end where a group ends. False when it is
 * shorter or the n-th is glued to more.
 */
static bool
take(struct span value, char *out, size_t n)
{
	size_t got = 0;

	while (value.n && got < n) {
		size_t skip = separator_len(value);

		if (!skip) {
			if (!is_alnum(*value.p))
				return false;
			out[got++] = (char)to_upper(*value.p);
			skip = 1;
		}
		value = span_sub(value, skip, value.n);
	}
	return got == n && (value.n == 0 || !is_alnum(*value.p));
}

static bool
is_specimen(const char *s, size_t n)
{
	for (size_t i = 0; specimens[i]; i++)
		if (strlen(specimens[i]) == n && memcmp(specimens[i], s, n) == 0)
			return true;
	return false;
}

/* 98 less a remainder: 00, 01 and 99 are given by none (ISO 13616), though they may add up. */
static bool
digits_given(const char *s)
{
	unsigned n = (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0');

	return is_digit((uint8_t)s[0]) && is_digit((uint8_t)s[1]) && n >= 2 && n <= 98;
}

/* ok: a country of the registry, its length and make-up, remainder 1. */
bool
check_iban(struct span value, struct span around, struct verdict *ret_v)
{
	const char *form;
	char code[2], s[40];
	size_t n;

	(void)around;
	*ret_v = (struct verdict){0};
	if (value.n < 15 || !is_alpha(value.p[0]) || !is_alpha(value.p[1]))
		return false;
	code[0] = (char)to_upper(value.p[0]);
	code[1] = (char)to_upper(value.p[1]);
	form = find_form(code);
	n = form ? 4 + form_len(form) : 0;
	if (!form || n > 34 || !take(value, s, n))
		return false;
	if (!digits_given(s + 2) || !form_agrees(form, s + 4) ||
		mod97(s, 4, mod97(s + 4, n - 4, 0)) != 1)
		return false;
	ret_v->ok = true;
	ret_v->checksum = true;
	ret_v->strong = true;
	ret_v->sample = is_specimen(s, n);
	ret_v->note =
		ret_v->sample ? "a published specimen" : "country, length and check digits agree";
	verdict_normal(ret_v, s, n);
	return true;
}
