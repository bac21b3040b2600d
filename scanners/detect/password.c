/*
 * Could a person have chosen this as a password, and is it here as one? `password: must be 8
 * characters`, `password = getpass()` and `Password: Forgot it?` look like assignments; what tells
 * them apart is what the value is and what follows it.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define PASSWORD_MIN 4
#define PASSWORD_MAX 80
#define SENTENCE     200 /* bytes in front of a value that are looked at for a question */

/* projects/12345/secrets/my-secret: three parts or more, in small letters and digits. */
static bool
is_plain_path(struct span s)
{
	size_t slashes = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!is_lower(s.p[i]) && !is_digit(s.p[i]) && !one_of(s.p[i], "/-_."))
			return false;
		slashes += s.p[i] == '/';
	}
	return slashes >= 2;
}

static bool
is_path_or_url(struct span s, const struct signs *g)
{
	static const char *const starts[] = {"http:", "https:", "ftp:", "file:", "mailto:", "www.",
		"/etc/", "/usr/", "/home/", "/var/", "/opt/", "/run/", "/tmp/", "../", "./", "~/",
		"\\\\", NULL};

	if (!(g->w[0] & (SIGN('/') | SIGN(':') | SIGN('.'))) && !(g->w[1] & SIGN('\\')))
		return false;
	for (size_t i = 0; starts[i]; i++)
		if (span_begins(s, starts[i]))
			return true;
	if (s.n > 2 && s.p[0] == '/' && memchr(s.p + 1, '/', s.n - 1))
		return true;
	if (is_plain_path(s))
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

	return s.n >= 8 && s.n <= 11 && check_date(s, s, &v);
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

/* What stands in front of s in its sentence; the nearest 200 bytes of it. */
static struct span
sentence_before(struct span s, struct span around)
{
	struct span b = span_before(s, around);
	size_t from = b.n > SENTENCE ? b.n - SENTENCE : 0, at = b.n;

	while (at > from && !one_of(b.p[at - 1], "\r\n.!?;"))
		at--;
	return span_sub(b, at, b.n);
}

/* Does some clause begin as a question does? A colon or a comma begins another. */
static bool
clause_begins(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t n = 0;

		while (i < s.n && !is_alpha(s.p[i]))
			i++;
		while (i + n < s.n && (is_alpha(s.p[i + n]) || s.p[i + n] >= 0x80))
			n++;
		if (span_listed(span_sub(s, i, n), &words_questions))
			return true;
		while (i < s.n && !one_of(s.p[i], ":,"))
			i++;
	}
	return false;
}

/* "Password: Forgot?", "Is it password = winter2014?", but not "password: Harbour8764?" */
static bool
is_question(struct span s, struct span around)
{
	if (s.p[s.n - 1] != '?')
		return false;
	return letters_only(span_sub(s, 0, s.n - 1)) || clause_begins(sentence_before(s, around));
}

/* UID:GID:user_list, a:b:c: the rest of a description of fields behind `passwd:`. */
static bool
in_fields(struct span s, struct span around)
{
	struct span before = span_before(s, around), behind = span_behind(s, around);
	size_t colons = 0;

	if (before.n == 0 || before.p[before.n - 1] != ':')
		return false;
	for (size_t i = 0; i < s.n; i++)
		colons += s.p[i] == ':';
	return colons >= 2 || (colons == 1 && letters_only(span_sub(s, 0, 3))) ||
		(behind.n && behind.p[0] == ':');
}

/* FILE in --password=FILE, PASS1, also in other alphabets: what a manual writes for "put it here". */
static bool
is_metavariable(struct span s, struct span around)
{
	struct span before = span_before(s, around);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (!is_upper(s.p[i]) && s.p[i] < 0x80 && !(i > 0 && is_digit(s.p[i])))
			return false;
	while (n < 24 && n < before.n && !is_blank(before.p[before.n - 1 - n]))
		n++;
	before = span_sub(before, before.n - n, n);
	return n > 2 && before.p[n - 1] == '=' &&
		(span_holds(before, "--") || span_holds(before, "\\-"));
}

