/* What stands in a pair is told by its words, its separator and its looks; never by one of them. */
#include "classify/pair_words.h"

#include <strings.h>

#include "classify/value.h"
#include "detect/check.h"

#include "base/poison.h"

struct key {
	const char *text;
	uint8_t n;
};
#define KEY(s)                                                                                     \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

static const struct key user_words[] = {KEY("user"), KEY("username"), KEY("user name"),
	KEY("user id"), KEY("userid"), KEY("login"), KEY("login id"), KEY("login name"),
	KEY("loginname"), KEY("logon"), KEY("id"), KEY("account"), KEY("account name"), KEY("acct"),
	KEY("e-mail"), KEY("email"), KEY("uid"), KEY("usr"), KEY("benutzer"), KEY("benutzername"),
	KEY("benutzerkennung"), KEY("anmeldename"), KEY("kennung"), KEY("nutzer"),
	KEY("nutzername"), KEY("konto"), KEY("utilisateur"), KEY("nom d'utilisateur"),
	KEY("identifiant"), KEY("compte"), KEY("usuario"), KEY("nombre de usuario"), KEY("cuenta"),
	KEY("correo"), KEY("usu\xC3\xA1rio"), KEY("nome de usu\xC3\xA1rio"), KEY("utilizador"),
	KEY("conta"), KEY("utente"), KEY("nome utente")};
static const struct key secret_words[] = {KEY("password"), KEY("passwd"), KEY("passcode"),
	KEY("passphrase"), KEY("pass"), KEY("pwd"), KEY("pw"), KEY("p/w"), KEY("passwort"),
	KEY("kennwort"), KEY("mot de passe"), KEY("mdp"),
	KEY("contrase\xC3\xB1"
	    "a"),
	KEY("contrasena"), KEY("clave"), KEY("senha"), KEY("palavra-passe"), KEY("pass word")};
static const struct key both_words[] = {KEY("id/pw"), KEY("id/pass"), KEY("id/password"),
	KEY("user/pass"), KEY("user/pw"), KEY("user/pwd"), KEY("user/password"),
	KEY("username/password"), KEY("login/password"), KEY("login/pass"), KEY("login/pw"),
	KEY("login/pwd"), KEY("login/passwort"), KEY("benutzer/passwort"), KEY("benutzer/kennwort"),
	KEY("user/passwort"), KEY("identifiant/mot de passe"), KEY("login/mdp"), KEY("id/mdp"),
	KEY("usuario/contrase\xC3\xB1"
	    "a"),
	KEY("usuario/clave"), KEY("usu\xC3\xA1rio/senha"), KEY("login/senha"),
	KEY("utente/password"), KEY("email/password"), KEY("e-mail/password"), KEY("u/p"),
	KEY("un/pw"), KEY("credentials"), KEY("creds")};

#define LIST(a)                                                                                    \
	{                                                                                          \
		a, sizeof(a) / sizeof *(a)                                                         \
	}

static const struct {
	const struct key *v;
	size_t n;
} lists[] = {[PAIR_USER] = LIST(user_words),
	[PAIR_SECRET] = LIST(secret_words),
	[PAIR_BOTH] = LIST(both_words)};

bool
pair_word_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c >= 0x80;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The bytes of an arrow or a long dash at s[n]: U+2192, U+21D2, U+2013, U+2014; else 0. */
static size_t
long_mark(struct span s, size_t n)
{
	static const char *const marks[] = {
		"\xE2\x86\x92", "\xE2\x87\x92", "\xE2\x80\x93", "\xE2\x80\x94"};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (span_has(s, n, marks[i], 3))
			return 3;
	}
	return 0;
}

/* "is " in six languages at s[n]. */
static size_t
being(struct span s, size_t n)
{
	static const char *const words[] = {
		"is ", "ist ", "lautet ", "est ", "es ", "\xC3\xA9 ", "\xC3\xA8 "};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (span_has(s, n, words[i], strlen(words[i])))
			return strlen(words[i]);
	}
	return 0;
}

/* A leader: dashes, dots, tabs, three underlines and more; an arrow's head may end it. */
static size_t
leader(struct span s, size_t n)
{
	size_t from = n, under = 0;

	while (n < s.n && n - from < 40 && strchr("-._\t", s.p[n]) && s.p[n])
		under += s.p[n++] == '_';
	if ((under && under < 3) || (n == from + 1 && s.p[from] == '.'))
		return 0;
	if (n > from && n < s.n && s.p[n] == '>')
		return n + 1 - from;
	if (n == from + 1 && s.p[from] == '-' && n < s.n && !is_blank(s.p[n]))
		return 0;
	return n - from;
}

/* Behind a key: ':', '=', an arrow, a leader or " is ". Its length, or 0. */
static size_t
separator(struct span s)
{
	size_t n = 0, mark;

	while (n < s.n && n < 4 &&
		(s.p[n] == ' ' || s.p[n] == '"' || s.p[n] == '\'' || s.p[n] == ')'))
		n++;
	mark = n;
	if (n < s.n && (s.p[n] == ':' || s.p[n] == '='))
		n += span_has(s, n, "=>", 2) ? 2 : 1;
	else if (n > 0)
		n += being(s, n);
	if (n == mark)
		n += long_mark(s, n);
	if (n == mark)
		n += leader(s, n);
	if (n == mark)
		return 0;
	while (n < s.n && (is_blank(s.p[n]) || s.p[n] == '"' || s.p[n] == '\''))
		n++;
	return n;
}

