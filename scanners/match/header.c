/*
 * Header words. A header cell becomes its letters and digits in lower case plus a mark wherever a
 * word may begin: at punctuation, at a change of case, between letters and digits. A phrase of a
 * rule loses its blanks and matches where it begins and ends at marks; so "date of birth" is in
 * "DateOfBirth", "DATE_OF_BIRTH" and "dateofbirth", and "ssn" in "EmployeeSSN#2". Accents do not
 * matter, since headers in capitals often go without.
 */
#include "match/words.h"
#include "limits.h"

#include "match/terms_fold.h"

#include "base/poison.h"

enum kind { OTHER, LOWER, UPPER, DIGIT };

static enum kind
kind_of(uint8_t c)
{
	static const uint8_t kinds[256] = {['0' ... '9'] = DIGIT,
		['A' ... 'Z'] = UPPER,
		['a' ... 'z'] = LOWER,
		[0x80 ... 0xFF] = LOWER};

	return kinds[c];
}

/* Does a word begin at s.p[i], which is no punctuation? */
static bool
begins_word(struct span s, size_t i)
{
	enum kind now = kind_of(s.p[i]), before = i > 0 ? kind_of(s.p[i - 1]) : OTHER;
	enum kind next, after;

	if (now == before && now != UPPER)
		return false;
	next = i + 1 < s.n ? kind_of(s.p[i + 1]) : OTHER;
	after = i + 2 < s.n ? kind_of(s.p[i + 2]) : OTHER;
	if (before == OTHER || (before == DIGIT) != (now == DIGIT))
		return true;
	if (now == UPPER && before == LOWER && s.p[i - 1] < 0x80)
		return true;
	if (now == UPPER && before == UPPER) /* "SSNNumber", but not "SSNs" */
		return next == LOWER && !(s.p[i + 1] == 's' && after != LOWER);
	return now == LOWER && before == UPPER && s.p[i] == 's' && next != LOWER && i > 1 &&
		kind_of(s.p[i - 2]) == UPPER;
}

/* What is written in front of a header word, or behind it, without a gap. Folded. */
static const char *const heads[] = {"emp", "employee", "spouse", "dependent", "member", "patient",
	"cust", "customer", "client", "applicant", "borrower", "holder", "primary", "owner",
	"payee", "person", "student", "staff", "worker", "beneficiary", "subscriber", "insured",
	"claimant", "participant", "current", "annual", "monthly", "total", "brutto", "netto",
	"jahres", "monats", "grund", "gesamt", "ziel", "basis", "tarif", "haupt", "neben",
	"mitarbeiter", "kunden", "patienten", NULL};
static const char *const tails[] = {"no", "nr", "num", "nbr", "number", "numb", "id", "code",
	"value", "val", "txt", "text", "amt", "amount", "date", "dt", "desc", "field", "usd", "eur",
	"nummer", "betrag", "summe", "zahlung", "kosten", "datum", "angabe", NULL};

#define GLUED 5u /* letters of a word that may be two, at least */

static size_t
longest_head(const uint8_t *p, size_t n)
{
	size_t best = 0;

	for (size_t i = 0; heads[i]; i++) {
		size_t k = strlen(heads[i]);

		if (k > best && k + 2 <= n && memcmp(p, heads[i], k) == 0)
			best = k;
	}
	return best;
}

static size_t
longest_tail(const uint8_t *p, size_t n)
{
	size_t best = 0;

	for (size_t i = 0; tails[i]; i++) {
		size_t k = strlen(tails[i]);

		if (k > best && k + 2 <= n && memcmp(p + n - k, tails[i], k) == 0)
			best = k;
	}
	return best;
}

/* Two in front, as in "brutto jahres gehalt", and one behind, which German joins with an s. */
static void
unglue_word(struct folded *f, size_t from, size_t to)
{
	size_t tail = longest_tail(f->text + from, to - from), head;

	if (tail) {
		f->mark[to - tail] = true;
		if (to - tail - from > 3 && f->text[to - tail - 1] == 's')
			f->mark[to - tail - 1] = true;
	}
	for (int i = 0; i < 2 && to - from >= GLUED; i++) {
		head = longest_head(f->text + from, to - from);
		if (!head)
			return;
		from += head;
		f->mark[from] = true;
	}
}

void
words_unglue(struct folded *f)
{
	for (size_t i = 0, end; i < f->n; i = end) {
		end = i + 1;
		while (end < f->n && !f->mark[end])
			end++;
		if (end - i >= GLUED)
			unglue_word(f, i, end);
	}
}

