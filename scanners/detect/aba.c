/*
 * ABA routing transit numbers: nine digits, weights 3-7-1, and a first pair that names a Federal
 * Reserve district, a thrift, an electronic or traveller's cheque series (American Bankers
 * Association, routing number policy). 3.8 of a hundred random numbers pass.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* ok: prefix 00-12, 21-32, 61-72 or 80, weighted sum a multiple of ten, not nine equal digits. */
bool
check_aba(struct span value, struct span around, struct verdict *ret_v)
{
	static const unsigned weights[] = {3, 7, 1};
	unsigned sum = 0, pair;
	char d[9];

	(void)around;
	*ret_v = (struct verdict){0};
	if (digits_of(value, d, sizeof d) != 9 || all_same(d, 9))
		return false;
	for (size_t i = 0; i < 9; i++)
		sum += weights[i % 3] * (unsigned)(d[i] - '0');
	pair = (unsigned)(d[0] - '0') * 10 + (unsigned)(d[1] - '0');
	if (sum % 10 != 0 ||
		!(pair <= 12 || (pair >= 21 && pair <= 32) || (pair >= 61 && pair <= 72) ||
			pair == 80))
		return false;
	ret_v->ok = true;
	ret_v->checksum = true;
	ret_v->note = "a routing number whose check digit agrees";
	verdict_normal(ret_v, d, 9);
	return true;
}
