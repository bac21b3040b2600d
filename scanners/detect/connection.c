/*
 * Passwords in connection strings (ADO.NET, ODBC, JDBC) and in the user part of a URL (RFC 3986
 * 3.2.1). Manuals are full of them, so a value that only says "password" does not count, and a
 * string that asks for the caller's own login holds no working one.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define STRING_REACH 300 /* bytes of one connection string before and behind the password */

static bool
usable(struct span s)
{
	return s.n >= 3 && s.n <= 128 && !check_placeholder(s) && !(s.p[0] == '{') &&
		!memchr(s.p, '<', s.n) && !span_holds(s, "$(") && !span_holds(s, "%(");
}

static bool
ends_string(uint8_t c)
{
	return c == '\r' || c == '\n' || c == '"' || c == '<' || c == '>';
}

/* The connection string round the value: up to a line end or quote on both sides. */
static struct span
string_round(struct span value, struct span around)
{
	struct span before = span_before(value, around), behind = span_behind(value, around);
	size_t from = 0, to = 0;

	while (from < before.n && from < STRING_REACH &&
		!ends_string(before.p[before.n - 1 - from]))
		from++;
	while (to < behind.n && to < STRING_REACH && !ends_string(behind.p[to]))
		to++;
	return span_of(value.p - from, from + value.n + to);
}

/* ok: value, the password of a connection string, is none of a template's and is used. */
bool
check_connection(struct span value, struct span around, struct verdict *ret_v)
{
	struct span s = span_trim(value), all;

	*ret_v = (struct verdict){0};
	if (!usable(s))
		return false;
	all = string_round(s, around);
	if (span_holds(all, "integrated security=true") ||
		span_holds(all, "integrated security=sspi") ||
		span_holds(all, "trusted_connection=yes") ||
		span_holds(all, "trusted_connection=true"))
		return false;
	ret_v->ok = true;
	ret_v->sample = span_listed(s, &words_documented);
	ret_v->note = "a password in a connection string";
	verdict_normal(ret_v, s.p, s.n);
	return true;
}

/* Names that nobody can own (RFC 2606, RFC 6761): what leads there is a manual's. */
static bool
is_reserved(struct span host)
{
	static const char *const names[] = {"example.com", "example.net", "example.org", ".example",
		".test", ".invalid", "@example.", "@host", "@server", "@hostname", NULL};

	for (size_t i = 0; names[i]; i++)
		if (span_holds(host, names[i]))
			return true;
	return span_holds(host, "@example") && host.n > 8 && !is_alnum(host.p[8]) &&
		host.p[8] != '-';
}

/* :8080 or nothing behind the host; `:port` is none. */
static bool
port_ok(struct span host)
{
	const uint8_t *colon = host.n ? memrchr(host.p, ':', host.n) : NULL;

	if (!colon || memchr(host.p, '[', host.n) || colon + 1 == host.p + host.n)
		return true;
	return is_digit(colon[1]) || one_of(colon[1], "${%<");
}

/* ":pserver:user", CVS's way to say how to log in, has no password; ":pserver:user:password" has. */
static bool
is_cvs_user(struct span user, struct span pass)
{
	return !user.n && span_has(pass, 0, "pserver:", 8) && !memchr(pass.p + 8, ':', pass.n - 8);
}

/* ok: value is user:password of a URL, the password usable, the host one that can be. */
bool
check_userinfo(struct span value, struct span around, struct verdict *ret_v)
{
	const uint8_t *colon = value.n ? memchr(value.p, ':', value.n) : NULL;
	struct span user, pass, host = span_sub(span_behind(value, around), 0, 64);
	size_t n = 0;

	*ret_v = (struct verdict){0};
	if (!colon)
		return false;
	user = span_sub(value, 0, (size_t)(colon - value.p));
	pass = span_sub(value, user.n + 1, value.n);
	/* Some servers have a password and no users. */
	if ((!user.n && pass.n < 6) || !usable(pass) || span_eq(user, pass) ||
		one_of(pass.p[0], "{%$") || is_cvs_user(user, pass))
		return false;
	while (n < host.n && !is_blank(host.p[n]) && !one_of(host.p[n], "/\"'<>"))
		n++;
	host = span_sub(host, 0, n);
	if (is_reserved(host) || !port_ok(host))
		return false;
	ret_v->ok = true;
	ret_v->sample = span_listed(pass, &words_documented);
	ret_v->note = "user and password in a URL";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}
