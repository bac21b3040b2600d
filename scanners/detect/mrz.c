/*
 * Machine-readable zones of passports, identity cards and visas: ICAO Doc 9303 parts 3 (data,
 * check digits), 4 (TD3), 5 (TD1), 6 (TD2) and 7 (MRV-A, MRV-B). Weights 7-3-1, letters A=10 to
 * Z=35, filler 0. The check digits of a zone that is whole agree by accident about once in
 * 100,000, with a state code and two possible dates about once in ten million: it stands alone.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define LINES_MAX 3
#define LINE_MAX  44

struct zone {
	char line[LINES_MAX][LINE_MAX];
	size_t n, len; /* lines, characters of each */
};

/* ISO 3166-1 alpha-3 and the codes of 9303 part 3 section 5, three letters each. */
static const char states[] = "ABWAFGAGOAIAALAALBANDANTAREARGARMASMATAATFATGAUSAUTAZEBDIBELBENBESBFA"
			     "BGDBGRBHRBHSBIHBLM"
			     "BLRBLZBMUBOLBRABRBBRNBTNBVTBWACAFCANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOM"
			     "CPVCRICUBCUWCXRCYM"
			     "CYPCZED<<"
			     "DEUDJIDMADNKDOMDZAECUEGYERIESHESPESTETHFINFJIFLKFRAFROFSMGABGBRGEOGGY"
			     "GHAGIBGIN"
			     "GLPGMBGNBGNQGRCGRDGRLGTMGUFGUMGUYHKGHMDHNDHRVHTIHUNIDNIMNINDIOTIRLIRN"
			     "IRQISLISRITAJAMJEY"
			     "JORJPNKAZKENKGZKHMKIRKNAKORKWTLAOLBNLBRLBYLCALIELKALSOLTULUXLVAMACMAF"
			     "MARMCOMDAMDGMDVMEX"
			     "MHLMKDMLIMLTMMRMNEMNGMNPMOZMRTMSRMTQMUSMWIMYSMYTNAMNCLNERNFKNGANICNIU"
			     "NLDNORNPLNRUNZLOMN"
			     "PAKPANPCNPERPHLPLWPNGPOLPRIPRKPRTPRYPSEPYFQATREUROURUSRWASAUSDNSENSGP"
			     "SGSSHNSJMSLBSLESLV"
			     "SMRSOMSPMSRBSSDSTPSURSVKSVNSWESWZSXMSYCSYRTCATCDTGOTHATJKTKLTKMTLSTON"
			     "TTOTUNTURTUVTWNTZA"
			     "UGAUKRUMIURYUSAUZBVATVCTVENVGBVIRVNMVUTWLFWSMYEMZAFZMBZWE"
			     "GBDGBNGBOGBPGBSUNOUNAUNKUTOXXAXXBXXCXXXXPOXOMXCCXCOXESXMPXBAXIMXCTXDC"
			     "XCERKSRKKEUEIAOWHO"
			     "WSAXECZIMSUNDDRYUGZARSCGNTZ";

static bool
state_ok(const char *s)
{
	for (size_t i = 0; i + 3 < sizeof states; i += 3)
		if (memcmp(states + i, s, 3) == 0)
			return true;
	return false;
}

static unsigned
char_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10 : 0;
}

/* Adds the weighted values of s[from..to); *at counts the places so far. */
static unsigned
weigh(const char *s, size_t from, size_t to, size_t *at)
{
	static const unsigned weights[] = {7, 3, 1};
	unsigned sum = 0;

	for (size_t i = from; i < to; i++)
		sum += char_value(s[i]) * weights[(*at)++ % 3];
	return sum;
}

static bool
digit_ok(const char *s, size_t from, size_t to, char digit)
{
	size_t at = 0;

	return digit >= '0' && digit <= '9' &&
		weigh(s, from, to, &at) % 10 == (unsigned)(digit - '0');
}

static bool
filler_only(const char *s, size_t from, size_t to)
{
	while (from < to)
		if (s[from++] != '<')
			return false;
	return true;
}

