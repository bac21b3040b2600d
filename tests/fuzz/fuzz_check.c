/*
 * Every check over arbitrary bytes. The first two bytes say where in the text the value begins and
 * how long it is; answers must be the same twice and keep to the contract.
 */
#include <stdlib.h>

#include "detect/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
run(const struct check *c, struct span value, struct span around)
{
	struct verdict a, b;
	bool ok = c->fn(value, around, &a);

	if (ok != a.ok || a.normal_n > CHECK_NORMAL || (ok && (!a.note || !a.normal_n)))
		abort();
	if (a.strong && !a.checksum)
		abort();
	if (c->fn(value, around, &b) != ok || b.normal_n != a.normal_n ||
		memcmp(a.normal, b.normal, a.normal_n) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span around, value;

	if (n < 2)
		return 0;
	around = span_of(p + 2, n - 2);
	value = span_sub(around, p[0], p[1] == 255 ? around.n : p[1]);
	for (const struct check *c = checks; c->name; c++) {
		run(c, value, around);
		run(c, value, value);
	}
	(void)check_placeholder(value);
	(void)check_classes(value);
	return check_entropy(value) > 8.01f ? (abort(), 0) : 0;
}
