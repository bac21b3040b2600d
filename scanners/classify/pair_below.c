/*
 * Many people head a list with "Passwords" and write a name and a password on each line, without any
 * word for either. Below such a heading a label and one token with letters and digits are an entry.
 */
#include "classify/pair_below.h"

#include <strings.h>

#include "classify/pair_words.h"
#include "classify/value.h"

#include "base/poison.h"

#define HEAD_BYTES 48u /* of a heading, and of a label */

#define COUNT(a) (sizeof(a) / sizeof *(a))

bool
pair_labelled(struct span line, struct span *ret_rest)
{
	for (size_t i = 1; i < line.n && i < HEAD_BYTES; i++) {
		size_t n = line.p[i] == ':' ? 1 : line.p[i] == '\t' ? 1 : 0;

		if (!n && line.p[i - 1] == ' ' && (line.p[i] == '-' || line.p[i] == '='))
			n = 1;
		if (span_has(line, i, "\xE2\x80\x93", 3))
			n = 3;
		if (span_has(line, i, "->", 2))
			n = 2;
		if (n && i + n < line.n && (line.p[i + n] <= ' ' || line.p[i] == '\t')) {
			*ret_rest = value_trim(span_sub(line, i + n, line.n));
			return ret_rest->n > 0;
		}
	}
	return false;
}

/* Where in a heading's bytes a word begins with one of the letters that those below begin with. */
static uint64_t
word_starts(struct span line)
{
	static const bool first[256] = {
		['p'] = true, ['k'] = true, ['m'] = true, ['c'] = true, ['s'] = true, ['l'] = true};
	uint64_t starts = 0;

	for (size_t i = 0; i < line.n && i < HEAD_BYTES; i++) {
		if (first[line.p[i] | 0x20] && (i == 0 || !pair_word_char(line.p[i - 1])))
			starts |= UINT64_C(1) << i;
	}
	return starts;
}

bool
pair_heading(struct span line)
{
	static const char *const words[] = {"passwords", "passw\xC3\xB6rter", "passwoerter", "pws",
		"kennw\xC3\xB6rter", "kennwoerter", "mots de passe",
		("contrase\xC3\xB1"
		 "as"),
		"claves", "senhas", "password list", "passwortliste", "lista password"};
	uint64_t starts;

	if (line.n > HEAD_BYTES || memchr("\"'<#/*;{", line.p[0], 8))
		return false;
	starts = word_starts(line);
	for (size_t w = 0; w < COUNT(words); w++) {
		size_t n = strlen(words[w]);

		for (uint64_t at = starts; at; at &= at - 1) {
			size_t i = (size_t)__builtin_ctzll(at);

			if (i + n > line.n ||
				strncasecmp((const char *)line.p + i, words[w], n) != 0)
				continue;
			i += n;
			while (i < line.n &&
				(strchr(" :-", line.p[i]) ||
					(line.p[i] >= '0' && line.p[i] <= '9')))
				i++;
			return i == line.n || line.p[i] == '(';
		}
	}
	return false;
}

/* "Router:", "Bank -": the label of an entry, not of what stands in lists besides passwords. */
static bool
is_label(struct span label)
{
	static const char *const others[] = {"host", "hostname", "server", "ip", "url", "website",
		"web", "site", "port", "phone", "tel", "telefon", "mobile", "fax", "version",
		"build", "serial", "s/n", "model", "date", "datum", "updated", "hash", "algorithm",
		"encoding", "path", "file", "room", "address", "adresse", "email", "mac", "ssid",
		"key", "licence", "license", "customer", "ref", "type", "from", "to", "cc",
		"subject"};
	size_t from;

	while (label.n && !pair_word_char(label.p[label.n - 1]))
		label.n--;
	for (from = label.n; from > 0 && label.p[from - 1] > ' ';)
		from--;
	label = span_sub(label, from, label.n);
	for (size_t i = 0; i < COUNT(others); i++) {
		if (strlen(others[i]) == label.n &&
			strncasecmp((const char *)label.p, others[i], label.n) == 0)
			return false;
	}
	return label.n > 0;
}

/* Six characters, of them a letter and a digit, and nothing behind it but a remark in brackets. */
static bool
is_entry(struct span t, struct span rest)
{
	struct span behind = value_trim(span_sub(rest, t.n, rest.n));
	bool letter = false, digit = false;

	for (size_t i = 0; i < t.n; i++) {
		digit |= t.p[i] >= '0' && t.p[i] <= '9';
		letter |= (uint8_t)((t.p[i] | 32) - 'a') < 26;
	}
	return t.n >= 6 && letter && digit && (behind.n == 0 || behind.p[0] == '(') &&
		!value_is(t, VALUE_IP) && !value_is(t, VALUE_MAC) && pair_is_password(t, rest);
}

bool
pair_entry(struct span line, struct span *ret_t)
{
	struct span rest, user;

	if (!pair_labelled(line, &rest) || pair_value(line, PAIR_USER, &user) ||
		!is_label(span_sub(line, 0, (size_t)(rest.p - line.p))))
		return false;
	*ret_t = pair_token(rest);
	return is_entry(*ret_t, rest) || pair_behind_slash(rest, ret_t);
}
