/*
 * Forms of driving licence numbers. Two of the issuers below use a check digit or encode what can be
 * tested; the rest is form, and a third of the US states give plain numbers, so rules ask for a word
 * or a header besides. Sources: the US states' formats as their motor vehicle offices publish them,
 * the DVLA's description of its driver number, and for Germany the number's description in Wikipedia
 * (Führerscheinnummer), whose specimen's check digit comes out right. Spain numbers licences as it does
 * identity cards, whose letter is the rest by 23 (Real Decreto 1553/2005); Brazil's register has two
 * check digits by 11 (Resolução CONTRAN 886); Italy's forms are those of the model MC 720 and of the
 * cards since 2013.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* A letters, 9 digits, N either; a number after a class repeats it, "4-8" from four to eight times. */
static const struct form {
	const char *text, *note;
} forms[] = {
	{"A7", "the form of a licence of California, Kansas, New York and others"},
	{"A8", "the form of a licence of Arizona, Hawaii, Kentucky and others"},
	{"A9", "the form of a licence of Indiana, Oklahoma, Virginia and others"},
	{"A10", "the form of a licence of Michigan or Virginia"},
	{"A11", "the form of a licence of Illinois"},
	{"A12", "the form of a licence of Florida, Maryland, Michigan or Minnesota"},
	{"A13", "the form of a licence of Wisconsin"},
	{"A14", "the form of a licence of New Jersey"},
	{"A18", "the form of a licence of New York"},
	{"A6", "the form of a licence of Missouri, Nebraska or Rhode Island"},
	{"A5", "the form of a licence of Missouri or Ohio"},
	{"AA6", "the form of a licence of Colorado or Ohio"},
	{"AAA6", "the form of a licence of North Dakota"},
};

static bool
is_run(const char *s, size_t n, bool digits)
{
	for (size_t i = 0; i < n; i++)
		if ((s[i] >= '0' && s[i] <= '9') != digits)
			return false;
	return true;
}

/* Letters, then so many digits. */
static bool
is_form(const char *form, const char *s, size_t n)
{
	size_t letters = strspn(form, "A"), digits = 0;

	for (const char *p = form + letters; *p; p++)
		digits = digits * 10 + (size_t)(*p - '0');
	return n == letters + digits && is_run(s, letters, false) &&
		is_run(s + letters, digits, true);
}

/* Forms with letters behind digits. */
static const char *
odd_form(const char *s, size_t n)
{
	if (n == 9 && is_run(s, 2, false) && is_run(s + 2, 6, true) && is_run(s + 8, 1, false))
		return "the form of a licence of Idaho";
	if (n == 9 && is_run(s, 3, true) && is_run(s + 3, 2, false) && is_run(s + 5, 4, true))
		return "the form of a licence of Iowa";
	if (n == 10 && is_run(s, 2, true) && is_run(s + 2, 3, false) && is_run(s + 5, 5, true))
		return "the form of a licence of New Hampshire";
	if (n == 8 && is_run(s, 7, true) && (s[7] == 'A' || is_run(s + 7, 1, false)))
		return "the form of a licence of Vermont or Maine";
	if ((n == 9 || n == 10) && is_run(s, n - 1, true) && is_run(s + n - 1, 1, false))
		return "the form of a licence of Missouri";
	if (n == 5 && is_run(s, 1, false) && is_run(s + 1, 1, true) && is_run(s + 2, 1, false) &&
		is_run(s + 3, 1, true) && is_run(s + 4, 1, false))
		return "the form of a licence of Kansas";
	return NULL;
}

/*
 * Great Britain: five of the surname (9 fills), decade, month (+50 for women), day, year's last
 * digit, two initials (9 fills), a digit and two letters.
 */
static bool
is_british(const char *s, size_t n)
{
	unsigned month, day;
	size_t name = 0;

	if (n != 16 || !is_run(s + 5, 6, true))
		return false;
	while (name < 5 && s[name] != '9')
		name += s[name] >= 'A' && s[name] <= 'Z' ? 1 : 6;
	if (name == 0 || name > 5 || strspn(s + name, "9") < 5 - name)
		return false;
	month = (unsigned)(s[6] - '0') * 10 + (unsigned)(s[7] - '0');
	day = (unsigned)(s[8] - '0') * 10 + (unsigned)(s[9] - '0');
	month -= month > 50 ? 50 : 0;
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && !is_run(s + 11, 1, true) &&
		is_run(s + 14, 2, false);
}

