/* The shapes as regular expressions, tried at every position of the text. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "refmatch.h"
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

#define L     "(?<![A-Za-z0-9_.$/\\\\-])(?<![0-9]:)"
#define R     "(?![A-Za-z0-9_%@])(?![./\\\\-][A-Za-z0-9])(?!:[0-9])"
#define ALONE "(?<![0-9] )"
#define LAST  "(?! [0-9])"
#define YEAR  "(?:18|19|20|21)[0-9]{2}(?![0-9])"
#define DM    "(?:0?[1-9]|[12][0-9]|3[01])"
#define GAP   "(?=[ \\t\\r\\n])[ \\t]{0,8}+\\r?+\\n?+[ \\t]{0,8}+"
#define M     "[A-Z0-9<]"
#define ZL    "(?<![A-Za-z0-9_<])"
#define ZR    "(?![A-Za-z0-9_<])"
#define MON   "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"

static const struct form {
	enum shape shape;
	const char *regex;
} forms[] = {
	{SHAPE_SSN, L "[0-9]{3}-[0-9]{2}-[0-9]{4}" R},
	{SHAPE_SSN, L ALONE "[0-9]{3} [0-9]{2} [0-9]{4}" LAST R},
	{SHAPE_DIGITS9, L "[0-9]{9}" R},
	{SHAPE_GROUP333, L "[0-9]{3}([-.])[0-9]{3}\\1[0-9]{3}" R},
	{SHAPE_GROUP333, L ALONE "[0-9]{3} [0-9]{3} [0-9]{3}" LAST R},
	{SHAPE_CARD, L "[0-9]{13,19}+" R},
	{SHAPE_CARD,
		L "(?:(?<![0-9]{4} )|(?<=[0-9]{5} ))[0-9]{4}([- "
		  "])[0-9]{4}\\1[0-9]{4}\\1[0-9]{4}" R},
	{SHAPE_CARD,
		L "(?:(?<![0-9]{4} )|(?<=[0-9]{5} ))[0-9]{4}([- "
		  "])[0-9]{4}\\1[0-9]{4}\\1[0-9]{4}\\1[0-9]{3}" R},
	{SHAPE_CARD, L "(?:(?<![0-9]{4} )|(?<=[0-9]{5} ))[0-9]{4}([- ])[0-9]{6}\\1[0-9]{5}" R},
	{SHAPE_CARD, L "(?:(?<![0-9]{4} )|(?<=[0-9]{5} ))[0-9]{4}([- ])[0-9]{6}\\1[0-9]{4}" R},
	{SHAPE_IBAN, L "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}+" R},
	{SHAPE_MRZ, ZL "(?=[A-Z0-9<\\s]*<<)[A-Z]" M "{43}" GAP M "{44}" ZR},
	{SHAPE_MRZ, ZL "[A-Z]" M "{35}" GAP M "{36}" ZR},
	{SHAPE_MRZ, ZL "[A-Z]" M "{29}" GAP M "{30}" GAP M "{30}" ZR},
	{SHAPE_NINO, L "[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]" R},
	{SHAPE_NINO, L "[A-Z]{2}-?[0-9]{2}-?[0-9]{2}-?[0-9]{2}-?[A-D]" R},
	{SHAPE_DIGITS, L "[0-9]{6,17}+" R},
	{SHAPE_DATE,
		L "(?:18|19|20|21)[0-9]{2}([-./])(?:0[1-9]|1[0-2])\\1"
		  "(?:0[1-9]|[12][0-9]|3[01])(?![0-9])(?:(?=T)|" R ")"},
	{SHAPE_DATE,
		L "(?!(?:1[3-9]|2[0-9]|3[01]).(?:1[3-9]|2[0-9]|3[01]))" DM "([-./])" DM
		  "\\1" YEAR R},
	{SHAPE_DATE, L DM "([-./ ])(?=[A-Z])" MON "\\1" YEAR R},
	{SHAPE_PHONE, L "[0-9]{3}([ .-])[0-9]{3}\\1[0-9]{4}" R},
	{SHAPE_PHONE, L "1[ .-][0-9]{3}([ .-])[0-9]{3}\\1[0-9]{4}" R},
	{SHAPE_PHONE, L "\\([0-9]{3}\\)[ .-]?[0-9]{3}[ .-][0-9]{4}" R},
	{SHAPE_PHONE, L "\\+[0-9]++(?:\\)?[ .-]?\\(?[0-9]++)*+" R},
	{SHAPE_EMAIL,
		"(?<![A-Za-z0-9._%+-])(?=[A-Za-z0-9._%+-]{1,64}+@)[.%+-]*+\\K[A-Za-z0-9_]"
		"[A-Za-z0-9._%+-]*+(?<!\\.)@"
		"(?>(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\\.)+[A-Za-z]{2,24}(?![A-Za-z0-9-]))(?!@)"},
};
#define FORMS (sizeof forms / sizeof *forms)

static pcre2_code *
compile(const char *regex)
{
	int code;
	size_t at;
	pcre2_code *c =
		pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);

	if (!c) {
		fprintf(stderr, "%s: error %d at %zu\n", regex, code, at);
		abort();
	}
	return c;
}

static bool
phone_digits(struct span v)
{
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		n += v.p[i] >= '0' && v.p[i] <= '9';
	return n >= 8 && n <= 15;
}

static void
try_everywhere(enum shape shape, const char *regex, struct span t, struct ref_list *out)
{
	pcre2_code *code = compile(regex);
	pcre2_match_data *md = pcre2_match_data_create_from_pattern(code, NULL);

	for (size_t at = 0; at < t.n; at++) {
		const PCRE2_SIZE *ov = pcre2_get_ovector_pointer(md);

		if (pcre2_match(code, t.p, t.n, at, PCRE2_ANCHORED, md, NULL) < 0)
			continue;
		if (shape == SHAPE_MRZ && !memmem(t.p + ov[0], ov[1] - ov[0], "<<", 2))
			continue;
		if (t.p[ov[0]] == '+' && !phone_digits(span_sub(t, ov[0], ov[1] - ov[0])))
			continue;
		ref_put(out, (struct ref_hit){.start = ov[0], .n = ov[1] - ov[0]});
	}
	pcre2_match_data_free(md);
	pcre2_code_free(code);
}

/* 15 to 34 characters in groups of four, the last of one to four. */
static void
ibans(struct span t, struct ref_list *out)
{
	for (unsigned groups = 2; groups <= 7; groups++) {
		for (unsigned last = 1; last <= 4; last++) {
			char regex[256];

			if (4 + 4 * groups + last < 15 || 4 + 4 * groups + last > 34)
				continue;
			(void)snprintf(regex, sizeof regex,
				"%s[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){%u} [A-Z0-9]{%u}%s", L, groups,
				last, R);
			try_everywhere(SHAPE_IBAN, regex, t, out);
		}
	}
}

void
ref_shapes(enum shape shape, struct span text, struct ref_list *out)
{
	for (size_t i = 0; i < FORMS; i++)
		if (forms[i].shape == shape)
			try_everywhere(shape, forms[i].regex, text, out);
	if (shape == SHAPE_IBAN)
		ibans(text, out);
	ref_sort(out);
}
