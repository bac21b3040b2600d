/*
 * Program text where a value should be: `password = getpass()`, `passwd : Pchar;`, `Password:=Value`,
 * `--password=\fIword\fP`. People put their passwords in programs, too, but then as literals; a
 * name, a call, a type or a constant of the language is none. What a name looks like alone is not
 * enough (ZwergHahn is a good password), so the bytes behind it have a say.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* Calls, members, types and markup. */
static bool
has_mark(struct span s, const struct signs *g)
{
	/* at least one of these stands in each */
	const uint64_t low = SIGN('(') | SIGN(':') | SIGN('=') | SIGN('<') | SIGN('>') | SIGN('&') |
		SIGN('.') | SIGN(' ');
	const uint64_t high = SIGN('}') | SIGN('|') | SIGN('[') | SIGN('\\');
	static const char *const marks[] = {"()", "(\"", "('", "->", "::", "=>", "});", "</", "/>",
		"&&", "||", "==", "!=", "=0x", "self.", "this.", "req.", "os.", "args.",
		"process.env", "request.", "params[", "config.", "options.", "conf.", "&quot",
		"&lt;", "&gt;", "&#", "&amp", "std::", "new ", "\\fb", "\\fi", "\\fr", "\\fp",
		"\\-", "\\&", "\\*(", "}}", NULL};

	return (g->w[0] & low || g->w[1] & high) && span_holds_any(s, marks);
}

static bool
is_joint(uint8_t c)
{
	return c == '.' || c == '_' || c == ':';
}

/* Bytes of a name at the beginning: letters, digits behind them, joints. */
static size_t
name_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && (is_alpha(s.p[n]) || is_joint(s.p[n]) || (n > 0 && is_digit(s.p[n]))))
		n++;
	return n;
}

static bool
has_digit(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i]))
			return true;
	return false;
}

/* name(arg, name(4), name[arg, and a.name (arg: a name that opens a bracket. */
static bool
is_call(struct span s, struct span behind)
{
	size_t n = name_run(s);
	struct span name = span_sub(s, 0, n);

	if (n < 2)
		return false;
	if (n < s.n && s.p[n] == '[')
		return true;
	if (n < s.n && s.p[n] == '(')
		return !has_digit(name) || n + 1 == s.n || is_alpha(s.p[n + 1]) ||
			one_of(s.p[n + 1], ")\"'$");
	if (n < s.n || behind.n < 2 || has_digit(name))
		return false;
	return behind.p[0] == '(' ||
		(behind.p[0] == ' ' && behind.p[1] == '(' && memchr(name.p, '.', n));
}

/*
 * handler.password, s:netrw_passwd, DECRYPTION_FAILED, ^TPasswd, _ffi.NULL: letters of one case
 * joined by . : _ without a digit, a sign of addresses before it; or any such name that itself says
 * password.
 */
static bool
is_name(struct span s)
{
	bool sign = s.n > 1 && one_of(s.p[0], "^@&*_"), joined = false;
	size_t upper = 0, lower = 0;

	if (sign)
		s = span_sub(s, 1, s.n);
	for (size_t i = 0; i < s.n; i++) {
		bool joint = is_joint(s.p[i]);

		if (!joint && !is_alpha(s.p[i]))
			return false;
		joined |= joint && i > 0;
		upper += is_upper(s.p[i]);
		lower += is_lower(s.p[i]);
	}
	if (span_holds(s, "password") || span_holds(s, "passwd") || span_holds(s, "passphrase"))
		return true;
	if (joined && (sign || span_holds(s, "pass") || span_holds(s, "pwd")))
		return true;
	return joined && (upper == 0 || lower == 0);
}

/* base64_encoded_64_byte_salt */
static bool
is_snake(struct span s)
{
	size_t joints = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!is_lower(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '_')
			return false;
		joints += s.p[i] == '_';
	}
	return joints >= 3;
}

/* The last part of a type's name: CFStringRef, LPCWSTR, Pcchar, UTF8String, ODAttributeType. */
static bool
is_type(struct span s)
{
	static const char *const ends[] = {"char", "str", "string", "str8", "text", "ref", "ptr",
		"pointer", "type", "word", "bool", "boolean", "integer", "longint", "record",
		"variant", "bytes", "label", "edit", "nuint8", "nuint16", "uint8", NULL};

	if (s.n && s.p[0] == '^')
		s = span_sub(s, 1, s.n);
	if (name_run(s) != s.n)
		return false;
	for (size_t i = 0; ends[i]; i++)
		if (span_ends(s, ends[i]))
			return true;
	return false;
}

/* A declaration goes on with ; ) : , or =, or with a word of the language. */
static bool
is_declared(struct span s, struct span behind)
{
	if (behind.n == 0)
		return false;
	return (one_of(behind.p[0], ";),:=") || span_begins(behind, " read ") ||
		       span_begins(behind, " index ")) &&
		is_type(s);
}

/* $000F, 0x1F, -7111, -(99), !0: numbers as a program writes them, behind them the end of it. */
static bool
is_constant(struct span s, struct span behind)
{
	size_t i = 0, digits = 0;
	bool hex = false;

	if (s.n > 1 && s.p[0] == '!' && one_of(s.p[1], "01"))
		return s.n == 2 || one_of(s.p[2], ",;})");
	if (s.n > 2 && s.p[0] == '0' && to_upper(s.p[1]) == 'X')
		i = 2;
	else if (s.p[0] == '$' || s.p[0] == '-')
		i = 1;
	hex = i == 2 || s.p[0] == '$';
	if (i < s.n && s.p[i] == '(')
		i++;
	for (; i < s.n; i++, digits++)
		if (!is_digit(s.p[i]) && !(hex && one_of(to_upper(s.p[i]), "ABCDEF")))
			break;
	if (!digits || (s.p[0] != '-' && !hex))
		return false;
	return (i == s.n || one_of(s.p[i], "),;")) && (behind.n == 0 || !is_alpha(behind.p[0]));
}

/*
 * The next key of a row of keys: `passphrase= password= scmVersion=`; escapes: \n\n', \s*;
 * `bool`; +Escape(x)
 */
static bool
is_syntax(struct span s)
{
	if (s.n > 1 && s.p[0] == '\\' && one_of(s.p[1], "nrtsSdwW(["))
		return true;
	if (s.p[0] == '`' || (s.p[0] == '+' && is_call(span_sub(s, 1, s.n), span_sub(s, s.n, 0))))
		return true;
	return s.n > 1 && s.p[s.n - 1] == '=' && name_run(s) == s.n - 1 && !has_digit(s) &&
		s.n < 24;
}

/* Without the padding of base64, which is no comparison. */
static struct span
unpadded(struct span s)
{
	size_t n = s.n;

	while (n && s.p[n - 1] == '=')
		n--;
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(s.p[i]) && !one_of(s.p[i], "+/"))
			return s;
	return s.n - n <= 2 && s.n % 4 == 0 && has_digit(s) ? span_sub(s, 0, n) : s;
}

bool
is_program(struct span s, struct span around)
{
	struct span behind = span_behind(s, around), before = span_before(s, around), all;
	struct signs g;
	bool quoted = before.n && one_of(before.p[before.n - 1], "\"'`");

	if (s.n == 0)
		return true;
	all = unpadded(s);
	g = signs_of(all);
	if (has_mark(all, &g) || is_name(s) || is_snake(s) || is_syntax(s))
		return true;
	if (quoted)
		return false;
	return is_call(s, behind) || is_declared(s, behind) || is_constant(s, behind);
}
