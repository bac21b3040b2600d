/*
 * Could a person have chosen this as a password, and is it here as one? `password: must be 8
 * characters`, `password = getpass()` and `Password: Forgot it?` look like assignments; what tells
 * them apart is what the value is and what follows it.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define PASSWORD_MIN 4
#define PASSWORD_MAX 80

/* Words that follow "password" in prose, forms and programs. */
static const char *const prose[] = {"must", "should", "is", "are", "was", "will", "can", "cannot",
	"may", "for", "the", "and", "or", "not", "with", "your", "you", "please", "enter", "type",
	"choose", "confirm", "forgot", "forgotten", "lost", "reset", "change", "changed", "new",
	"old", "current", "incorrect", "invalid", "wrong", "expired", "expires", "policy",
	"protected", "strength", "hint", "field", "input", "label", "length", "minimum", "maximum",
	"characters", "hash", "hashed", "manager", "prompt", "self", "this", "that", "from", "when",
	"only", "same", "as", "to", "of", "in", "on", "at", "it", "if", "be", "has", "have", "see",
	"used", "using", "been", "also", "file", "admin", "root", "const", "let", "var", "function",
	"return", "void", "int", "char", "bool", "boolean", "varchar", "object", "function(",
	"document", "request", "options", "params", "config", "settings", "environ", "getenv",
	"process", "anonymous", "kein", "keine", "nicht", "und", "oder", "ist", "eingeben",
	"vergessen", "bitte", "neues", "oubli\xc3\xa9", "obligatoire", "requis", "olvidada", NULL};

/* Calls, members, types and markup: program text, not a value. */
static bool
is_code(struct span s)
{
	static const char *const marks[] = {"()", "(\"", "('", "->", "::", "=>", "});", "</", "/>",
		"&&", "||", "==", "!=", "self.", "this.", "req.", "os.", "args.", "process.env",
		"request.", "params[", "config.", "options.", "conf.", "&quot", "&lt;", "&gt;",
		"&#", "&amp", "std::", "new ", NULL};

	if (span_holds_any(s, marks))
		return true;
	/* name(arg and name[arg: an identifier that opens a bracket */
	for (size_t i = 2; i < s.n; i++) {
		if (s.p[i] == '(' || s.p[i] == '[')
			return s.p[i] == '[' || i + 1 == s.n || is_alpha(s.p[i + 1]) ||
				s.p[i + 1] == ')';
		if (!is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.')
			break;
	}
	return false;
}

/*
 * A name of a program: handler.password, s:netrw_passwd, DECRYPTION_FAILED. Letters of one case
 * joined by . : _ without a digit; or any such name that itself says password.
 */
static bool
is_name(struct span s)
{
	bool joined = false;
	size_t upper = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool joint = one_of(s.p[i], "._:");

		if (!joint && !is_alpha(s.p[i]))
			return false;
		joined |= joint && i > 0;
		upper += is_upper(s.p[i]);
	}
	if (span_holds(s, "password") || span_holds(s, "passwd") || span_holds(s, "passphrase"))
		return true;
	if (joined && (span_holds(s, "pass") || span_holds(s, "pwd")))
		return true;
	return joined && (upper == 0 || check_classes(s) == 2);
}

static bool
is_path_or_url(struct span s)
{
	static const char *const starts[] = {"http:", "https:", "ftp:", "file:", "mailto:", "www.",
		"/etc/", "/usr/", "/home/", "/var/", "/opt/", "/run/", "/tmp/", "../", "./", "~/",
		"\\\\", NULL};

	for (size_t i = 0; starts[i]; i++)
		if (span_is(span_sub(s, 0, strlen(starts[i])), starts[i]))
			return true;
	if (s.n > 2 && s.p[0] == '/' && memchr(s.p + 1, '/', s.n - 1))
		return true;
	return s.n > 3 && is_alpha(s.p[0]) && s.p[1] == ':' && s.p[2] == '\\';
}

/* 8-4-4-4-12 hexadecimal digits. */
static bool
is_guid(struct span s)
{
	if (s.n == 38 && s.p[0] == '{')
		s = span_sub(s, 1, 36);
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash != (s.p[i] == '-'))
			return false;
	}
	return true;
}

static bool
is_date(struct span s)
{
	struct verdict v;

	return s.n >= 8 && s.n <= 11 && check_find("date")->fn(s, s, &v);
}

static bool
letters_only(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alpha(s.p[i]) && s.p[i] < 0x80)
			return false;
	return true;
}

/* A plain word (no digit, no odd capital) with another word behind a blank: a sentence. */
static bool
in_sentence(struct span value, struct span around)
{
	struct span behind = span_behind(value, around);

	if (!letters_only(value) || check_classes(span_sub(value, 1, value.n)) > 1)
		return false;
	return behind.n >= 2 && behind.p[0] == ' ' && is_alpha(behind.p[1]);
}

/* ok: 4 to 80 bytes, none of the above. normal is the value as it stands. */
bool
check_password(struct span value, struct span around, struct verdict *ret_v)
{
	struct span s = span_trim(value);

	*ret_v = (struct verdict){0};
	if (s.n < PASSWORD_MIN || s.n > PASSWORD_MAX || check_placeholder(s))
		return false;
	if (span_in(s, prose) || is_code(s) || is_name(s) || is_path_or_url(s) || is_guid(s) ||
		is_date(s))
		return false;
	if (one_of(s.p[s.n - 1], "?:") || in_sentence(s, around))
		return false;
	ret_v->ok = true;
	ret_v->note = "reads like a password";
	verdict_normal(ret_v, s.p, s.n);
	return true;
}