/* Optional data with a check digit that may be '<' or 0 when there is none. */
static bool
optional_ok(const char *s, size_t from, size_t to, char digit)
{
	if (filler_only(s, from, to))
		return digit == '<' || digit == '0';
	return digit_ok(s, from, to, digit);
}

static int
two(const char *s)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return -1;
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* YYMMDD; where a birth date is not known its parts may be fillers. */
static bool
date_ok(const char *s, bool unknown)
{
	int month = two(s + 2), day = two(s + 4);

	if (two(s) < 0 && !(unknown && filler_only(s, 0, 2)))
		return false;
	if (month < 1 ? !(unknown && filler_only(s, 2, 4)) : month > 12)
		return false;
	return day < 1 ? unknown && filler_only(s, 4, 6) : day <= 31;
}

static bool
sex_ok(char c)
{
	return c == 'M' || c == 'F' || c == '<' || c == 'X';
}

/* Primary name, letters and fillers only, at least one letter first. */
static bool
names_ok(const char *s, size_t from, size_t to)
{
	if (s[from] < 'A' || s[from] > 'Z')
		return false;
	for (size_t i = from; i < to; i++)
		if (s[i] >= '0' && s[i] <= '9')
			return false;
	return true;
}

/* What TD3, TD2 and the visas have alike in line 2: number, state, birth, sex, expiry. */
static bool
second_line_ok(const char *s)
{
	return !filler_only(s, 0, 9) && state_ok(s + 10) && date_ok(s + 13, true) &&
		digit_ok(s, 13, 19, s[19]) && sex_ok(s[20]) && date_ok(s + 21, false) &&
		digit_ok(s, 21, 27, s[27]);
}

/*
 * A document number longer than nine characters: '<' stands for its check digit, the rest and the
 * real check digit lead the optional data (9303 part 5 4.2.2 note j). opt..end is that data.
 */
static bool
long_number_ok(const char *s, size_t number, size_t opt, size_t end)
{
	size_t at = 0, last = opt;
	unsigned sum = weigh(s, number, number + 9, &at);

	while (last < end && s[last] != '<')
		last++;
	if (last < opt + 2 || filler_only(s, number, number + 9))
		return false;
	sum += weigh(s, opt, last - 1, &at);
	return s[last - 1] >= '0' && s[last - 1] <= '9' &&
		sum % 10 == (unsigned)(s[last - 1] - '0');
}

static bool
composite_ok(const char *s, size_t end, char digit)
{
	size_t at = 0;
	unsigned sum = weigh(s, 0, 10, &at);

	sum += weigh(s, 13, 20, &at);
	sum += weigh(s, 21, end, &at);
	return digit >= '0' && digit <= '9' && sum % 10 == (unsigned)(digit - '0');
}

static const char *
td3(const struct zone *z)
{
	const char *a = z->line[0], *b = z->line[1];

	if (a[0] != 'P' || !state_ok(a + 2) || !names_ok(a, 5, 44))
		return NULL;
	if (!second_line_ok(b) || !digit_ok(b, 0, 9, b[9]) || !optional_ok(b, 28, 42, b[42]))
		return NULL;
	return composite_ok(b, 43, b[43]) ? "passport zone, all check digits agree" : NULL;
}

static const char *
visa(const struct zone *z)
{
	const char *a = z->line[0], *b = z->line[1];

	if (a[0] != 'V' || !state_ok(a + 2) || !names_ok(a, 5, z->len))
		return NULL;
	if (!second_line_ok(b) || !digit_ok(b, 0, 9, b[9]))
		return NULL;
	return "visa zone, all check digits agree";
}

static const char *
td2(const struct zone *z)
{
	const char *a = z->line[0], *b = z->line[1];

	if (!strchr("ACIP", a[0]) || !state_ok(a + 2) || !names_ok(a, 5, 36))
		return NULL;
	if (!second_line_ok(b) || !composite_ok(b, 35, b[35]))
		return NULL;
	if (!digit_ok(b, 0, 9, b[9]) && !(b[9] == '<' && long_number_ok(b, 0, 28, 35)))
		return NULL;
	return "travel document zone, all check digits agree";
}