/* Germany: a letter and ten more; the tenth is the rest of the weighted sum by 11, X for ten. */
static bool
is_german(const char *s, size_t n)
{
	unsigned sum = 0, rest;

	if (n != 11 || is_run(s, 1, true) || !is_run(s + 10, 1, true) || is_run(s, n, false))
		return false;
	for (unsigned i = 0; i < 9; i++) {
		unsigned v = s[i] >= 'A' ? (unsigned)(s[i] - 'A') + 10 : (unsigned)(s[i] - '0');

		sum += v * (9 - i);
	}
	rest = sum % 11;
	return s[9] == (rest == 10 ? 'X' : (char)('0' + rest));
}

/* Spain: eight digits and a letter, or a foreigner's X, Y or Z and seven. */
static bool
is_spanish(const char *s, size_t n)
{
	uint32_t number = 0;

	if (n != 9 || !is_run(s + 1, 7, true) || is_run(s + 8, 1, true))
		return false;
	if (s[0] >= 'X' && s[0] <= 'Z')
		number = (uint32_t)(s[0] - 'X');
	else if (is_run(s, 1, true))
		number = (uint32_t)(s[0] - '0');
	else
		return false;
	for (size_t i = 1; i < 8; i++)
		number = number * 10 + (uint32_t)(s[i] - '0');
	return s[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23];
}

/* Italy: the province and seven digits with a letter behind, or U1 and its like since 2013. */
static bool
is_italian(const char *s, size_t n)
{
	if (n != 10 || is_run(s + 9, 1, true))
		return false;
	if (is_run(s, 2, false) && is_run(s + 2, 7, true))
		return true;
	return s[0] == 'U' && s[1] == '1' && is_run(s + 3, 6, true);
}

/* Brazil: nine digits; what the first sum loses beyond nine is taken from the second. */
static bool
is_brazilian(const char *s, size_t n)
{
	unsigned up = 0, down = 0, first, second, lost;

	if (n != 11 || !is_run(s, n, true))
		return false;
	for (unsigned i = 0; i < 9; i++) {
		down += (unsigned)(s[i] - '0') * (9 - i);
		up += (unsigned)(s[i] - '0') * (i + 1);
	}
	first = down % 11;
	lost = first > 9 ? 2 : 0;
	first = first > 9 ? 0 : first;
	second = up % 11;
	second = second > 9 ? 0 : second < lost ? second + 11 - lost : second - lost;
	return s[9] == (char)('0' + first) && s[10] == (char)('0' + second);
}

/* Washington: seven letters of the name, three digits and two more; WDL and nine since 2018. */
static bool
is_washington(const char *s, size_t n)
{
	if (n != 12 || is_run(s, n, false))
		return false;
	return strncmp(s, "WDL", 3) == 0 || (is_run(s, 7, false) && is_run(s + 7, 3, true));
}

static const char *
abroad(const char *s, size_t n, struct verdict *v)
{
	if (is_british(s, n)) {
		v->strong = v->checksum = true;
		return "the form of a British driver number, with a valid date of birth in it";
	}
	v->checksum = true;
	if (is_german(s, n))
		return "the form and check digit of a German licence";
	if (is_spanish(s, n))
		return "the form and letter of a Spanish licence";
	if (is_brazilian(s, n))
		return "the form and check digits of a Brazilian licence";
	v->checksum = false;
	return is_italian(s, n) ? "the form of an Italian licence" : NULL;
}

static const char *
note_of(const char *s, size_t n, struct verdict *v)
{
	const char *note = abroad(s, n, v);

	if (note)
		return note;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (is_form(forms[i].text, s, n))
			return forms[i].note;
	note = odd_form(s, n);
	if (note)
		return note;
	if (is_washington(s, n))
		return "the form of a licence of Washington";
	return n >= 7 && n <= 14 && is_run(s, n, true) ? "the form of many states' licences" : NULL;
}

/* ok: in the form of a licence of a US state or of one of five other countries; 5 to 19 letters and digits. */
bool
check_license(struct span value, struct span around, struct verdict *ret_v)
{
	char s[24];
	size_t n = alnums_of(value, s, sizeof s);

	(void)around;
	*ret_v = (struct verdict){0};
	if (n < 5 || all_same(s, n))
		return false;
	ret_v->note = note_of(s, n, ret_v);
	if (!ret_v->note)
		return false;
	ret_v->ok = true;
	ret_v->sample = memmem(s, n, "123456", 6) || memmem(s, n, "B072RRE2I5", 10);
	verdict_normal(ret_v, s, n);
	return true;
}