/* What is behind a ';', '&name=', ',name=' or an escaped line end is another statement or field. */
static struct span
first_part(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ';' && !(s.p[n] == '\\' && span_has(s, n, "\\n", 2)) &&
		!((s.p[n] == '&' || s.p[n] == ',') && memchr(s.p + n, '=', s.n - n)))
		n++;
	s = span_sub(s, 0, n);
	while (s.n && one_of(s.p[s.n - 1], ")]}"))
		s.n--;
	return s;
}

/* The bytes of s in front of one of the words that may end it. */
static struct span
without_end(struct span s, const char *const *ends)
{
	for (size_t i = 0; ends[i]; i++)
		if (span_ends(s, ends[i]) && s.n > strlen(ends[i]))
			return span_sub(s, 0, s.n - strlen(ends[i]));
	return s;
}

/* The first of the words that s begins with; NULL for none. The empty one is for digits. */
static const char *
beginning(struct span s, const char *const *starts)
{
	for (size_t i = 0; starts[i]; i++)
		if (*starts[i] ? to_lower(*s.p) == (uint8_t)*starts[i] && span_begins(s, starts[i])
			       : is_digit(*s.p) || *s.p == '-')
			return starts[i];
	return NULL;
}

/* sha256, md5hash, base64-encoded, utf-8, 8-character, 128bit: how passwords are kept and made. */
static bool
is_term(struct span s)
{
	static const char *const starts[] = {"base64", "base32", "sha", "md5", "utf", "aes", "des3",
		"rfc", "iso", "oauth", "http", "ipv", "", NULL};
	static const char *const ends[] = {"-encoded", "-hashed", "-encrypted", "-old", "-bit",
		"-byte", "-character", "-characters", "-day", "-days", "-digit", "-digits",
		"-protected", "bit", "bits", "hash", "days", "chars", NULL};
	const char *start = beginning(s, starts);
	struct span head;
	size_t k;

	if (!start)
		return false;
	head = without_end(s, ends);
	k = strlen(start);
	if (k > head.n || (k == 0 && head.n == s.n))
		return false;
	while (k < head.n && (is_digit(head.p[k]) || head.p[k] == '-'))
		k++;
	return k == head.n;
}

/* required|min:8: what a program asks of a value. */
static bool
is_demand(struct span s)
{
	const uint8_t *bar = memchr(s.p, '|', s.n);

	return bar && check_placeholder(span_sub(s, 0, (size_t)(bar - s.p)));
}

/* ok: 4 to 80 bytes, none of the above. normal is the value as it stands. */
bool
check_password(struct span value, struct span around, struct verdict *ret_v)
{
	struct span s = span_trim(value), head = first_part(s);
	struct signs g = signs_of(s);

	/* what is quickly told comes first */
	*ret_v = (struct verdict){0};
	if (s.n < PASSWORD_MIN || s.n > PASSWORD_MAX || s.p[s.n - 1] == ':' ||
		in_fields(s, around) || is_guid(s) || is_date(s) || is_metavariable(s, around))
		return false;
	if (check_placeholder(s) || (!signs_digit(&g) && span_listed(s, &words_prose)))
		return false;
	if (head.n < s.n &&
		(head.n < PASSWORD_MIN || check_placeholder(head) ||
			is_program(head, span_sub(s, 0, s.n))))
		return false;
	if (is_program(s, around) || is_path_or_url(s, &g) || is_demand(s) || is_term(s) ||
		is_question(s, around) || in_sentence(s, around))
		return false;
	ret_v->ok = true;
	ret_v->sample = span_listed(s, &words_manuals);
	ret_v->note = "reads like a password";
	verdict_normal(ret_v, s.p, s.n);
	return true;
}
