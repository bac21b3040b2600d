/*
 * Canadian Social Insurance numbers: nine digits with the Luhn check digit; the first says the
 * province, 9 a temporary resident; 0 and 8 are not given out (Service Canada, Social Insurance
 * Number code of practice). Eight of a hundred random numbers pass, so a rule must ask for more.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* ok: nine digits, Luhn, first 1-7 or 9; the specimen 046 454 286 passes as a sample. */
bool
check_sin(struct span value, struct span around, struct verdict *ret_v)
{
	char d[9];
	bool specimen;

	(void)around;
	*ret_v = (struct verdict){0};
	if (digits_of(value, d, sizeof d) != 9 || !luhn_ok(d, 9))
		return false;
	specimen = memcmp(d, "046454286", 9) == 0 || memcmp(d, "130692544", 9) == 0 ||
		memcmp(d, "123456782", 9) == 0;
	if ((d[0] == '0' || d[0] == '8') && !specimen)
		return false;
	ret_v->ok = true;
	ret_v->checksum = true;
	ret_v->sample = specimen || all_same(d, 8);
	ret_v->note = "check digit agrees";
	verdict_normal(ret_v, d, 9);
	return true;
}
