/*
 * Header words. A header cell becomes its letters and digits in lower case plus a mark wherever a
 * word may begin: at punctuation, at a change of case, between letters and digits. A phrase of a
 * rule loses its blanks and matches where it begins and ends at marks; so "date of birth" is in
 * "DateOfBirth", "DATE_OF_BIRTH" and "dateofbirth", and "ssn" in "EmployeeSSN#2".
 */
#include "match/words.h"

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
	enum kind next = i + 1 < s.n ? kind_of(s.p[i + 1]) : OTHER;
	enum kind after = i + 2 < s.n ? kind_of(s.p[i + 2]) : OTHER;

	if (before == OTHER || (before == DIGIT) != (now == DIGIT))
		return true;
	if (now == UPPER && before == LOWER)
		return true;
	if (now == UPPER && before == UPPER) /* "SSNNumber", but not "SSNs" */
		return next == LOWER && !(s.p[i + 1] == 's' && after != LOWER);
	return now == LOWER && before == UPPER && s.p[i] == 's' && next != LOWER && i > 1 &&
		kind_of(s.p[i - 2]) == UPPER;
}

void
words_fold(struct span s, struct folded *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < s.n && ret->n < FOLDED_MAX; i++) {
		if (kind_of(s.p[i]) == OTHER)
			continue;
		ret->mark[ret->n] = begins_word(s, i);
		ret->text[ret->n++] = to_lower(s.p[i]);
	}
	ret->mark[ret->n] = true;
}

bool
words_whole(struct span s, struct folded *ret)
{
	ret->n = s.n <= FOLDED_MAX ? s.n : 0;
	for (size_t i = 0; i < ret->n; i++)
		ret->text[i] = to_lower(s.p[i]);
	memset(ret->mark, 0, ret->n);
	ret->mark[0] = ret->mark[ret->n] = true;
	return ret->n > 0;
}
