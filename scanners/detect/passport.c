/*
 * Shapes of passport numbers by country. None has a check digit outside the machine-readable zone,
 * so a shape only says "could be": rules ask for a word or a header besides. Sources: the State
 * Department and HM Passport Office for US and UK, IRCC for Canada, the German Passverordnung for
 * its alphabet, and the descriptions of ICAO member states' documents in PRADO.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* 9 a digit, A a letter, N either, G of Germany's alphabet; others are themselves, in [] a choice. */
static const struct shape_of {
	const char *form, *note;
} forms[] = {
	{"999999999", "the form of a US or UK passport number"},
	{"A99999999", "the form of a US passport number"},
	{"AA999999", "the form of a Canadian passport number"},
	{"A999999AA", "the form of a Canadian passport number"},
	{"[CFGHJK]GGGGGGGG", "the form of a German passport number"},
	{"[CFGHJK]GGGGGGGG9", "the form of a German passport number"},
	{"99AA99999", "the form of a French passport number"},
	{"AA9999999", "the form of a Japanese or Italian passport number"},
	{"[NEDFACUX]9999999", "the form of an Australian passport number"},
	{"P[ABCDEFUWXZ]9999999", "the form of an Australian passport number"},
	{"A[123456789]99999[123456789]", "the form of an Indian passport number"},
	{"AAA999999", "the form of a Spanish passport number"},
	{"[MSROD]999A9999", "the form of a Korean passport number"},
};

/* Does c agree with the form's next element? *form moves past it. */
static bool
element_agrees(const char **form, char c)
{
	bool digit = c >= '0' && c <= '9', yes = false;
	char kind = *(*form)++;

	if (kind == '9')
		return digit;
	if (kind == 'A')
		return !digit;
	if (kind == 'G')
		return digit || strchr("CFGHJKLMNPRTVWXYZ", c) != NULL;
	if (kind != '[')
		return kind == c;
	for (; **form != ']'; (*form)++)
		yes |= **form == c;
	(*form)++;
	return yes;
}

static bool
form_matches(const char *form, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!*form || !element_agrees(&form, s[i]))
			return false;
	return !*form;
}

/* ok: 8 to 10 letters and digits in the form of one of the countries above. */
bool
check_passport(struct span value, struct span around, struct verdict *ret_v)
{
	char s[10];
	size_t n;

	(void)around;
	*ret_v = (struct verdict){0};
	n = alnums_of(value, s, sizeof s);
	if (n < 8 || all_same(s, n))
		return false;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!form_matches(forms[i].form, s, n))
			continue;
		ret_v->ok = true;
		ret_v->sample = memcmp(s, "12345678", 8) == 0 || memcmp(s + 1, "1234567", 7) == 0;
		ret_v->note = forms[i].note;
		verdict_normal(ret_v, s, n);
		return true;
	}
	return false;
}
