/*
 * Words that a value is compared with as a whole. Each list is sorted by its bytes, in small letters, so that
 * a word is found in a few steps: hostile text asks for each of a million values.
 */
#include "detect/detect.h"

#include "base/poison.h"

static const char *const prose[] = {"admin", "also", "and", "anonymous", "are", "as", "at", "be",
	"been", "bitte", "bool", "boolean", "can", "cannot", "change", "changed", "char",
	"characters", "choose", "config", "confirm", "const", "current", "document", "eingeben",
	"enter", "environ", "expired", "expires", "field", "file", "for", "forgot", "forgotten",
	"from", "function", "function(", "getenv", "has", "hash", "hashed", "have", "hint", "if",
	"in", "incorrect", "input", "int", "invalid", "is", "ist", "it", "kein", "keine", "label",
	"length", "let", "lost", "manager", "maximum", "may", "minimum", "must", "neues", "new",
	"nicht", "not", "object", "obligatoire", "oder", "of", "old", "olvidada", "on", "only",
	"options", "or", "oublié", "params", "please", "policy", "process", "prompt", "protected",
	"record", "request", "requis", "reset", "return", "root", "same", "see", "self", "settings",
	"should", "strength", "that", "the", "this", "to", "type", "und", "used", "using", "var",
	"varchar", "vergessen", "void", "was", "when", "will", "with", "wrong", "you", "your"};

static const char *const manuals[] = {"hunter2", "masterkey", "mysecret1", "notasecret", "p4ssw0rd",
	"pa55w0rd", "pa55word", "passw1rd", "password123", "s3cret", "s3kr3t", "secr3t",
	"secret123", "sekrit", "swordfish", "testpassword1", "xyzzy"};

static const char *const placeholders[] = {"adgangskode", "api-key", "api_key", "apikey", "bar",
	"blank", "change-me", "change_me", "changeit", "changeme", "clave", "confidential",
	"contrasena", "contraseña", "default", "dummy", "empty", "encrypted", "example", "false",
	"foo", "foobar", "hasło", "here", "heslo", "hidden", "insert", "jelszó", "kennwort", "key",
	"login", "lösenord", "masked", "mot de passe", "my-password", "my_password", "mypassword",
	"mysecret", "mysecretpassword", "myuser", "n/a", "na", "nil", "no", "none", "null",
	"optional", "parola", "pass", "passord", "passphrase", "passwd", "password", "passwort",
	"placeholder", "private", "pw", "pwd", "redacted", "removed", "required", "salasana",
	"same as above", "sample", "secret", "secretpassword", "see above", "see below", "senha",
	"str", "string", "tbd", "test", "testing", "text", "todo", "token", "true", "undefined",
	"unknown", "user", "username", "userpassword", "value", "wachtwoord", "yes",
	"your-password", "your_password", "your_secret", "yourpassword", "yourpasswordhere"};

static const char *const documented[] = {"123456", "anonymous", "db_password", "dbpass", "guest",
	"hunter2", "mypass", "mypassword", "mypwd", "p@ssw0rd", "pa$$word", "pass123", "passw0rd",
	"password1", "password123", "pwd123", "s3cret", "scott", "secret123", "sekret", "tiger",
	"userpass", "your_pass"};

static const char *const questions[] = {"any", "are", "can", "could", "cuál", "did", "didn", "do",
	"does", "es", "est", "haben", "had", "has", "hat", "have", "how", "is", "isn", "ist",
	"kann", "may", "quel", "shall", "should", "was", "wasn", "welches", "were", "what", "when",
	"where", "which", "who", "whose", "why", "wie", "will", "would"};

/* Words that follow "password" in prose, forms and programs. */
const struct word_list words_prose = {prose, sizeof prose / sizeof *prose, 11};
/* Manuals and test suites use them over and over; so do some people. */
const struct word_list words_manuals = {manuals, sizeof manuals / sizeof *manuals, 13};
/* What stands where a value should. */
const struct word_list words_placeholders = {
	placeholders, sizeof placeholders / sizeof *placeholders, 16};
/* Passwords of connection strings in manuals. */
const struct word_list words_documented = {documented, sizeof documented / sizeof *documented, 11};
/* What a question begins with. */
const struct word_list words_questions = {questions, sizeof questions / sizeof *questions, 7};

/* Below, at or above 0 as s, in small letters, stands before, at or behind the word. */
static int
order_of(struct span s, const char *word)
{
	size_t i = 0;

	while (i < s.n && word[i] && to_lower(s.p[i]) == (uint8_t)word[i])
		i++;
	if (i == s.n || !word[i])
		return (i < s.n) - (word[i] != 0);
	return to_lower(s.p[i]) - (uint8_t)word[i];
}

bool
span_listed(struct span s, const struct word_list *list)
{
	size_t lo = 0, hi = s.n > 0 && s.n <= list->longest ? list->n : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = order_of(s, list->v[mid]);

		if (order == 0)
			return true;
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}
