/*
 * Password lists that people keep in running text: "Login: x  Pwd: y" on one line or on two near each
 * other, "ID/PW: x/y", "user: x / y", "10.0.0.1 root/Secret1", "db1 10.0.0.1 root / y", "db1 - login x, password y", or "Bank:
 * y" below a heading "Passwords". One such pair may be anything; three different ones are a list. All
 * text goes through here, so it is not even cut into lines: only where
 * a password word may begin, or an address begins a line, is the line around that place taken apart,
 * its number counted, and the three lines before it looked at for a user.
 */
#include <stdio.h>
#include <strings.h>

#include "classify/classify.h"
#include "classify/lines.h"
#include "classify/pair_below.h"
#include "classify/pair_words.h"
#include "classify/secret_hint.h"
#include "classify/value.h"
#include "detect/check.h"

#include "base/count.h"
#include "limits.h"

#include "base/poison.h"

#define BEFORE	    3u /* lines above a password in which its user may stand */
#define BEFORE_KEEP 160u /* bytes of them that are kept from one piece to the next */
#define POOL	    8192u /* bytes of distinct values kept for counting them */
#define MIN_PAIRS   3u
#define LINE_PAIRS  16u /* of one line */
#define SAID_NEAR   24u /* bytes between a user and the word for password */
#define HEAD_LINES  400u /* below a heading */
#define HEAD_MISSES 2u /* lines that are no entries end its list */
#define MANY_PAIRS  6u

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct pairs {
	const struct rule *rule;
	struct span before[BEFORE]; /* lines above the text at hand, nearest first */
	struct span above[BEFORE]; /* lines above the line at hand */
	uint64_t count, distinct, first;
	unsigned below, misses; /* lines left below a heading; those since the last entry */
	size_t pool_n;
	struct lines lines; /* from its bytes on nothing needs to be zero */
	uint8_t keep[BEFORE][BEFORE_KEEP];
	uint8_t joined[BEFORE_KEEP]; /* a line above that was cut */
	uint8_t pool[POOL]; /* length byte, value, ... */
};

static bool
in_pool(const struct pairs *s, struct span t)
{
	for (size_t i = 0; i < s->pool_n; i += (size_t)s->pool[i] + 1) {
		if (s->pool[i] == t.n && memcmp(s->pool + i + 1, t.p, t.n) == 0)
			return true;
	}
	return false;
}

static void
take(struct pairs *s, struct span t, uint64_t number)
{
	s->count++;
	if (!s->first)
		s->first = number;
	if (t.n + 1 > sizeof s->pool - s->pool_n || in_pool(s, t))
		return;
	s->distinct++;
	s->pool[s->pool_n++] = (uint8_t)t.n;
	memcpy(s->pool + s->pool_n, t.p, t.n);
	s->pool_n += t.n;
}

static bool
user_near(const struct pairs *s, struct span line)
{
	struct span rest;

	if (pair_value(line, PAIR_USER, &rest) && pair_is_user(pair_token(rest)))
		return true;
	for (size_t i = 0; i < BEFORE; i++) {
		if (pair_value(s->above[i], PAIR_SECRET, &rest))
			return false;
		if (pair_value(s->above[i], PAIR_USER, &rest))
			return pair_is_user(pair_token(rest));
	}
	return false;
}

/* What a line holds that makes it worth a closer look. */
enum hint { HINT_SECRET = 1, HINT_SLASH = 2, HINT_BOTH = 4, HINT_ADDRESS = 8 };

/* "x / y", or a slash in a line that begins with a digit: perhaps an address. */
static unsigned
slash_hint(struct span line, size_t at)
{
	bool digit = line.p[0] >= '0' && line.p[0] <= '9';
	bool apart = at > 0 && line.p[at - 1] == ' ' && line.p[at + 1] == ' ';

	return (digit ? HINT_ADDRESS : 0u) | (apart ? HINT_SLASH : 0u);
}

/* "pass", "password", "passcode", "passphrase", "passwd", "mot de passe", not "passed" or "passing". */
static bool
pass_word(struct span s)
{
	uint8_t next = s.n > 4 ? s.p[4] | 0x20 : 0;

	return s.n > 4 && strncasecmp((const char *)s.p, "pass", 4) == 0 &&
		(!pair_word_char(s.p[4]) || next == 'w' || next == 'c' || next == 'p' ||
			(next == 'e' && (s.n == 5 || !pair_word_char(s.p[5]))));
}

