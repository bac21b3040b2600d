/*
 * UK National Insurance numbers: prefix, six digits, suffix A-D. Which prefixes are given out: HM
 * Revenue & Customs, National Insurance Manual NIM39110. There is no check digit.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* Never given out, and those for administration only. */
static const char no_prefix[][3] = {
	"BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "OO", "CR", "FY", "MW", "NC", "PP", "PY", "PZ"};

static bool
prefix_ok(const char *s)
{
	if (strchr("DFIQUV", s[0]) || strchr("DFIQUVO", s[1]))
		return false;
	for (size_t i = 0; i < sizeof no_prefix / sizeof *no_prefix; i++)
		if (memcmp(no_prefix[i], s, 2) == 0)
			return false;
	return true;
}

/* ok: a prefix that is given out, six digits, A-D; HMRC's specimens QQ... and AB... are samples. */
bool
check_nino(struct span value, struct span around, struct verdict *ret_v)
{
	char s[10];
	bool specimen;

	(void)around;
	*ret_v = (struct verdict){0};
	if (alnums_of(value, s, 9) != 9)
		return false;
	s[9] = 0;
	for (size_t i = 0; i < 9; i++)
		if (is_digit((uint8_t)s[i]) != (i >= 2 && i < 8))
			return false;
	if (s[8] > 'D')
		return false;
	specimen = memcmp(s, "QQ", 2) == 0 || memcmp(s + 2, "123456", 6) == 0;
	if (!specimen && !prefix_ok(s))
		return false;
	ret_v->ok = true;
	ret_v->sample = specimen || all_same(s + 2, 6);
	ret_v->note = "valid prefix and suffix";
	verdict_normal(ret_v, s, 9);
	return true;
}