/* What the character at i becomes; 0: it only parts words. *ret_used: its bytes. */
static size_t
fold_step(struct span s, size_t i, uint8_t to[4], size_t *ret_used)
{
	size_t n = 1;

	*ret_used = 1;
	to[0] = to_lower(s.p[i]);
	if (s.p[i] >= 0x80)
		n = term_char(span_sub(s, i, s.n), ret_used, to);
	return kind_of(s.p[i]) == OTHER || n == 0 || to[0] == ' ' ? 0 : n;
}

void
words_fold(struct span s, struct folded *ret)
{
	ret->n = 0;
	for (size_t i = 0, used; i < s.n && ret->n + 4 <= LIMIT_FOLDED; i += used) {
		uint8_t to[4];
		size_t n;

		used = 1;
		if (kind_of(s.p[i]) == OTHER)
			continue;
		if (s.p[i] < 0x80) {
			ret->mark[ret->n] = begins_word(s, i);
			ret->text[ret->n++] = to_lower(s.p[i]);
			continue;
		}
		n = fold_step(s, i, to, &used);
		if (n)
			ret->mark[ret->n] = begins_word(s, i);
		for (size_t k = 0; k < n; k++) {
			ret->mark[ret->n] = k == 0 && ret->mark[ret->n];
			ret->text[ret->n++] = to[k];
		}
	}
	ret->mark[ret->n] = true;
}

bool
words_whole(struct span s, struct folded *ret)
{
	ret->n = s.n <= LIMIT_FOLDED ? s.n : 0;
	for (size_t i = 0; i < ret->n; i++)
		ret->text[i] = to_lower(s.p[i]);
	memset(ret->mark, 0, ret->n);
	ret->mark[0] = ret->mark[ret->n] = true;
	return ret->n > 0;
}

/* As term_char(); most phrases are ASCII. */
static size_t
phrase_char(const char *phrase, size_t *ret_n, uint8_t to[4])
{
	*ret_n = 1;
	to[0] = to_lower((uint8_t)*phrase);
	return (uint8_t)*phrase < 0x80 ? 1 : term_char(span_str(phrase), ret_n, to);
}

/* How many bytes of f from `at` on are the phrase, whose blanks do not count; 0 for none. */
static size_t
phrase_at(const struct folded *f, const char *phrase, size_t at)
{
	size_t n = 0;

	for (size_t used; *phrase; phrase += used) {
		uint8_t to[4];
		size_t k = phrase_char(phrase, &used, to);

		if (kind_of((uint8_t)*phrase) == OTHER || k == 0 || to[0] == ' ')
			continue;
		if (at + n + k > f->n || memcmp(f->text + at + n, to, k) != 0)
			return 0;
		n += k;
	}
	return n;
}

static size_t
words_find(const struct folded *f, const char *phrase, size_t from, size_t *ret_n)
{
	uint8_t first, to[4];
	size_t used;

	while (*phrase && kind_of((uint8_t)*phrase) == OTHER)
		phrase++;
	first = phrase_char(phrase, &used, to) ? to[0] : 0;
	if (!first)
		return SIZE_MAX;
	for (; from < f->n; from++) {
		size_t n = f->mark[from] && f->text[from] == first ? phrase_at(f, phrase, from) : 0;

		if (n && f->mark[from + n]) {
			*ret_n = n;
			return from;
		}
	}
	return SIZE_MAX;
}

/* Is [at, at + n) a part of a longer phrase of w? */
static bool
words_contain(const struct folded *f, const struct words *w, size_t at, size_t n)
{
	for (size_t i = 0; i < w->n; i++) {
		size_t len = 0;

		for (size_t p = 0; (p = words_find(f, w->v[i], p, &len)) != SIZE_MAX; p++)
			if (p <= at && at + n <= p + len && len > n)
				return true;
	}
	return false;
}

bool
words_any(const struct folded *f, const struct words *w)
{
	size_t len = 0;

	for (size_t i = 0; i < w->n; i++)
		if (words_find(f, w->v[i], 0, &len) != SIZE_MAX)
			return true;
	return false;
}

bool
words_refuse(const struct folded *f, const struct words *no, const struct words *yes)
{
	for (size_t i = 0; i < no->n; i++) {
		size_t len = 0;

		for (size_t p = 0; (p = words_find(f, no->v[i], p, &len)) != SIZE_MAX; p++)
			if (!words_contain(f, yes, p, len))
				return true;
	}
	return false;
}

struct span
words_unfold(struct span s, size_t at, size_t n)
{
	size_t k = 0, first = 0;

	for (size_t i = 0, used; i < s.n; i += used) {
		uint8_t to[4];
		size_t m = fold_step(s, i, to, &used);

		if (m == 0)
			continue;
		if (k <= at)
			first = i;
		k += m;
		if (k >= at + n)
			return span_sub(s, first, i + used - first);
	}
	return (struct span){0};
}