static bool
td1_composite_ok(const char *a, const char *b)
{
	size_t at = 0;
	unsigned sum = weigh(a, 5, 30, &at);

	sum += weigh(b, 0, 7, &at);
	sum += weigh(b, 8, 15, &at);
	sum += weigh(b, 18, 29, &at);
	return b[29] >= '0' && b[29] <= '9' && sum % 10 == (unsigned)(b[29] - '0');
}

static const char *
td1(const struct zone *z)
{
	const char *a = z->line[0], *b = z->line[1];

	if (!strchr("ACI", a[0]) || !state_ok(a + 2) || !names_ok(z->line[2], 0, 30))
		return NULL;
	if (!digit_ok(a, 5, 14, a[14]) && !(a[14] == '<' && long_number_ok(a, 5, 15, 30)))
		return NULL;
	if (!date_ok(b, true) || !digit_ok(b, 0, 6, b[6]) || !sex_ok(b[7]) ||
		!date_ok(b + 8, false) || !digit_ok(b, 8, 14, b[14]) || !state_ok(b + 15))
		return NULL;
	return td1_composite_ok(a, b) ? "identity card zone, all check digits agree" : NULL;
}

static bool
ends_line(uint8_t c)
{
	return c == '\n' || c == '\r' || c == '\t' || c == ' ';
}

/* Cuts value into lines of equal length, at line ends or blanks: in a table each has a cell. */
static bool
read_zone(struct span value, struct zone *ret_z)
{
	struct zone z = {.n = 0};

	while (value.n && z.n < LINES_MAX) {
		size_t end = 0;
		struct span line;

		while (end < value.n && !ends_line(value.p[end]))
			end++;
		line = span_trim(span_sub(value, 0, end));
		value = span_sub(value, end < value.n ? end + 1 : end, value.n);
		if (line.n == 0)
			continue;
		if (line.n > LINE_MAX || (z.n && line.n != z.len))
			return false;
		for (size_t i = 0; i < line.n; i++)
			if (!is_upper(line.p[i]) && !is_digit(line.p[i]) && line.p[i] != '<')
				return false;
		memcpy(z.line[z.n++], line.p, line.n);
		z.len = line.n;
	}
	if (span_trim(value).n)
		return false;
	*ret_z = z;
	return true;
}

/* Number, nationality and birth date: what tells one holder's document from another. */
static void
set_normal(const struct zone *z, struct verdict *v)
{
	char s[18];

	if (z->len == 30) {
		memcpy(s, z->line[0] + 5, 9);
		memcpy(s + 9, z->line[1] + 15, 3);
		memcpy(s + 12, z->line[1], 6);
	} else {
		memcpy(s, z->line[1], 9);
		memcpy(s + 9, z->line[1] + 10, 3);
		memcpy(s + 12, z->line[1] + 13, 6);
	}
	verdict_normal(v, s, sizeof s);
}

/* ok: TD1, TD2, TD3, MRV-A or MRV-B with all check digits; the state Utopia is a sample. */
bool
check_mrz(struct span value, struct span around, struct verdict *ret_v)
{
	const char *note = NULL;
	struct zone z;

	(void)around;
	*ret_v = (struct verdict){0};
	if (!read_zone(value, &z))
		return false;
	if (z.n == 2 && z.len == 44)
		note = z.line[0][0] == 'V' ? visa(&z) : td3(&z);
	else if (z.n == 2 && z.len == 36)
		note = z.line[0][0] == 'V' ? visa(&z) : td2(&z);
	else if (z.n == 3 && z.len == 30)
		note = td1(&z);
	if (!note)
		return false;
	ret_v->ok = ret_v->checksum = ret_v->strong = true;
	ret_v->sample = memcmp(z.line[0] + 2, "UTO", 3) == 0;
	ret_v->note = note;
	set_normal(&z, ret_v);
	return true;
}