/* Kennwort, contraseña, clave, senha, mdp. */
static bool
foreign_word(struct span s)
{
	static const char *const words[] = {"kennw", "contrase", "clave", "senha", "mdp"};

	for (size_t i = 0; i < COUNT(words); i++) {
		size_t n = strlen(words[i]);

		if (s.n >= n && (s.p[0] | 0x20) == words[i][0] &&
			strncasecmp((const char *)s.p, words[i], n) == 0)
			return true;
	}
	return false;
}

static unsigned
hints(struct span line)
{
	static const bool first[256] = {
		['p'] = true, ['c'] = true, ['k'] = true, ['s'] = true, ['m'] = true};
	unsigned h = 0;

	for (size_t i = 0; i + 1 < line.n; i++) {
		uint8_t c = line.p[i] | 0x20, d = line.p[i + 1] | 0x20;

		if (line.p[i] == '/')
			h |= slash_hint(line, i);
		if (!first[c] || (i > 0 && pair_word_char(line.p[i - 1])))
			continue;
		if (c == 'c' && d == 'r' && span_has(line, i + 2, "ed", 2))
			h |= HINT_BOTH;
		if (c != 'p' && foreign_word(span_sub(line, i, line.n)))
			h |= HINT_SECRET | (i > 0 && line.p[i - 1] == '/' ? HINT_BOTH : 0u);
		if (c == 'p' &&
			(d == 'w' || line.p[i + 1] == '/' ||
				(d == 'a' && pass_word(span_sub(line, i, line.n)))))
			h |= HINT_SECRET | (i > 0 && line.p[i - 1] == '/' ? HINT_BOTH : 0u);
	}
	return h;
}

/* "Mail: eva@a.example / x": the user is an address, or the password looks like nothing else. */
static void
look_at_label(struct pairs *s, struct span line, uint64_t number)
{
	struct span rest, t;
	size_t user;

	if (!pair_labelled(line, &rest) || !pair_behind_slash(rest, &t) || !value_strong_secret(t))
		return;
	user = (size_t)((const uint8_t *)memchr(rest.p, '/', rest.n) - rest.p);
	if (memchr(rest.p, '@', user) || (t.n >= 8 && check_classes(t) >= 3))
		take(s, t, number);
}

