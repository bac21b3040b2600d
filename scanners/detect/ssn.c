/*
 * US Social Security numbers and their relative for taxpayers. Structure is nearly no evidence:
 * 898/1000 * 99/100 * 9999/10000 = 88.9 % of all nine-digit numbers have it, so a rule must ask
 * for more. Areas and groups: Social Security Administration, "Social Security Number
 * Randomization" (since 2011-06-25 every area but 000, 666 and 900-999 may be given out); ITIN
 * groups: Internal Revenue Manual 3.21.263, exhibit on valid ranges.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define SSN_DIGITS 9

/* Numbers that advertising, forms and textbooks have used up (SSA, "SSN misuse"). */
static const char *const voided[] = {"078051120", /* printed on cards in wallets, 1938 */
	"219099999", /* a pamphlet of the Social Security Board, 1940 */
	"457555462", /* an advertisement, 2007 */
	"123456789", "123121234", "001010001", "012345678", "111223333", "222334444", "333445555",
	"444556666", "555667777", "777889999", NULL};

static bool
is_voided(const char *d)
{
	for (size_t i = 0; voided[i]; i++)
		if (memcmp(voided[i], d, 9) == 0)
			return true;
	/* 123-45-anything is what textbooks write */
	if (memcmp(d, "12345", 5) == 0)
		return true;
	/* 222-22-2222 and 333-22-1111: one digit for each group */
	return all_same(d, 3) && all_same(d + 3, 2) && all_same(d + 5, 4);
}

static unsigned
number(const char *d, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(d[i] - '0');
	return v;
}

/* ok: area not 000, 666, 9xx; group not 00; serial not 0000. */
bool
check_ssn(struct span value, struct span around, struct verdict *ret_v)
{
	char *d = ret_v->normal;
	unsigned area;

	(void)around;
	verdict_clear(ret_v);
	if (digits_of(value, d, SSN_DIGITS) != SSN_DIGITS)
		return false;
	area = number(d, 3);
	if (area == 0 || area == 666 || area >= 900 || number(d + 3, 2) == 0 ||
		number(d + 5, 4) == 0)
		return false;
	ret_v->ok = true;
	ret_v->sample = is_voided(d);
	ret_v->note = ret_v->sample ? "a number used in advertising or as an example"
				    : "valid area, group and serial";
	ret_v->normal_n = SSN_DIGITS;
	return true;
}

/* ok: 9xx, group 50-65, 70-88, 90-92 or 94-99. */
bool
check_itin(struct span value, struct span around, struct verdict *ret_v)
{
	char *d = ret_v->normal;
	unsigned group;

	(void)around;
	verdict_clear(ret_v);
	if (digits_of(value, d, SSN_DIGITS) != SSN_DIGITS || d[0] != '9')
		return false;
	group = number(d + 3, 2);
	if (group < 50 || (group > 65 && group < 70) || group == 89 || group == 93)
		return false;
	ret_v->ok = true;
	ret_v->sample = memcmp(d, "98765432", 8) == 0 || all_same(d, 3 + 2);
	ret_v->note = "starts with 9 and has a valid group";
	ret_v->normal_n = SSN_DIGITS;
	return true;
}
