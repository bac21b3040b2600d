/* checking: what the tests of checks share. */
#ifndef CHECKING_H
#define CHECKING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "detect/check.h"

/* Runs a check on a copy that ends where the value ends, so that a sanitizer sees a step too far. */
static inline bool
try_check(const char *name, struct span value, struct verdict *ret_v)
{
	const struct check *c = check_find(name);
	struct verdict v;
	uint8_t *p = test_malloc(value.n ? value.n : 1);
	bool ok;

	assert_non_null(c);
	if (value.n)
		memcpy(p, value.p, value.n);
	ok = c->fn(span_of(p, value.n), span_of(p, value.n), &v);
	assert_int_equal(ok, v.ok);
	assert_true(v.normal_n <= CHECK_NORMAL);
	assert_true(ok ? v.note != NULL && v.normal_n > 0 : v.normal_n == 0 || !v.ok);
	test_free(p);
	*ret_v = v;
	return ok;
}

static inline bool
good(const char *name, const char *value)
{
	struct verdict v;

	return try_check(name, span_str(value), &v);
}

/* Fails the test, naming the value, unless the check says expect. */
static inline void
want(const char *name, const char *value, bool expect)
{
	if (good(name, value) != expect)
		fail_msg("%s: '%s' is %s", name, value, expect ? "turned down" : "accepted");
}

static inline void
expect_normal(const char *name, const char *value, const char *normal)
{
	struct verdict v;

	if (!try_check(name, span_str(value), &v))
		fail_msg("%s: '%s' is turned down", name, value);
	if (v.normal_n != strlen(normal) || memcmp(v.normal, normal, v.normal_n) != 0)
		fail_msg("%s: '%s' is counted as '%.*s'", name, value, v.normal_n, v.normal);
}

static inline bool
is_sample(const char *name, const char *value)
{
	struct verdict v;

	if (!try_check(name, span_str(value), &v))
		fail_msg("%s: '%s' is turned down", name, value);
	return v.sample;
}

/* xorshift64*: the tests' own numbers, the same everywhere. */
static inline uint32_t
draw(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)(*seed * 2685821657736338717u >> 32);
}

/* Of 1,000,000 numbers of n random digits, how many the check accepts. */
static inline unsigned
acceptance(const char *name, size_t n, const char *lead, uint64_t seed)
{
	const struct check *c = check_find(name);
	unsigned accepted = 0;

	assert_non_null(c);
	for (int i = 0; i < 1000000; i++) {
		char d[32];
		struct verdict v;

		for (size_t k = 0; k < n; k++)
			d[k] = (char)('0' + draw(&seed) % 10);
		memcpy(d, lead, strlen(lead));
		accepted += c->fn(span_of(d, n), span_of(d, n), &v);
	}
	return accepted;
}

#define assert_between(x, lo, hi) assert_in_range((x), (lo), (hi))

#endif