/* Accounts that systems come with. */
static bool
is_account(struct span t)
{
	static const char *const names[] = {"root", "admin", "administrator", "sa", "sysadmin",
		"oracle", "sysdba", "system", "postgres", "ubuntu", "cisco", "pi", "guest",
		"operator", "backup", "service", "svc", "superuser", "support", "manager"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (t.n == strlen(names[i]) && strncasecmp((const char *)t.p, names[i], t.n) == 0)
			return true;
	return false;
}

/* The last word of t; *ret_rest is what stands before it. */
static struct span
last_word(struct span t, struct span *ret_rest)
{
	size_t n = t.n;

	while (n && t.p[n - 1] != ' ' && t.p[n - 1] != '\t')
		n--;
	*ret_rest = value_trim(span_sub(t, 0, n));
	return span_sub(t, n, t.n);
}

/* "db1  10.1.2.3  root / x": behind an address, or a user whom every system has. */
static bool
look_at_host(struct pairs *s, struct span line, uint64_t number)
{
	const uint8_t *slash = memmem(line.p, line.n, " / ", 3);
	size_t at = slash ? (size_t)(slash - line.p) : 0;
	struct span host, user = last_word(value_trim(span_sub(line, 0, at)), &host), rest, t;

	if (!host.n || !user.n ||
		(!is_account(user) && !value_is(last_word(host, &rest), VALUE_IP)))
		return false;
	rest = span_sub(line, (size_t)(user.p - line.p), line.n);
	if (!pair_behind_slash(rest, &t) || !value_strong_secret(t))
		return false;
	take(s, t, number);
	return true;
}

static void
look_at_slash(struct pairs *s, struct span line, uint64_t number)
{
	struct span rest, t;

	if (memmem(line.p, line.n, "://", 3) || look_at_host(s, line, number))
		return;
	if (!pair_value(line, PAIR_USER, &rest))
		look_at_label(s, line, number);
	else if (pair_behind_slash(rest, &t) && value_strong_secret(t))
		take(s, t, number);
}

static void
look_at_address(struct pairs *s, struct span line, uint64_t number)
{
	struct span t = pair_token(line), rest;

	if (t.n < 7 || t.n > 15 || memchr(t.p, '/', t.n) || !value_is(t, VALUE_IP))
		return;
	rest = value_trim(span_sub(line, t.n, line.n));
	if (rest.n && pair_behind_slash(rest, &t) && value_strong_secret(t))
		take(s, t, number);
}

/* "login x, password y": both said on the line, with nothing but blanks in between. */
static void
look_at_said(struct pairs *s, struct span line, uint64_t number)
{
	struct span rest, t;

	for (unsigned n = 0; n < LINE_PAIRS && pair_said(line, PAIR_USER, &rest); n++) {
		struct span user = pair_token(rest);

		line = span_sub(rest, user.n, rest.n);
		if (!pair_is_user(user) || !pair_said(line, PAIR_SECRET, &rest) ||
			rest.p > line.p + SAID_NEAR)
			continue;
		t = pair_token(rest);
		line = span_sub(rest, t.n, rest.n);
		if (pair_is_password(t, rest) && value_strong_secret(t))
			take(s, t, number);
	}
}

static bool
user_in(struct span part)
{
	struct span rest;

	return pair_value(part, PAIR_USER, &rest) && pair_is_user(pair_token(rest));
}

static void
look_at_pairs(struct pairs *s, struct span line, uint64_t number)
{
	struct span at = line, rest, t;
	unsigned n = 0;

	for (; n < LINE_PAIRS && pair_value(at, PAIR_SECRET, &rest); n++) {
		struct span before = span_sub(at, 0, (size_t)(rest.p - at.p));

		t = pair_token(rest);
		if (pair_is_password(t, rest) && (n ? user_in(before) : user_near(s, line)))
			take(s, t, number);
		at = span_sub(rest, t.n, rest.n);
	}
	if (n == 0)
		look_at_said(s, line, number);
}

static void
look(struct pairs *s, struct span line, uint64_t number, unsigned h)
{
	struct span rest, t;

	if ((h & HINT_BOTH) && pair_value(line, PAIR_BOTH, &rest)) {
		if (pair_behind_slash(rest, &t))
			take(s, t, number);
	} else if (h & HINT_SECRET) {
		look_at_pairs(s, line, number);
	} else if (h & HINT_ADDRESS) {
		look_at_address(s, line, number);
	} else if (h & HINT_SLASH) {
		look_at_slash(s, line, number);
	}
}

/* One line below a heading. A list of passwords ends with its second line that is no entry. */
static void
look_below(struct pairs *s, struct span line, uint64_t number)
{
	struct span t;
	bool entry = pair_entry(line, &t);

	if (entry)
		take(s, t, number);
	s->misses = entry ? 0 : s->misses + 1;
	s->below = s->misses == HEAD_MISSES ? 0 : s->below - 1;
}

/* A line with something in it; what stands above it is known. */
static void
look_at_line(struct pairs *s, struct span line, uint64_t number)
{
	unsigned h = hints(line);

	if (h)
		look(s, line, number, h);
	if ((h & HINT_SECRET) && pair_heading(line)) {
		s->below = HEAD_LINES;
		s->misses = 0;
	} else if (s->below && !(h & (HINT_SECRET | HINT_BOTH))) {
		look_below(s, line, number);
	}
}

/* A line that was cut: put together, or the first of a text. */
static void
on_line(void *user, struct span line, uint64_t number)
{
	struct pairs *s = user;

	line = value_trim(line);
	if (line.n == 0)
		return;
	memcpy(s->above, s->before, sizeof s->above);
	look_at_line(s, line, number);
	if (line.p >= s->lines.keep && line.p < s->lines.keep + sizeof s->lines.keep) {
		line = span_sub(line, 0, sizeof s->joined);
		memcpy(s->joined, line.p, line.n);
		line.p = s->joined;
	}
	memmove(s->before + 1, s->before, sizeof s->before - sizeof *s->before);
	s->before[0] = line;
}

static size_t
line_begin(struct span text, size_t at)
{
	const uint8_t *nl = at ? memrchr(text.p, '\n', at) : NULL;

	return nl ? (size_t)(nl - text.p) + 1 : 0;
}

static struct span
line_of(struct span text, size_t bol, size_t eol)
{
	struct span line = span_sub(text, bol, eol - bol);

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return value_trim(span_sub(line, 0, LIMIT_LINE_KEPT));
}

/* The lines with something in them before the one that begins at bol: in the text, then before it. */
static void
find_above(struct pairs *s, struct span text, size_t bol)
{
	size_t n = 0;

	while (n < BEFORE && bol > 0) {
		size_t eol = bol - 1;
		struct span line;

		bol = line_begin(text, eol);
		line = line_of(text, bol, eol);
		if (line.n)
			s->above[n++] = line;
	}
	for (size_t i = 0; n < BEFORE; i++)
		s->above[n++] = s->before[i];
}

/* The next place in a line that may matter; text[at] is the newline in front of it. */
static size_t
next_line(const struct pairs *s, struct span text, size_t at)
{
	return s->below ? at + 1 : secret_hint_next(text, at);
}

/* Whole lines, each with its newline, behind the newline that the text begins with; not counted. */
static void
look_at_lines(struct pairs *s, struct span text)
{
	uint64_t number = s->lines.number + 1;
	size_t counted = 1, at = 0;

	while ((at = next_line(s, text, at)) < text.n) {
		size_t bol = line_begin(text, at);
		const uint8_t *nl = memchr(text.p + at, '\n', text.n - at);
		size_t eol = nl ? (size_t)(nl - text.p) : text.n;
		struct span line = line_of(text, bol, eol);

		if (line.n && (s->below || hints(line))) {
			number += count_byte(span_sub(text, counted, bol - counted), '\n');
			counted = bol;
			find_above(s, text, bol);
			look_at_line(s, line, number);
		}
		at = eol;
	}
	find_above(s, text, text.n);
	memcpy(s->before, s->above, sizeof s->before);
}

/* The lines above point into text that goes away: keep what the next piece may ask for. */
static void
keep_before(struct pairs *s)
{
	uint8_t copy[BEFORE][BEFORE_KEEP];

	for (size_t i = 0; i < BEFORE; i++) {
		s->before[i] = span_sub(s->before[i], 0, BEFORE_KEEP);
		if (s->before[i].n)
			memcpy(copy[i], s->before[i].p, s->before[i].n);
	}
	for (size_t i = 0; i < BEFORE; i++) {
		if (s->before[i].n)
			memcpy(s->keep[i], copy[i], s->before[i].n);
		s->before[i].p = s->keep[i];
	}
}

static void
pairs_begin(void *state, const struct rule *r, const struct item *it)
{
	(void)it;
	((struct pairs *)state)->rule = r;
}

static void
pairs_text(void *state, struct span utf8, size_t newlines)
{
	struct pairs *s = state;
	uint64_t number = s->lines.number + newlines;
	const uint8_t *nl = memchr(utf8.p, '\n', utf8.n);
	size_t first = nl ? (size_t)(nl - utf8.p) : utf8.n, last = line_begin(utf8, utf8.n);

	lines_feed(&s->lines, span_sub(utf8, 0, nl ? first + 1 : first), on_line, s);
	if (nl && last > first + 1)
		look_at_lines(s, span_sub(utf8, first, last - first));
	if (nl)
		lines_feed(&s->lines, span_sub(utf8, last, utf8.n), on_line, s);
	s->lines.number = number;
	keep_before(s);
}

static void
give_values(const struct pairs *s, const struct classify_out *out)
{
	for (size_t i = 0; i < s->pool_n; i += (size_t)s->pool[i] + 1)
		out->value(out->user, s->rule, span_of(s->pool + i + 1, s->pool[i]));
}

static int
pairs_end(void *state, const struct classify_out *out)
{
	struct pairs *s = state;
	struct judgement j = {.rule = s->rule, .evidence = EV_STRUCTURE};

	lines_end(&s->lines, on_line, s);
	if (s->distinct < MIN_PAIRS)
		return 0;
	j.count = s->count;
	j.confidence = s->distinct >= MANY_PAIRS ? CONF_HIGH : CONF_MEDIUM;
	if (s->distinct >= MANY_PAIRS)
		j.evidence |= EV_REPEAT;
	j.at = (struct place){.kind = PLACE_LINE, .line = s->first, .col = 1};
	(void)snprintf(j.why[0], sizeof j.why[0], "%llu user and password pairs",
		(unsigned long long)s->count);
	give_values(s, out);
	return out->judge(out->user, &j);
}

const struct classifier classifier_password_pairs = {
	.name = "password-pairs",
	.state_size = sizeof(struct pairs),
	.zeroed = offsetof(struct pairs, lines.keep),
	.begin = pairs_begin,
	.text = pairs_text,
	.end = pairs_end,
};
