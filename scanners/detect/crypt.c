/*
 * Stored password hashes by their modular prefixes and lengths: crypt(5) of libxcrypt (MD5, SHA-2,
 * yescrypt, bcrypt), Apache's apr1, LDAP's {SSHA} (RFC 2307 and its users), Argon2's PHC strings,
 * and Windows' pwdump lines. A hash of exactly the right length and alphabet is not an accident.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* Length of the run of crypt's base 64 (./0-9A-Za-z) at s. */
static size_t
run64(struct span s)
{
	size_t n = 0;

	while (n < s.n && (is_alnum(s.p[n]) || s.p[n] == '.' || s.p[n] == '/'))
		n++;
	return n;
}

static size_t
run_hex(struct span s)
{
	size_t n = 0;

	while (n < s.n &&
		(is_digit(s.p[n]) || (to_upper(s.p[n]) >= 'A' && to_upper(s.p[n]) <= 'F')))
		n++;
	return n;
}

/* Salted kinds: prefix, salt of at most `salt`, '$', hash of exactly `hash`. */
static const struct kind {
	const char *prefix;
	uint8_t salt, hash;
	const char *note;
} kinds[] = {
	{"$1$", 8, 22, "an MD5 password hash"},
	{"$apr1$", 8, 22, "an Apache MD5 password hash"},
	{"$5$", 16, 43, "a SHA-256 password hash"},
	{"$6$", 16, 86, "a SHA-512 password hash"},
	{"$8$", 14, 43, "a Cisco type 8 password hash"},
	{"$9$", 14, 43, "a Cisco type 9 password hash"},
};

static const char *
salted(struct span s)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct kind *k = &kinds[i];
		struct span rest;
		size_t n;

		if (!span_has(s, 0, k->prefix, strlen(k->prefix)))
			continue;
		rest = span_sub(s, strlen(k->prefix), s.n);
		if (span_has(rest, 0, "rounds=", 7)) {
			for (n = 7; n < rest.n && is_digit(rest.p[n]); n++)
				;
			rest = span_sub(rest, n < rest.n ? n + 1 : n, rest.n);
		}
		n = run64(rest);
		if (n > k->salt || !span_has(rest, n, "$", 1))
			return NULL;
		return run64(span_sub(rest, n + 1, rest.n)) == k->hash ? k->note : NULL;
	}
	return NULL;
}

/* $2b$12$ and 22 + 31 characters. */
static const char *
bcrypt(struct span s)
{
	if (!span_has(s, 0, "$2", 2) || s.n < 60 || !one_of(s.p[2], "abxy") || s.p[3] != '$' ||
		!is_digit(s.p[4]) || !is_digit(s.p[5]) || s.p[6] != '$')
		return NULL;
	return run64(span_sub(s, 7, s.n)) == 53 ? "a bcrypt password hash" : NULL;
}

/* $y$params$salt$hash (gost-yescrypt too) and $7$. */
static const char *
yescrypt(struct span s)
{
	size_t at = 3, n;

	if (span_has(s, 0, "$gy$", 4))
		at = 4;
	else if (!span_has(s, 0, "$y$", 3))
		return NULL;
	n = run64(span_sub(s, at, s.n));
	if (n < 2 || n > 20 || !span_has(s, at + n, "$", 1))
		return NULL;
	at += n + 1;
	n = run64(span_sub(s, at, s.n));
	if (n > 86 || !span_has(s, at + n, "$", 1))
		return NULL;
	return run64(span_sub(s, at + n + 1, s.n)) == 43 ? "a yescrypt password hash" : NULL;
}

static const char *
argon2(struct span s)
{
	size_t dollars = 0, last = 0;

	if (!span_has(s, 0, "$argon2", 7) || !span_holds(span_sub(s, 0, 60), "m="))
		return NULL;
	for (size_t i = 0; i < s.n && i < 400; i++)
		if (s.p[i] == '$') {
			dollars++;
			last = i;
		}
	/* the version may be left out */
	if (dollars < 4 || dollars > 5)
		return NULL;
	return run64(span_sub(s, last + 1, s.n)) >= 20 ? "an Argon2 password hash" : NULL;
}

/* {SHA} 20 bytes, {SSHA} 20 and a salt, and the longer SHA-2 ones. */
static const char *
ldap(struct span s)
{
	static const struct {
		const char *prefix;
		size_t bytes;
		bool salt;
	} schemes[] = {{"{sha}", 20, false}, {"{ssha}", 20, true}, {"{smd5}", 16, true},
		{"{sha256}", 32, false}, {"{ssha256}", 32, true}, {"{sha512}", 64, false},
		{"{ssha512}", 64, true}};

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t k = strlen(schemes[i].prefix), n, used;
		uint8_t out[100];

		if (!span_is(span_sub(s, 0, k), schemes[i].prefix))
			continue;
		n = base64_decode(span_sub(s, k, s.n), out, sizeof out, &used);
		if (schemes[i].salt ? n > schemes[i].bytes && n <= schemes[i].bytes + 32
				    : n == schemes[i].bytes)
			return "an LDAP password hash";
	}
	return NULL;
}

/* name:rid:LM:NT::: with two runs of 32 hex digits. */
static const char *
pwdump(struct span s, bool *ret_blank)
{
	static const char blank[] = "31d6cfe0d16ae931b73c59d7e0c089c0";
	size_t at = 0;

	for (int colons = 0; colons < 2; at++) {
		if (at >= s.n || at > 128 || s.p[at] == '\n')
			return NULL;
		colons += s.p[at] == ':';
	}
	if (run_hex(span_sub(s, at, s.n)) != 32 && !span_has(s, at, "NO PASSWORD", 11))
		return NULL;
	while (at < s.n && s.p[at] != ':')
		at++;
	s = span_sub(s, at + 1, s.n);
	if (run_hex(s) != 32 || !span_has(s, 32, ":", 1))
		return NULL;
	*ret_blank = span_is(span_sub(s, 0, 32), blank);
	return "an NTLM password hash";
}

/* user:RID:...: the digits of a RID tell pwdump lines from other colon-separated hex. */
static bool
has_rid(struct span s)
{
	const uint8_t *colon = s.n ? memchr(s.p, ':', s.n) : NULL;

	return colon && (size_t)(colon - s.p) + 1 < s.n && is_digit(colon[1]);
}

/* $1$xxxxxxxx$...: a salt of one letter is a manual's. */
static bool
plain_salt(struct span s)
{
	const uint8_t *end = memrchr(s.p, '$', s.n);
	const uint8_t *from = end && end > s.p ? memrchr(s.p, '$', (size_t)(end - s.p)) : NULL;

	return from && end - from > 4 && all_same((const char *)from + 1, (size_t)(end - from) - 1);
}

/* ok: one of the hashes above, whole; the NT hash of the empty password is a sample. */
bool
check_crypt(struct span value, struct span around, struct verdict *ret_v)
{
	const char *note = salted(value);

	(void)around;
	*ret_v = (struct verdict){0};
	if (!note)
		note = bcrypt(value);
	if (!note)
		note = yescrypt(value);
	if (!note)
		note = argon2(value);
	if (!note)
		note = ldap(value);
	if (!note && has_rid(value))
		note = pwdump(value, &ret_v->sample);
	if (!note)
		return false;
	ret_v->ok = true;
	ret_v->checksum = true;
	ret_v->strong = true;
	ret_v->sample |= plain_salt(value);
	ret_v->note = note;
	verdict_normal(ret_v, value.p, value.n);
	return true;
}