struct span
pair_token(struct span s)
{
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]) && s.p[n] != '"' && s.p[n] != '\'')
		n++;
	while (n &&
		(s.p[n - 1] == ',' || s.p[n - 1] == ';' || s.p[n - 1] == '.' || s.p[n - 1] == ')'))
		n--;
	return span_sub(s, 0, n);
}

/* One blank or two are all there is between a word and its value. */
static size_t
blanks_only(struct span s)
{
	size_t n = 0;

	while (n < s.n && n < 3 && s.p[n] == ' ')
		n++;
	return n < 3 ? n : 0;
}

/* The value behind one of words at the beginning of s, if it has a separator: where it begins. */
static size_t
value_at(struct span s, const struct key *words, size_t n_words, bool said)
{
	uint8_t first = s.p[0] | 0x20;

	for (size_t w = 0; w < n_words; w++) {
		size_t n = words[w].n, sep;

		if (first != (uint8_t)words[w].text[0] || n >= s.n || pair_word_char(s.p[n]) ||
			strncasecmp((const char *)s.p, words[w].text, n) != 0)
			continue;
		sep = said ? blanks_only(span_sub(s, n, s.n)) : separator(span_sub(s, n, s.n));
		if (sep && n + sep < s.n)
			return n + sep;
	}
	return 0;
}

static bool
find_value(struct span line, enum pair_words kind, bool said, struct span *ret_rest)
{
	const struct key *words = lists[kind].v;
	size_t n_words = lists[kind].n;
	bool inside = false;

	for (size_t i = 0; i < line.n; i++) {
		bool word = pair_word_char(line.p[i]);
		size_t at = 0;

		if (word && !inside && !(i > 0 && strchr(said ? "?&-.$" : "?&", line.p[i - 1])))
			at = value_at(span_sub(line, i, line.n), words, n_words, said);
		if (at) {
			*ret_rest = span_sub(line, i + at, line.n);
			return true;
		}
		inside = word;
	}
	return false;
}

bool
pair_value(struct span line, enum pair_words kind, struct span *ret_rest)
{
	return find_value(line, kind, false, ret_rest);
}

bool
pair_said(struct span line, enum pair_words kind, struct span *ret_rest)
{
	return find_value(line, kind, true, ret_rest);
}

static bool
stop_word(struct span t)
{
	static const char *const stops[] = {"your", "the", "must", "should", "this", "that", "will",
		"with", "from", "have", "same", "enter", "type", "none", "needed", "required",
		"policy", "field", "reset", "change", "changed", "protected", "incorrect",
		"invalid", "wrong", "username", "userid", "login", "here", "what", "only", "also",
		"when", "value", "self"};

	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
		if (t.n == strlen(stops[i]) && strncasecmp((const char *)t.p, stops[i], t.n) == 0)
			return true;
	}
	return false;
}

static size_t
words_behind(struct span rest, size_t n)
{
	size_t words = 0;

	for (size_t i = n; i < rest.n; i++)
		words += pair_word_char(rest.p[i]) && is_blank(rest.p[i - 1]);
	return words;
}

/* Calls, subscripts, members and paths: f(x), a["b"], ${x}, p->x, A::b, self.password, /a/b. */
static bool
is_code(struct span t)
{
	size_t slashes = 0;

	for (size_t i = 0; i < t.n; i++) {
		uint8_t c = t.p[i], d = i + 1 < t.n ? t.p[i + 1] : 0;

		slashes += c == '/';
		if (c == '(' || c == '[' || (c == '$' && d == '{') || (c == '-' && d == '>') ||
			(c == ':' && d == ':'))
			return true;
		if ((c == '.' || c == '_') && t.n - i > 4 &&
			strncasecmp((const char *)t.p + i + 1, "pass", 4) == 0)
			return true;
	}
	return t.p[0] == '/' || slashes > 1 ||
		(slashes == 1 && (memchr(t.p, '.', t.n) || memchr(t.p, '=', t.n)));
}

/* A password: one pair_token, at the beginning of rest, that is no code, word of a sentence or placeholder. */
bool
pair_is_password(struct span t, struct span rest)
{
	struct verdict v;

	if (!value_is(t, VALUE_SECRET) || stop_word(t) || strchr("$<{[(%*&#", t.p[0]))
		return false;
	if (t.p[t.n - 1] == ':' || is_code(t) || !check_find("password")->fn(t, rest, &v))
		return false;
	return words_behind(rest, t.n) < 2 || value_strong_secret(t);
}

bool
pair_is_user(struct span t)
{
	return t.n >= 1 && t.n <= 64 && !stop_word(t) && !strchr("$<{[(%*&#=", t.p[0]) &&
		!memchr(t.p, '(', t.n);
}

bool
pair_behind_slash(struct span s, struct span *ret_t)
{
	const uint8_t *slash = memchr(s.p, '/', s.n);
	size_t at = slash ? (size_t)(slash - s.p) : 0;
	struct span user = value_trim(span_sub(s, 0, at)), rest;

	if (!slash || !pair_is_user(user) || user.n > 40 || memchr(user.p, ' ', user.n))
		return false;
	rest = value_trim(span_sub(s, at + 1, s.n));
	*ret_t = pair_token(rest);
	return ret_t->n > 0 && !memchr(ret_t->p, '/', ret_t->n) && pair_is_password(*ret_t, rest);
}
